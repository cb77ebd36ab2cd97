import { chownSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { IncomingEvent } from '../../src/domain/events/event.js';
import { HttpConnection, requestOf } from '../support/http-connection.js';
import { type Measure, median, plain, ratioRows } from '../support/measure.js';
import { importFile, linesOf } from './import-file.js';
import { countsOf, cpuMsOf, empty, type MeasuredLog } from './measured-log.js';
import { BATCH, ROUNDS, type Sizes } from './sizes.js';
import { EVENT_COLUMNS, ID_COLUMNS, newEvents, preparedRows } from './traffic.js';

/**
 * Ways into one log, by turns, each with as many new events: batches over HTTP, the same batches once
 * more, a file over HTTP, and what all are held against, COPY by the database itself from files of
 * ready rows. And the first of them into an empty log. By the clock, as a sender sees it.
 */

/** Batches on their way at once. COPY is one session: two would wait for the same disk. */
const CONNECTIONS = 4;

interface Cost {
  wallMs: number;
  cpuMs: number;
}

interface Round {
  batches: Cost;
  again: Cost;
  file: Cost;
  copy: Cost;
  intoEmpty: Cost;
}

export async function measureIngestion(
  full: MeasuredLog,
  other: MeasuredLog,
  sizes: Sizes,
): Promise<Measure[]> {
  await requireSameRows(full);
  const before = await countsOf(full);
  console.log(
    `ingestion: ${before.rows} events stored, checksum of ids ${before.checksum}; ` +
      `${sizes.ingested} new ones a cell, batches of ${BATCH} on ${CONNECTIONS} connections, ` +
      'COPY in one session, one CHECKPOINT before each cell',
  );
  const rounds: Round[] = [];
  // The first round warms up and is not counted.
  for (let number = -1; number < ROUNDS; number += 1) {
    const round = await roundOf(full, other, sizes.ingested, number);
    if (number >= 0) rounds.push(round);
  }
  const after = await countsOf(full);
  const expected = before.rows + 3 * (ROUNDS + 1) * sizes.ingested;
  if (after.rows !== expected) throw new Error(`${after.rows} events instead of ${expected}`);
  console.log(`ingestion: ${after.rows} events at the end, checksum of ids ${after.checksum}`);
  return report(rounds, before.rows, sizes);
}

/** The cells change places from round to round, so that none always follows the same one. */
async function roundOf(
  full: MeasuredLog,
  other: MeasuredLog,
  count: number,
  number: number,
): Promise<Round> {
  const cells: ((round: Partial<Round>) => Promise<void>)[] = [
    async (round) => {
      const requests = requestsOf(full, newEvents(full, count));
      round.batches = await deliver(full, requests, 'accepted');
      round.again = await deliver(full, requests, 'duplicate');
    },
    async (round) => {
      round.copy = await copy(full, newEvents(full, count));
    },
    async (round) => {
      const file = linesOf(newEvents(full, count));
      await full.db.query('CHECKPOINT');
      round.file = await costOf(full, async () => await importFile(full, [file], count));
    },
    async (round) => {
      await empty(other);
      round.intoEmpty = await deliver(
        other,
        requestsOf(other, newEvents(other, count)),
        'accepted',
      );
    },
  ];
  const round: Partial<Round> = {};
  const first = (number + cells.length) % cells.length;
  for (const cell of [...cells.slice(first), ...cells.slice(0, first)]) await cell(round);
  return round as Round;
}

function requestsOf({ service }: MeasuredLog, events: readonly IncomingEvent[]): Buffer[] {
  const requests: Buffer[] = [];
  for (let at = 0; at < events.length; at += BATCH) {
    const body = JSON.stringify({ events: events.slice(at, at + BATCH) });
    requests.push(requestOf(service, 'POST', '/v1/events', body));
  }
  return requests;
}

/** Every event of every request must come to this end. */
async function deliver(
  log: MeasuredLog,
  requests: readonly Buffer[],
  status: 'accepted' | 'duplicate',
): Promise<Cost> {
  const lanes = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => HttpConnection.open(log.service)),
  );
  const answers: string[] = [];
  let next = 0;
  await log.db.query('CHECKPOINT');
  const cost = await costOf(log, async () => {
    await Promise.all(
      lanes.map(async (lane) => {
        for (let at = next++; at < requests.length; at = next++) {
          const answer = await lane.send(requests[at] as Buffer);
          if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body}`);
          answers.push(answer.body);
        }
      }),
    );
  });
  for (const lane of lanes) lane.close();
  const results = answers.flatMap(
    (body) => (JSON.parse(body) as { results: { status: string }[] }).results,
  );
  const unlike = results.find((result) => result.status !== status);
  if (unlike !== undefined || results.length !== requests.length * BATCH) {
    throw new Error(`${results.length} results, one of them ${JSON.stringify(unlike ?? null)}`);
  }
  return cost;
}

/** Both tables in one transaction from files beside the database. */
async function copy(log: MeasuredLog, events: readonly IncomingEvent[]): Promise<Cost> {
  const rows = preparedRows(log, events);
  const eventsFile = serverFile(log, 'events.copy', rows.events);
  const idsFile = serverFile(log, 'ids.copy', rows.ids);
  await log.db.query('CHECKPOINT');
  return await costOf(log, async () => {
    await log.db.query(
      `BEGIN; COPY event_id (${ID_COLUMNS}) FROM '${idsFile}';
       COPY event (${EVENT_COLUMNS}) FROM '${eventsFile}'; COMMIT`,
    );
  });
}

/** A file that the user of the database may read, whoever that is. */
function serverFile({ dataDir }: MeasuredLog, name: string, text: string): string {
  const folder = join(dataDir, 'postgres');
  const file = join(folder, name);
  writeFileSync(file, text);
  const { uid, gid } = statSync(folder);
  chownSync(file, uid, gid);
  return file;
}

async function costOf(log: MeasuredLog, work: () => Promise<void>): Promise<Cost> {
  const cpuBefore = cpuMsOf(log);
  const started = performance.now();
  await work();
  const wallMs = performance.now() - started;
  return { wallMs, cpuMs: cpuMsOf(log) - cpuBefore };
}

/** Both ways must leave the same rows, or one would be cheaper for what it leaves out. */
async function requireSameRows(log: MeasuredLog): Promise<void> {
  const events = newEvents(log, BATCH);
  await deliver(log, requestsOf(log, events), 'accepted');
  const file = serverFile(log, 'same.copy', preparedRows(log, events).events);
  const columns = EVENT_COLUMNS.replace('received_at, ', '');
  await log.db.query('CREATE TEMPORARY TABLE prepared (LIKE event INCLUDING DEFAULTS)');
  await log.db.query(`COPY prepared (${EVENT_COLUMNS}) FROM '${file}'`);
  const { rows } = await log.db.query(
    `SELECT ${columns} FROM prepared
     EXCEPT SELECT ${columns} FROM event
       WHERE event.occurred_at >= (SELECT min(prepared.occurred_at) FROM prepared)`,
  );
  await log.db.query('DROP TABLE prepared');
  if (rows.length > 0) {
    throw new Error(`${rows.length} of ${BATCH} rows differ, such as ${JSON.stringify(rows[0])}`);
  }
}

const CELLS = {
  batches: 'http-batches',
  again: 're-delivery',
  file: 'ndjson-import',
  copy: 'copy',
  intoEmpty: 'http-batches-into-empty',
} as const satisfies Record<keyof Round, string>;

/** How many times as fast one cell is as another, and how many it shall be. */
const PROMISED: readonly [id: string, cell: keyof Round, than: keyof Round, goal: number][] = [
  ['http-batches-over-copy', 'batches', 'copy', 0.4],
  ['ndjson-import-over-copy', 'file', 'copy', 0.5],
  ['re-delivery-over-delivery', 'again', 'batches', 1],
  ['filled-over-empty', 'batches', 'intoEmpty', 0.5],
];

function report(rounds: readonly Round[], stored: number, sizes: Sizes): Measure[] {
  const rows = [plain('ingestion-stored', stored, 'events')];
  for (const [cell, name] of Object.entries(CELLS) as [keyof Round, string][]) {
    const rates = rounds.map((round) => (1_000 * sizes.ingested) / round[cell].wallMs);
    const costs = rounds.map((round) => (1_000 * round[cell].cpuMs) / sizes.ingested);
    rows.push(
      plain(`${name}-rate`, median(rates), 'events/s'),
      plain(`${name}-cpu`, median(costs), 'us/event'),
    );
  }
  for (const [id, cell, than, goal] of PROMISED) {
    const ratios = rounds.map((round) => round[than].wallMs / round[cell].wallMs);
    rows.push(
      ...ratioRows(id, ratios, { is: 'at least', than: goal, isJudged: sizes.scale === 1 }),
    );
  }
  return rows;
}
