import jStat from 'jstat';

import { assertProbability, requirePoint, requireProbability } from '../argument-checks.js';
import { gammaFraction, gammaSeries } from './incomplete-gamma.js';
import { LOG_SQRT_TWO_PI } from './log-gamma.js';

const INVERSE_SQRT_TWO_PI = 0.3989422804014327;
/** Inside this range jstat's cdf is exact to 7e-15; beyond it its erfc is 1 - erf and decays. */
const JSTAT_CDF_RANGE = 3;
/** Inside [.001, .999] jstat's quantile is exact to 9e-15; below 1e-12 it is 1 % off. */
const JSTAT_QUANTILE_FROM = 0.001;

/** Standard normal distribution. For a tiny upper tail q, the point is `-normal.quantile(q)`. */
export const normal = {
  pdf(z: number): number {
    requirePoint('z', z);
    return density(z);
  },

  cdf(z: number): number {
    requirePoint('z', z);
    if (Math.abs(z) <= JSTAT_CDF_RANGE) {
      return assertProbability('normal cdf', jStat.normal.cdf(z, 0, 1));
    }
    return z < 0 ? farTail(-z) : 1 - farTail(z);
  },

  /** Upper tail, exact to the last digits out to z = 38. */
  survival(z: number): number {
    return normal.cdf(-z);
  },

  /** ln of the upper tail, finite where the tail itself is 0 in double precision. */
  logSurvival(z: number): number {
    requirePoint('z', z);
    if (z < JSTAT_CDF_RANGE) return Math.log(normal.survival(z));
    if (z === Infinity) return -Infinity;
    // z·fraction/2 tends to 1/z; past the square's overflow only the quadratic term matters.
    const factor = z > 1e100 ? 1 / z : 0.5 * z * gammaFraction(0.5, (z * z) / 2);
    return Math.log(factor) - (z * z) / 2 - LOG_SQRT_TWO_PI;
  },

  /** @throws RangeError unless 0 <= p <= 1; the ends give minus and plus infinity. */
  quantile(p: number): number {
    requireProbability('p', p);
    if (p === 0) return -Infinity;
    if (p === 1) return Infinity;
    if (p >= JSTAT_QUANTILE_FROM && p <= 1 - JSTAT_QUANTILE_FROM) return jStat.normal.inv(p, 0, 1);
    return p < 0.5 ? -pointOfUpperTail(p) : pointOfUpperTail(1 - p);
  },
};

/** exp(-z²/2) split so that the square carries no rounding into a large exponent. */
function density(z: number): number {
  const size = Math.abs(z);
  if (size > 40) return 0;
  const h = Math.fround(size);
  return INVERSE_SQRT_TWO_PI * Math.exp(-(h * h) / 2) * Math.exp((-(size - h) * (size + h)) / 2);
}

/** Upper tail for z > 0 as ½·Q(½, z²/2), with the prefactor z·φ(z). */
function farTail(z: number): number {
  const height = density(z);
  // Past 40 the tail is below the smallest double.
  if (height === 0) return 0;
  const scaled = z * height;
  const x = (z * z) / 2;
  const tail =
    x < 1.5 ? 0.5 * (1 - scaled * gammaSeries(0.5, x)) : 0.5 * scaled * gammaFraction(0.5, x);
  return assertProbability('normal tail', tail);
}

/** Start of Abramowitz and Stegun 26.2.23 (4.5e-4), then Halley steps on the tail itself. */
function pointOfUpperTail(q: number): number {
  const t = Math.sqrt(-2 * Math.log(q));
  let z =
    t -
    (2.515517 + t * (0.802853 + t * 0.010328)) /
      (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let step = 0; step < 3; step += 1) {
    const u = (farTail(z) - q) / density(z);
    // The density underflows only for subnormal q, where the start is all that doubles can hold.
    if (!Number.isFinite(u)) break;
    z += u / (1 - (z * u) / 2);
  }
  return z;
}
