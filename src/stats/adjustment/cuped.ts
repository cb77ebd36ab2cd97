import type { MeanWithVariance } from '../fieller.js';
import { at, remainingSquares } from '../moments.js';
import { type ArmSummary, notComputed, type NotComputed } from '../outcome.js';
import { dot, type Factor, factorise, quadraticForm, solve } from './linear-algebra.js';
import {
  addCells,
  type AdjustmentInput,
  type ArmPair,
  armPair,
  columnsLeftOut,
  pivotFloors,
  type RegressionMoments,
} from './regression-moments.js';

export interface CupedResult {
  ok: true;
  /** Coefficient per covariate, in the order given; 0 for one that was left out. */
  theta: readonly number[];
  /** Columns left out because they are constant or say the same as earlier ones. */
  dropped: readonly number[];
  /** Adjusted arms, ready for Welch's test. */
  treatment: ArmSummary;
  control: ArmSummary;
  /**
   * Adjusted means with their own variances and covariance, ready for the relative lift. The means
   * share a coefficient and the mean of the covariates, so they are not independent.
   */
  relative: { treatment: MeanWithVariance; control: MeanWithVariance; covariance: number };
  /** Multiple correlation of outcome and covariates over both arms, 0 to 1. */
  correlation: number;
  /**
   * Share of the variance of the difference that the adjustment took away. With few units and a
   * covariate that explains nothing it can come out a little below 0.
   */
  varianceReduction: number;
}

/**
 * CUPED: the same comparison with less noise, by what was known of the units before exposure.
 *
 * The coefficient is theta = S_xx⁻¹·s_xy over both arms about the grand mean, the adjusted mean of an
 * arm its mean - thetaᵀ(its covariate means - those of both arms) (Deng, Xu, Kohavi and Walker 2013,
 * Improving the sensitivity of online controlled experiments by utilizing pre-experiment data). The
 * effect keeps its meaning and unit; its variance shrinks by about the squared correlation.
 *
 * Covariates must be fixed before exposure; that cannot be seen in the numbers. When none is usable
 * the result is the unadjusted comparison with a reduction of 0 and every column in `dropped`,
 * because that comparison is still valid.
 *
 * @throws RangeError when a column does not exist, or a covariate is the outcome or its denominator.
 */
export function cuped(input: AdjustmentInput): CupedResult | NotComputed {
  const pair = armPair(input);
  if (!pair.ok) return pair;
  const { treatment, control } = pair;
  const n = treatment.n + control.n;
  const pooled = pooledMoments(pair);
  const factor = factoriseUsable(pair, pooled.xx);
  const dropped = columnsLeftOut(input.covariates, factor.kept);
  const used = input.covariates.length - dropped.length;
  if (used > 0 && n - 2 - used < 1) {
    return notComputed('too-few', `${n} units cannot carry ${used} covariates`);
  }
  const theta = solve(factor, pooled.xy);
  const raw = varianceOfDifference(treatment.yy, control.yy, pair);
  if (raw === 0) return notComputed('no-variance', 'every unit has the same value in both arms');
  const adjusted = {
    treatment: adjustedArm(treatment, theta, control.n / n, control),
    control: adjustedArm(control, theta, treatment.n / n, treatment),
  };
  const left = varianceOfDifference(adjusted.treatment.squares, adjusted.control.squares, pair);
  const relative = relativeMoments(pair, adjusted);
  const explained = dot(theta, pooled.xy);
  const correlation =
    pooled.yy > 0 ? Math.sqrt(Math.min(1, Math.max(0, explained / pooled.yy))) : 0;
  const check = left + relative.treatment.varianceOfMean + relative.control.varianceOfMean;
  const means = relative.treatment.mean + relative.control.mean + relative.covariance;
  if (!Number.isFinite(check) || !Number.isFinite(means) || !Number.isFinite(correlation)) {
    return notComputed('bad-input', 'the values are too extreme for double precision');
  }
  return {
    ok: true,
    theta,
    dropped,
    treatment: summaryOf(treatment.n, adjusted.treatment),
    control: summaryOf(control.n, adjusted.control),
    relative,
    correlation,
    varianceReduction: used === 0 ? 0 : 1 - left / raw,
  };
}

interface AdjustedArm {
  mean: number;
  /** Sum of squares of y - thetaᵀx in the arm. */
  squares: number;
  /** thetaᵀ·(products of x and y). */
  mixed: number;
  /** thetaᵀ·(products of x)·theta. */
  explained: number;
}

