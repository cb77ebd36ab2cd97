import { requirePositive } from '../argument-checks.js';
import type { Conversions } from '../beta-binomial.js';
import type { NotComputed } from '../outcome.js';
import { lowerScoreLimit } from './lower-score-limit.js';
import { complement, problemWithArms, type RateInterval, type TwoArms } from './rate-interval.js';

const NEWTON_STEPS_MAX = 100;

export interface MiettinenNurminenInput extends TwoArms {
  /** Critical value of the score test: a normal quantile, or a bound that takes its place. */
  criticalValue: number;
  /** False leaves out the factor N/(N-1) of the variance, which is Mee's interval. */
  correction?: boolean;
}

/**
 * Score interval of the difference of two conversion rates, treatment - control: all differences d
 * with (p̂_T - p̂_C - d)² <= q²(p̃_T·q̃_T/n_T + p̃_C·q̃_C/n_C)·N/(N-1), where p̃ is the most likely pair of
 * rates that are d apart (Miettinen and Nurminen 1985, Statistics in Medicine 4:213-226; without the
 * last factor Mee 1984, Biometrics 40:1175-1176).
 *
 * At d = 0 it is the pooled score test, so the interval excludes 0 exactly when that test rejects. It
 * holds at 0 and at n conversions, also when no unit of either arm converted.
 *
 * @throws RangeError unless the critical value is a finite number above 0.
 */
export function miettinenNurminen(input: MiettinenNurminenInput): RateInterval | NotComputed {
  const { treatment, control, criticalValue, correction = true } = input;
  requirePositive('criticalValue', criticalValue);
  const problem = problemWithArms(input);
  if (problem !== null) return problem;
  return {
    ok: true,
    estimate: treatment.successes / treatment.n - control.successes / control.n,
    interval: {
      shape: 'interval',
      low: lowerLimit(treatment, control, criticalValue, correction),
      high: 0 - lowerLimit(control, treatment, criticalValue, correction),
    },
  };
}

function lowerLimit(
  first: Conversions,
  second: Conversions,
  q: number,
  corrected: boolean,
): number {
  const total = first.n + second.n;
  const converted = first.successes + second.successes;
  // Small rates keep their digits and rates next to 1 do not, so the rarer outcome is counted.
  if (converted > total / 2) return lowerLimit(complement(second), complement(first), q, corrected);
  const estimate = first.successes / first.n - second.successes / second.n;
  if (estimate === -1) return -1;
  const factor = corrected ? total / (total - 1) : 1;
  const statistic = (d: number): number => {
    const gap = estimate - d;
    if (gap === 0) return 0;
    const p2 = restrictedRate(first, second, d);
    const p1 = Math.min(1, Math.max(0, p2 + d));
    return gap / Math.sqrt(factor * ((p1 * (1 - p1)) / first.n + (p2 * (1 - p2)) / second.n));
  };
  const pooled = converted / total;
  const se = Math.sqrt(factor * pooled * (1 - pooled) * (1 / first.n + 1 / second.n));
  return lowerScoreLimit(statistic, {
    criticalValue: q,
    estimate,
    step: q * se + (q * q) / (total + q * q),
    floor: -1,
  });
}

/**
 * The most likely rate of the second arm when the first arm's rate is d higher.
 *
 * The likelihood is concave, so its slope, cleared of denominators, changes sign once between the two
 * rates that either arm alone would like. Newton steps within that bracket; the closed form by
 * arccosine loses half of the digits just where conversions are rare.
 */
function restrictedRate(first: Conversions, second: Conversions, d: number): number {
  const from = Math.max(0, -d);
  const to = Math.min(1, 1 - d);
  const alone1 = clamp(first.successes / first.n - d, from, to);
  const alone2 = clamp(second.successes / second.n, from, to);
  let low = Math.min(alone1, alone2);
  let high = Math.max(alone1, alone2);
  if (!(slope(first, second, low, d) > 0)) return low;
  if (!(slope(first, second, high, d) < 0)) return high;
  let p = (first.n * alone1 + second.n * alone2) / (first.n + second.n);
  for (let step = 0; step < NEWTON_STEPS_MAX; step += 1) {
    const value = slope(first, second, p, d);
    if (value === 0) return p;
    if (value > 0) low = p;
    else high = p;
    let next = p - value / slopeDerivative(first, second, p, d);
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (Math.abs(next - p) <= 4 * Number.EPSILON * next) return next;
    p = next;
  }
  return p;
}

/**
 * Slope of the log-likelihood, times a positive number. One arm's slope is (x - np)/(p(1-p)); at 0 or
 * n conversions a factor cancels, and cancelling it removes a false zero at the edge.
 */
function slope(first: Conversions, second: Conversions, p: number, d: number): number {
  return (
    numerator(first, p + d) * denominator(second, p) +
    numerator(second, p) * denominator(first, p + d)
  );
}

function slopeDerivative(first: Conversions, second: Conversions, p: number, d: number): number {
  return (
    numeratorSlope(first) * denominator(second, p) +
    numerator(first, p + d) * denominatorSlope(second, p) +
    numeratorSlope(second) * denominator(first, p + d) +
    numerator(second, p) * denominatorSlope(first, p + d)
  );
}

function numerator({ successes, n }: Conversions, p: number): number {
  if (successes === 0) return -n;
  return successes === n ? n : successes - n * p;
}

function numeratorSlope({ successes, n }: Conversions): number {
  return successes === 0 || successes === n ? 0 : -n;
}

function denominator({ successes, n }: Conversions, p: number): number {
  if (successes === 0) return 1 - p;
  return successes === n ? p : p * (1 - p);
}

function denominatorSlope({ successes, n }: Conversions, p: number): number {
  if (successes === 0) return -1;
  return successes === n ? 1 : 1 - 2 * p;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
