import { requireLevel, requirePositive } from './argument-checks.js';
import { normal } from './distributions.js';
import { betaPoint, type UnitPoint } from './distributions/beta-quantile.js';
import { incompleteBeta, logBetaPrefactor, logBetaScale } from './distributions/incomplete-beta.js';
import type { Tails } from './distributions/incomplete-gamma.js';
import { findRoot } from './find-root.js';
import { integrate } from './gauss-legendre.js';
import { type GoodDirection, type Interval, notComputed, type NotComputed } from './outcome.js';

/** Beta(1, 1) says nothing in advance: every rate is as likely as any other. */
export const UNIFORM_PRIOR: BetaPrior = { alpha: 1, beta: 1 };

/** Nodes per panel; with panels cut at the ends of both posteriors the error is below 1e-12. */
const NODES = 96;
/** Nodes per panel for the credible interval, whose limits are wanted to eight digits. */
const LIMIT_NODES = 40;
/** Probability left outside each end of a posterior. */
const OUTSIDE = 1e-17;

export interface BetaPrior {
  alpha: number;
  beta: number;
}

export interface Conversions {
  /** Units that converted. */
  successes: number;
  n: number;
}

export interface BetaBinomialInput {
  treatment: Conversions;
  control: Conversions;
  prior: BetaPrior;
  direction: GoodDirection;
  /** Probability that the credible interval holds; .95 when absent. */
  level?: number;
}

export interface BetaBinomialResult {
  ok: true;
  posteriorMeans: { treatment: number; control: number };
  /** Probability that the treatment's rate is better than the control's, in the good direction. */
  chanceToWin: number;
  /** Rate lost on average by shipping, counting the cases where the treatment is worse. */
  expectedLossShip: number;
  /** Rate lost on average by keeping the control, counting the cases where it is worse. */
  expectedLossKeep: number;
  /** Difference of the rates, treatment - control. */
  difference: { mean: number; interval: Interval };
}

/**
 * Exact Beta-Binomial comparison of two conversion rates.
 *
 * Each arm's rate has a Beta posterior; P(T > C) = ∫f_T·F_C and E[max(C - T, 0)] = ∫F_T(1 - F_C) are
 * integrated by Gauss-Legendre, so that two runs give the same digits (simulation would not).
 *
 * @throws RangeError for prior parameters that are not above 0 or a level outside (0, 1).
 */
export function betaBinomial(input: BetaBinomialInput): BetaBinomialResult | NotComputed {
  const { treatment, control, prior, direction, level = 0.95 } = input;
  requirePositive('prior alpha', prior.alpha);
  requirePositive('prior beta', prior.beta);
  requireLevel('level', level);
  if (![treatment, control].every(isCount)) {
    return notComputed('bad-input', 'successes must be whole numbers between 0 and n');
  }
  const t = posterior(prior, treatment);
  const c = posterior(prior, control);
  const mean = t.mean - c.mean;
  const chances = chancesOfHigher(t, c);
  const lossWhenLower = expectedShortfall(t, c);
  const lossWhenHigher = expectedShortfall(c, t);
  const isMoreGood = direction === 'increase';
  return {
    ok: true,
    posteriorMeans: { treatment: t.mean, control: c.mean },
    chanceToWin: isMoreGood ? chances.first : chances.second,
    expectedLossShip: isMoreGood ? lossWhenLower : lossWhenHigher,
    expectedLossKeep: isMoreGood ? lossWhenHigher : lossWhenLower,
    difference: {
      mean,
      interval: {
        shape: 'interval',
        low: quantileOfDifference((1 - level) / 2, t, c),
        high: -quantileOfDifference((1 - level) / 2, c, t),
      },
    },
  };
}

interface Posterior {
  a: number;
  b: number;
  mean: number;
  sd: number;
  logScale: number;
  /** Range that holds all but 2e-17 of the probability, with exact complements. */
  low: UnitPoint;
  high: UnitPoint;
}

type OfPoint = (x: number, y: number) => number;

function posterior(prior: BetaPrior, { successes, n }: Conversions): Posterior {
  const a = prior.alpha + successes;
  const b = prior.beta + n - successes;
  const mean = a / (a + b);
  return {
    a,
    b,
    mean,
    sd: Math.sqrt((mean * (1 - mean)) / (a + b + 1)),
    logScale: logBetaScale(a, b),
    low: betaPoint(OUTSIDE, 1, a, b),
    high: betaPoint(1, OUTSIDE, a, b),
  };
}

/** Density from the shared prefactor: differences of lnΓ would lose six digits at 1e5 units. */
function densityOf({ a, b, logScale }: Posterior): OfPoint {
  return (x, y) => Math.exp(logBetaPrefactor(x, y, a, b, logScale)) / (x * y);
}

function tailsOf({ a, b, logScale }: Posterior, x: number, y: number): Tails {
  return incompleteBeta(x, y, a, b, logScale);
}

