import { normal } from '../distributions.js';
import { gaussLegendre } from '../gauss-legendre.js';

/**
 * The paths of a test that no look has stopped so far: z at the last look, as quadrature points
 * with the probability that belongs to each. z at information t has mean drift·√t and variance 1,
 * and z√t has independent increments (Armitage, McPherson and Rowe 1969; Jennison and Turnbull
 * 2000, chapter 19).
 */
export interface Continuation {
  readonly information: number;
  readonly drift: number;
  /** Increasing. */
  readonly points: Float64Array;
  readonly masses: Float64Array;
}

export interface Look {
  information: number;
  /** z at or below it stops; -Infinity: none. */
  lower: number;
  /** z at or above it stops. */
  upper: number;
}

/** Standard deviations that count in a probability of ordinary size: Q(8.5) is 1e-17. */
export const REACH = 8.5;
/** Standard deviations that count at all: Q(37) is 6e-300, hardly above the smallest double. */
export const REACH_MAX = 37;

/**
 * Quadrature nodes per width of the narrowest bend in the integrand. 1.6 leaves an error below 1e-11
 * in the bounds of 2 to 200 equal looks, and below 1e-8 where one look follows within a hundred
 * thousandth of the other; at 1.3 that was 3e-6, and the time grows with the square.
 */
const NODES_PER_WIDTH = 1.6;
const NODES_MIN = 16;
/** Longer rules are split into panels: making a rule costs the square of its length. */
const PANEL_NODES_MAX = 64;
const NODES_STEP = 8;
const INVERSE_SQRT_TWO_PI = 0.3989422804014327;

/** Before the first look: every path stands at 0. */
export const START: Continuation = {
  information: 0,
  drift: 0,
  points: Float64Array.of(0),
  masses: Float64Array.of(1),
};

/**
 * The same paths under another drift. z at the last look is sufficient, so each path's probability
 * changes by its likelihood ratio exp((θ'-θ)z√t - (θ'²-θ²)t/2), whatever came before.
 */
export function withDrift(paths: Continuation, drift: number): Continuation {
  const { information, points } = paths;
  const slope = (drift - paths.drift) * Math.sqrt(information);
  const offset = ((drift * drift - paths.drift * paths.drift) * information) / 2;
  const masses = Float64Array.from(paths.masses);
  for (let i = 0; i < masses.length; i += 1) {
    masses[i] = (masses[i] ?? 0) * Math.exp(slope * (points[i] ?? 0) - offset);
  }
  return { information, drift, points, masses };
}

/** Chance of these paths under another drift: the masses of `withDrift`, summed. */
export function chanceUnder(paths: Continuation, drift: number): number {
  const { information, points, masses } = paths;
  const slope = (drift - paths.drift) * Math.sqrt(information);
  const offset = ((drift * drift - paths.drift * paths.drift) * information) / 2;
  let total = 0;
  for (let i = 0; i < masses.length; i += 1) {
    total += (masses[i] ?? 0) * Math.exp(slope * (points[i] ?? 0) - offset);
  }
  return total;
}

/** The same paths seen upside down, so that a lower bound is handled as an upper one. */
export function mirrored(paths: Continuation): Continuation {
  return {
    information: paths.information,
    drift: -paths.drift,
    points: paths.points.map((point) => -point).reverse(),
    masses: paths.masses.slice().reverse(),
  };
}

/**
 * Carries the paths to the next look and keeps those strictly between its bounds.
 *
 * @param nextInformation information of the look after this one: the closer it follows, the finer
 * the grid must be. Infinity when nothing follows.
 * @param reach standard deviations above the mean that count: `REACH`, or more where a tiny
 * probability must keep its digits.
 */
export function continueTo(
  paths: Continuation,
  look: Look,
  nextInformation: number,
  reach: number,
): Continuation {
  const { information } = look;
  const { drift } = paths;
  const mean = drift * Math.sqrt(information);
  const low = Math.max(look.lower, mean - REACH);
  const high = Math.min(look.upper, mean + reach);
  if (!(high > low) || paths.points.length === 0) {
    return { information, drift, points: new Float64Array(0), masses: new Float64Array(0) };
  }
  // Widths of the density at this look (1) and of the step to the next one, in units of z.
  const bends =
    information / (information - paths.information) + information / (nextInformation - information);
  const count = Math.max(NODES_MIN, (high - low) * Math.sqrt(bends) * NODES_PER_WIDTH);
  const { points, weights } = gridBetween(low, high, count);
  return { information, drift, points, masses: carry(paths, information, points, weights, reach) };
}

/** Chance that a path is at or above z at the next look, not having been stopped before. */
export function upperCrossing(
  paths: Continuation,
  information: number,
  z: number,
  reach: number = REACH_MAX,
): number {
  const { points, masses } = paths;
  const { slope, at } = stepTo(paths, information, z);
  let total = 0;
  for (let i = points.length - 1; i >= 0; i -= 1) {
    const x = at - slope * (points[i] ?? 0);
    // From here on the steps needed only grow.
    if (x > reach) break;
    total += (masses[i] ?? 0) * (x < -REACH ? 1 : normal.survival(x));
  }
  return total;
}

