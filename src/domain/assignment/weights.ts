import { BUCKETS } from './hash.js';

/**
 * Weights as whole basis points that add up to 10,000 (largest remainder; ties go to the earlier
 * arm). Weights that are basis points already come back unchanged.
 *
 * @throws RangeError when there is no weight, or one is not a positive number.
 */
export function weightsInBasisPoints(weights: readonly number[]): number[] {
  if (weights.length === 0 || weights.some((weight) => !Number.isFinite(weight) || weight <= 0)) {
    throw new RangeError('weights are positive numbers');
  }
  // Dividing by the largest first keeps the sum finite for any finite weights.
  const largest = Math.max(...weights);
  const scaled = weights.map((weight) => weight / largest);
  const sum = scaled.reduce((total, weight) => total + weight, 0);
  const exact = scaled.map((weight) => (weight / sum) * BUCKETS);
  // A value that is whole but for rounding errors stays whole.
  const whole = exact.map((points) => Math.floor(points + 1e-9));
  const missing = BUCKETS - whole.reduce((total, points) => total + points, 0);
  const byRemainder = exact
    .map((points, index) => ({ index, remainder: points - (whole[index] ?? 0) }))
    .toSorted((a, b) => b.remainder - a.remainder || a.index - b.index);
  const raised = new Set(byRemainder.slice(0, missing).map(({ index }) => index));
  return whole.map((points, index) => points + (raised.has(index) ? 1 : 0));
}