/**
 * P(X > Y) and P(Y > X). The smaller one is integrated and the larger is its complement: rounding
 * in the quadrature of a number next to 1 could otherwise pass 1.
 */
function chancesOfHigher(x: Posterior, y: Posterior): { first: number; second: number } {
  const first = chanceOfHigher(x, y);
  if (first < 0.5) return { first, second: 1 - first };
  const second = chanceOfHigher(y, x);
  return { first: 1 - second, second };
}

/** P(X > Y) for independent X and Y. */
function chanceOfHigher(x: Posterior, y: Posterior): number {
  if (x.sd <= y.sd) {
    return overDensity(x, [y.low.x, y.high.x], NODES, (p, q) => tailsOf(y, p, q).lower);
  }
  return overDensity(y, [x.low.x, x.high.x], NODES, (p, q) => tailsOf(x, p, q).upper);
}

/** E[max(Y - X, 0)]: what choosing X costs where Y is higher. */
function expectedShortfall(x: Posterior, y: Posterior): number {
  const range = {
    low: x.low.x < y.low.x ? x.low : y.low,
    high: x.high.y < y.high.y ? x.high : y.high,
  };
  const inner = [x.low.x, x.mean, x.high.x, y.low.x, y.mean, y.high.x];
  return overPanels(range, inner, NODES, (p, q) => tailsOf(x, p, q).lower * tailsOf(y, p, q).upper);
}

/** P(X - Y <= d), integrated over the narrower of the two so that the other one looks smooth. */
function cdfOfDifference(d: number, x: Posterior, y: Posterior): number {
  if (x.sd <= y.sd) {
    const cuts = [y.low.x + d, y.high.x + d];
    const above = (p: number): number => tailsOf(y, unit(p - d), unit(1 - p + d)).upper;
    return overDensity(x, cuts, LIMIT_NODES, above);
  }
  const cuts = [x.low.x - d, x.high.x - d];
  return overDensity(y, cuts, LIMIT_NODES, (p) => tailsOf(x, unit(p + d), unit(1 - p - d)).lower);
}

function quantileOfDifference(p: number, x: Posterior, y: Posterior): number {
  const sd = Math.hypot(x.sd, y.sd);
  // On the normal scale the function is nearly a line, which the search finds in a few steps. The
  // ends keep the scale finite during the search; they are far from any level.
  const target = normal.quantile(p);
  const residual = (d: number): number => {
    const chance = Math.min(1 - 1e-15, Math.max(1e-300, cdfOfDifference(d, x, y)));
    return normal.quantile(chance) - target;
  };
  const centre = x.mean - y.mean;
  let reach = 4 * sd;
  while (reach < 2 && !(residual(centre - reach) < 0 && residual(centre + reach) > 0)) reach *= 2;
  return findRoot(residual, { low: centre - reach, high: centre + reach }, 1e-9 * sd);
}

/** Mean of f under x; panels are cut where f, built on another posterior, begins and ends. */
function overDensity(x: Posterior, cuts: readonly number[], nodes: number, f: OfPoint): number {
  const density = densityOf(x);
  return overPanels(x, [x.mean, ...cuts], nodes, (p, q) => density(p, q) * f(p, q));
}

/**
 * Integral over panels cut at the inner points. Nodes crowd at both ends of every panel, which takes
 * the infinite density of a shape below 1; the last panel counts from the complement, so that it can
 * come close to 1.
 */
function overPanels(
  range: { low: UnitPoint; high: UnitPoint },
  inner: readonly number[],
  nodes: number,
  f: OfPoint,
): number {
  const { low, high } = range;
  const inside = inner.filter((p) => p > low.x && p < high.x).sort((p, q) => p - q);
  const edges = [low, ...inside.map((x) => ({ x, y: 1 - x })), high];
  let total = 0;
  for (let panel = 1; panel < edges.length; panel += 1) {
    const from = edges[panel - 1] ?? low;
    const to = edges[panel] ?? high;
    const width = from.x < 0.5 ? to.x - from.x : from.y - to.y;
    if (width <= 0) continue;
    const scaled = (s: number): number => {
      const height = 140 * (s * (1 - s)) ** 3 * width;
      if (s <= 0.5) {
        const x = from.x + width * crowded(s);
        return f(x, 1 - x) * height;
      }
      const y = to.y + width * crowded(1 - s);
      return f(1 - y, y) * height;
    };
    total += integrate(scaled, [0, 1], nodes);
  }
  return total;
}

/** Smooth step from 0 to 1 that is flat to the fourth order at both ends. */
function crowded(s: number): number {
  return s ** 4 * (35 - s * (84 - s * (70 - 20 * s)));
}

/** A point moved out of the unit interval meets the distribution's end there. */
function unit(x: number): number {
  return Math.min(1, Math.max(0, x));
}

function isCount({ successes, n }: Conversions): boolean {
  return Number.isInteger(successes) && Number.isInteger(n) && successes >= 0 && successes <= n;
}
