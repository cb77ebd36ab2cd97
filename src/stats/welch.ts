import { requireLevel } from './argument-checks.js';
import { studentT } from './distributions.js';
import { type ArmSummary, type Interval, notComputed, type NotComputed } from './outcome.js';
import { type PValue, pValueOfLog } from './p-value.js';

export interface WelchInput {
  treatment: ArmSummary;
  control: ArmSummary;
  /** Two-sided level; the interval covers 1 - alpha. */
  alpha: number;
}

/** The absolute difference treatment - control, in the metric's unit. */
export interface WelchResult extends PValue {
  ok: true;
  estimate: number;
  se: number;
  df: number;
  statistic: number;
  /** t quantile of the interval; hand it to the relative interval so that both agree. */
  criticalValue: number;
  interval: Interval;
}

/** A difference of two means with its standard error and the degrees of freedom of that error. */
export interface Contrast {
  ok: true;
  estimate: number;
  se: number;
  df: number;
  varianceOfMean: { treatment: number; control: number };
}

/**
 * Welch's t test of two means with unequal variances: is the difference more than chance?
 *
 * Assumes independent units with a finite variance. The degrees of freedom are Satterthwaite's
 * (Welch 1947, Biometrika 34:28-35). The p-value is twice one tail, never 2(1 - cdf).
 *
 * @example
 * // Student's sleep data: t = -1.8608135, df = 17.776474, p = .07939414
 * welch({
 *   treatment: { n: 10, mean: 0.75, variance: 3.2005555555555557 },
 *   control: { n: 10, mean: 2.33, variance: 4.009 },
 *   alpha: 0.05,
 * });
 *
 * @throws RangeError unless alpha lies strictly between 0 and 1.
 */
export function welch({ treatment, control, alpha }: WelchInput): WelchResult | NotComputed {
  requireLevel('alpha', alpha);
  const difference = contrastOfMeans(treatment, control);
  if (!difference.ok) return difference;
  const { estimate, se, df } = difference;
  const { statistic, pValue, pValueIsBound, log10p } = testOfContrast(difference);
  const criticalValue = -studentT.quantile(alpha / 2, df);
  return {
    ok: true,
    estimate,
    se,
    df,
    statistic,
    pValue,
    pValueIsBound,
    log10p,
    criticalValue,
    interval: {
      shape: 'interval',
      low: estimate - criticalValue * se,
      high: estimate + criticalValue * se,
    },
  };
}

/** Welch's statistic and its two-sided p-value, for those who bring their own critical value. */
export function testOfContrast({
  estimate,
  se,
  df,
}: Pick<Contrast, 'estimate' | 'se' | 'df'>): PValue & { statistic: number } {
  const statistic = estimate / se;
  const lnTail = studentT.logSurvival(Math.abs(statistic), df);
  // At a difference of exactly 0 the doubled tail is 1; rounding must not lift it above.
  const p = pValueOfLog(statistic === 0 ? 0 : Math.LN2 + lnTail);
  return { statistic, pValue: p.pValue, pValueIsBound: p.pValueIsBound, log10p: p.log10p };
}

/** Difference of two means, its standard error and Satterthwaite's degrees of freedom. */
export function contrastOfMeans(
  treatment: ArmSummary,
  control: ArmSummary,
): Contrast | NotComputed {
  const problem = problemWith('treatment', treatment) ?? problemWith('control', control);
  if (problem !== null) return problem;
  const v1 = (treatment.variance ?? 0) / treatment.n;
  const v0 = (control.variance ?? 0) / control.n;
  const total = v1 + v0;
  const se = Math.sqrt(total);
  if (se === 0) {
    return notComputed('no-variance', 'every unit has the same value in both arms');
  }
  // Shares of the total, so that very small or very large variances do not leave double range.
  const share1 = v1 / total;
  const share0 = v0 / total;
  const df = 1 / ((share1 * share1) / (treatment.n - 1) + (share0 * share0) / (control.n - 1));
  const estimate = treatment.mean - control.mean;
  if (!Number.isFinite(estimate / se) || !Number.isFinite(df)) {
    return notComputed('bad-input', 'the values are too extreme for double precision');
  }
  return { ok: true, estimate, se, df, varianceOfMean: { treatment: v1, control: v0 } };
}

/** Why an arm cannot be compared, or null. */
function problemWith(name: string, arm: ArmSummary): NotComputed | null {
  const { n, mean, variance } = arm;
  if (n === 0) return notComputed('empty-arm', `no units in ${name}`);
  if (!(n > 0) || !Number.isFinite(n)) return notComputed('bad-input', `${name} has n = ${n}`);
  if (n < 2) return notComputed('too-few', `${name} has ${n} unit; a variance needs 2`);
  if (!Number.isFinite(mean)) return notComputed('bad-input', `${name} has mean ${mean}`);
  if (variance === null || !(variance >= 0) || variance === Infinity) {
    return notComputed('bad-input', `${name} has variance ${variance}`);
  }
  return null;
}
