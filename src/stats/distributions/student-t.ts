import { requirePoint, requireProbability } from '../argument-checks.js';
import { betaPoint } from './beta-quantile.js';
import {
  betaFraction,
  incompleteBeta,
  isLeftOfBetaCentre,
  logBetaPrefactor,
  logBetaScale,
} from './incomplete-beta.js';
import { logBeta, LOG_SQRT_TWO_PI, stirlingError } from './log-gamma.js';
import { normal } from './normal.js';

/** From here on Hill's transformation to the normal is exact to 1e-12 even at t = 30. */
const NORMAL_FROM_DF = 1e5;
/** From here on it is at least a start for a few steps on the tail itself. */
const HILL_START_FROM_DF = 3;
const STEPS_MAX = 8;
/** ln of a share that is nothing beside 1, with room before doubles end at e^-708. */
const VANISHING_LOG = -600;
/** A relative step after which the next one would not change a digit. */
const CLOSE = 1e-6;
/** Above this the square of t overflows, and only its logarithm is used. */
const SQUARE_MAX = 1e150;

/**
 * Student's t distribution; `df` may be fractional, and Infinity gives the normal. jstat is not used
 * here: with 1e6 degrees of freedom its cdf is off by .017, with 1e8 it leaves [0, 1].
 */
export const studentT = {
  pdf(t: number, df: number): number {
    check(t, df);
    if (df === Infinity) return normal.pdf(t);
    if (Math.abs(t) === Infinity) return 0;
    const logPdf =
      stirlingError((df + 1) / 2) -
      stirlingError(df / 2) +
      (df / 2) * Math.log1p(1 / df) -
      0.5 -
      LOG_SQRT_TWO_PI -
      ((df + 1) / 2) * logOnePlusSquareShare(t, df);
    return Math.exp(logPdf);
  },

  cdf(t: number, df: number): number {
    check(t, df);
    return t < 0 ? upperTail(-t, df) : 1 - upperTail(t, df);
  },

  survival(t: number, df: number): number {
    return studentT.cdf(-t, df);
  },

  /** ln of the upper tail, finite where the tail itself is 0 in double precision. */
  logSurvival(t: number, df: number): number {
    check(t, df);
    if (df >= NORMAL_FROM_DF) return t > 0 ? normal.logSurvival(hill(t, df)) : logCentral(t, df);
    const { x, y } = shares(t, df);
    if (t <= 0 || !isLeftOfBetaCentre(x, df / 2, 0.5)) return logCentral(t, df);
    if (t > SQUARE_MAX) {
      const logX = Math.log(df) - 2 * Math.log(t);
      return (df / 2) * logX - logBeta(df / 2, 0.5) - Math.log(df);
    }
    return logBetaPrefactor(x, y, df / 2, 0.5) + Math.log(betaFraction(x, df / 2, 0.5) / df);
  },

  quantile(p: number, df: number): number {
    requireProbability('p', p);
    check(0, df);
    if (p === 0.5) return 0;
    const size = pointOfUpperTail(Math.min(p, 1 - p), df);
    return p < 0.5 ? -size : size;
  },
};

function logCentral(t: number, df: number): number {
  return Math.log(studentT.survival(t, df));
}

/** Upper tail for t >= 0. */
function upperTail(t: number, df: number): number {
  if (df >= NORMAL_FROM_DF) return normal.survival(hill(t, df));
  const { x, y } = shares(t, df);
  return incompleteBeta(x, y, df / 2, 0.5).lower / 2;
}

function pointOfUpperTail(q: number, df: number): number {
  if (q === 0) return Infinity;
  if (df >= NORMAL_FROM_DF) return hillPoint(q, df);
  const near = df >= HILL_START_FROM_DF ? stepsFrom(hillPoint(q, df), q, df) : null;
  if (near !== null) return near;
  // I_x(a, ½) is x^a/(a·B) as x vanishes; the point itself may lie below the smallest double.
  const logX = (Math.log(2 * q) + Math.log(df / 2) + logBeta(df / 2, 0.5)) / (df / 2);
  if (logX < VANISHING_LOG) return Math.sqrt(df) * Math.exp(-logX / 2);
  const { x, y } = betaPoint(2 * q, 1 - 2 * q, df / 2, 0.5);
  return Math.sqrt((df * y) / x);
}

/**
 * Halley steps on the tail itself from a start that is nearly there: one or two are enough. The
 * tail's prefactor divided by t is the density, so each step needs one expansion only.
 *
 * Gives null near the centre, where the expansion is the slower one, and when a start is too far off.
 */
function stepsFrom(start: number, q: number, df: number): number | null {
  const logScale = logBetaScale(df / 2, 0.5);
  let t = start;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const { x, y } = shares(t, df);
    if (!(t > 0) || !isLeftOfBetaCentre(x, df / 2, 0.5)) return null;
    const prefactor = Math.exp(logBetaPrefactor(x, y, df / 2, 0.5, logScale));
    const off = ((prefactor * betaFraction(x, df / 2, 0.5)) / df - q) / (prefactor / t);
    const change = off / (1 - (off * (df + 1) * t) / (df + t * t) / 2);
    t += change;
    // The error of a Halley step is of the order of its cube.
    if (Math.abs(change) <= CLOSE * t) return t;
  }
  return null;
}

/** The point that Hill's transformation puts at this tail. */
function hillPoint(q: number, df: number): number {
  const z = -normal.quantile(q);
  if (df === Infinity) return z;
  const a = df - 0.5;
  const w = z - (z * z * z + 3 * z) / (48 * a * a);
  return Math.sqrt(df * Math.expm1((w * w) / a));
}

/** The normal deviate with (nearly) the same tail as t (Hill 1970). */
function hill(t: number, df: number): number {
  if (df === Infinity || t === Infinity) return t;
  const a = df - 0.5;
  const w = Math.sqrt(a * logOnePlusSquareShare(t, df));
  return w + (w * w * w + 3 * w) / (48 * a * a);
}

/** x = df/(df+t²) and its complement, neither formed by subtraction. */
function shares(t: number, df: number): { x: number; y: number } {
  const ratio = Math.abs(t) > SQUARE_MAX ? Infinity : (t * t) / df;
  return ratio === Infinity ? { x: 0, y: 1 } : { x: 1 / (1 + ratio), y: ratio / (1 + ratio) };
}

function logOnePlusSquareShare(t: number, df: number): number {
  const size = Math.abs(t);
  return size > SQUARE_MAX ? 2 * Math.log(size) - Math.log(df) : Math.log1p((t * t) / df);
}

function check(t: number, df: number): void {
  requirePoint('t', t);
  if (!(df > 0)) throw new RangeError(`df must be above 0, got ${df}`);
}
