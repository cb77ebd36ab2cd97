import { at, type Moments, packedIndex } from '../moments.js';
import { notComputed, type NotComputed } from '../outcome.js';
import { linearisedRatio } from '../ratio-metric.js';

/** What the adjustments take: both arms, and which of their columns is what. */
export interface AdjustmentInput {
  treatment: Moments;
  control: Moments;
  /** Column of the outcome, or of the numerator when there is a denominator. */
  outcome: number;
  /**
   * Columns fixed before exposure, the most useful first. A value that is missing for some units is
   * 0 for them, with a further column that is 1 for them and 0 for all others: the result is the
   * same as with the mean in place of 0.
   */
  covariates: readonly number[];
  /** Column of the denominator of a ratio metric. */
  denominator?: number;
}

/** What a regression of y on k covariates needs to know of one arm. Sums are centred in the arm. */
export interface RegressionMoments {
  n: number;
  yMean: number;
  /** Sum of squares of y. */
  yy: number;
  xMean: number[];
  /** Sums of products of each covariate with y. */
  xy: number[];
  /** Packed upper triangle of the sums of products of the covariates. */
  xx: number[];
}

export interface ArmPair {
  ok: true;
  treatment: RegressionMoments;
  control: RegressionMoments;
}

/** Of its variance, a covariate must have at least this share for itself, or it is left out. */
const OWN_SHARE_MIN = 1e-10;
/** A spread below this share of the mean is the rounding of a constant column. */
const ROUNDING_OF_MEAN = 1e-13;

/**
 * Picks the outcome and the covariates out of both arms. A ratio is taken as the mean of its rows'
 * linearised values, each arm with its own ratio and denominator, so that without covariates the
 * result is that of the delta method.
 *
 * @throws RangeError when a column does not exist, or a covariate is the outcome or its denominator.
 */
export function armPair(input: AdjustmentInput): ArmPair | NotComputed {
  const { treatment, control, outcome, covariates, denominator } = input;
  for (const column of covariates) {
    if (column === outcome || column === denominator) {
      throw new RangeError(`column ${column} cannot be adjusted by itself`);
    }
  }
  if (treatment.mean.length !== control.mean.length) {
    return notComputed('bad-input', 'the arms have a different number of columns');
  }
  const ofTreatment = regressionMoments('treatment', treatment, input);
  if ('ok' in ofTreatment) return ofTreatment;
  const ofControl = regressionMoments('control', control, input);
  if ('ok' in ofControl) return ofControl;
  return { ok: true, treatment: ofTreatment, control: ofControl };
}

/**
 * Below which pivot a covariate counts as explained by the ones before it.
 *
 * @param xx packed sums of products that the shares are measured against.
 */
export function pivotFloors({ treatment, control }: ArmPair, xx: readonly number[]): number[] {
  const k = treatment.xMean.length;
  const floors: number[] = [];
  let cell = 0;
  for (let i = 0; i < k; i += 1) {
    const size = Math.max(Math.abs(at(treatment.xMean, i)), Math.abs(at(control.xMean, i)));
    const rounding = (treatment.n + control.n) * (ROUNDING_OF_MEAN * size) ** 2;
    floors.push(Math.max(OWN_SHARE_MIN * at(xx, cell), rounding));
    cell += k - i;
  }
  return floors;
}

/** Sum of the arms' sums of products: the spread within arms. */
export function addCells(a: readonly number[], b: readonly number[]): number[] {
  const sum: number[] = [];
  for (let i = 0; i < a.length; i += 1) sum.push(at(a, i) + at(b, i));
  return sum;
}

/** The columns of the covariates that were left out. */
export function columnsLeftOut(covariates: readonly number[], kept: readonly boolean[]): number[] {
  return covariates.filter((_column, i) => kept[i] !== true);
}

function regressionMoments(
  name: string,
  moments: Moments,
  { outcome, covariates, denominator }: AdjustmentInput,
): RegressionMoments | NotComputed {
  const { n, mean, comoment } = moments;
  const width = mean.length;
  const yCell = packedIndex(width, outcome, outcome);
  const k = covariates.length;
  const xMean: number[] = [];
  const xy: number[] = [];
  const xx: number[] = [];
  for (let i = 0; i < k; i += 1) {
    const column = at(covariates, i);
    xy.push(at(comoment, packedIndex(width, outcome, column)));
    xMean.push(at(mean, column));
    for (let j = i; j < k; j += 1) {
      xx.push(at(comoment, packedIndex(width, column, at(covariates, j))));
    }
  }
  if (n === 0) return notComputed('empty-arm', `no units in ${name}`);
  if (!(n > 0) || n === Infinity) return notComputed('bad-input', `${name} has n = ${n}`);
  if (n < 2) return notComputed('too-few', `${name} has ${n} unit; a variance needs 2`);
  const arm = { n, yMean: at(mean, outcome), yy: at(comoment, yCell), xMean, xy, xx };
  if (denominator !== undefined) {
    if (at(mean, denominator) === 0) {
      return notComputed('not-identified', `the mean denominator of ${name} is 0`);
    }
    takeRatio(arm, moments, { outcome, covariates, denominator });
  }
  return isUsable(arm)
    ? arm
    : notComputed('bad-input', `${name} has sums that are not usable numbers`);
}

/** Puts the linearised ratio in the place of the outcome. */
function takeRatio(
  arm: RegressionMoments,
  moments: Moments,
  columns: { outcome: number; covariates: readonly number[]; denominator: number },
): void {
  const { outcome, covariates, denominator } = columns;
  const width = moments.mean.length;
  const cell = (i: number, j: number): number => at(moments.comoment, packedIndex(width, i, j));
  const { ratio, perDenominator, squares } = linearisedRatio(moments, {
    numerator: outcome,
    denominator,
    nn: arm.yy,
    nd: cell(outcome, denominator),
    dd: cell(denominator, denominator),
  });
  arm.yMean = ratio;
  arm.yy = squares;
  for (let i = 0; i < covariates.length; i += 1) {
    const withDenominator = cell(denominator, at(covariates, i));
    arm.xy[i] = (at(arm.xy, i) - ratio * withDenominator) * perDenominator;
  }
}

function isUsable({ yMean, yy, xMean, xy, xx }: RegressionMoments): boolean {
  if (!Number.isFinite(yMean) || !(yy >= 0 && yy < Infinity)) return false;
  const k = xMean.length;
  let cell = 0;
  for (let i = 0; i < k; i += 1) {
    if (!Number.isFinite(at(xMean, i)) || !Number.isFinite(at(xy, i)) || !(at(xx, cell) >= 0)) {
      return false;
    }
    for (let j = i; j < k; j += 1) {
      if (!Number.isFinite(at(xx, cell))) return false;
      cell += 1;
    }
  }
  return true;
}
