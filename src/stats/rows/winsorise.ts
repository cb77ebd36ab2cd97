import { requireFinite, requireLevel } from '../argument-checks.js';
import { notComputed, type NotComputed } from '../outcome.js';
import { problemWithRows, quantileOfSorted, sortedAscending } from './sorted-rows.js';

/** Limits that replace every value beyond them; null where that side is open. */
export interface Cap {
  low: number | null;
  high: number;
}

export interface PooledCapInput {
  /** The values of every arm, one list per arm; which arm a list belongs to is not asked. */
  arms: readonly (readonly number[])[];
  /** For instance .999: the share of values that stays untouched below the upper limit. */
  quantile: number;
  /** `both` also lifts values below the quantile 1 - p, for metrics that can be negative. */
  sides: 'upper' | 'both';
}

/**
 * The limit at which a heavy-tailed metric is cut, so that one buyer does not decide a test.
 *
 * It is a quantile of all arms together: a limit per arm would cut a treatment that earns more
 * harder than its control. Freeze it before the first look, since a limit that moves with the data
 * is one more choice made after seeing them. The cut mean is another question than the mean: show
 * both. Linear interpolation between order statistics (Hyndman and Fan 1996, type 7).
 *
 * @returns the cap in the metric's unit; `too-few` without values, `bad-input` for values that are
 * not finite.
 * @throws RangeError for a quantile outside (0, 1), or one of .5 or less with both sides.
 */
export function pooledCap(input: PooledCapInput): { ok: true; cap: Cap } | NotComputed {
  const { arms, quantile, sides } = input;
  requireLevel('quantile', quantile);
  if (sides === 'both' && quantile <= 0.5) {
    throw new RangeError(`a two-sided quantile must be above 0.5, got ${quantile}`);
  }
  const pooled = arms.flat();
  if (pooled.length === 0) return notComputed('too-few', 'no values to take a quantile of');
  const problem = problemWithRows('the pooled arms', pooled);
  if (problem !== null) return problem;
  const sorted = sortedAscending(pooled);
  return {
    ok: true,
    cap: {
      low: sides === 'both' ? quantileOfSorted(sorted, 1 - quantile) : null,
      high: quantileOfSorted(sorted, quantile),
    },
  };
}

/**
 * The same values with everything beyond the cap set to the cap; order and count stay.
 *
 * @throws RangeError for a value or a limit that is not a finite number: `pooledCap` refuses such
 * rows, and a cap would turn an infinite value into an ordinary one.
 */
export function winsorise(values: readonly number[], cap: Cap): number[] {
  requireFinite('the upper limit', cap.high);
  if (cap.low !== null) requireFinite('the lower limit', cap.low);
  const low = cap.low ?? -Infinity;
  return values.map((value) => {
    requireFinite('every value', value);
    return Math.min(cap.high, Math.max(low, value));
  });
}
