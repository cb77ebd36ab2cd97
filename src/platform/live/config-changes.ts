import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.token.js';
import { DatabaseArrival } from '../database/database-arrival.js';
import { DatabaseAway, isDatabaseAway } from '../database/database-away.js';
import type { Queries } from '../database/queries.js';
import { Logger } from '../logging/logger.js';
import { type Link, LiveConnection } from './live-connection.js';
import { SNAPSHOT_AGE_MAX_MS, type Snapshot, snapshotIdentity } from './snapshot-file.js';
import { SnapshotWriter } from './snapshot-writer.js';

/** A change reaches every replica within 5 s: asked this often, and at once where notices arrive. */
const POLL_MS = 1_500;
/** Twice what is promised. */
const BEHIND_MS = 10_000;

/** A part of what is held in memory and served from there. */
export interface LivePart<Source> {
  /** Names the part in the snapshot on disk. */
  name: string;
  /** Reads it, in one snapshot of the database with all other parts. The answer is plain JSON. */
  read(queries: Queries): Promise<Source>;
  /** Takes over what was read, now or by an earlier process. `at` is when that was. */
  apply(source: Source, at: Date): void;
}

export const LIVE_SOURCES = ['nothing', 'snapshot', 'database'] as const;

/** Where what is served comes from, and how old it is. */
export interface LiveStatus {
  source: (typeof LIVE_SOURCES)[number];
  /** When the database last said that nothing newer exists; null before it ever did. */
  confirmedAt: Date | null;
  /** How long ago that was; infinite before. */
  ageMs: number;
  /** There may be changes that are not served though they should be. */
  isBehind: boolean;
}

interface Reading {
  state: string;
  database: string;
  parts: Readonly<Record<string, unknown>>;
}

/**
 * Keeps what is served in memory as the database has it. Every change leaves a row in
 * `config_change` (a trigger writes it). Rows are inserted, and pruned from the oldest on, so two
 * readers that see the same first, last and number of rows know the same changes, in whatever order
 * transactions have committed. Notices make it quick; asking again and again makes it sure.
 */
@Injectable()
export class ConfigChanges implements OnModuleInit, OnApplicationShutdown {
  private readonly parts: LivePart<unknown>[] = [];
  private readonly connection: LiveConnection;
  private readonly writer: SnapshotWriter;
  private source: LiveStatus['source'] = 'nothing';
  private confirmedMs: number | null = null;
  private fault: 'none' | 'away' | 'ours' = 'none';
  private current: Reading | null = null;
  private running: Promise<void> | null = null;
  private next: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private isStopped = false;

  constructor(
    @Inject(CONFIG) config: Config,
    @InjectDataSource() source: DataSource,
    private readonly arrival: DatabaseArrival,
    private readonly logger: Logger,
  ) {
    const { url = '' } = source.options as { url?: string };
    this.connection = new LiveConnection(url, () => this.look());
    this.writer = new SnapshotWriter(snapshotIdentity(config), logger);
  }

  onModuleInit(): void {
    this.arrival.once(() => this.start());
  }

  /** To be called before the database has arrived. */
  serve<Source>(part: LivePart<Source>): void {
    this.parts.push({
      name: part.name,
      read: (queries) => part.read(queries),
      apply: (source, at) => part.apply(source as Source, at),
    });
  }

  /** Serves what an earlier process has kept, until the database comes. */
  restore({ readAt, parts }: Snapshot): void {
    const at = new Date(readAt);
    this.applyAll(parts, at);
    this.confirmedMs = at.getTime();
    this.source = 'snapshot';
    this.fault = 'away';
    this.logger.concern('the database is away: serving assignment from the snapshot', { readAt });
  }

  /**
   * Whether what is held may decide who is let in. Not a day after the database last confirmed it,
   * and not while the database answers and yet cannot be read: then it must be asked.
   */
  get isTrusted(): boolean {
    return this.fault !== 'ours' && this.status.ageMs <= SNAPSHOT_AGE_MAX_MS;
  }

