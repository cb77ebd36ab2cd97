import { gamma } from './gamma.js';

/** Chi-square distribution with `df` degrees of freedom: a gamma of shape df/2 at x/2. */
export const chiSquare = {
  pdf(x: number, df: number): number {
    return gamma.pdf(x / 2, df / 2) / 2;
  },

  cdf(x: number, df: number): number {
    return gamma.cdf(x / 2, df / 2);
  },

  survival(x: number, df: number): number {
    return gamma.survival(x / 2, df / 2);
  },

  quantile(p: number, df: number): number {
    return 2 * gamma.quantile(p, df / 2);
  },
};
