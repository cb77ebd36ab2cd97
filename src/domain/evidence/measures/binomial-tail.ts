import { beta } from '../../../stats/distributions/beta.js';

/**
 * P(X >= least) for X binomial: the regularised incomplete beta function I_share(least, n - least + 1)
 * (Abramowitz and Stegun 26.5.24).
 *
 * @throws RangeError for a share outside 0 to 1, or counts that are no whole numbers from 0 on.
 */
export function binomialAtLeast(least: number, n: number, share: number): number {
  if (!Number.isInteger(least) || !Number.isInteger(n) || n < 0) {
    throw new RangeError('counts must be whole numbers from 0 on');
  }
  if (least <= 0) return 1;
  if (least > n) return 0;
  return beta.cdf(share, least, n - least + 1);
}