/** Chance that a path is at or below z at the next look, not having been stopped before. */
export function lowerCrossing(paths: Continuation, information: number, z: number): number {
  return z === -Infinity ? 0 : upperCrossing(mirrored(paths), information, -z);
}

/** Chance that no look has stopped the path so far. */
function chanceLeft(paths: Continuation): number {
  return paths.masses.reduce((sum, mass) => sum + mass, 0);
}

/**
 * The z that a path reaches at the next look with the given probability: the inverse of
 * `upperCrossing`. Halley steps on the logarithm, which is concave (a convolution of log-concave
 * functions), kept inside a bracket.
 *
 * @throws RangeError when the probability is more than what is left.
 */
export function upperPoint(
  paths: Continuation,
  information: number,
  probability: number,
  reach: number,
): number {
  const mean = paths.drift * Math.sqrt(information);
  // P(reach and z >= c) <= P(z >= c), so the point lies below that of a single look.
  let high = mean - normal.quantile(probability);
  let low = mean - REACH_MAX;
  if (!(probability < chanceLeft(paths))) {
    throw new RangeError(`the error to spend, ${probability}, is more than the chance left`);
  }
  let z = high;
  for (let iteration = 0; iteration < 200; iteration += 1) {
    const step = halleyStep(paths, information, z, probability, reach);
    if (step.isAbove) low = z;
    else high = z;
    let next = z + step.size;
    if (!(next >= low && next <= high)) next = (low + high) / 2;
    // Halley's step leaves the cube of this.
    if (Math.abs(next - z) < 1e-6 && step.size === next - z) return next;
    if (Math.abs(next - z) < 1e-13) return next;
    z = next;
  }
  return z;
}

/** One step on ln P(z) - ln p; the density at z is minus the slope of P. */
function halleyStep(
  paths: Continuation,
  information: number,
  z: number,
  probability: number,
  reach: number,
): { isAbove: boolean; size: number } {
  const { points, masses } = paths;
  const { slope, at, scale } = stepTo(paths, information, z);
  let tail = 0;
  let density = 0;
  let bend = 0;
  for (let i = points.length - 1; i >= 0; i -= 1) {
    const x = at - slope * (points[i] ?? 0);
    if (x > reach) break;
    const mass = masses[i] ?? 0;
    const height = mass * Math.exp((-x * x) / 2);
    tail += mass * (x < -REACH ? 1 : normal.survival(x));
    density += height;
    bend += height * x;
  }
  const rate = (INVERSE_SQRT_TWO_PI * scale * density) / tail;
  const gap = Math.log(tail / probability);
  const newton = gap / rate;
  // Second derivative of ln P over the first: -x̄·scale + rate.
  const curvature = rate - (scale * bend) / density;
  const factor = 1 + Math.max(-0.5, Math.min(0.5, (newton * curvature) / 2));
  return { isAbove: tail > probability, size: newton / factor };
}

/** The step from a point u to z at `information`, in its own standard deviations: at - slope·u. */
function stepTo(
  paths: Continuation,
  information: number,
  z: number,
): { slope: number; at: number; scale: number } {
  const deviation = Math.sqrt(information - paths.information);
  const scale = Math.sqrt(information) / deviation;
  return {
    slope: Math.sqrt(paths.information) / deviation,
    at: z * scale - paths.drift * deviation,
    scale,
  };
}

/** Density at each new point, times its quadrature weight. The inner loop is all the cost. */
function carry(
  paths: Continuation,
  information: number,
  points: Float64Array,
  weights: Float64Array,
  reach: number,
): Float64Array {
  const { slope, scale } = stepTo(paths, information, 0);
  const drop = paths.drift * Math.sqrt(information - paths.information);
  const from = paths.points.map((point) => point * slope);
  const { masses } = paths;
  const carried = new Float64Array(points.length);
  let first = 0;
  for (let j = 0; j < points.length; j += 1) {
    const at = (points[j] ?? 0) * scale - drop;
    while (first < from.length && (from[first] ?? 0) < at - reach) first += 1;
    let sum = 0;
    for (let i = first; i < from.length; i += 1) {
      const x = at - (from[i] ?? 0);
      if (x < -reach) break;
      sum += (masses[i] ?? 0) * Math.exp(-0.5 * x * x);
    }
    carried[j] = sum * INVERSE_SQRT_TWO_PI * scale * (weights[j] ?? 0);
  }
  return carried;
}

/** Gauss-Legendre points on [low, high], at least `count` of them, in equal panels. */
function gridBetween(
  low: number,
  high: number,
  count: number,
): { points: Float64Array; weights: Float64Array } {
  const panels = Math.ceil(count / PANEL_NODES_MAX);
  // Few different lengths, so that the rules are made once.
  const perPanel = NODES_STEP * Math.ceil(count / panels / NODES_STEP);
  const rule = gaussLegendre(perPanel);
  const half = (high - low) / panels / 2;
  const points = new Float64Array(panels * perPanel);
  const weights = new Float64Array(panels * perPanel);
  for (let panel = 0; panel < panels; panel += 1) {
    const centre = low + half * (2 * panel + 1);
    for (let i = 0; i < perPanel; i += 1) {
      points[panel * perPanel + i] = centre + half * (rule.nodes[i] ?? 0);
      weights[panel * perPanel + i] = half * (rule.weights[i] ?? 0);
    }
  }
  return { points, weights };
}
