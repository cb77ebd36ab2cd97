import { countedColumns, countedTerms } from '../../src/domain/evaluation/counted-columns.js';
import type { ArmMoments, PlanMoments } from '../../src/domain/evaluation/moments.js';
import type { AnalysisPlan } from '../../src/domain/experiments/plan.js';

/** What two accounts of one cohort may differ by, where they are no counts and no money. */
const TOLERANCE = 1e-9;
/** Sums beyond it cannot be read back from a mean without loss. */
const SUM_MAX = 1e12;

type Moments = Omit<PlanMoments, 'cutoff'>;

/**
 * Where moments differ: counts and sums of whole numbers, money among them, at all; other numbers by
 * more than a thousand millionth. Nothing when they agree.
 */
export function differencesBetween(
  plan: AnalysisPlan,
  actual: Moments,
  expected: Moments,
): string[] {
  return [
    ...differences('', comparable(actual), comparable(expected)),
    ...differences(' sums', wholeSums(plan, actual), wholeSums(plan, expected)),
  ];
}

function comparable({ dimensions = [], ...moments }: Moments): object {
  const { cutoff: _cutoff, ...rest } = moments as Partial<PlanMoments>;
  return { ...rest, dimensions };
}

function differences(path: string, actual: unknown, expected: unknown): string[] {
  if (typeof actual === 'number' && typeof expected === 'number') {
    return areNear(actual, expected) ? [] : [`${path}: ${actual}, not ${expected}`];
  }
  if (!isObject(actual) || !isObject(expected)) {
    return Object.is(actual, expected) ? [] : [`${path}: ${text(actual)}, not ${text(expected)}`];
  }
  const members = new Set([...Object.keys(actual), ...Object.keys(expected)]);
  return [...members].flatMap((member) =>
    differences(`${path}/${member}`, actual[member], expected[member]),
  );
}

/** Counts are far fewer than the tolerance could blur, so they are equal or not near. */
function areNear(actual: number, expected: number): boolean {
  return Math.abs(actual - expected) <= TOLERANCE * Math.abs(expected);
}

/** Sums of columns of whole numbers, in minor units; they are the same or they are wrong. */
function wholeSums(plan: AnalysisPlan, { metrics, dimensions = [] }: Moments): object {
  const columns = countedColumns(plan);
  const isWhole = countedTerms(plan).reduce(
    (whole, { column, take }) =>
      ['one', 'amount', 'price', 'rate'].includes(take) ? whole : whole.with(column, false),
    columns.map(({ part }) => part !== 'capped'),
  );
  const ofArm = (metric: number) => (arm: ArmMoments) =>
    columns
      .filter((column) => column.metric === metric)
      .map(({ column, decimals }, at) => {
        const sum = (arm.mean[at] ?? 0) * arm.n * 10 ** decimals;
        return isWhole[column] === true && Math.abs(sum) < SUM_MAX ? String(Math.round(sum)) : null;
      });
  const ofArms = (metric: number, { matured, running }: (typeof metrics)[number]): object => ({
    matured: matured.map(ofArm(metric)),
    running: running.map(ofArm(metric)),
  });
  return {
    metrics: metrics.map((one, metric) => ofArms(metric, one)),
    strata: metrics.map(({ strata = [], ...one }, metric) =>
      strata.map((stratum) => ofArms(metric, { ...one, ...stratum })),
    ),
    dimensions: dimensions.map(({ values }) =>
      values.map((value) =>
        value.metrics.map((one, metric) => ofArms(metric, { key: '', columns: [], ...one })),
      ),
    ),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}
