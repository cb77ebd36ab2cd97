import { requirePoint, requirePositive, requireProbability } from '../argument-checks.js';
import { betaPoint } from './beta-quantile.js';
import { incompleteBeta, logBetaPrefactor } from './incomplete-beta.js';

/** Fisher's F distribution, through the beta distribution with both complements kept. */
export const centralF = {
  pdf(x: number, df1: number, df2: number): number {
    check(x, df1, df2);
    if (x === Infinity) return 0;
    if (x === 0) return df1 === 2 ? 1 : df1 < 2 ? Infinity : 0;
    const { u, v } = shares(x, df1, df2);
    return Math.exp(logBetaPrefactor(u, v, df1 / 2, df2 / 2)) / x;
  },

  cdf(x: number, df1: number, df2: number): number {
    check(x, df1, df2);
    const { u, v } = shares(x, df1, df2);
    return incompleteBeta(u, v, df1 / 2, df2 / 2).lower;
  },

  survival(x: number, df1: number, df2: number): number {
    check(x, df1, df2);
    const { u, v } = shares(x, df1, df2);
    return incompleteBeta(u, v, df1 / 2, df2 / 2).upper;
  },

  quantile(p: number, df1: number, df2: number): number {
    requireProbability('p', p);
    check(0, df1, df2);
    const { x, y } = betaPoint(p, 1 - p, df1 / 2, df2 / 2);
    return (df2 * x) / (df1 * y);
  },
};

/** u = d1·x/(d1·x+d2) and its complement, neither formed by subtraction. */
function shares(x: number, df1: number, df2: number): { u: number; v: number } {
  if (x === Infinity) return { u: 1, v: 0 };
  const ratio = (df1 / df2) * x;
  if (ratio === Infinity) return { u: 1, v: 0 };
  return { u: ratio / (1 + ratio), v: 1 / (1 + ratio) };
}

function check(x: number, df1: number, df2: number): void {
  requirePoint('x', x);
  if (x < 0) throw new RangeError(`x must not be negative, got ${x}`);
  requirePositive('df1', df1);
  requirePositive('df2', df2);
}
