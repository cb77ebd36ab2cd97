import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { NO_HISTORY } from '../src/domain/evaluation/history.js';
import { type MetricCase, metricReport } from '../src/domain/evaluation/metric-report.js';
import type { ArmMoments, MetricMoments, PlanMoments } from '../src/domain/evaluation/moments.js';
import type { TakenLook } from '../src/domain/evaluation/planned-looks.js';
import type { Analysis } from '../src/domain/experiments/definition.js';
import {
  type AnalysisPlan,
  ASSUMED_PRIOR,
  PLAN_SCHEMA_VERSION,
  type PlannedMetric,
} from '../src/domain/experiments/plan.js';
import type { Metric } from '../src/domain/metrics/metric.js';
import { UNDECLARED_COSTS } from '../src/domain/money/costs.js';
import { DECISION_RULE } from '../src/domain/verdict/decision-rule.js';
import { cuped } from '../src/stats/adjustment/cuped.js';
import { type Measure, median, plain } from './support/measure.js';

/**
 * What the statistics of a metric cost. The anchor is one Welch test by SciPy in a process of its
 * own: both take turns, both are measured by the processor time they used, and what is promised is
 * their ratio, which means something on any machine. Where there is no SciPy there is no ratio.
 *
 * One metric is all that an evaluation computes of it: covariates taken out of the noise, Welch's
 * test, the lift, the confidence sequence, the posterior with two more priors, the comparison of
 * the engines, and, at an open look, all but the tests once more over the units on their way.
 * No two calls of a round see the same numbers.
 */

/** Odd, so that there is a middle one. */
const ROUNDS = 7;
const CASES = 20_000;
/** Looks of a plan of several: their bounds are integrated, so there are fewer. */
const SEQUENTIAL_CASES = 300;
/** Agreement of the p-values that shows both sides to have done the same work. */
const AGREEMENT = 1e-9;

/** Says its versions, reads the arms, then answers each line with the seconds that one round took. */
const SCIPY = `
import json, sys, time
import scipy
from scipy.stats import ttest_ind_from_stats
print(json.dumps([sys.version.split()[0], scipy.__version__]), flush=True)
arms = [tuple(arm) for arm in json.loads(sys.stdin.readline())]
print(json.dumps([float(ttest_ind_from_stats(*a, equal_var=False).pvalue) for a in arms]), flush=True)
for _ in sys.stdin:
    start = time.process_time()
    for m1, s1, n1, m0, s0, n0 in arms:
        ttest_ind_from_stats(m1, s1, n1, m0, s0, n0, equal_var=False)
    print(time.process_time() - start, flush=True)
`;

export async function run(): Promise<Measure[]> {
  const fixed = moneyLooks(CASES, false);
  const subjects: Subject[] = [
    { id: 'open-look', cases: moneyLooks(CASES, true), promised: true },
    { id: 'fixed-look', cases: fixed, promised: true },
    { id: 'rare-rate', cases: rareRates(CASES), promised: false },
    { id: 'sequential-look', cases: plannedLooks(SEQUENTIAL_CASES), promised: false },
  ];
  const anchor = await Scipy.start(fixed);
  try {
    const rows: Measure[] = [];
    if (anchor !== null) rows.push(agreement(anchor.pValues, fixed));
    return [...rows, ...(await measured(subjects, anchor))];
  } finally {
    anchor?.stop();
  }
}

interface Subject {
  id: string;
  cases: readonly MetricCase[];
  /** At most one SciPy call. */
  promised: boolean;
}

