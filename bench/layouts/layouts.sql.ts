import type { Client } from 'pg';
import { EVENT_COLUMNS, OLDEST_WEEK_ENDS, SENT_ROWS, weeks } from './rows.sql.js';

/**
 * Four ways to keep an id unique for as long as its event is kept. Columns and indexes of the log are
 * copied from the table of the service. Where the log itself is unique by its id, it holds the digest
 * as well and needs no index of its own for the originals of refunds.
 */
export interface Layout {
  name: 'weeks-id-and-time' | 'weeks-and-ids' | 'hash-of-id' | 'one-table';
  /** Tables of the schema `layouts`. */
  tables: readonly string[];
  /** What is appended to the log, from "sent"; answers `stored`, how many rows were new. */
  append: string;
  create(db: Client): Promise<void>;
  /** Everything of the oldest week goes; space that is freed inside tables is made usable again. */
  dropOldestWeek(db: Client): Promise<void>;
}

const HASH_PARTITIONS = 16;
const COLUMNS = EVENT_COLUMNS.join(', ');
const FROM_SENT = EVENT_COLUMNS.map((name) => `sent.${name}`).join(', ');
const CONSTANTS = `1, 'visitor', 'server', $1::timestamptz`;

/** A statement like that of src/modules/events/event-log.ts, for a log that is unique by `key`. */
function appendTo(table: string, key: string): string {
  return `
    WITH sent AS MATERIALIZED (${SENT_ROWS}),
    appended AS (
      INSERT INTO layouts.${table} (${COLUMNS}, digest, project, unit_kind, source, received_at)
      SELECT ${FROM_SENT}, sent.digest, ${CONSTANTS} FROM sent ORDER BY sent.key
      ON CONFLICT (${key}) DO NOTHING RETURNING 1
    )
    SELECT count(*)::int AS stored FROM appended`;
}

const APPEND_BESIDE = `
  WITH sent AS MATERIALIZED (${SENT_ROWS}),
  taken AS (
    INSERT INTO layouts.beside_id (project, key, occurred_at, digest)
    SELECT 1, sent.key, sent.occurred_at, sent.digest FROM sent ORDER BY sent.key
    ON CONFLICT (project, key) DO NOTHING RETURNING beside_id.key
  ), appended AS (
    INSERT INTO layouts.beside (${COLUMNS}, project, unit_kind, source, received_at)
    SELECT ${FROM_SENT}, ${CONSTANTS} FROM sent JOIN taken ON taken.key = sent.key RETURNING 1
  )
  SELECT count(*)::int AS stored FROM appended`;

export const LAYOUTS: readonly Layout[] = [
  {
    name: 'weeks-id-and-time',
    tables: ['timed'],
    append: appendTo('timed', 'project, key, occurred_at'),
    async create(db) {
      const key = 'digest bigint NOT NULL, PRIMARY KEY (project, key, occurred_at)';
      await createLog(db, 'timed', key, 'PARTITION BY RANGE (occurred_at)');
      await createWeeks(db, 'timed');
    },
    async dropOldestWeek(db) {
      await db.query('DROP TABLE layouts.timed_0');
    },
  },
  {
    name: 'weeks-and-ids',
    tables: ['beside', 'beside_id'],
    append: APPEND_BESIDE,
    async create(db) {
      await createLog(db, 'beside', null, 'PARTITION BY RANGE (occurred_at)');
      await createWeeks(db, 'beside');
      await db.query('CREATE TABLE layouts.beside_id (LIKE public.event_id INCLUDING ALL)');
    },
    async dropOldestWeek(db) {
      await db.query('DROP TABLE layouts.beside_0');
      await db.query('DELETE FROM layouts.beside_id WHERE occurred_at < $1', [OLDEST_WEEK_ENDS]);
      await db.query('VACUUM layouts.beside_id');
    },
  },
  {
    name: 'hash-of-id',
    tables: ['hashed'],
    append: appendTo('hashed', 'project, key'),
    async create(db) {
      const key = 'digest bigint NOT NULL, PRIMARY KEY (project, key)';
      await createLog(db, 'hashed', key, 'PARTITION BY HASH (key)');
      for (let part = 0; part < HASH_PARTITIONS; part += 1) {
        await db.query(
          `CREATE TABLE layouts.hashed_${part} PARTITION OF layouts.hashed
           FOR VALUES WITH (MODULUS ${HASH_PARTITIONS}, REMAINDER ${part})`,
        );
      }
    },
    async dropOldestWeek(db) {
      await deleteFrom(db, 'hashed');
    },
  },
  {
    name: 'one-table',
    tables: ['single'],
    append: appendTo('single', 'project, key'),
    async create(db) {
      await createLog(db, 'single', 'digest bigint NOT NULL, PRIMARY KEY (project, key)', '');
    },
    async dropOldestWeek(db) {
      await deleteFrom(db, 'single');
    },
  },
];

