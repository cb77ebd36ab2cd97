import { requireProbability } from '../argument-checks.js';
import { notComputed, type NotComputed } from '../outcome.js';

/** Why a list of values cannot be ranked, or null. */
export function problemWithRows(name: string, values: readonly number[]): NotComputed | null {
  if (values.length === 0) return notComputed('empty-arm', `no rows in ${name}`);
  for (const value of values) {
    if (!Number.isFinite(value)) return notComputed('bad-input', `${name} holds ${value}`);
  }
  return null;
}

/** A sorted copy; typed arrays sort by number and much faster than lists. */
export function sortedAscending(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}

/**
 * Quantile by linear interpolation between order statistics, position 1 + (n-1)p (Hyndman and Fan
 * 1996, type 7).
 *
 * @throws RangeError for no values or a p outside 0 to 1.
 */
export function quantileOfSorted(sorted: Float64Array, p: number): number {
  requireProbability('p', p);
  const position = (sorted.length - 1) * p;
  const below = Math.floor(position);
  const low = sorted[below];
  if (low === undefined) throw new RangeError('no values to take a quantile of');
  const high = sorted[below + 1] ?? low;
  const share = position - below;
  // Weighing both ends, not adding a difference, keeps the result between them.
  return share === 0 ? low : (1 - share) * low + share * high;
}
