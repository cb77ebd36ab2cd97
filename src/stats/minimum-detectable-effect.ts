import { requireLevel, requirePositive } from './argument-checks.js';
import { normal, studentT } from './distributions.js';
import { findRoot } from './find-root.js';
import { noncentralTSurvival } from './noncentral-t.js';
import { notComputed, type NotComputed } from './outcome.js';
import { contrastOfMeans } from './welch.js';

/** The usual promise: an effect of the stated size is found four times out of five. */
export const POWER_DEFAULT = 0.8;

/** Two arms as they will be; 1 is the treatment, 0 the control. */
export interface TwoArms {
  n0: number;
  n1: number;
  variance0: number;
  variance1: number;
}

/**
 * Chance that Welch's test finds a true effect of this size, in the direction of the effect: a
 * significant result with the wrong sign is not a find.
 *
 * Exact for equal variances (noncentral t with Satterthwaite's df), an approximation otherwise.
 *
 * @throws RangeError for an alpha outside (0, 1).
 */
export function powerOfWelch(
  input: TwoArms & { effect: number; alpha: number },
): { ok: true; power: number } | NotComputed {
  requireLevel('alpha', input.alpha);
  const design = designOf(input);
  if (!design.ok) return design;
  if (!Number.isFinite(input.effect)) return notComputed('bad-input', `effect ${input.effect}`);
  return { ok: true, power: powerAt(Math.abs(input.effect), design, input.alpha) };
}

/**
 * Smallest absolute effect that a test of this size finds with the given power, in the metric's unit.
 *
 * @throws RangeError for an alpha or a power outside (0, 1), or a power not above alpha / 2.
 */
export function minimumDetectableEffect(
  input: TwoArms & { alpha: number; power?: number },
): { ok: true; effect: number } | NotComputed {
  const { alpha, power = POWER_DEFAULT } = input;
  checkPower(alpha, power);
  const design = designOf(input);
  if (!design.ok) return design;
  const residual = (effect: number): number => powerAt(effect, design, alpha) - power;
  let high = design.se * (normal.quantile(power) - normal.quantile(alpha / 2));
  while (residual(high) < 0) high *= 2;
  return { ok: true, effect: findRoot(residual, { low: 0, high }, 1e-11 * high) };
}

export interface DaysToDetectInput {
  effect: number;
  /** New units per day that enter the test, all arms together. */
  unitsPerDay: number;
  /** Shares of those units in the two arms compared; with more arms they sum to less than 1. */
  share0: number;
  share1: number;
  variance0: number;
  variance1: number;
  alpha: number;
  power?: number;
}

/**
 * Whole days of enrolment until an effect of this size is found with the given power. The metric's
 * window and settling days come on top.
 *
 * @throws RangeError for shares that are not above 0 or sum to more than 1, and for an alpha or a
 * power outside (0, 1).
 */
export function daysToDetect(
  input: DaysToDetectInput,
): { ok: true; days: number; units: number } | NotComputed {
  const { effect, unitsPerDay, share0, share1, variance0, variance1, alpha } = input;
  const power = input.power ?? POWER_DEFAULT;
  checkPower(alpha, power);
  requirePositive('share0', share0);
  requirePositive('share1', share1);
  if (share0 + share1 > 1 + 1e-9) throw new RangeError('the shares sum to more than 1');
  if (![effect, unitsPerDay, variance0, variance1].every(Number.isFinite) || unitsPerDay < 0) {
    return notComputed('bad-input', 'effect, traffic and variances must be finite numbers');
  }
  if (effect === 0) return notComputed('not-identified', 'no test can find an effect of 0');
  if (unitsPerDay === 0) return notComputed('too-few', 'no units enter the test');
  if (!(variance0 >= 0 && variance1 >= 0)) return notComputed('bad-input', 'negative variance');
  if (variance0 + variance1 === 0) return notComputed('no-variance', 'the metric never varies');
  const reaches = (days: number): boolean => {
    const n0 = days * unitsPerDay * share0;
    const n1 = days * unitsPerDay * share1;
    const design = designOf({ n0, n1, variance0, variance1 });
    return design.ok && powerAt(Math.abs(effect), design, alpha) >= power;
  };
  const z = normal.quantile(power) - normal.quantile(alpha / 2);
  const units = (z * z * (variance1 / share1 + variance0 / share0)) / (effect * effect);
  const days = firstWhere(reaches, Math.max(1, Math.ceil(units / unitsPerDay)));
  if (days === null) return notComputed('too-few', 'the effect is too small for any real test');
  return { ok: true, days, units: days * unitsPerDay };
}

interface Design {
  ok: true;
  se: number;
  df: number;
}

/** Standard error and degrees of freedom of the planned difference. */
function designOf({ n0, n1, variance0, variance1 }: TwoArms): Design | NotComputed {
  return contrastOfMeans(
    { n: n1, mean: 0, variance: variance1 },
    { n: n0, mean: 0, variance: variance0 },
  );
}

function powerAt(effect: number, { se, df }: Design, alpha: number): number {
  return noncentralTSurvival(-studentT.quantile(alpha / 2, df), df, effect / se);
}

/** First whole number from which a monotone condition holds, near a good guess. */
function firstWhere(holds: (k: number) => boolean, guess: number): number | null {
  let high = guess;
  // Past the safe integers neighbouring whole numbers are the same double.
  while (high <= Number.MAX_SAFE_INTEGER && !holds(high)) high *= 2;
  if (high > Number.MAX_SAFE_INTEGER) return null;
  let low = 0;
  if (high > guess) low = high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function checkPower(alpha: number, power: number): void {
  requireLevel('alpha', alpha);
  requireLevel('power', power);
  if (power <= alpha / 2) throw new RangeError('power must be above alpha / 2');
}
