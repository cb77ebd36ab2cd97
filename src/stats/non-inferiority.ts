import { requireLevel, requirePositive } from './argument-checks.js';
import { normal } from './distributions.js';
import type { MeanWithVariance } from './fieller.js';
import { type ArmSummary, type GoodDirection, notComputed, type NotComputed } from './outcome.js';
import { type PValue, pValueOfLog } from './p-value.js';
import { contrastOfMeans } from './welch.js';

/** One-sided level; it reads off the same two-sided 95 % interval as a success metric. */
export const NON_INFERIORITY_ALPHA = 0.025;

/** How much worse is still tolerable, as a positive size. */
export interface Margin {
  value: number;
  scale: 'absolute' | 'relative';
}

export interface NonInferiorityInput {
  treatment: ArmSummary;
  control: ArmSummary;
  margin: Margin;
  direction: GoodDirection;
  alpha?: number;
  /** Replaces the normal quantile, e.g. by an always-valid multiplier at an unplanned look. */
  criticalValue?: number;
  /** For a relative margin after an adjustment, which ties both means together. */
  adjusted?: { treatment: MeanWithVariance; control: MeanWithVariance; covariance: number };
}

export interface NonInferiorityResult extends PValue {
  ok: true;
  /** How far the treatment stays above the worst tolerable mean, in the metric's unit. */
  distance: number;
  se: number;
  statistic: number;
  /** The distance is above 0 beyond doubt: the treatment is not worse by more than the margin. */
  nonInferior: boolean;
  /** Lower limit of the distance. */
  lowerLimit: number;
}

/**
 * Is a guardrail held? Tests that the treatment is not worse than the control by the margin or more.
 *
 * More is better: distance T - C + m, or T - (1-m)·C for a relative margin. Less is better:
 * C + m - T, or (1+m)·C - T. Normal quantile, one-sided. The p-value is of the fixed look.
 *
 * @throws RangeError for a margin that is not above 0, a relative margin of 1 or more for a metric
 * where more is better, or an alpha outside (0, 1).
 */
export function nonInferiority(input: NonInferiorityInput): NonInferiorityResult | NotComputed {
  const { treatment, control, margin, direction, alpha = NON_INFERIORITY_ALPHA } = input;
  requirePositive('margin', margin.value);
  requireLevel('alpha', alpha);
  const sign = direction === 'increase' ? 1 : -1;
  const isRelative = margin.scale === 'relative';
  if (isRelative && sign === 1 && margin.value >= 1) {
    throw new RangeError(`a relative margin must be below 1, got ${margin.value}`);
  }
  const difference = contrastOfMeans(treatment, control);
  if (!difference.ok) return difference;
  if (isRelative && control.mean <= 0) {
    return notComputed('not-identified', 'a relative margin needs a control mean above 0');
  }
  const factor = isRelative ? 1 - sign * margin.value : 1;
  const allowance = isRelative ? 0 : margin.value;
  const distance = sign * (treatment.mean - factor * control.mean) + allowance;
  const se = errorOf(input, factor, difference.varianceOfMean);
  if (se === 0) return notComputed('no-variance', 'the comparison has no standard error');
  const statistic = distance / se;
  const critical = input.criticalValue ?? -normal.quantile(alpha);
  const p = pValueOfLog(normal.logSurvival(statistic));
  if (!Number.isFinite(p.log10p) || !Number.isFinite(Math.abs(distance) + critical * se)) {
    return notComputed('bad-input', 'the values are too extreme for double precision');
  }
  return {
    ok: true,
    distance,
    se,
    statistic,
    ...p,
    nonInferior: distance > critical * se,
    lowerLimit: distance - critical * se,
  };
}

/** Standard error of T - factor·C. */
function errorOf(
  { margin, adjusted }: NonInferiorityInput,
  factor: number,
  { treatment, control }: { treatment: number; control: number },
): number {
  const tied = margin.scale === 'relative' ? adjusted : undefined;
  const variance =
    (tied?.treatment.varianceOfMean ?? treatment) +
    factor * factor * (tied?.control.varianceOfMean ?? control) -
    2 * factor * (tied?.covariance ?? 0);
  return Math.sqrt(Math.max(0, variance));
}
