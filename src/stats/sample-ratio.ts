import { requireLevel, requirePositive } from './argument-checks.js';
import { chiSquare } from './distributions.js';
import { deviance, stirlingError } from './distributions/log-gamma.js';
import { notComputed, type NotComputed } from './outcome.js';
import { P_VALUE_FLOOR } from './p-value.js';

/** Prior strength of the sequential test: the quickest of those compared at 51 to 49. */
export const SAMPLE_RATIO_CONCENTRATION = 1000;
/** One false alarm in a thousand experiments, however often one looks. */
export const SAMPLE_RATIO_ALPHA = 0.001;

export interface SampleRatioInput {
  /** Units per arm. */
  counts: readonly number[];
  /** Configured weights in the same order; they need not sum to 1. */
  weights: readonly number[];
  alpha?: number;
  concentration?: number;
  /** The sequential p-value of the looks before this one. */
  previousSequentialP?: number;
}

export interface SampleRatioResult {
  ok: true;
  n: number;
  expected: readonly number[];
  chiSquare: number;
  df: number;
  /** p-value of one fixed look; not valid when one looks again and again. */
  pValue: number;
  pValueIsBound: boolean;
  logBayesFactor: number;
  /** Valid at any time: the smallest 1 / Bayes factor so far, at most 1. */
  sequentialP: number;
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
 * @throws RangeError for weights that are negative or all 0, and for lists of different length.
 */
export function sampleRatio(input: SampleRatioInput): SampleRatioResult | NotComputed {
  const { counts, weights, previousSequentialP = 1 } = input;
  const alpha = input.alpha ?? SAMPLE_RATIO_ALPHA;
  const concentration = input.concentration ?? SAMPLE_RATIO_CONCENTRATION;
  requireLevel('alpha', alpha);
  requirePositive('concentration', concentration);
  const shares = sharesOf(weights, counts.length);
  if (!counts.every((count) => Number.isInteger(count) && count >= 0)) {
    return notComputed('bad-input', 'counts of units must be whole numbers of at least 0');
  }
  if (counts.some((count, i) => count > 0 && shares[i] === 0)) {
    return notComputed('bad-input', 'there are units in an arm of weight 0');
  }
  const arms = counts
    .map((count, i) => ({ count, share: shares[i] ?? 0 }))
    .filter((arm) => arm.share > 0);
  if (arms.length < 2) {
    return notComputed('not-identified', 'a split needs two arms with a weight');
  }
  const n = arms.reduce((sum, arm) => sum + arm.count, 0);
  if (n === 0) return notComputed('too-few', 'no units yet');
  const statistic = arms.reduce(
    (sum, arm) => sum + (arm.count - n * arm.share) ** 2 / (n * arm.share),
    0,
  );
  const df = arms.length - 1;
  const pValue = chiSquare.survival(statistic, df);
  const logBayesFactor = logBayesFactorOf(arms, n, concentration);
  const sequentialP = Math.min(1, previousSequentialP, Math.exp(-logBayesFactor));
  return {
    ok: true,
    n,
    expected: shares.map((share) => n * share),
    chiSquare: statistic,
    df,
    pValue: Math.max(pValue, P_VALUE_FLOOR),
    pValueIsBound: pValue < P_VALUE_FLOOR,
    logBayesFactor,
    sequentialP,
    alarm: sequentialP <= alpha,
  };
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

/**
 * ln of the Dirichlet-multinomial over the multinomial likelihood. The differences of lnΓ are
 * written out with Stirling's formula and cancelled on paper; with a billion units the plain form
 * would keep no digit after the point.
 */
function logBayesFactorOf(
  arms: readonly { count: number; share: number }[],
  n: number,
  concentration: number,
): number {
  const total = concentration + n;
  let sum = 0.5 * Math.log(total / concentration);
  sum += stirlingError(concentration) - stirlingError(total);
  for (const { count, share } of arms) {
    const before = concentration * share;
    const after = before + count;
    sum += deviance(after, total * share) - 0.5 * Math.log(after / before);
    sum += stirlingError(after) - stirlingError(before);
  }
  return sum;
}