interface PooledMoments {
  yy: number;
  xy: number[];
  xx: number[];
}

/** Sums of products of both arms together, about the grand mean. */
function pooledMoments({ treatment, control }: ArmPair): PooledMoments {
  const k = treatment.xMean.length;
  const weight = treatment.n * (control.n / (treatment.n + control.n));
  const yGap = treatment.yMean - control.yMean;
  const xy: number[] = [];
  const xx: number[] = [];
  for (let i = 0; i < k; i += 1) {
    const gap = weight * (at(treatment.xMean, i) - at(control.xMean, i));
    xy.push(at(treatment.xy, i) + at(control.xy, i) + gap * yGap);
    for (let j = i; j < k; j += 1) {
      const within = at(treatment.xx, xx.length) + at(control.xx, xx.length);
      xx.push(within + gap * (at(treatment.xMean, j) - at(control.xMean, j)));
    }
  }
  return { yy: treatment.yy + control.yy + weight * yGap * yGap, xy, xx };
}

/**
 * Factor of the pooled products over the columns that vary within the arms. Spread between the arms
 * does not count: a column that tells the arms apart would take the effect itself away.
 */
function factoriseUsable(pair: ArmPair, pooled: readonly number[]): Factor {
  const floors = pivotFloors(pair, pooled);
  const within = factorise(addCells(pair.treatment.xx, pair.control.xx), floors);
  return factorise(
    pooled,
    within.kept.map((kept) => (kept ? 0 : Infinity)),
  );
}

function adjustedArm(
  arm: RegressionMoments,
  theta: readonly number[],
  shareOfOther: number,
  other: RegressionMoments,
): AdjustedArm {
  let shiftBy = 0;
  for (let i = 0; i < theta.length; i += 1) {
    shiftBy += at(theta, i) * (at(arm.xMean, i) - at(other.xMean, i));
  }
  const mixed = dot(theta, arm.xy);
  const explained = quadraticForm(arm.xx, theta);
  const squares = squaresAfter(arm.yy, mixed, explained, 1);
  return { mean: arm.yMean - shareOfOther * shiftBy, squares, mixed, explained };
}

/** Sum of squares of y - share·thetaᵀx. */
function squaresAfter(yy: number, mixed: number, explained: number, share: number): number {
  const gain = 2 * share * mixed;
  const rest = yy + share * share * explained;
  return gain > 0 ? remainingSquares(rest, gain) : rest - gain;
}

/**
 * With w the share of an arm, c the covariance of its outcome and covariates and S that of both
 * covariate means: Var(T) = v_y1 - 2w0·thetaᵀc1 + w0²·thetaᵀS·theta, Var(C) likewise, and
 * Cov = thetaᵀ(w0·c0 + w1·c1) - w0·w1·thetaᵀS·theta. Var(T) + Var(C) - 2Cov is the variance of the
 * adjusted difference.
 */
function relativeMoments(
  { treatment, control }: ArmPair,
  adjusted: { treatment: AdjustedArm; control: AdjustedArm },
): CupedResult['relative'] {
  const n = treatment.n + control.n;
  const w1 = treatment.n / n;
  const w0 = control.n / n;
  const per1 = 1 / (treatment.n * (treatment.n - 1));
  const per0 = 1 / (control.n * (control.n - 1));
  const one = adjusted.treatment;
  const zero = adjusted.control;
  const ofOwn1 = squaresAfter(treatment.yy, one.mixed, one.explained, w0) * per1;
  const ofOwn0 = squaresAfter(control.yy, zero.mixed, zero.explained, w1) * per0;
  const spread1 = one.explained * per1;
  const spread0 = zero.explained * per0;
  return {
    treatment: {
      mean: one.mean,
      varianceOfMean: ofOwn1 + w0 * w0 * spread0,
    },
    control: {
      mean: zero.mean,
      varianceOfMean: ofOwn0 + w1 * w1 * spread1,
    },
    covariance: w0 * zero.mixed * per0 + w1 * one.mixed * per1 - w0 * w1 * (spread1 + spread0),
  };
}

function varianceOfDifference(squares1: number, squares0: number, pair: ArmPair): number {
  const { treatment, control } = pair;
  return squares1 / (treatment.n - 1) / treatment.n + squares0 / (control.n - 1) / control.n;
}

function summaryOf(n: number, { mean, squares }: AdjustedArm): ArmSummary {
  return { n, mean, variance: squares / (n - 1) };
}
