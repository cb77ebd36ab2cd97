import { normal } from '../distributions.js';
import { notComputed, type NotComputed } from '../outcome.js';
import { type PValue, pValueOfLog } from '../p-value.js';
import { problemWithRows } from './sorted-rows.js';

export interface MannWhitneyResult extends PValue {
  ok: true;
  /** Pairs in which the treatment's value is the larger one; a tie counts one half. */
  u: number;
  /** u as a share of all pairs: .5 when neither arm tends to be higher. */
  shareHigher: number;
  statistic: number;
}

/**
 * Mann-Whitney rank test: does one arm tend to have higher values?
 *
 * It asks about order, not about the mean: an outlier counts as one rank, and it can be significant
 * while the mean (and the money) does not move. Normal approximation with midranks, the variance
 * reduced for ties and a continuity correction of one half (Mann and Whitney 1947; Lehmann 1975,
 * Nonparametrics). Two-sided.
 *
 * @param rows the values of each arm, one per randomised unit.
 * @returns numbers, or a reason: `empty-arm`, `no-variance` when all values are equal, `bad-input`.
 */
export function mannWhitney(rows: {
  treatment: readonly number[];
  control: readonly number[];
}): MannWhitneyResult | NotComputed {
  const { treatment, control } = rows;
  const problem = problemWithRows('treatment', treatment) ?? problemWithRows('control', control);
  if (problem !== null) return problem;
  const n1 = treatment.length;
  const n0 = control.length;
  const n = n1 + n0;
  const { rankSum, tieTerm } = rankTreatment(treatment, control);
  const u = rankSum - (n1 * (n1 + 1)) / 2;
  const pairs = n1 * n0;
  const variance = (pairs / 12) * (n + 1 - tieTerm / (n * (n - 1)));
  // All values equal make the two terms cancel up to rounding.
  if (!(variance > 1e-12 * pairs * n)) {
    return notComputed('no-variance', 'every unit has the same value in both arms');
  }
  const distance = u - pairs / 2;
  const size = Math.max(0, Math.abs(distance) - 0.5) / Math.sqrt(variance);
  return {
    ok: true,
    u,
    shareHigher: u / pairs,
    statistic: distance < 0 ? -size : size,
    ...pValueOfLog(size === 0 ? 0 : Math.LN2 + normal.logSurvival(size)),
  };
}

/** Sum of the treatment's midranks, and Σ(t³ - t) over groups of t equal values. */
function rankTreatment(
  treatment: readonly number[],
  control: readonly number[],
): { rankSum: number; tieTerm: number } {
  const a = Float64Array.from(treatment).sort();
  const b = Float64Array.from(control).sort();
  let rankSum = 0;
  let tieTerm = 0;
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const value = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    const before = i + j;
    const fromA = i;
    while (a[i] === value) i += 1;
    while (b[j] === value) j += 1;
    const ties = i + j - before;
    rankSum += (i - fromA) * (before + (ties + 1) / 2);
    tieTerm += ties * ties * ties - ties;
  }
  return { rankSum, tieTerm };
}
