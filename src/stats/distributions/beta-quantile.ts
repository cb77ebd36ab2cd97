import jStat from 'jstat';

import { incompleteBeta, logBetaPrefactor, logBetaScale } from './incomplete-beta.js';
import { solveTail } from './solve-tail.js';

/** A point of the unit interval with its exact complement. */
export interface UnitPoint {
  x: number;
  y: number;
}

/** Above this a+b jstat's quantile is too far off (1e-5) to be worth its time as a start. */
const JSTAT_TOTAL_MAX = 5e4;

/**
 * Point of a beta distribution with lower tail `lower` and upper tail `upper` (they sum to 1; both
 * are given because only the smaller one keeps its digits). Solves for whichever of x and 1 - x is
 * below one half, so that both come out with full relative accuracy.
 */
export function betaPoint(lower: number, upper: number, a: number, b: number): UnitPoint {
  if (lower === 0) return { x: 0, y: 1 };
  if (upper === 0) return { x: 1, y: 0 };
  const half = incompleteBeta(0.5, 0.5, a, b);
  const isInLowerHalf = lower <= upper ? lower <= half.lower : upper >= half.upper;
  if (isInLowerHalf) {
    const x = solveLowerHalf(lower, upper, a, b);
    return { x, y: 1 - x };
  }
  const y = solveLowerHalf(upper, lower, b, a);
  return { x: 1 - y, y };
}

function solveLowerHalf(lower: number, upper: number, a: number, b: number): number {
  const logScale = logBetaScale(a, b);
  return solveTail({
    residual: (x) => {
      const tails = incompleteBeta(x, 1 - x, a, b, logScale);
      return lower <= upper ? tails.lower - lower : upper - tails.upper;
    },
    density: (x) => Math.exp(logBetaPrefactor(x, 1 - x, a, b, logScale)) / (x * (1 - x)),
    logSlope: (x) => (a - 1) / x - (b - 1) / (1 - x),
    start: a + b <= JSTAT_TOTAL_MAX ? jStat.beta.inv(lower, a, b) : a / (a + b),
    // Just past one half: the root may be one half itself.
    high: 0.500001,
  });
}
