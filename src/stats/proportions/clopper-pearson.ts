import { requireLevel } from '../argument-checks.js';
import type { Conversions } from '../beta-binomial.js';
import { betaPoint } from '../distributions/beta-quantile.js';
import type { NotComputed } from '../outcome.js';
import { problemWithArm, type RateInterval } from './rate-interval.js';

/**
 * The exact interval of one conversion rate: it covers at least 1 - alpha whatever the true rate, and
 * is wider than Wilson's for it. Its limits are beta quantiles: x, n-x+1 below and x+1, n-x above
 * (Clopper and Pearson 1934, Biometrika 26:404-413).
 *
 * @param alpha two-sided level.
 * @throws RangeError unless alpha lies strictly between 0 and 1.
 */
export function clopperPearson(arm: Conversions, alpha: number): RateInterval | NotComputed {
  requireLevel('alpha', alpha);
  const problem = problemWithArm('the arm', arm);
  if (problem !== null) return problem;
  const { successes, n } = arm;
  const tail = alpha / 2;
  return {
    ok: true,
    estimate: successes / n,
    interval: {
      shape: 'interval',
      low: successes === 0 ? 0 : betaPoint(tail, 1 - tail, successes, n - successes + 1).x,
      high: successes === n ? 1 : betaPoint(1 - tail, tail, successes + 1, n - successes).x,
    },
  };
}
