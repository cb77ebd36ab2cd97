import { isDeepStrictEqual, parseArgs } from 'node:util';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import {
  dryRun,
  locateOne,
  type MeasuredStudy,
  type Operation,
  prepareStudy,
  searchOnce,
} from './evidence/measured-study.js';
import { seedInterviews } from './evidence/seed.js';
import { cpuOf, type Service, startService, stopService } from './support/embedded-service.js';
import { type Measure, median, plain } from './support/measure.js';

/**
 * How the cost of evidence grows with what else is stored: the gate's dry run, the location of a
 * quote and a search for what speaks against a claim, over one study of 40 interviews of 6,000 words,
 * among a tenth of the interviews and among all of them. Two services, each on its own embedded
 * database, take turns call by call; what is promised is the ratio of the processor time of service
 * and database together. The two databases hold the same study and must give the same answers.
 *
 * `npm run bench -- evidence --interviews 1500` is a smaller trial, `--profile DIR` keeps a profile of
 * each service's processor time.
 */

const INTERVIEWS = 10_000;
/** The study and the twenty newest beside it, of four stages. */
const INTERVIEWS_MIN = 1_400;
const GROWTH_MAX = 1.3;
/** Odd, so that there is a middle one. */
const ROUNDS = 7;
const WARM_UP = 20;
/** A tick of /proc is 10 ms: a cell is long enough that it does not matter. */
const CELL_CPU_MS = 1_500;
const CELL_CALLS_MIN = 5;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  'dry-run': dryRun,
  'quote-location': locateOne,
  'negative-search': searchOnce,
};

export async function run(): Promise<Measure[]> {
  const { large, profile } = options();
  const small = Math.round(large / 10);
  const rows: Measure[] = [];
  const open: Opened[] = [];
  try {
    for (const count of [small, large]) {
      const started = performance.now();
      open.push(await opened(count, profile));
      rows.push(plain(`seeding-${count}`, (performance.now() - started) / 1_000, 's'));
      console.error(`${count} interviews are stored`);
    }
    const [one, other] = open;
    if (one === undefined || other === undefined) throw new Error('two databases are compared');
    for (const [name, operation] of Object.entries(OPERATIONS)) {
      const cells = await measured(operation, [one.study, other.study]);
      rows.push(...report(name, [small, large], cells));
    }
    return rows;
  } finally {
    for (const { study, dataDir } of open) {
      await stopService(study.service);
      rmSync(dataDir, { recursive: true, force: true });
    }
  }
}

function options(): { large: number; profile: string | null } {
  const { values } = parseArgs({
    // The first is the benchmark's own name.
    args: process.argv.slice(3),
    options: { interviews: { type: 'string' }, profile: { type: 'string' } },
  });
  const large = Number(values.interviews ?? INTERVIEWS);
  if (!Number.isInteger(large) || large < INTERVIEWS_MIN) {
    throw new Error(`--interviews is a whole number from ${INTERVIEWS_MIN}`);
  }
  return { large, profile: values.profile ?? null };
}

interface Opened {
  study: MeasuredStudy;
  dataDir: string;
}

async function opened(count: number, profile: string | null): Promise<Opened> {
  const dataDir = mkdtempSync(join(tmpdir(), 'becausal-bench-'));
  const flags = profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}/${count}`];
  let service: Service | null = null;
  try {
    const interviews = await seedInterviews(dataDir, count);
    service = await startService(dataDir, flags);
    return { study: await prepareStudy(service, interviews), dataDir };
  } catch (error) {
    if (service !== null) await stopService(service);
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  }
}

/** What one call cost, on average over a cell. */
interface Cost {
  wallMs: number;
  /** Null where /proc is missing. */
  serviceMs: number | null;
  databaseMs: number | null;
}

/** The costs round by round, in the order of the studies. */
async function measured(
  operation: Operation,
  studies: readonly [MeasuredStudy, MeasuredStudy],
): Promise<Cost[][]> {
  let next = 0;
  const cell = async (calls: number): Promise<Cost[]> => {
    const first = next;
    next += calls;
    return await cellOf(operation, studies, first, calls);
  };
  const [warm] = await cell(WARM_UP);
  const perCall = (warm?.serviceMs ?? CELL_CPU_MS) + (warm?.databaseMs ?? 0);
  const calls = Math.max(CELL_CALLS_MIN, Math.ceil(CELL_CPU_MS / perCall));
  const rounds: Cost[][] = [];
  while (rounds.length < ROUNDS) rounds.push(await cell(calls));
  return rounds;
}

/** The services take turns call by call, so that whatever else the machine does falls on both. */
async function cellOf(
  operation: Operation,
  studies: readonly MeasuredStudy[],
  first: number,
  calls: number,
): Promise<Cost[]> {
  const before = studies.map(({ service }) => cpuOf(service));
  const wallMs = studies.map(() => 0);
  for (let number = first; number < first + calls; number += 1) {
    const answers: unknown[] = [];
    for (const [which, study] of studies.entries()) {
      const started = performance.now();
      answers.push(await operation(study, number));
      wallMs[which] = (wallMs[which] ?? 0) + performance.now() - started;
    }
    if (!isDeepStrictEqual(answers[0], answers[1])) throw new Error('the answers differ');
  }
  return studies.map(({ service }, which) => {
    const from = before[which] ?? null;
    const to = cpuOf(service);
    const isKnown = from !== null && to !== null;
    return {
      wallMs: (wallMs[which] ?? NaN) / calls,
      serviceMs: isKnown ? (to.service - from.service) / calls : null,
      databaseMs: isKnown ? (to.database - from.database) / calls : null,
    };
  });
}

function report(name: string, counts: readonly number[], rounds: readonly Cost[][]): Measure[] {
  const of = (which: number, part: (cost: Cost) => number | null): number[] =>
    rounds.map((costs) => part(costs[which] as Cost) ?? NaN);
  const whole = ({ serviceMs, databaseMs }: Cost): number | null =>
    serviceMs === null || databaseMs === null ? null : serviceMs + databaseMs;
  const rows = counts.map((count, which) =>
    plain(`${name}-wall-${count}`, median(of(which, ({ wallMs }) => wallMs)), 'ms'),
  );
  const isKnown = rounds.every((costs) => costs.every((cost) => cost.serviceMs !== null));
  if (!isKnown) return rows;
  for (const [which, count] of counts.entries()) {
    rows.push(
      plain(`${name}-cpu-${count}`, median(of(which, whole)), 'ms'),
      plain(`${name}-database-cpu-${count}`, median(of(which, (cost) => cost.databaseMs)), 'ms'),
    );
  }
  const small = of(0, whole);
  const ratios = of(1, whole).map((large, round) => large / (small[round] ?? NaN));
  const growth = median(ratios);
  return [
    ...rows,
    plain(`${name}-growth-min`, Math.min(...ratios), 'times'),
    plain(`${name}-growth-max`, Math.max(...ratios), 'times'),
    {
      ...plain(`${name}-growth`, growth, 'times'),
      goal: `at most ${GROWTH_MAX}`,
      holds: growth <= GROWTH_MAX,
    },
  ];
}
