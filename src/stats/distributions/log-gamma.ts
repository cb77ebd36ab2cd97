import { requirePositive } from '../argument-checks.js';

export const LOG_SQRT_TWO_PI = 0.9189385332046727;

/** From here on the asymptotic series below is exact to the last digit. */
const SERIES_FROM = 16;

/**
 * What Stirling's formula misses: lnΓ(z) - (z-½)ln z + z - ½ln 2π, computed without the cancellation
 * that a difference of two large lnΓ would suffer (the series of Abramowitz and Stegun 6.1.41).
 */
export function stirlingError(z: number): number {
  let shifted = z;
  let correction = 0;
  while (shifted < SERIES_FROM) {
    correction += (shifted + 0.5) * Math.log1p(1 / shifted) - 1;
    shifted += 1;
  }
  const r = 1 / (shifted * shifted);
  const series =
    1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - r * (691 / 360360)))));
  return correction + series / shifted;
}

/**
 * x·ln(x/m) + m - x, zero or more. Near x = m the terms cancel, so a series in (x-m)/(x+m) takes
 * over (Loader 2000, Fast and accurate computation of binomial probabilities).
 */
export function deviance(x: number, m: number): number {
  if (Math.abs(x - m) >= 0.1 * (x + m)) {
    return x === 0 ? m : x * (Math.log(x) - Math.log(m)) + m - x;
  }
  const v = (x - m) / (x + m);
  const square = v * v;
  let sum = (x - m) * v;
  let power = 2 * x * v;
  for (let j = 1; j < 100; j += 1) {
    power *= square;
    const next = sum + power / (2 * j + 1);
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/**
 * Natural logarithm of the gamma function, relative error below 1e-13 away from the zeros at 1 and
 * 2. jstat's own is ten times less exact, and its differences lose the digits that densities need.
 *
 * @throws RangeError unless x is finite and above 0.
 */
export function logGamma(x: number): number {
  requirePositive('x', x);
  let shifted = x;
  let product = 1;
  while (shifted < SERIES_FROM) {
    product *= shifted;
    shifted += 1;
  }
  const stirling =
    (shifted - 0.5) * Math.log(shifted) - shifted + LOG_SQRT_TWO_PI + stirlingError(shifted);
  return product === 1 ? stirling : stirling - Math.log(product);
}

/**
 * Natural logarithm of the beta function. The large terms of the three lnΓ are cancelled on paper.
 *
 * @throws RangeError unless a and b are finite and above 0.
 */
export function logBeta(a: number, b: number): number {
  requirePositive('a', a);
  requirePositive('b', b);
  const n = a + b;
  return (
    LOG_SQRT_TWO_PI +
    (a - 0.5) * logShare(a, b) +
    (b - 0.5) * logShare(b, a) -
    0.5 * Math.log(n) +
    stirlingError(a) +
    stirlingError(b) -
    stirlingError(n)
  );
}

/** ln(part / (part + rest)), exact also when the part is nearly the whole. */
function logShare(part: number, rest: number): number {
  return part > rest ? -Math.log1p(rest / part) : Math.log(part / (part + rest));
}
