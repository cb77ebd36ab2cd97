import { assertProbability } from '../argument-checks.js';
import { awayFromZero, type Tails } from './incomplete-gamma.js';
import { deviance, LOG_SQRT_TWO_PI, stirlingError } from './log-gamma.js';

const LAST_DIGIT = 2.3e-16;

/** The part of `logBetaPrefactor` that does not depend on x; worth keeping when a and b stay. */
export function logBetaScale(a: number, b: number): number {
  const n = a + b;
  return (
    0.5 * Math.log(a * (b / n)) +
    stirlingError(n) -
    stirlingError(a) -
    stirlingError(b) -
    LOG_SQRT_TWO_PI
  );
}

/**
 * ln of x^a·y^b/B(a,b) for y = 1 - x. The complement comes from the caller: recomputing it as
 * 1 - x would lose its digits when x is near 1.
 */
export function logBetaPrefactor(
  x: number,
  y: number,
  a: number,
  b: number,
  logScale = logBetaScale(a, b),
): number {
  const n = a + b;
  return logScale - deviance(a, n * x) - deviance(b, n * y);
}

/** True where the continued fraction at x converges fast; otherwise use its mirror image. */
export function isLeftOfBetaCentre(x: number, a: number, b: number): boolean {
  return x < (a + 1) / (a + b + 2);
}

/**
 * Continued fraction of the incomplete beta function (modified Lentz). jstat stops it at 100 steps
 * and 3e-7, which loses every digit for the sample sizes of an online experiment.
 */
export function betaFraction(x: number, a: number, b: number): number {
  const n = a + b;
  let c = 1;
  let d = 1 / awayFromZero(1 - (n * x) / (a + 1));
  let value = d;
  const steps = 200 + 20 * Math.sqrt(Math.max(a, b));
  for (let m = 1; m <= steps; m += 1) {
    const twice = 2 * m;
    const even = (m * (b - m) * x) / ((a + twice - 1) * (a + twice));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    value *= c * d;
    const odd = (-(a + m) * (n + m) * x) / ((a + twice) * (a + twice + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    value *= c * d;
    if (Math.abs(c * d - 1) <= LAST_DIGIT) return value;
  }
  throw new Error(`incomplete beta fraction did not converge for ${a}, ${b} at ${x}`);
}

/** Regularised incomplete beta function at x, with y = 1 - x, and its complement. */
export function incompleteBeta(
  x: number,
  y: number,
  a: number,
  b: number,
  logScale?: number,
): Tails {
  if (x === 0) return { lower: 0, upper: 1 };
  if (y === 0) return { lower: 1, upper: 0 };
  const prefactor = Math.exp(logBetaPrefactor(x, y, a, b, logScale));
  if (isLeftOfBetaCentre(x, a, b)) {
    const lower = prefactor === 0 ? 0 : (prefactor * betaFraction(x, a, b)) / a;
    assertProbability('lower beta tail', lower);
    return { lower, upper: 1 - lower };
  }
  const upper = prefactor === 0 ? 0 : (prefactor * betaFraction(y, b, a)) / b;
  assertProbability('upper beta tail', upper);
  return { lower: 1 - upper, upper };
}
