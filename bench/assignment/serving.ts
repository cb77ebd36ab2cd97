import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectTo } from '../support/embedded-database.js';
import { cpuOf, type Service, startService, stopService } from '../support/embedded-service.js';
import { type Answer, HttpConnection, requestOf } from '../support/http-connection.js';
import { type Measure, median, plain, ratioRows } from '../support/measure.js';
import { contextOf, FLAGS, keyOf, launchFlags } from './flags.js';

/**
 * The service as it is installed, with its log, its limit (raised, or one key could not ask so much)
 * and its key check, against Fastify alone. By processor time of the two processes, in turns.
 */

const ROUNDS = 8;
const CLIENTS = 32;
/** Requests of a cell: one to three seconds of processor time. */
const SINGLES = 60_000;
const BULKS = 24_000;
/** Different units in the requests of a cell. */
const CROWD = 256;
const SETTINGS = { LOG_LEVEL: 'info', BECAUSAL_ASSIGNMENTS_PER_SECOND: '1000000' };
const ONE = `/ofrep/v1/evaluate/flags/${keyOf(0)}`;
const ALL = '/ofrep/v1/evaluate/flags';

const CELLS = ['bare-single', 'single', 'bare-bulk', 'bulk'] as const;
type Cell = (typeof CELLS)[number];

interface Cost {
  cpuUs: number;
  perSecond: number;
}

export async function measureServing(scale: number): Promise<Measure[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'becausal-bench-'));
  const admin = await startService(dataDir, [], SETTINGS);
  let bare: Service | null = null;
  try {
    const service = await seeded(admin, dataDir);
    const answers = await answersOf(service);
    bare = await startBare(answers);
    console.log(
      `serving: ${FLAGS} flags, ${CLIENTS} connections, ${ROUNDS} rounds of ${SINGLES * scale} ` +
        `single and ${BULKS * scale} bulk requests, whose answers have ` +
        `${sizeOf(answers.one)} and ${sizeOf(answers.all)} bytes`,
    );
    return await rounds(service, bare, scale);
  } finally {
    if (bare !== null) await stopService(bare);
    await stopService(admin);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** The same service, spoken to with a public key as pages are. */
async function seeded(admin: Service, dataDir: string): Promise<Service> {
  const db = await connectTo(dataDir);
  await launchFlags(db);
  await db.end();
  const body = JSON.stringify({ kind: 'public', name: 'bench' });
  const made = await once(admin, requestOf(admin, 'POST', '/v1/keys', body));
  const { secret } = JSON.parse(made.body) as { secret: string };
  const service = { ...admin, key: secret };
  for (;;) {
    const { flags } = JSON.parse((await once(service, bulkOf(service, 0))).body) as {
      flags: unknown[];
    };
    if (flags.length === FLAGS) return service;
    await sleep(100);
  }
}

interface Answers {
  one: object;
  all: object;
}

/** What one unit is told: the bare server tells it to all. */
async function answersOf(service: Service): Promise<Answers> {
  const one = await once(service, requestOf(service, 'POST', ONE, bodyOf(0)));
  const all = await once(service, bulkOf(service, 0));
  return { one: JSON.parse(one.body) as object, all: JSON.parse(all.body) as object };
}

const sizeOf = (answer: object): number => Buffer.byteLength(JSON.stringify(answer));

async function once(service: Service, request: Buffer): Promise<Answer> {
  const connection = await HttpConnection.open(service);
  const answer = await connection.send(request);
  connection.close();
  return answer;
}

const bodyOf = (unit: number): string => JSON.stringify({ context: contextOf(unit) });
const bulkOf = (service: Service, unit: number): Buffer =>
  requestOf(service, 'POST', ALL, bodyOf(unit));

async function startBare(answers: Answers): Promise<Service> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'bare-fastify.js'));
  const url = await new Promise<string>((ready, fail) => {
    child.once('message', (message) => ready(String(message)));
    child.once('exit', (code) => fail(new Error(`bare Fastify ended with ${code}`)));
    child.send(answers);
  });
  // It reads no key; it is sent one, as the service is.
  return { url, key: `pk_${'0'.repeat(16)}_${'0'.repeat(43)}`, process: child };
}

async function rounds(service: Service, bare: Service, scale: number): Promise<Measure[]> {
  const crowd = Array.from({ length: CROWD }, (_, unit) => unit);
  const cells: Record<Cell, { of: Service; requests: Buffer[]; count: number }> = {
    'bare-single': {
      of: bare,
      requests: crowd.map((unit) => requestOf(bare, 'POST', '/one', bodyOf(unit))),
      count: SINGLES * scale,
    },
    single: {
      of: service,
      requests: crowd.map((unit) => requestOf(service, 'POST', ONE, bodyOf(unit))),
      count: SINGLES * scale,
    },
    'bare-bulk': {
      of: bare,
      requests: crowd.map((unit) => requestOf(bare, 'POST', '/all', bodyOf(unit))),
      count: BULKS * scale,
    },
    bulk: {
      of: service,
      requests: crowd.map((unit) => bulkOf(service, unit)),
      count: BULKS * scale,
    },
  };
  const measured: Record<Cell, Cost>[] = [];
  // The first round warms up and is not counted.
  for (let number = -1; number < ROUNDS; number += 1) {
    const round: Partial<Record<Cell, Cost>> = {};
    const first = (number + CELLS.length) % CELLS.length;
    for (const cell of [...CELLS.slice(first), ...CELLS.slice(0, first)]) {
      round[cell] = await costOf(cells[cell]);
    }
    if (number >= 0) measured.push(round as Record<Cell, Cost>);
  }
  return report(measured, scale === 1);
}

async function costOf(cell: { of: Service; requests: Buffer[]; count: number }): Promise<Cost> {
  const { of: service, requests, count } = cell;
  const lanes = await Promise.all(
    Array.from({ length: CLIENTS }, () => HttpConnection.open(service)),
  );
  const before = cpuMsOf(service);
  const started = performance.now();
  let next = 0;
  await Promise.all(
    lanes.map(async (lane) => {
      for (let at = next++; at < count; at = next++) {
        const answer = await lane.send(requests[at % requests.length] as Buffer);
        if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body}`);
      }
    }),
  );
  const wallMs = performance.now() - started;
  const cpuUs = ((cpuMsOf(service) - before) * 1_000) / count;
  for (const lane of lanes) lane.close();
  return { cpuUs, perSecond: (count * 1_000) / wallMs };
}

function cpuMsOf(service: Service): number {
  const cpu = cpuOf(service);
  if (cpu === null) throw new Error('processor time is read from /proc, which is missing here');
  return cpu.service;
}

function report(measured: readonly Record<Cell, Cost>[], isJudged: boolean): Measure[] {
  const costs = CELLS.flatMap((cell) => [
    plain(`${cell}-cpu`, median(measured.map((round) => round[cell].cpuUs)), 'us/request'),
    plain(`${cell}-rate`, median(measured.map((round) => round[cell].perSecond)), 'requests/s'),
  ]);
  const ratio = (id: string, than: Cell, cell: Cell, goal: number): Measure[] =>
    ratioRows(
      id,
      measured.map((round) => round[than].cpuUs / round[cell].cpuUs),
      { is: 'at least', than: goal, isJudged },
    );
  return [
    ...costs,
    ...ratio('perf-G1-single-over-bare-fastify', 'bare-single', 'single', 0.65),
    ...ratio('perf-G2-bulk-over-stringified', 'bare-bulk', 'bulk', 0.85),
  ];
}