async function measured(subjects: readonly Subject[], anchor: Scipy | null): Promise<Measure[]> {
  const times = new Map<string, number[]>(subjects.map(({ id }) => [id, []]));
  const anchorTimes: number[] = [];
  for (let round = -1; round < ROUNDS; round += 1) {
    const anchored = anchor === null ? null : await anchor.microsecondsPerCall();
    // The first round warms up and is not counted.
    if (anchored !== null && round >= 0) anchorTimes.push(anchored);
    for (const { id, cases } of subjects) {
      const took = microsecondsPerCase(cases);
      if (round >= 0) times.get(id)?.push(took);
    }
  }
  const rows: Measure[] = [];
  if (anchor !== null) rows.push(plain('scipy-welch', median(anchorTimes), 'us/call'));
  for (const { id, promised } of subjects) {
    const own = times.get(id) ?? [];
    rows.push(plain(id, median(own), 'us/metric'));
    if (anchor === null) continue;
    const ratio = median(own.map((took, round) => took / (anchorTimes[round] ?? NaN)));
    rows.push({
      ...plain(`${id}-over-scipy`, ratio, 'times'),
      ...(promised ? { goal: 'at most 1 SciPy call', holds: ratio <= 1 } : {}),
    });
  }
  return rows;
}

function microsecondsPerCase(cases: readonly MetricCase[]): number {
  let compared = 0;
  const before = process.cpuUsage();
  for (const one of cases) compared += metricReport(one).comparisons.length;
  const { user, system } = process.cpuUsage(before);
  if (compared !== cases.length) throw new Error('a metric has one comparison');
  return (user + system) / cases.length;
}

/** The p-values of both sides, which must be the same. */
function agreement(theirs: readonly number[], cases: readonly MetricCase[]): Measure {
  let worst = 0;
  cases.forEach((one, index) => {
    const own = metricReport(one).comparisons[0]?.frequentist?.pValue ?? NaN;
    const off = Math.abs(own / (theirs[index] ?? NaN) - 1);
    if (!(off <= worst)) worst = off;
  });
  return {
    ...plain('largest-difference-of-p', worst, 'relative'),
    goal: `within ${AGREEMENT}`,
    holds: worst <= AGREEMENT,
  };
}

/** The arms after the adjustment, as SciPy takes them: mean, standard deviation and units of each. */
function armsOf({ moments }: MetricCase): number[] {
  const [control, treatment] = moments.matured;
  if (control === undefined || treatment === undefined) throw new Error('a metric has two arms');
  const adjusted = cuped({ treatment, control, outcome: 0, covariates: [1, 2] });
  if (!adjusted.ok) throw new Error(adjusted.detail);
  return [adjusted.treatment, adjusted.control].flatMap(({ mean, variance, n }) => [
    mean,
    Math.sqrt(variance ?? 0),
    n,
  ]);
}

/** SciPy in a process of its own. */
class Scipy {
  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: AsyncIterator<string>,
    private readonly calls: number,
    readonly pValues: readonly number[],
  ) {}

  /** null, with the reason on the standard error, where there is no Python or no SciPy. */
  static async start(cases: readonly MetricCase[]): Promise<Scipy | null> {
    const child = spawn('python3', ['-c', SCIPY], { stdio: ['pipe', 'pipe', 'ignore'] });
    const failed = new Promise<null>((none) => child.once('error', () => none(null)));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    // A process that ended early is seen by its output; writing to it must not end this one.
    child.stdin.on('error', () => undefined);
    const said = await Promise.race([failed, lines.next()]);
    if (said === null || said.done === true) {
      console.error('no python3 with SciPy here: the costs stand alone, without their ratios');
      return null;
    }
    const [python = '', scipy = ''] = JSON.parse(said.value) as string[];
    console.error(`SciPy ${scipy} on Python ${python}; Node ${process.versions.node}`);
    child.stdin.write(`${JSON.stringify(cases.map(armsOf))}\n`);
    const pValues = JSON.parse((await lines.next()).value as string) as number[];
    return new Scipy(child, lines, cases.length, pValues);
  }

  async microsecondsPerCall(): Promise<number> {
    this.child.stdin?.write('again\n');
    const { value } = await this.lines.next();
    return (Number(value) * 1e6) / this.calls;
  }

  stop(): void {
    this.child.stdin?.end();
  }
}

