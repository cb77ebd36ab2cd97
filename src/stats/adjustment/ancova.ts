import { at, remainingSquares } from '../moments.js';
import { notComputed, type NotComputed } from '../outcome.js';
import { combinedVariance } from './combined-variance.js';
import { dot, type Factor, factorise, quadraticForm, solve } from './linear-algebra.js';
import {
  addCells,
  type AdjustmentInput,
  armPair,
  columnsLeftOut,
  pivotFloors,
  type RegressionMoments,
} from './regression-moments.js';

export interface AncovaResult {
  ok: true;
  estimate: number;
  se: number;
  /** Where the standard error comes from: the moments of the arms, not the rows (HC2). */
  seFrom: 'moments';
  /** Satterthwaite's, of the residual variances of the two arms. */
  df: number;
  /** The common slopes, in the order of the covariates; 0 for one that was left out. */
  slopes: readonly number[];
  dropped: readonly number[];
}

/**
 * Analysis of covariance: the difference of means minus one common slope within arms times the
 * difference of covariate means. It is neither CUPED, whose slope includes the spread between arms,
 * nor Lin's estimator, which has a slope for each arm.
 *
 * The estimate is exactly that of least squares on rows. The standard error lets the residual
 * variance differ between arms: with W the products of the covariates within arms, d the difference
 * of their means and g = W⁻¹d it is the root of Σ s²_a·(1/n_a + gᵀ·W_a·g), with
 * s²_a = RSS_a/(n_a - 1 - trace(W⁻¹W_a)), which is unbiased when both arms have the same variance.
 * Without covariates it is Welch's.
 *
 * @throws RangeError when a column does not exist, or a covariate is the outcome or its denominator.
 */
export function ancova(input: AdjustmentInput): AncovaResult | NotComputed {
  const pair = armPair(input);
  if (!pair.ok) return pair;
  const { treatment, control } = pair;
  const within = addCells(treatment.xx, control.xx);
  const factor = factorise(within, pivotFloors(pair, within));
  const dropped = columnsLeftOut(input.covariates, factor.kept);
  const slopes = solve(factor, addCells(treatment.xy, control.xy));
  const gap: number[] = [];
  for (let i = 0; i < slopes.length; i += 1) {
    gap.push(at(treatment.xMean, i) - at(control.xMean, i));
  }
  const used = slopes.length - dropped.length;
  const ofTreatment = traceOfShare(factor, treatment.xx);
  const df1 = treatment.n - 1 - ofTreatment;
  const df0 = control.n - 1 - (used - ofTreatment);
  if (!(Math.min(df1, df0) >= 1)) {
    return notComputed('too-few', `too few units for ${used} covariates`);
  }
  const leverage = solve(factor, gap);
  const { se, df } = combinedVariance(
    [varianceOf(treatment, slopes, leverage, df1), varianceOf(control, slopes, leverage, df0)],
    [df1, df0],
  );
  if (se === 0) return notComputed('no-variance', 'the covariates leave no spread in either arm');
  const estimate = treatment.yMean - control.yMean - dot(slopes, gap);
  if (!Number.isFinite(estimate / se) || !Number.isFinite(df)) {
    return notComputed('bad-input', 'the values are too extreme for double precision');
  }
  return { ok: true, estimate, se, seFrom: 'moments', df, slopes, dropped };
}

function varianceOf(
  arm: RegressionMoments,
  slopes: readonly number[],
  leverage: readonly number[],
  df: number,
): number {
  const gain = 2 * dot(slopes, arm.xy);
  const rest = arm.yy + quadraticForm(arm.xx, slopes);
  const residual = gain > 0 ? remainingSquares(rest, gain) : rest - gain;
  return (residual / df) * (1 / arm.n + quadraticForm(arm.xx, leverage));
}

/** trace(W⁻¹·A) over the kept columns, for the packed upper triangle of A. */
function traceOfShare(factor: Factor, xx: readonly number[]): number {
  const k = factor.kept.length;
  let trace = 0;
  let cell = 0;
  for (let i = 0; i < k; i += 1) {
    const unit: number[] = [];
    for (let j = 0; j < k; j += 1) unit.push(i === j && factor.kept[i] === true ? 1 : 0);
    const column = solve(factor, unit);
    for (let j = i; j < k; j += 1) {
      trace += (i === j ? 1 : 2) * at(column, j) * at(xx, cell);
      cell += 1;
    }
  }
  return trace;
}
