import { incompleteBeta, logBetaScale } from './distributions/incomplete-beta.js';
import type { Tails } from './distributions/incomplete-gamma.js';
import { gaussLegendre } from './gauss-legendre.js';

/** Step of the grid in SDs of the narrower posterior: its trapezoid error is then below 1e-15. */
const STEP_IN_SDS = 0.4;
/** The same for a posterior near an end, whose logit has a long tail and a strip of width π/2. */
const STEP_MAX = 0.25;
/** Gauss-Legendre nodes of one step; ten digits are left twelve SDs out. */
const NODES_PER_STEP = 8;
/** ln of the density, against its height at the mean, below which a tail is left out: 1.6e-18. */
const LOG_NEGLIGIBLE = -41;
/** ln of the smallest number worth adding where the two posteriors lie far apart. */
const LOG_SMALLEST = -720;
/** A shape parameter below .004 has a tail longer than this. */
const STEPS_MAX = 50_000;
/** exp overflows past this. */
const EXPONENT_MAX = 700;

/** A Beta distribution with the parts of its density that do not depend on the point. */
export interface BetaShape {
  a: number;
  b: number;
  mean: number;
  logScale: number;
}

export interface Race {
  firstHigher: number;
  secondHigher: number;
  /** E[max(first - second, 0)]. */
  firstLead: number;
  /** E[max(second - first, 0)]. */
  secondLead: number;
}

export function betaShape(a: number, b: number): BetaShape {
  return { a, b, mean: a / (a + b), logScale: logBetaScale(a, b) };
}

/**
 * Which of two independent Beta variables is higher, how likely and by how much on average.
 *
 * The trapezoid rule on the logit scale, where a Beta density is smooth and decays at both ends, so
 * that the rule converges faster than any power of its step. One grid over the narrower variable
 * serves all four integrals. The tails F and S of the wider one at the grid points are sums of its
 * density over the steps, from the left for F and from the right for S, so that small tails keep
 * their digits. With its mean m and n = a + b, E[(p - W)⁺] = (p - m)·F(p) + p^a·q^b/(n·B(a, b)).
 *
 * Relative error below 1e-10 for chances down to 1e-60; null when a shape parameter is so close to
 * 0 that the grid would not end.
 */
export function raceOf(first: BetaShape, second: BetaShape): Race | null {
  if (logitVariance(first) <= logitVariance(second)) return raceOnGrid(first, second);
  const swapped = raceOnGrid(second, first);
  if (swapped === null) return null;
  return {
    firstHigher: swapped.secondHigher,
    secondHigher: swapped.firstHigher,
    firstLead: swapped.secondLead,
    secondLead: swapped.firstLead,
  };
}

function raceOnGrid(narrow: BetaShape, wide: BetaShape): Race | null {
  const step = Math.min(STEP_MAX, STEP_IN_SDS * Math.sqrt(logitVariance(narrow)));
  // Points are distances from the logit of the narrow mean; `apart` turns them into the wide one's.
  const apart = Math.log(narrow.a / narrow.b) - Math.log(wide.a / wide.b);
  const left = stepsToEnd(narrow, -step, -apart);
  const right = stepsToEnd(narrow, step, -apart);
  if (left === null || right === null) return null;
  const start = -left * step;
  const { lower, upper } = tailsOnGrid(wide, {
    start: start + apart,
    step,
    count: left + right + 1,
  });
  const total = wide.a + wide.b;
  let higher = 0;
  let below = 0;
  let lead = 0;
  let lag = 0;
  for (let k = 0; k < lower.length; k += 1) {
    const d = start + k * step;
    const density = Math.exp(logDensity(narrow, d));
    const f = lower[k] ?? 0;
    const s = upper[k] ?? 0;
    const past = pastMean(wide, d + apart);
    const height = Math.exp(logDensity(wide, d + apart)) / total;
    higher += density * f;
    below += density * s;
    lead += density * (past * f + height);
    lag += density * (height - past * s);
  }
  // Dividing by the mass takes out the rounding of the density's constant.
  const mass = higher + below;
  return {
    firstHigher: higher / mass,
    secondHigher: below / mass,
    firstLead: Math.max(0, lead / mass),
    secondLead: Math.max(0, lag / mass),
  };
}

