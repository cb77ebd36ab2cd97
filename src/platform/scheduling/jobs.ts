import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { setTimeout as sleep } from 'node:timers/promises';
import PgBoss from 'pg-boss';
import type { DataSource } from 'typeorm';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.token.js';
import { sqlStateOf } from '../database/sql-state.js';
import { Logger } from '../logging/logger.js';

/** A killed worker's job is given to another after this time (the slot row decides who writes). */
const EXPIRE_SECONDS = 15;
const MAINTENANCE_SECONDS = 10;
const POLLING_SECONDS = 2;
const STOP_TIMEOUT_MS = 10_000;
const BOSS_POOL_SIZE = 4;
/** Deadlock: the database asks to try again. */
const DEADLOCK = '40P01';
const CREATE_ATTEMPTS_MAX = 8;
const CREATE_PAUSE_MS = 100;

/** Background work on PostgreSQL (pg-boss). Payloads carry ids only. */
@Injectable()
export class Jobs implements OnApplicationShutdown {
  private boss: PgBoss | null = null;
  private stopping = false;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @InjectDataSource() private readonly source: DataSource,
    private readonly logger: Logger,
  ) {}

  /** Opens the queue (its own schema is made on the first start). Idle where this is no worker. */
  async start(): Promise<void> {
    if (!this.config.worker || this.boss !== null) return;
    const { url } = this.source.options as { url?: string };
    if (url === undefined) throw new Error('the queue needs the database URL');
    const boss = new PgBoss({
      connectionString: url,
      application_name: 'becausal-jobs',
      max: BOSS_POOL_SIZE,
      expireInSeconds: EXPIRE_SECONDS,
      maintenanceIntervalSeconds: MAINTENANCE_SECONDS,
    });
    // Without a listener a lost database would end the process.
    boss.on('error', (error) => {
      // The database may stop before the last idle connection of a closed pool is gone.
      if (!this.stopping) this.logger.failure('job queue', error);
    });
    try {
      await boss.start();
    } catch (error) {
      await boss.stop({ graceful: false }).catch(() => undefined);
      throw error;
    }
    this.boss = boss;
  }

  /** Runs `work` for each job of `queue`, one at a time in this process. */
  async handle(queue: string, work: (data: unknown) => Promise<void>): Promise<void> {
    if (this.boss === null) return;
    await createQueue(this.boss, queue);
    await this.boss.work(queue, { pollingIntervalSeconds: POLLING_SECONDS }, async (jobs) => {
      for (const job of jobs) await work(job.data);
    });
  }

  /** Runs `work` every minute in one of the replicas. */
  async everyMinute(queue: string, work: () => Promise<void>): Promise<void> {
    if (this.boss === null) return;
    await createQueue(this.boss, queue);
    await this.boss.schedule(queue, '* * * * *');
    await this.handle(queue, work);
  }

  async send(queue: string, data: Readonly<Record<string, string>>): Promise<void> {
    await this.boss?.send(queue, data);
  }

  /** The queue's own connections close before the database does. */
  async onApplicationShutdown(): Promise<void> {
    const { boss } = this;
    this.stopping = true;
    this.boss = null;
    await boss?.stop({ graceful: true, timeout: STOP_TIMEOUT_MS, wait: true });
  }
}

/** Making a queue locks tables that the workers of another replica, just as new, are reading. */
async function createQueue(boss: PgBoss, queue: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await boss.createQueue(queue);
      return;
    } catch (error) {
      if (sqlStateOf(error) !== DEADLOCK || attempt === CREATE_ATTEMPTS_MAX) throw error;
      // Of different length, or two that met once would meet again.
      await sleep(CREATE_PAUSE_MS * attempt * (1 + Math.random()));
    }
  }
}
