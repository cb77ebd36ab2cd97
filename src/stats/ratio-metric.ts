import { at, type Moments, packedIndex, remainingSquares } from './moments.js';
import { type ArmSummary, notComputed, type NotComputed } from './outcome.js';

/** Below this many standard errors the denominator may be near 0 and the delta method is unsafe. */
export const DENOMINATOR_Z_MIN = 5;

/** One arm of a ratio metric, in the form that every test of means takes. */
export interface RatioSummary extends ArmSummary {
  ok: true;
  /** Mean numerator / mean denominator. */
  mean: number;
  /** n times the variance of the ratio, so that variance / n is the variance of `mean`. */
  variance: number;
  /** Mean denominator over its standard error; null when every unit has the same denominator. */
  denominatorZ: number | null;
  /** True below `DENOMINATOR_Z_MIN`: show a warning beside the ratio. */
  denominatorIsWeak: boolean;
}

/**
 * A ratio metric of one arm, such as revenue per order: the sum of one column over the sum of
 * another, where a row is one randomised unit and units may count several times below the line.
 *
 * The variance is that of the delta method, of the rows' (N - R·D)/mean(D):
 * n·Var(R) = s²_N/D² + N²·s²_D/D⁴ - 2N·s_ND/D³ with N and D the means (Deng, Knoblich and Lu 2018,
 * Applying the delta method in metric analytics). The unit of the ratio is that of N per D.
 *
 * Answers `not-identified` when the mean denominator is 0, and the usual reasons for too few units.
 *
 * @throws RangeError when there is no such column.
 */
export function ratioSummary(
  moments: Moments,
  numerator: number,
  denominator: number,
): RatioSummary | NotComputed {
  const { n, mean, comoment } = moments;
  const nn = at(comoment, packedIndex(mean.length, numerator, numerator));
  const dd = at(comoment, packedIndex(mean.length, denominator, denominator));
  const nd = at(comoment, packedIndex(mean.length, numerator, denominator));
  if (n === 0) return notComputed('empty-arm', 'no units in the arm');
  if (!(n > 0) || n === Infinity) return notComputed('bad-input', `n = ${n}`);
  if (n < 2) return notComputed('too-few', `${n} unit; a variance needs 2`);
  const denominatorMean = at(mean, denominator);
  if (denominatorMean === 0) return notComputed('not-identified', 'the mean denominator is 0');
  const { ratio, squares } = linearisedRatio(moments, { numerator, denominator, nn, nd, dd });
  if (!Number.isFinite(ratio) || !isSquare(nn) || !isSquare(dd) || !isSquare(squares)) {
    return notComputed('bad-input', 'the sums of the two columns are not usable numbers');
  }
  const variance = squares / (n - 1);
  const denominatorZ = dd === 0 ? null : Math.abs(denominatorMean) / Math.sqrt(dd / (n - 1) / n);
  const denominatorIsWeak = denominatorZ !== null && denominatorZ < DENOMINATOR_Z_MIN;
  return { ok: true, n, mean: ratio, variance, denominatorZ, denominatorIsWeak };
}

/**
 * The ratio as a mean: the row values R + (N - R·D)/mean(D) have the arm's ratio as their mean and
 * its delta-method variance, so a regression on covariates can take them as its outcome.
 *
 * Gives R, 1/mean(D), and the sum of squares of those values.
 */
export function linearisedRatio(
  moments: Moments,
  cells: { numerator: number; denominator: number; nn: number; nd: number; dd: number },
): { ratio: number; perDenominator: number; squares: number } {
  const perDenominator = 1 / at(moments.mean, cells.denominator);
  const ratio = at(moments.mean, cells.numerator) * perDenominator;
  const squares = residualSquares(cells.nn, cells.nd, cells.dd, ratio) * perDenominator ** 2;
  return { ratio, perDenominator, squares };
}

/** Squares of N - R·D from the squares of N, the products of N and D, and the squares of D. */
function residualSquares(nn: number, nd: number, dd: number, ratio: number): number {
  const mixed = 2 * ratio * nd;
  const rest = nn + ratio * ratio * dd;
  // An opposite sign adds up and cannot cancel.
  return mixed > 0 ? remainingSquares(rest, mixed) : rest - mixed;
}

function isSquare(value: number): boolean {
  return value >= 0 && value < Infinity;
}