/**
 * Steps until the density is negligible and the other mean is passed: between two posteriors that
 * lie far apart is where the small chance comes from.
 */
function stepsToEnd(shape: BetaShape, step: number, otherMean: number): number | null {
  for (let k = 1; k <= STEPS_MAX; k += 1) {
    const d = k * step;
    const height = logDensity(shape, d);
    const isPast = step > 0 ? d >= otherMean : d <= otherMean;
    const negligible = isPast ? shape.logScale + LOG_NEGLIGIBLE : LOG_SMALLEST;
    if (height < negligible) return k;
  }
  return null;
}

/** Lower and upper tails at equidistant points, given as distances from the logit of the mean. */
function tailsOnGrid(
  shape: BetaShape,
  { start, step, count }: { start: number; step: number; count: number },
): { lower: Float64Array; upper: Float64Array } {
  const { nodes, weights } = gaussLegendre(NODES_PER_STEP);
  const lower = new Float64Array(count);
  const upper = new Float64Array(count);
  lower[0] = tailsAt(shape, start).lower;
  upper[count - 1] = tailsAt(shape, start + (count - 1) * step).upper;
  const half = step / 2;
  const total = shape.a + shape.b;
  // From the end that is nearer to the mean, where neither term below outgrows the other.
  const isLow = shape.mean <= 0.5;
  const near = isLow ? shape.a : shape.b;
  const offsets = nodes.map((node) => (isLow ? half * node : -half * node));
  const growths = offsets.map((offset) => Math.expm1(offset));
  // First each step's own probability; the upper tails hold it until they are summed backwards.
  for (let k = 1; k < count; k += 1) {
    const middle = start + (k - 0.5) * step;
    const height = logDensity(shape, middle);
    const past = pastMean(shape, middle);
    const point = near / total + (isLow ? past : -past);
    let sum = 0;
    for (let j = 0; j < NODES_PER_STEP; j += 1) {
      const gain = near * (offsets[j] ?? 0) - total * Math.log1p(point * (growths[j] ?? 0));
      sum += (weights[j] ?? 0) * Math.exp(height + gain);
    }
    const inStep = sum * half;
    lower[k] = (lower[k - 1] ?? 0) + inStep;
    upper[k - 1] = inStep;
  }
  for (let k = count - 2; k >= 0; k -= 1) upper[k] = (upper[k] ?? 0) + (upper[k + 1] ?? 0);
  return { lower, upper };
}

function tailsAt(shape: BetaShape, d: number): Tails {
  const { a, b, logScale } = shape;
  const logit = Math.log(a / b) + d;
  // Past the smallest doubles the density is a pure power, and its integral a quotient.
  if (logit < -EXPONENT_MAX) return { lower: Math.exp(logDensity(shape, d)) / a, upper: 1 };
  if (logit > EXPONENT_MAX) return { lower: 1, upper: Math.exp(logDensity(shape, d)) / b };
  return incompleteBeta(1 / (1 + Math.exp(-logit)), 1 / (1 + Math.exp(logit)), a, b, logScale);
}

/** ln of the density on the logit scale, at distance d from the logit of the mean. */
function logDensity({ a, b, mean, logScale }: BetaShape, d: number): number {
  const n = a + b;
  if (mean <= 0.5) {
    if (d > EXPONENT_MAX) return logScale - b * d - n * Math.log(mean);
    return logScale + a * d - n * Math.log1p(mean * Math.expm1(d));
  }
  const rest = b / n;
  if (d < -EXPONENT_MAX) return logScale + a * d - n * Math.log(rest);
  return logScale - b * d - n * Math.log1p(rest * Math.expm1(-d));
}

/** Distance of a point from the mean, exact also when it is small. */
function pastMean({ a, b, mean }: BetaShape, d: number): number {
  const rest = b / (a + b);
  if (d > 0) return (mean * rest * -Math.expm1(-d)) / (mean + rest * Math.exp(-d));
  return (mean * rest * Math.expm1(d)) / (rest + mean * Math.exp(d));
}

/** Variance of the logit, to some percent. */
function logitVariance({ a, b }: BetaShape): number {
  return 1 / a + 1 / b + 0.5 / (a * a) + 0.5 / (b * b);
}