const MONEY: Metric = {
  key: 'profit',
  name: 'Profit',
  role: 'downstream',
  kind: 'money',
  class: 'revenue',
  direction: 'increase',
  windowDays: 30,
  delayHours: 0,
  settlingDays: 14,
};
const RATE: Metric = { ...MONEY, key: 'upgrade', kind: 'proportion', event: 'upgraded' };
/** Units of an arm. */
const UNITS = { least: 500, most: 100_000 };
/** Of the cohort, while enrolment is open. */
const MATURED = 0.7;
const CUPED = { cuped: { days: 28 } };

/**
 * Open: enrolment goes on, so there are the matured units, and those on their way beside them.
 * Else the one look of a plan that has one, after the whole cohort has matured.
 */
function moneyLooks(count: number, isOpen: boolean): MetricCase[] {
  const numbers = numbersFrom(isOpen ? 1 : 2);
  const plan = planOf(MONEY, CUPED);
  return Array.from({ length: count }, () => {
    const running = moneyArms(numbers);
    const matured = isOpen ? running.map((arm) => firstOf(arm, MATURED)) : running;
    return caseOf({ plan, matured, running, isOpen });
  });
}

/** The third of five looks, with the two before it as they were taken. */
function plannedLooks(count: number): MetricCase[] {
  const numbers = numbersFrom(3);
  return Array.from({ length: count }, () => {
    const arms = moneyArms(numbers);
    const running = arms.map((arm) => firstOf(arm, 0.8));
    const plan = planOf(MONEY, {
      ...CUPED,
      test: 'group_sequential',
      plannedLooks: 5,
      plannedUnits: arms.reduce((sum, { n }) => sum + n, 0),
    });
    const taken: TakenLook[] = [];
    const lookAt = (share: number): MetricCase => {
      const matured = arms.map((arm) => firstOf(arm, share));
      return {
        ...caseOf({ plan, matured, running, isOpen: true }),
        history: { ...NO_HISTORY, looks: { [MONEY.key]: [...taken] } },
      };
    };
    for (const share of [0.21, 0.42]) {
      const { look } = metricReport(lookAt(share + 0.05 * numbers()));
      if (look === undefined) throw new Error('a look was due');
      taken.push(look);
    }
    return lookAt(0.61 + 0.05 * numbers());
  });
}

/** Up to 24 conversions in an arm: the exact tests, and Beta posteriors by quadrature. */
function rareRates(count: number): MetricCase[] {
  const numbers = numbersFrom(4);
  const plan = planOf(RATE, {});
  return Array.from({ length: count }, () => {
    const arms = [0, 1].map((): ArmMoments => {
      const n = Math.round(UNITS.least * 40 ** numbers());
      const nonZero = 1 + Math.floor(24 * numbers());
      const mean = nonZero / n;
      const third = nonZero * (1 - mean) ** 3 - (n - nonZero) * mean ** 3;
      return { n, nonZero, mean: [mean], comoment: [nonZero * (1 - mean)], third: [third] };
    });
    return caseOf({ plan, matured: arms, running: arms, isOpen: false });
  });
}

/** Control and treatment: the value, the same before the exposure, and whether that is known. */
function moneyArms(numbers: () => number): ArmMoments[] {
  const units = UNITS.least * (UNITS.most / UNITS.least) ** numbers();
  const mean = 5 + 40 * numbers();
  const sd = mean * (1 + 3 * numbers());
  const known = 0.3 + 0.6 * numbers();
  return [0, 1].map((): ArmMoments => {
    const n = Math.round(units * (0.9 + 0.2 * numbers()));
    // Within a few standard errors of no difference, where tests are read.
    const apart = (spread: number): number => (4 * (numbers() - 0.5) * spread) / Math.sqrt(n);
    const sdNow = sd * (0.9 + 0.2 * numbers());
    const sdBefore = sd * (0.8 + 0.4 * numbers());
    const sdKnown = Math.sqrt(known * (1 - known));
    const comoment = [
      sdNow * sdNow,
      (0.2 + 0.6 * numbers()) * sdNow * sdBefore,
      0.2 * numbers() * sdNow * sdKnown,
      sdBefore * sdBefore,
      0.3 * numbers() * sdBefore * sdKnown,
      sdKnown * sdKnown,
    ].map((cell) => cell * (n - 1));
    return {
      n,
      nonZero: Math.round(n * (0.05 + 0.5 * numbers())),
      mean: [mean + apart(sd), mean / 2 + apart(sd), known + apart(sdKnown)],
      comoment,
      third: [3 * n * sdNow ** 3, 3 * n * sdBefore ** 3, 0],
    };
  });
}

