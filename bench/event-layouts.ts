import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Client } from 'pg';
import { fillLayout, type Layout, LAYOUTS } from './layouts/layouts.sql.js';
import { BATCH, type Batch, generatorSql, type IdKind, STORED_WEEKS } from './layouts/rows.sql.js';
import { calm, connectTo, oneRow, settingsOf } from './support/embedded-database.js';
import { cpuOf, type Service, startService, stopService } from './support/embedded-service.js';
import { type Measure, median, plain } from './support/measure.js';

/**
 * What it costs that an id is unique for as long as its event is kept, by where the ids are: the
 * measurement behind docs/adr/0012. Each layout gets the same stored rows and then, by turns, the same
 * batches on one connection, each its own transaction; ids are random or begin with the time.
 *
 * `BENCH_LAYOUT_ROWS=1000000 npm run bench -- event-layouts`: so many are stored in each layout.
 */

const DEFAULT_ROWS = 2_000_000;
const BATCH_ROWS = 500;
const BATCHES_A_CELL = 40;
const CELL_ROWS = BATCH_ROWS * BATCHES_A_CELL;
const ROUNDS = 5;
/** Ids that are sent once more, with the same content and another time. */
const MOVED_ROWS = BATCH_ROWS;
const MOVED_BY_MS = 1_000;

interface Cost {
  wallMs: number;
  cpuMs: number;
  walBytes: number;
}