  get status(): LiveStatus {
    const { source, confirmedMs } = this;
    const ageMs = confirmedMs === null ? Infinity : Date.now() - confirmedMs;
    return {
      source,
      confirmedAt: confirmedMs === null ? null : new Date(confirmedMs),
      ageMs,
      isBehind: ageMs > BEHIND_MS,
    };
  }

  /**
   * What was committed before the call is served after it. Calls at the same time share a look.
   * @throws Error when the database cannot be read
   */
  async refreshNow(): Promise<void> {
    if (this.running === null) return await this.begin();
    // The look under way may have begun before the caller's change.
    this.next ??= this.running
      .catch(() => undefined)
      .then(() => {
        this.next = null;
        return this.begin();
      });
    return await this.next;
  }

  /** After the last request, which may still have changed something. */
  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    await this.running?.catch(() => undefined);
    this.connection.close();
    await this.writer.close();
  }

  private async start(): Promise<void> {
    await this.refreshNow();
    this.timer = setInterval(() => this.look(), POLL_MS);
    this.timer.unref();
  }

  /** Looks, and tells nobody if it fails: that is logged once, and the next look is near. */
  private look(): void {
    this.refreshNow().catch(() => undefined);
  }

  private begin(): Promise<void> {
    const run = this.refresh().finally(() => (this.running = null));
    this.running = run;
    return run;
  }

  private async refresh(): Promise<void> {
    if (this.isStopped) throw new DatabaseAway('the service is stopping');
    const asked = new Date();
    try {
      const reading = await this.connection.use((link) => this.readIfChanged(link));
      if (reading !== null) this.applyAll(reading.parts, asked);
      this.current = reading ?? this.current;
      this.confirmedMs = asked.getTime();
      this.source = 'database';
      this.toldFault('none');
      if (this.current !== null) {
        const { parts, database } = this.current;
        this.writer.keep({ parts, database, readAt: asked.toISOString() }, reading !== null);
      }
    } catch (error) {
      this.toldFault(isDatabaseAway(error) ? 'away' : 'ours', error);
      throw error;
    }
  }

  private async readIfChanged({ quick, patient: queries }: Link): Promise<Reading | null> {
    if (this.current !== null && this.current.state === (await stateOf(quick))) return null;
    await queries.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const state = await stateOf(queries);
    const database = await databaseOf(queries);
    const parts: Record<string, unknown> = {};
    for (const part of this.parts) parts[part.name] = await part.read(queries);
    await queries.query('COMMIT');
    return { state, database, parts };
  }

  private applyAll(sources: Readonly<Record<string, unknown>>, at: Date): void {
    for (const part of this.parts) part.apply(sources[part.name], at);
  }

  private toldFault(fault: 'none' | 'away' | 'ours', cause?: unknown): void {
    if (fault === this.fault) return;
    this.fault = fault;
    if (fault === 'none') this.logger.fact('what is served follows the database again');
    else if (fault === 'ours') this.logger.failure('what is served cannot be read', cause);
    else {
      const { confirmedAt } = this.status;
      this.logger.concern('the database is away: serving from memory', { confirmedAt });
    }
  }
}

async function stateOf(queries: Queries): Promise<string> {
  const [row] = await queries.query<{ state: string }[]>(
    `SELECT concat_ws('-', min(config_change.id), max(config_change.id), count(*)) AS state
     FROM config_change`,
  );
  if (row === undefined) throw new Error('a count has a row');
  return row.state;
}

/** Which database this is: the cluster that wrote its log, and its first project. */
async function databaseOf(queries: Queries): Promise<string> {
  const [row] = await queries.query<{ identity: string }[]>(
    `SELECT event_log_origin.system_identifier || '/' || project.id AS identity
     FROM event_log_origin CROSS JOIN project WHERE project.key = 'default'`,
  );
  return row?.identity ?? 'none';
}
