import { requireLevel } from '../argument-checks.js';
import { normal } from '../distributions.js';
import type { NotComputed } from '../outcome.js';
import { problemWithArms, type RateInterval, type TwoArms } from './rate-interval.js';
import { wilsonHigh, wilsonLow } from './wilson.js';

/**
 * Newcombe's hybrid score interval of the difference of two conversion rates, treatment - control.
 *
 * Closed form from the two Wilson intervals (Newcombe 1998, Statistics in Medicine 17:873-890, method
 * 10). It covers at least its level almost everywhere, but it is not the inversion of the test: where a
 * p-value stands beside the interval, `compareProportions` is the one to use.
 *
 * @throws RangeError unless alpha lies strictly between 0 and 1.
 */
export function newcombe(input: TwoArms & { alpha: number }): RateInterval | NotComputed {
  const { treatment, control, alpha } = input;
  requireLevel('alpha', alpha);
  const problem = problemWithArms(input);
  if (problem !== null) return problem;
  const z = -normal.quantile(alpha / 2);
  const t = treatment.successes / treatment.n;
  const c = control.successes / control.n;
  const estimate = t - c;
  const below = Math.hypot(t - wilsonLow(treatment, z), wilsonHigh(control, z) - c);
  const above = Math.hypot(wilsonHigh(treatment, z) - t, c - wilsonLow(control, z));
  return {
    ok: true,
    estimate,
    interval: { shape: 'interval', low: estimate - below, high: estimate + above },
  };
}
