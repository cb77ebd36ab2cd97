import { requireFinite, requirePositive } from './argument-checks.js';
import { type Interval, notComputed, type NotComputed, shift } from './outcome.js';

export interface MeanWithVariance {
  mean: number;
  /** Variance of the mean itself: s²/n. */
  varianceOfMean: number;
}

export interface FiellerInput {
  treatment: MeanWithVariance;
  control: MeanWithVariance;
  /** Critical value of the absolute test: a t or normal quantile, or an always-valid multiplier. */
  criticalValue: number;
  /** Covariance of the two means; 0 unless an adjustment shares a coefficient. */
  covariance?: number;
}

export interface RelativeLift {
  ok: true;
  /** treatment / control - 1. */
  estimate: number;
  /** Standard error by the delta method, for display only; decisions use the interval. */
  se: number;
  interval: Interval;
  /** (criticalValue · SE of the control mean / control mean)²; from 1 on the interval has an open end. */
  g: number;
}

/**
 * The set of ratios R of treatment mean to control mean that the data do not rule out:
 * (T - R·C)² <= q²(v_T + R²·v_C - 2R·c) (Fieller 1954, JRSS B 16:175-185).
 *
 * At R = 1 this is exactly the absolute test with the same critical value. So whether an effect is
 * significant cannot depend on how it is shown, which a delta-method lift does not guarantee.
 *
 * @throws RangeError for a critical value that is not above 0, or means and variances that
 * `relativeLift` would refuse as `bad-input`.
 */
export function fiellerRatioSet(input: FiellerInput): Interval {
  const { treatment, control, criticalValue, covariance = 0 } = input;
  requirePositive('criticalValue', criticalValue);
  requireMean('treatment', treatment);
  requireMean('control', control);
  requireFinite('covariance', covariance);
  const q2 = criticalValue * criticalValue;
  const a = control.mean * control.mean - q2 * control.varianceOfMean;
  const b = treatment.mean * control.mean - q2 * covariance;
  const e = treatment.mean * treatment.mean - q2 * treatment.varianceOfMean;
  if (a === 0) {
    // The parabola is a line: one ray. A ray to the left has no shape of its own.
    return b > 0 ? { shape: 'lower-only', low: e / (2 * b) } : { shape: 'unbounded' };
  }
  const root = Math.sqrt(b * b - a * e);
  // A negative discriminant (NaN root) with a < 0 rules nothing out.
  if (Number.isNaN(root)) {
    return a < 0 ? { shape: 'unbounded' } : { shape: 'interval', low: b / a, high: b / a };
  }
  // The two roots, without subtracting nearly equal numbers.
  const larger = b >= 0 ? b + root : b - root;
  const first = larger / a;
  const second = larger === 0 ? 0 : e / larger;
  const low = Math.min(first, second);
  const high = Math.max(first, second);
  return a > 0 ? { shape: 'interval', low, high } : { shape: 'two-rays', below: low, above: high };
}

/**
 * Relative lift T/C - 1 with its Fieller interval.
 *
 * A metric that cannot be negative keeps only ratios of 0 or more, so two rays become a lower limit
 * ("at least +30 %, no upper limit"). A metric that can be negative, such as profit, has a lift only
 * while its control mean is clearly above 0; otherwise the absolute difference is all there is.
 */
export function relativeLift(
  input: FiellerInput & { canBeNegative: boolean },
): RelativeLift | NotComputed {
  const { treatment, control, criticalValue, covariance = 0, canBeNegative } = input;
  const problem = problemWith(input);
  if (problem !== null) return problem;
  const relativeError = (criticalValue * Math.sqrt(control.varianceOfMean)) / control.mean;
  const g = relativeError * relativeError;
  if (canBeNegative && g >= 1) {
    return notComputed('not-identified', 'the control mean cannot be told from 0');
  }
  const set = fiellerRatioSet(input);
  const ratio = treatment.mean / control.mean;
  const spread =
    treatment.varianceOfMean + ratio * ratio * control.varianceOfMean - 2 * ratio * covariance;
  const se = Math.sqrt(Math.max(0, spread)) / control.mean;
  // An overflow anywhere leaves infinity or NaN in one of these.
  if (!Number.isFinite(se + g) || !hasFiniteEnds(set)) {
    return notComputed('bad-input', 'the values are too extreme for double precision');
  }
  return {
    ok: true,
    estimate: ratio - 1,
    se,
    interval: shift(canBeNegative ? set : nonNegativePart(set), -1),
    g,
  };
}

function requireMean(name: string, { mean, varianceOfMean }: MeanWithVariance): void {
  requireFinite(name, mean);
  if (varianceOfMean !== 0) requirePositive(name, varianceOfMean);
}

function hasFiniteEnds(set: Interval): boolean {
  switch (set.shape) {
    case 'interval':
      return Number.isFinite(set.low) && Number.isFinite(set.high);
    case 'lower-only':
      return Number.isFinite(set.low);
    case 'two-rays':
      return Number.isFinite(set.below) && Number.isFinite(set.above);
    case 'unbounded':
      return true;
  }
}

/** The part of a set of ratios that is 0 or more. */
function nonNegativePart(set: Interval): Interval {
  switch (set.shape) {
    case 'interval':
      return { shape: 'interval', low: Math.max(0, set.low), high: Math.max(0, set.high) };
    case 'lower-only':
      return set.low <= 0 ? { shape: 'unbounded' } : set;
    case 'two-rays':
      // A left ray that reaches past 0 leaves a gap that "at least" cannot express.
      if (set.below > 0) return set;
      return set.above <= 0 ? { shape: 'unbounded' } : { shape: 'lower-only', low: set.above };
    case 'unbounded':
      return set;
  }
}

function problemWith(input: FiellerInput & { canBeNegative: boolean }): NotComputed | null {
  const { treatment, control, covariance = 0, canBeNegative } = input;
  const numbers = [treatment.mean, control.mean, covariance];
  const variances = [treatment.varianceOfMean, control.varianceOfMean];
  if (!numbers.every(Number.isFinite) || !variances.every((v) => v >= 0 && v < Infinity)) {
    return notComputed('bad-input', 'means and variances must be finite numbers');
  }
  if (!canBeNegative && (treatment.mean < 0 || control.mean < 0)) {
    return notComputed('bad-input', 'a metric that cannot be negative has a negative mean');
  }
  if (control.mean === 0) {
    return canBeNegative
      ? notComputed('not-identified', 'the control mean is 0')
      : notComputed('no-control-events', 'the control has no events to compare with');
  }
  if (control.mean < 0) return notComputed('not-identified', 'the control mean is below 0');
  return null;
}
