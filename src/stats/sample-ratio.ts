import { requireLevel, requirePositive, requireProbability } from './argument-checks.js';
import { chiSquare } from './distributions.js';
import { deviance, stirlingError } from './distributions/log-gamma.js';
import { notComputed, type NotComputed } from './outcome.js';
import { P_VALUE_FLOOR } from './p-value.js';

/** Prior strength of the sequential test: the quickest of those compared at 51 to 49. */
export const SAMPLE_RATIO_CONCENTRATION = 1000;
/** One false alarm in a thousand experiments, however often one looks. */
export const SAMPLE_RATIO_ALPHA = 0.001;

/** A stretch of time in which the configured weights did not change. */
export interface SampleRatioPeriod {
  /** Units per arm assigned in this period. */
  counts: readonly number[];
  /** Configured weights in the same order; they need not sum to 1. An arm that is off has 0. */
  weights: readonly number[];
}

export interface SampleRatioOptions {
  alpha?: number;
  concentration?: number;
  /** The sequential p-value of the looks before this one. */
  previousSequentialP?: number;
  /** Relative deviation of an arm below which a mismatch does not alarm; 0 when absent. */
  deviationFloor?: number;
}

/** One split, or one per period with the arms in the same order. */
export type SampleRatioInput = SampleRatioOptions &
  (SampleRatioPeriod | { periods: readonly SampleRatioPeriod[] });

export interface SampleRatioResult {
  ok: true;
  n: number;
  /** Units per arm that the weights promise, over all periods. */
  expected: readonly number[];
  /** The largest distance of an arm's units from its expectation, as a share of the latter. */
  largestDeviation: number;
  chiSquare: number;
  df: number;
  /** p-value of one fixed look; not valid when one looks again and again. */
  pValue: number;
  pValueIsBound: boolean;
  logBayesFactor: number;
  /** 1 / Bayes factor of this look alone, at most 1. */
  sequentialPOfThisLook: number;
  /** Valid at any time: the smallest of the looks so far. Hand it to the next look. */
  sequentialP: number;
  /** The sequential test rejects, but no arm is off by as much as the floor. */
  belowFloor: boolean;
  /** The split does not match its weights: no result of this experiment can be trusted. */
  alarm: boolean;
}

/**
 * Do the arms have the sizes that their weights promise?
 *
 * Chi-square for one look, and a Dirichlet-multinomial Bayes factor whose running p-value stays
 * valid under continuous watching (Lindon and Malek 2022, Anytime-valid inference for multinomial
 * count data). Arms of weight 0 take no part, also not in the degrees of freedom.
 *
 * Where weights changed, each period counts with its own: the chi-square compares the totals with
 * their exact covariance Σ n_p(diag(w_p) - w_p·w_pᵀ), and the Bayes factors are multiplied. A test of
 * the totals against one set of weights would alarm on every change of traffic.
 *
 * With very many units the test finds deviations too small to bias a result; `deviationFloor` keeps
 * those from alarming.
 *
 * @throws RangeError for weights that are negative or all 0, for lists of different length, or for
 * options out of range.
 */
export function sampleRatio(input: SampleRatioInput): SampleRatioResult | NotComputed {
  const { previousSequentialP = 1, deviationFloor = 0 } = input;
  const alpha = input.alpha ?? SAMPLE_RATIO_ALPHA;
  const concentration = input.concentration ?? SAMPLE_RATIO_CONCENTRATION;
  requireLevel('alpha', alpha);
  requirePositive('concentration', concentration);
  requireProbability('previousSequentialP', previousSequentialP);
  if (deviationFloor !== 0) requirePositive('deviationFloor', deviationFloor);
  const periods = splitsOf('periods' in input ? input.periods : [input]);
  const problem = problemWith(periods);
  if (problem !== null) return problem;
  const split = totalsOf(periods);
  const { statistic, df } = chiSquareOf(split);
  const pValue = chiSquare.survival(statistic, df);
  const logBayesFactor = periods.reduce(
    (sum, period) => sum + logBayesFactorOf(period, concentration),
    0,
  );
  const sequentialPOfThisLook = Math.max(P_VALUE_FLOOR, Math.min(1, Math.exp(-logBayesFactor)));
  const sequentialP = Math.min(previousSequentialP, sequentialPOfThisLook);
  const largestDeviation = largestDeviationOf(split);
  const isRejected = sequentialP <= alpha;
  return {
    ok: true,
    n: split.observed.reduce((sum, count) => sum + count, 0),
    expected: split.expected,
    largestDeviation,
    chiSquare: statistic,
    df,
    pValue: Math.max(pValue, P_VALUE_FLOOR),
    pValueIsBound: pValue < P_VALUE_FLOOR,
    logBayesFactor,
    sequentialPOfThisLook,
    sequentialP,
    belowFloor: isRejected && largestDeviation < deviationFloor,
    alarm: isRejected && largestDeviation >= deviationFloor,
  };
}

interface Split {
  counts: readonly number[];
  /** Weights that sum to 1. */
  shares: readonly number[];
}

