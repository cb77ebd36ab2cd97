import { requirePositive } from '../argument-checks.js';
import type { Conversions } from '../beta-binomial.js';
import type { Interval, NotComputed } from '../outcome.js';
import { lowerScoreLimit } from './lower-score-limit.js';
import { problemWithArms, type TwoArms } from './rate-interval.js';

/** First step of the search in ln R: it doubles, and a larger one could leave double range at once. */
const LOG_STEP_MAX = 2;

export interface ScoreRatioInput extends TwoArms {
  /** Critical value of the score test: a normal quantile, or a bound that takes its place. */
  criticalValue: number;
  /** False leaves out the factor N/(N-1) of the variance (Koopman's interval). */
  correction?: boolean;
}

export interface ScoreRatio {
  ok: true;
  /** Treatment rate / control rate; null when no unit of the control converted. */
  estimate: number | null;
  /** Ratios, not lifts. `lower-only` without conversions in control, `unbounded` without any. */
  interval: Interval;
}

/**
 * Score interval of the ratio of two conversion rates, treatment / control: all R with
 * (p̂_T - R·p̂_C)² <= q²(p̃_T·q̃_T/n_T + R²·p̃_C·q̃_C/n_C)·N/(N-1), where p̃ is the most likely pair of
 * rates with p̃_T = R·p̃_C (Koopman 1984, Biometrics 40:513-517; the factor from Miettinen and Nurminen
 * 1985, Statistics in Medicine 4:213-226).
 *
 * At R = 1 it is the pooled score test, so it excludes 1 exactly when that test rejects. It needs no
 * normal approximation of a logarithm and stays above 0 where a delta-method lift goes below -100 %.
 *
 * @throws RangeError unless the critical value is a finite number above 0.
 */
export function scoreRatio(input: ScoreRatioInput): ScoreRatio | NotComputed {
  const { treatment, control, criticalValue, correction = true } = input;
  requirePositive('criticalValue', criticalValue);
  const problem = problemWithArms(input);
  if (problem !== null) return problem;
  const low = lowerLimit(treatment, control, criticalValue, correction);
  const highInverse = lowerLimit(control, treatment, criticalValue, correction);
  return {
    ok: true,
    estimate:
      control.successes === 0
        ? null
        : treatment.successes / treatment.n / (control.successes / control.n),
    interval: ratioSet(low, highInverse),
  };
}

/** A ratio cannot be negative: a lower limit of 0 without an upper one rules nothing out. */
function ratioSet(low: number, highInverse: number): Interval {
  if (highInverse > 0) return { shape: 'interval', low, high: 1 / highInverse };
  return low > 0 ? { shape: 'lower-only', low } : { shape: 'unbounded' };
}

/** Smallest ratio first / second; 0 when nobody converted in the first arm. */
function lowerLimit(
  first: Conversions,
  second: Conversions,
  q: number,
  corrected: boolean,
): number {
  if (first.successes === 0) return 0;
  const total = first.n + second.n;
  const factor = corrected ? total / (total - 1) : 1;
  const rate1 = first.successes / first.n;
  const rate2 = second.successes / second.n;
  const statistic = (logRatio: number): number => {
    // Near a ratio of 1 from the excess over 1, so that nearly certain conversions keep their digits.
    const gap =
      Math.abs(logRatio) < 0.5
        ? rate1 - rate2 - Math.expm1(logRatio) * rate2
        : rate1 - Math.exp(logRatio) * rate2;
    if (gap === 0) return 0;
    return gap / Math.sqrt(factor * restrictedVariance(first, second, logRatio));
  };
  // A guess for the first step: the usual variance of a log ratio, kept finite for an empty cell.
  const spread = 1 / first.successes + 1 / Math.max(second.successes, 0.5);
  const logLimit = lowerScoreLimit(statistic, {
    criticalValue: q,
    estimate: Math.log(rate1 / rate2),
    step: Math.min(LOG_STEP_MAX, q * Math.sqrt(spread)),
    floor: -Infinity,
  });
  return Math.exp(logLimit);
}

/**
 * p₁q₁/n₁ + R²p₂q₂/n₂ at the most likely rates with p₁ = R·p₂, for R = exp(logRatio). p₂ is the smaller
 * root of N·R·p² - (n₁R + x₁ + n₂ + x₂R)p + x₁ + x₂ = 0. The discriminant is written as a sum and the
 * complements q come from the counts of those who did not convert, so that neither rare conversions
 * nor nearly certain ones cancel.
 */
function restrictedVariance(first: Conversions, second: Conversions, logRatio: number): number {
  const total = first.n + second.n;
  const converted = first.successes + second.successes;
  const ratio = Math.exp(logRatio);
  const excess = Math.expm1(logRatio);
  const missed1 = first.n - first.successes;
  const missed2 = second.n - second.successes;
  const root = Math.hypot(
    total * excess - ratio * missed2 + missed1,
    2 * Math.sqrt(ratio * missed1 * missed2),
  );
  const scale = (first.n + second.successes) * ratio + first.successes + second.n + root;
  const p2 = (2 * converted) / scale;
  const rest2 = total * excess + missed1 + (1 - excess) * missed2;
  const rest1 = ratio * missed2 + (1 + 2 * excess) * missed1 - total * excess;
  const q2 = sumOrQuotient(root, rest2, -4 * missed2 * excess * converted) / scale;
  const q1 = sumOrQuotient(root, rest1, 4 * missed1 * excess * ratio * converted) / scale;
  return (ratio * p2 * q1) / first.n + (ratio * ratio * p2 * q2) / second.n;
}

/** root + rest, never below 0, from (root² - rest²)/(root - rest) where the sum would cancel. */
function sumOrQuotient(root: number, rest: number, differenceOfSquares: number): number {
  return rest < 0 ? Math.max(0, differenceOfSquares / (root - rest)) : root + rest;
}