/** @param keyed Column and key of a log that is unique by itself; null for one that is not */
async function createLog(
  db: Client,
  table: string,
  keyed: string | null,
  partitioning: string,
): Promise<void> {
  const columns = ['LIKE public.event INCLUDING DEFAULTS INCLUDING CONSTRAINTS'];
  if (keyed !== null) columns.push(keyed);
  await db.query(`CREATE TABLE layouts.${table} (${columns.join(', ')}) ${partitioning}`);
  const { rows } = await db.query<{ name: string; definition: string }>(
    `SELECT index.relname AS name, pg_get_indexdef(index.oid) AS definition
     FROM pg_index JOIN pg_class AS index ON index.oid = pg_index.indexrelid
     WHERE pg_index.indrelid = 'public.event'::regclass ORDER BY index.relname`,
  );
  if (rows.length === 0) throw new Error('the log of the service has indexes');
  for (const { name, definition } of rows) {
    if (keyed !== null && name === 'event_money_ix') continue;
    const copied = definition.replace(
      /^CREATE INDEX \S+ ON (?:ONLY )?\S+/,
      `CREATE INDEX ON layouts.${table}`,
    );
    await db.query(copied);
  }
}

async function createWeeks(db: Client, table: string): Promise<void> {
  for (const [week, begins] of weeks().entries()) {
    const ends = new Date(begins.getTime() + 7 * 86_400_000);
    await db.query(
      `CREATE TABLE layouts.${table}_${week} PARTITION OF layouts.${table}
       FOR VALUES FROM ('${begins.toISOString()}') TO ('${ends.toISOString()}')`,
    );
  }
}

async function deleteFrom(db: Client, table: string): Promise<void> {
  await db.query(`DELETE FROM layouts.${table} WHERE occurred_at < $1`, [OLDEST_WEEK_ENDS]);
  await db.query(`VACUUM layouts.${table}`);
}

/** Fills a layout with rows that lie ready in `layouts.ready`, in the order of arrival. */
export async function fillLayout(db: Client, { tables }: Layout): Promise<void> {
  const [log = '', ids] = tables;
  const digest = ids === undefined ? ', digest' : '';
  await db.query(
    `INSERT INTO layouts.${log} (${COLUMNS}${digest}, project, unit_kind, source, received_at)
     SELECT ${COLUMNS}${digest}, 1, 'visitor', 'server', ready.received_at
     FROM layouts.ready ORDER BY ready.n`,
  );
  if (ids !== undefined) {
    await db.query(
      `INSERT INTO layouts.${ids} (project, key, occurred_at, digest)
       SELECT 1, ready.key, ready.occurred_at, ready.digest FROM layouts.ready ORDER BY ready.n`,
    );
  }
  // As automatic vacuum would have left it: what is dropped later pays for itself alone.
  for (const table of tables) await db.query(`VACUUM (ANALYZE) layouts.${table}`);
}
