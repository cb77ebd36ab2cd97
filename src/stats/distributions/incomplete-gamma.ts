import { assertProbability } from '../argument-checks.js';
import { deviance, LOG_SQRT_TWO_PI, stirlingError } from './log-gamma.js';

/** Both tails of a distribution at one point, each computed so that the small one is exact. */
export interface Tails {
  lower: number;
  upper: number;
}

const TINY = 1e-300;
const LAST_DIGIT = 2.3e-16;

/** ln of x^a·e^(-x)/Γ(a), the factor both expansions of the incomplete gamma function share. */
export function logGammaPrefactor(a: number, x: number): number {
  return 0.5 * Math.log(a) - stirlingError(a) - deviance(a, x) - LOG_SQRT_TWO_PI;
}

/** Lower tail divided by the prefactor: Σ x^k / (a(a+1)…(a+k)); for x < a+1. */
export function gammaSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  const steps = stepsMax(a);
  for (let k = 1; k <= steps; k += 1) {
    term *= x / (a + k);
    sum += term;
    if (term <= sum * 1e-17) return sum;
  }
  throw new Error(`incomplete gamma series did not converge for shape ${a} at ${x}`);
}

/** Upper tail divided by the prefactor, as a continued fraction (modified Lentz); for x >= a+1. */
export function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let value = d;
  const steps = stepsMax(a);
  for (let i = 1; i <= steps; i += 1) {
    const numerator = -i * (i - a);
    b += 2;
    d = 1 / awayFromZero(numerator * d + b);
    c = awayFromZero(b + numerator / c);
    const factor = c * d;
    value *= factor;
    if (Math.abs(factor - 1) <= LAST_DIGIT) return value;
  }
  throw new Error(`incomplete gamma fraction did not converge for shape ${a} at ${x}`);
}

/**
 * Regularised incomplete gamma functions P and Q. jstat stops both expansions early and forms the
 * upper tail as 1 - P, which returns 0 for a chi-square of 80; here the small tail is direct.
 */
export function incompleteGamma(a: number, x: number): Tails {
  if (x === 0) return { lower: 0, upper: 1 };
  if (x === Infinity) return { lower: 1, upper: 0 };
  const prefactor = Math.exp(logGammaPrefactor(a, x));
  if (x < a + 1) {
    const lower = assertProbability('lower gamma tail', prefactor * gammaSeries(a, x));
    return { lower, upper: 1 - lower };
  }
  // Far out the factor is 0 in double precision, and so is the tail: no need to expand it.
  const upper = prefactor === 0 ? 0 : prefactor * gammaFraction(a, x);
  assertProbability('upper gamma tail', upper);
  return { lower: 1 - upper, upper };
}

/** Lentz's method divides by these terms. */
export function awayFromZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** The expansions need about √a steps near the mean; ten times more means something is wrong. */
function stepsMax(a: number): number {
  return 400 + 40 * Math.sqrt(a);
}