function splitsOf(periods: readonly SampleRatioPeriod[]): Split[] {
  const arms = periods[0]?.counts.length ?? 0;
  if (arms === 0) throw new RangeError('a split needs at least one period and one arm');
  return periods.map(({ counts, weights }) => {
    if (counts.length !== arms) {
      throw new RangeError(`every period needs ${arms} counts, got ${counts.length}`);
    }
    return { counts, shares: sharesOf(weights, arms) };
  });
}

/** Why a split cannot be judged, or null. */
function problemWith(periods: readonly Split[]): NotComputed | null {
  let units = 0;
  let canDeviate = false;
  for (const { counts, shares } of periods) {
    if (!counts.every((count) => Number.isInteger(count) && count >= 0)) {
      return notComputed('bad-input', 'counts of units must be whole numbers of at least 0');
    }
    if (counts.some((count, i) => count > 0 && shares[i] === 0)) {
      return notComputed('bad-input', 'there are units in an arm of weight 0');
    }
    if (shares.filter((share) => share > 0).length < 2) continue;
    canDeviate = true;
    units += counts.reduce((sum, count) => sum + count, 0);
  }
  if (!canDeviate) return notComputed('not-identified', 'a split needs two arms with a weight');
  if (units === 0) return notComputed('too-few', 'no units yet');
  return null;
}

function sharesOf(weights: readonly number[], arms: number): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (weights.length !== arms) {
    throw new RangeError(`${arms} counts need as many weights, got ${weights.length}`);
  }
  if (!weights.every((weight) => weight >= 0) || !(total > 0 && total < Infinity)) {
    throw new RangeError('weights must be 0 or more and not all 0');
  }
  return weights.map((weight) => weight / total);
}

interface Totals {
  observed: number[];
  expected: number[];
  /** Minus the covariance of each two arms' totals when the weights hold: Σ n_p·w_i·w_j. */
  links: number[][];
}

function totalsOf(periods: readonly Split[]): Totals {
  const arms = periods[0]?.counts.length ?? 0;
  const zeros = (): number[] => Array.from({ length: arms }, () => 0);
  const observed = zeros();
  const expected = zeros();
  const links = observed.map(zeros);
  for (const { counts, shares } of periods) {
    const n = counts.reduce((sum, count) => sum + count, 0);
    for (const [i, share] of shares.entries()) {
      observed[i] = (observed[i] ?? 0) + (counts[i] ?? 0);
      expected[i] = (expected[i] ?? 0) + n * share;
      const row = links[i] ?? [];
      for (const [j, other] of shares.entries()) row[j] = (row[j] ?? 0) + n * share * other;
    }
  }
  return { observed, expected, links };
}

function largestDeviationOf({ observed, expected }: Totals): number {
  return expected.reduce(
    (largest, e, i) => (e > 0 ? Math.max(largest, Math.abs((observed[i] ?? 0) / e - 1)) : largest),
    0,
  );
}

/**
 * Quadratic form of the deviations in the inverse of their covariance, by elimination. The variance
 * of an arm's total is the sum of its links, and stays so when an arm has been eliminated and its
 * links are handed on; summing them keeps rounding from passing for a variance. Arms that shared a
 * period can only gain what the others lose, so the last of each such group has no link left: it is
 * passed over and costs a degree of freedom. For one period this is Pearson's statistic.
 */
function chiSquareOf({ observed, expected, links }: Totals): { statistic: number; df: number } {
  const rows = links.map((row) => [...row]);
  const rest = observed.map((count, i) => count - (expected[i] ?? 0));
  let statistic = 0;
  let df = 0;
  for (const [pivot, row] of rows.entries()) {
    const variance = row.slice(pivot + 1).reduce((sum, link) => sum + link, 0);
    if (variance === 0) continue;
    const deviation = rest[pivot] ?? 0;
    statistic += (deviation * deviation) / variance;
    df += 1;
    for (let i = pivot + 1; i < rows.length; i += 1) {
      const passedOn = (row[i] ?? 0) / variance;
      const target = rows[i] ?? [];
      rest[i] = (rest[i] ?? 0) + passedOn * deviation;
      for (let j = pivot + 1; j < rows.length; j += 1) {
        target[j] = (target[j] ?? 0) + passedOn * (row[j] ?? 0);
      }
    }
  }
  return { statistic, df };
}

/**
 * ln of the Dirichlet-multinomial over the multinomial likelihood. The differences of lnΓ are
 * written out with Stirling's formula and cancelled on paper; with a billion units the plain form
 * would keep no digit after the point.
 */
function logBayesFactorOf({ counts, shares }: Split, concentration: number): number {
  const n = counts.reduce((sum, count) => sum + count, 0);
  // One arm cannot deviate; the formula would leave its rounding.
  if (shares.filter((share) => share > 0).length < 2) return 0;
  const total = concentration + n;
  let sum = 0.5 * Math.log(total / concentration);
  sum += stirlingError(concentration) - stirlingError(total);
  for (const [arm, count] of counts.entries()) {
    const share = shares[arm] ?? 0;
    if (share === 0) continue;
    const before = concentration * share;
    const after = before + count;
    sum += deviance(after, total * share) - 0.5 * Math.log(after / before);
    sum += stirlingError(after) - stirlingError(before);
  }
  return sum;
}
