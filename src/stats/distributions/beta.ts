import { requirePositive, requireProbability } from '../argument-checks.js';
import { betaPoint } from './beta-quantile.js';
import { incompleteBeta, logBetaPrefactor } from './incomplete-beta.js';

/** Beta distribution on the unit interval. */
export const beta = {
  pdf(x: number, a: number, b: number): number {
    check(x, a, b);
    if (x === 0) return a === 1 ? b : a < 1 ? Infinity : 0;
    if (x === 1) return b === 1 ? a : b < 1 ? Infinity : 0;
    return Math.exp(logBetaPrefactor(x, 1 - x, a, b)) / (x * (1 - x));
  },

  cdf(x: number, a: number, b: number): number {
    check(x, a, b);
    return incompleteBeta(x, 1 - x, a, b).lower;
  },

  survival(x: number, a: number, b: number): number {
    check(x, a, b);
    return incompleteBeta(x, 1 - x, a, b).upper;
  },

  quantile(p: number, a: number, b: number): number {
    requireProbability('p', p);
    check(0, a, b);
    return betaPoint(p, 1 - p, a, b).x;
  },
};

/** jstat answers `false` outside the unit interval; here that is an error of the caller. */
function check(x: number, a: number, b: number): void {
  requireProbability('x', x);
  requirePositive('a', a);
  requirePositive('b', b);
}
