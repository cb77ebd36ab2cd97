import { findRoot } from '../find-root.js';

/** Relative to the first step: limits are good to about this share of their distance. */
const TOLERANCE = 1e-13;

export interface ScoreLimitSearch {
  criticalValue: number;
  /** Where the statistic is 0; Infinity when the data have no such point. */
  estimate: number;
  /** First guess of the distance between estimate and limit. */
  step: number;
  /** Smallest possible parameter. */
  floor: number;
}

/**
 * The lower limit of a score interval: the parameter at which the falling statistic equals the
 * critical value. A parameter of 0 must mean "no effect": it is always an end of the bracket, so the
 * limit lies on the side of 0 that the test says.
 */
export function lowerScoreLimit(
  statistic: (x: number) => number,
  search: ScoreLimitSearch,
): number {
  const { criticalValue, estimate, floor } = search;
  const residual = (x: number): number => statistic(x) - criticalValue;
  const tolerance = TOLERANCE * Math.min(1, search.step);
  const atNoEffect = residual(0);
  if (atNoEffect === 0) return 0;
  let { step } = search;
  if (atNoEffect > 0) {
    let high = Math.min(estimate, step);
    while (high < estimate && residual(high) > 0) {
      step *= 2;
      high = Math.min(estimate, high + step);
    }
    return findRoot(residual, { low: 0, high }, tolerance);
  }
  let high = Math.min(0, estimate);
  let low = Math.max(floor, high - step);
  while (residual(low) < 0) {
    high = low;
    step *= 2;
    low = Math.max(floor, low - step);
  }
  return findRoot(residual, { low, high }, tolerance);
}
