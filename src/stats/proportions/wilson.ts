import { requireLevel } from '../argument-checks.js';
import type { Conversions } from '../beta-binomial.js';
import { normal } from '../distributions.js';
import type { NotComputed } from '../outcome.js';
import { complement, problemWithArm, type RateInterval } from './rate-interval.js';

/**
 * Wilson's score interval of one conversion rate: all rates p with |p̂ - p| <= z·√(p(1-p)/n). It
 * stays within 0 and 1 and has a width at 0 and at n conversions too (Wilson 1927, JASA 22:209-212).
 *
 * @param alpha two-sided level; the interval covers about 1 - alpha.
 * @throws RangeError unless alpha lies strictly between 0 and 1.
 */
export function wilson(arm: Conversions, alpha: number): RateInterval | NotComputed {
  requireLevel('alpha', alpha);
  const problem = problemWithArm('the arm', arm);
  if (problem !== null) return problem;
  const z = -normal.quantile(alpha / 2);
  return {
    ok: true,
    estimate: arm.successes / arm.n,
    interval: { shape: 'interval', low: wilsonLow(arm, z), high: wilsonHigh(arm, z) },
  };
}

/**
 * The smaller root of (n + z²)p² - (2x + z²)p + x²/n = 0, as product over the larger one: nothing
 * cancels, and it is exactly 0 without conversions.
 */
export function wilsonLow({ successes, n }: Conversions, z: number): number {
  return ((successes / n) * successes) / largerRootTimesScale({ successes, n }, z);
}

/** The larger root; for a common outcome counted from 1, so that it is exactly 1 when all convert. */
export function wilsonHigh(arm: Conversions, z: number): number {
  if (arm.successes > arm.n / 2) return 1 - wilsonLow(complement(arm), z);
  return largerRootTimesScale(arm, z) / (arm.n + z * z);
}

function largerRootTimesScale({ successes, n }: Conversions, z: number): number {
  const half = (z * z) / 2;
  return successes + half + z * Math.sqrt((successes * (n - successes)) / n + half / 2);
}
