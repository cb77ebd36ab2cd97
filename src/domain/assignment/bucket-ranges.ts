/** A half-open range of the unit interval: a unit is inside when `from <= n < to`. */
export interface BucketRange {
  from: number;
  to: number;
}

/** How far weights may miss a sum of one, as in hash version 2: thirds written with four digits pass. */
const SUM_TOLERANCE = 0.01;

/**
 * The range of each arm. An arm starts where the full weights of the arms before it end, whatever
 * the traffic, and is cut at the end: so more traffic only adds units and never moves one between
 * arms. Traffic outside 0 to 1 is clamped.
 *
 * The sums are taken in the same order and in the same floating point as the SDKs take them: a
 * client that is given weights and coverage decides the same for every bucket.
 *
 * @throws RangeError when the weights do not add up to one. Falling back to equal weights, as SDKs
 *   do, would run another test than the one that was declared.
 */
export function bucketRanges(weights: readonly number[], traffic: number): BucketRange[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) throw new RangeError('weights add up to one');
  const coverage = Math.min(1, Math.max(0, traffic));
  let start = 0;
  return weights.map((weight) => {
    const from = start;
    start += weight;
    return { from, to: from + coverage * weight };
  });
}

/** The arm whose range holds `n`, or -1. An empty range holds nothing. */
export function rangeHolding(ranges: readonly BucketRange[], n: number): number {
  return ranges.findIndex(({ from, to }) => n >= from && n < to);
}
