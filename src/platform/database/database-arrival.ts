import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { Logger } from '../logging/logger.js';
import { isDatabaseAway } from './database-away.js';

/** Near at first, for a database that is only restarting; later as often as bothers nobody. */
const PAUSES_MS = [250, 500, 1_000, 2_000];

/**
 * Where features say what has to be done once the database is there. Mostly that is at the start;
 * a process that serves from a snapshot starts without it, and does this when it has come.
 */
@Injectable()
export class DatabaseArrival implements BeforeApplicationShutdown {
  private readonly works: (() => Promise<void>)[] = [];
  private readonly stopping = new AbortController();
  private trying: Promise<void> | null = null;

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly logger: Logger,
  ) {}

  /**
   * To be said in `onModuleInit`. Works are done one after the other in the order in which they were
   * said; one that fails is done again later, so it must be safe to repeat.
   */
  once(work: () => Promise<void>): void {
    this.works.push(work);
  }

  /** Opens the pool, and nothing more. */
  async connect(): Promise<void> {
    if (!this.source.isInitialized) await this.source.initialize();
  }

  /** Opens the pool and does what waits for it; called again, it goes on where it has failed. */
  async arrive(): Promise<void> {
    await this.connect();
    for (;;) {
      const [work] = this.works;
      if (work === undefined) return;
      await work();
      this.works.shift();
    }
  }

  /**
   * In the background, until it has succeeded: first `prepare`, as at a start with a database.
   * Whatever goes wrong leaves the process as it is, serving from memory.
   */
  await(prepare: () => Promise<void>): void {
    this.trying = this.keepTrying(prepare);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.trying;
  }

  private async keepTrying(prepare: () => Promise<void>): Promise<void> {
    const { signal } = this.stopping;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      const pauseMs = PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)];
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await prepare();
        await this.arrive();
        this.logger.fact('the database has come: the service is whole');
        return;
      } catch (error) {
        if (!isDatabaseAway(error)) this.logger.failure('the database cannot be used', error);
      }
    }
  }
}