export async function run(): Promise<Measure[]> {
  const stored = storedRows(process.env['BENCH_LAYOUT_ROWS']);
  const dataDir = mkdtempSync(join(tmpdir(), 'becausal-bench-'));
  let service: Service | null = null;
  try {
    service = await startService(dataDir);
    const db = await connectTo(dataDir);
    await calm(db);
    console.log(`Node ${process.versions.node}; ${await settingsOf(db)}`);
    console.log(
      `${stored} rows stored over ${STORED_WEEKS} weeks, batches of ${BATCH_ROWS}, ` +
        `${CELL_ROWS} rows a cell, ${ROUNDS} rounds, one CHECKPOINT before each cell`,
    );
    const rows: Measure[] = [];
    for (const kind of ['v4', 'v7'] as const) {
      rows.push(...(await measureKind({ db, service }, kind, stored)));
    }
    await db.end();
    return rows;
  } finally {
    if (service !== null) await stopService(service);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function storedRows(given: string | undefined): number {
  const rows = Number(given ?? DEFAULT_ROWS);
  if (!Number.isInteger(rows) || rows < CELL_ROWS) {
    throw new Error(`BENCH_LAYOUT_ROWS is a whole number of at least ${CELL_ROWS}`);
  }
  return rows;
}

interface Server {
  db: Client;
  service: Service;
}

async function measureKind(server: Server, kind: IdKind, stored: number): Promise<Measure[]> {
  const { db } = server;
  await db.query('CREATE SCHEMA layouts');
  await db.query(generatorSql(kind, stored));
  await db.query('CREATE UNLOGGED TABLE layouts.ready AS SELECT * FROM layouts.happenings(1, $1)', [
    stored,
  ]);
  const rows: Measure[] = [];
  for (const layout of LAYOUTS) {
    await layout.create(db);
    await fillLayout(db, layout);
    rows.push(...(await sizes(db, kind, layout, stored)));
  }
  await db.query('DROP TABLE layouts.ready');
  rows.push(...(await measureAppending(server, kind, stored)));
  await requireSameRows(db, kind, stored + (ROUNDS + 1) * CELL_ROWS);
  rows.push(...(await moveCopies(db, kind, stored)));
  for (const layout of LAYOUTS) rows.push(...(await measureDropping(server, kind, layout)));
  await db.query('SET client_min_messages = warning; DROP SCHEMA layouts CASCADE');
  return rows;
}

async function measureAppending(server: Server, kind: IdKind, stored: number): Promise<Measure[]> {
  const costs = new Map<Layout, Cost[]>(LAYOUTS.map((layout) => [layout, []]));
  // The first round warms up and is not counted; the layouts change places from round to round.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const batches = await batchesFrom(server.db, stored + round * CELL_ROWS + 1);
    const first = round % LAYOUTS.length;
    for (const layout of [...LAYOUTS.slice(first), ...LAYOUTS.slice(0, first)]) {
      await server.db.query('CHECKPOINT');
      const cost = await costOf(server, async () => {
        for (const batch of batches) await append(server.db, layout, batch, BATCH_ROWS);
      });
      if (round > 0) costs.get(layout)?.push(cost);
    }
  }
  return [...costs].flatMap(([layout, cells]) => {
    const id = `${kind}-${layout.name}`;
    return [
      plain(
        `${id}-rate`,
        median(cells.map(({ wallMs }) => (1_000 * CELL_ROWS) / wallMs)),
        'rows/s',
      ),
      plain(`${id}-cpu`, median(cells.map(({ cpuMs }) => (1_000 * cpuMs) / CELL_ROWS)), 'us/row'),
      plain(`${id}-wal`, median(cells.map(({ walBytes }) => walBytes / CELL_ROWS)), 'bytes/row'),
    ];
  });
}

async function batchesFrom(db: Client, first: number): Promise<Batch[]> {
  const batches: Batch[] = [];
  for (let at = first; at < first + CELL_ROWS; at += BATCH_ROWS) {
    batches.push(await oneRow<Batch>(db, BATCH, [at, at + BATCH_ROWS - 1]));
  }
  return batches;
}

/** Every row must be new, or one layout would be cheaper for what it leaves out. */
async function append(db: Client, layout: Layout, batch: Batch, expected: number): Promise<void> {
  const stored = await storedOf(db, layout, batch);
  if (stored !== expected) throw new Error(`${layout.name} stored ${stored} of ${expected} rows`);
}

async function storedOf(db: Client, { append: text, name }: Layout, batch: Batch): Promise<number> {
  const { rows } = await db.query<{ stored: number }>({
    name,
    text,
    values: [batch.receivedAt, ...batch.columns],
  });
  return rows[0]?.stored ?? NaN;
}

async function costOf({ db, service }: Server, work: () => Promise<void>): Promise<Cost> {
  const lsn = async () =>
    (await oneRow<{ lsn: string }>(db, 'SELECT pg_current_wal_insert_lsn()::text AS lsn')).lsn;
  const before = await lsn();
  const cpuBefore = databaseCpuMs(service);
  const started = performance.now();
  await work();
  const wallMs = performance.now() - started;
  const cpuMs = databaseCpuMs(service) - cpuBefore;
  const { bytes } = await oneRow<{ bytes: string }>(
    db,
    'SELECT pg_wal_lsn_diff($1::pg_lsn, $2::pg_lsn) AS bytes',
    [await lsn(), before],
  );
  return { wallMs, cpuMs, walBytes: Number(bytes) };
}

function databaseCpuMs(service: Service): number {
  const cpu = cpuOf(service);
  if (cpu === null) throw new Error('processor time is read from /proc, which is missing here');
  return cpu.database;
}

/** How many of the last stored ids a layout takes once more when their time has moved. */
async function moveCopies(db: Client, kind: IdKind, stored: number): Promise<Measure[]> {
  const batch = await oneRow<Batch>(db, BATCH, [stored - MOVED_ROWS + 1, stored]);
  const [keys = '', times = '', ...others] = batch.columns;
  const { moved } = await oneRow<{ moved: string }>(
    db,
    `SELECT array_agg(sent.time + $2::float8 * interval '1 ms' ORDER BY sent.position)::text AS moved
     FROM unnest($1::timestamptz[]) WITH ORDINALITY AS sent (time, position)`,
    [times, MOVED_BY_MS],
  );
  const rows: Measure[] = [];
  for (const layout of LAYOUTS) {
    await db.query('BEGIN');
    const twice = await storedOf(db, layout, { ...batch, columns: [keys, moved, ...others] });
    await db.query('ROLLBACK');
    const id = `${kind}-${layout.name}-counted-twice`;
    const isChosen = layout.name === 'weeks-and-ids';
    rows.push({
      ...plain(id, twice, `of ${MOVED_ROWS} moved copies`),
      goal: isChosen ? 'none' : null,
      holds: isChosen ? twice === 0 : null,
    });
  }
  return rows;
}

async function measureDropping(server: Server, kind: IdKind, layout: Layout): Promise<Measure[]> {
  const { db } = server;
  const [log = ''] = layout.tables;
  const before = await countOf(db, log);
  await db.query('CHECKPOINT');
  const cost = await costOf(server, async () => await layout.dropOldestWeek(db));
  const dropped = before - (await countOf(db, log));
  if (dropped <= 0) throw new Error(`${layout.name} dropped nothing`);
  const id = `${kind}-${layout.name}-drop`;
  return [
    plain(`${id}-rows`, dropped, 'rows'),
    plain(`${id}-time`, cost.wallMs, 'ms'),
    plain(`${id}-wal`, cost.walBytes / dropped, 'bytes/row'),
  ];
}

async function countOf(db: Client, table: string): Promise<number> {
  const { rows } = await oneRow<{ rows: string }>(
    db,
    `SELECT count(*) AS rows FROM layouts.${table}`,
  );
  return Number(rows);
}

async function sizes(
  db: Client,
  kind: IdKind,
  { name, tables }: Layout,
  stored: number,
): Promise<Measure[]> {
  const { heap, indexes } = await oneRow<{ heap: string; indexes: string }>(
    db,
    `SELECT sum(pg_table_size(part.oid)) AS heap, sum(pg_indexes_size(part.oid)) AS indexes
     FROM pg_class AS part
     LEFT JOIN pg_inherits ON pg_inherits.inhrelid = part.oid
     JOIN pg_class AS given ON given.oid IN (part.oid, pg_inherits.inhparent)
     WHERE part.relkind = 'r' AND given.relname = ANY ($1)
       AND given.relnamespace = 'layouts'::regnamespace`,
    [tables],
  );
  return [
    plain(`${kind}-${name}-tables`, Number(heap) / stored, 'bytes/row'),
    plain(`${kind}-${name}-indexes`, Number(indexes) / stored, 'bytes/row'),
  ];
}

/** All layouts hold the same rows, and the same in every run of one size. */
async function requireSameRows(db: Client, kind: IdKind, expected: number): Promise<void> {
  const sums = new Set<string>();
  for (const table of LAYOUTS.flatMap((layout) => layout.tables)) {
    const { rows, checksum } = await oneRow<{ rows: string; checksum: string }>(
      db,
      `SELECT count(*) AS rows, abs(sum(hashtextextended(
           kept.key::text || extract(epoch FROM kept.occurred_at), 0)::numeric)) % 1000000007
         AS checksum
       FROM layouts.${table} AS kept`,
    );
    if (Number(rows) !== expected) throw new Error(`${table} has ${rows} rows, not ${expected}`);
    sums.add(checksum);
  }
  if (sums.size !== 1) throw new Error('the layouts hold different rows');
  console.log(`ids ${kind}: ${expected} rows in each layout, checksum ${[...sums].join()}`);
}
