import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource, EntityManager } from 'typeorm';
import { DatabaseAway } from './database-away.js';
import { sqlStateOf } from './sql-state.js';

export type Isolation = 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';

/** Serialization failure and deadlock: the database asks to try again. */
const RETRYABLE = new Set(['40001', '40P01']);
const ATTEMPTS_MAX = 4;
/** Long work may wait for its turn, and take its time. */
const ALONE_TIMEOUT = '300s';

/** A transaction that others inside join, until it has ended. */
interface Joined {
  manager: EntityManager;
  isOpen: boolean;
}

/** The one way into a transaction; a lost race is retried, everything else is thrown as it came. */
@Injectable()
export class Transactions {
  private readonly joined = new AsyncLocalStorage<Joined>();

  constructor(@InjectDataSource() private readonly source: DataSource) {}

  /**
   * For single reads: outside any transaction, or in the one that everything here shares.
   * @throws DatabaseAway before the first connection
   */
  get manager(): EntityManager {
    return this.shared() ?? this.connected().manager;
  }

  async run<T>(
    work: (manager: EntityManager) => Promise<T>,
    isolation: Isolation = 'READ COMMITTED',
  ): Promise<T> {
    const source = this.connected();
    const shared = this.shared();
    if (shared === null) return await retried(() => source.transaction(isolation, work));
    if (isolation !== 'READ COMMITTED') {
      throw new Error(`a shared transaction cannot become ${isolation}`);
    }
    // A savepoint: what is thrown in here undoes this part alone.
    return await retried(() => shared.transaction(work));
  }

  /** One transaction for all that `work` does, whatever transactions that opens by itself. */
  async together<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const source = this.connected();
    return await source.transaction(async (manager) => {
      const joined = { manager, isOpen: true };
      try {
        return await this.joined.run(joined, () => work(manager));
      } finally {
        // What goes on in the background must not write into a transaction that is over.
        joined.isOpen = false;
      }
    });
  }

  /**
   * A transaction with one snapshot that no other of the same name runs beside, in any replica. The
   * name is locked before the snapshot is taken, so that it sees what the one before it has written.
   */
  async runAlone<T>(name: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const runner = this.connected().createQueryRunner();
    await runner.connect();
    try {
      await runner.query(`SET statement_timeout = '${ALONE_TIMEOUT}'`);
      await runner.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [name]);
      return await retried(() => runner.manager.transaction('REPEATABLE READ', work));
    } finally {
      // A connection that is lost has lost its locks too.
      await runner
        .query('SELECT pg_advisory_unlock_all(); RESET statement_timeout')
        .catch(() => undefined);
      await runner.release();
    }
  }

  private shared(): EntityManager | null {
    const joined = this.joined.getStore();
    return joined?.isOpen === true ? joined.manager : null;
  }

  private connected(): DataSource {
    if (!this.source.isInitialized) throw new DatabaseAway();
    return this.source;
  }
}

async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS_MAX || !RETRYABLE.has(sqlStateOf(error) ?? '')) throw error;
    }
  }
}
