import { at } from '../moments.js';

/**
 * Standard error of a sum of independent estimates and Satterthwaite's degrees of freedom of it
 * (Satterthwaite 1946): (Σv)²/Σ(v²/df).
 */
export function combinedVariance(
  variances: readonly number[],
  dfs: readonly number[],
): { se: number; df: number } {
  let total = 0;
  for (const variance of variances) total += variance;
  let inverse = 0;
  for (let i = 0; i < variances.length; i += 1) {
    // Shares of the total, so that very small or very large variances do not leave double range.
    const share = at(variances, i) / total;
    inverse += (share * share) / at(dfs, i);
  }
  return { se: Math.sqrt(total), df: 1 / inverse };
}