/** A share of an arm that looks like the whole of it. */
function firstOf(arm: ArmMoments, share: number): ArmMoments {
  const scaled = (values: readonly number[]): number[] => values.map((value) => value * share);
  return {
    n: Math.round(arm.n * share),
    nonZero: Math.round(arm.nonZero * share),
    mean: arm.mean,
    comoment: scaled(arm.comoment),
    third: scaled(arm.third),
  };
}

function caseOf(told: {
  plan: AnalysisPlan;
  matured: readonly ArmMoments[];
  running: readonly ArmMoments[];
  isOpen: boolean;
}): MetricCase {
  const { plan, matured, running, isOpen } = told;
  const [planned] = plan.metrics;
  if (planned === undefined) throw new Error('a plan has a metric');
  const moments: MetricMoments = {
    key: planned.definition.key,
    columns:
      plan.analysis.cuped === undefined ? ['value'] : ['value', 'value_before', 'known_before'],
    matured,
    running,
  };
  const units = running.map(({ n }) => n);
  const all: PlanMoments = {
    cutoff: '1000:1000:',
    asOf: '2026-04-01T00:00:00.000Z',
    enrolmentEndedAt: isOpen ? null : '2026-02-01T00:00:00.000Z',
    units,
    unitsByPeriod: [units],
    crossovers: 0,
    lateEvents: 0,
    outsideCohort: 0,
    lastExposureAt: isOpen ? '2026-03-31T12:00:00.000Z' : '2026-01-31T12:00:00.000Z',
    metrics: [moments],
    comoments: [],
  };
  return { plan, planned, moments, all, history: NO_HISTORY, scheduled: true, isNamed: true };
}

function planOf(metric: Metric, analysis: Partial<Analysis>): AnalysisPlan {
  const planned: PlannedMetric = {
    inExperiment: metric.kind === 'money' ? 'deciding' : 'leading',
    definition: metric,
    prior: ASSUMED_PRIOR,
    source: 'assumed',
    sinceVersion: 1,
  };
  return {
    schemaVersion: PLAN_SCHEMA_VERSION,
    version: 1,
    experimentKey: 'checkout',
    kind: 'ab',
    launchedAt: '2026-01-01T00:00:00.000Z',
    endEnrolmentAt: null,
    unit: 'visitor',
    assignment: 'internal',
    hashVersion: 2,
    seed: 'checkout',
    variants: [
      { key: 'control', weight: 5_000, control: true, value: 'control', killed: false },
      { key: 'short', weight: 5_000, control: false, value: 'short', killed: false },
    ],
    traffic: 1,
    audience: { populations: ['visitors'] },
    metrics: [planned],
    analysis: {
      alpha: 0.05,
      test: 'fixed_horizon',
      adjustment: 'dunnett',
      relativeQuantile: 'test',
      smallestEffectThatMatters: { value: 0.01, scale: 'relative' },
      ...analysis,
    },
    schedule: null,
    chain: [],
    prediction: null,
    wrongIf: null,
    costs: UNDECLARED_COSTS,
    currency: 'USD',
    timezone: 'UTC',
    policy: { profile: 'standard', version: 1 },
    decisionRule: DECISION_RULE,
  };
}

/** Numbers in [0, 1), the same at each run, by a counter whose bits are mixed. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
