import { requireLevel, requirePositive } from './argument-checks.js';
import { normal } from './distributions.js';
import { betaPoint, type UnitPoint } from './distributions/beta-quantile.js';
import { type BetaShape, betaShape, raceOf } from './beta-race.js';
import { incompleteBeta, logBetaPrefactor } from './distributions/incomplete-beta.js';
import type { Tails } from './distributions/incomplete-gamma.js';
import { findRoot } from './find-root.js';
import { integrate } from './gauss-legendre.js';
import { type GoodDirection, type Interval, notComputed, type NotComputed } from './outcome.js';

/** Beta(1, 1) says nothing in advance: every rate is as likely as any other. */
export const UNIFORM_PRIOR: BetaPrior = { alpha: 1, beta: 1 };

/** Nodes per panel; with panels cut at the ends of both posteriors the error is below 1e-11. */
const NODES = 96;
/** Nodes per panel for the credible interval, whose limits are wanted to eight digits. */
const LIMIT_NODES = 40;
/** A density that rises more steeply towards an end than x^(-3/4) would be cut short there. */
const INTERVAL_SHAPE_MIN = 0.25;
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
  /** Half-width of the range around 0 in which two rates count as the same. */
  rope?: number;
}

export type BetaBinomialChancesInput = Omit<BetaBinomialInput, 'level' | 'rope'>;

export interface BetaBinomialChances {
  ok: true;
  posteriorMeans: { treatment: number; control: number };
  /** Probability that the treatment's rate is better than the control's, in the good direction. */
  chanceToWin: number;
  /** Rate lost on average by shipping, counting the cases where the treatment is worse. */
  expectedLossShip: number;
  /** Rate lost on average by keeping the control, counting the cases where it is worse. */
  expectedLossKeep: number;
}

export interface BetaBinomialResult extends BetaBinomialChances {
  /** Difference of the rates, treatment - control. */
  difference: { mean: number; interval: Interval };
  /** Probability that the rates differ by at most `rope`; absent when none was given. */
  ropeProbability?: number;
}

/**
 * Exact Beta-Binomial comparison of two conversion rates: chance, losses and credible interval.
 *
 * Each arm's rate has a Beta posterior. Everything is integrated, so that two runs give the same
 * digits (simulation would not). The interval takes most of the time; `betaBinomialChances` leaves
 * it out.
 *
 * @throws RangeError for prior parameters that are not above 0, a level outside (0, 1) or a `rope`
 * that is not above 0.
 */
export function betaBinomial(input: BetaBinomialInput): BetaBinomialResult | NotComputed {
  const { treatment, control, prior, level = 0.95, rope } = input;
  requireLevel('level', level);
  if (rope !== undefined) requirePositive('rope', rope);
  const chances = betaBinomialChances(input);
  if (!chances.ok) return chances;
  const posteriors = [posteriorOf(prior, treatment), posteriorOf(prior, control)] as const;
  if (posteriors.some(({ a, b }) => Math.min(a, b) < INTERVAL_SHAPE_MIN)) {
    return notComputed('bad-input', 'the prior is too close to 0 for an arm with no contrary data');
  }
  const [t, c] = [bounded(posteriors[0]), bounded(posteriors[1])];
  return {
    ...chances,
    difference: {
      mean: t.mean - c.mean,
      interval: {
        shape: 'interval',
        low: quantileOfDifference((1 - level) / 2, t, c),
        high: -quantileOfDifference((1 - level) / 2, c, t),
      },
    },
    ...(rope === undefined ? {} : { ropeProbability: chanceWithin(rope, t, c) }),
  };
}

/**
 * The chance to win and both expected losses, without the credible interval and a hundred times
 * quicker: see `raceOf` for the method.
 *
 * @throws RangeError for prior parameters that are not above 0.
 */
export function betaBinomialChances(
  input: BetaBinomialChancesInput,
): BetaBinomialChances | NotComputed {
  const { treatment, control, prior, direction } = input;
  requirePositive('prior alpha', prior.alpha);
  requirePositive('prior beta', prior.beta);
  if (![treatment, control].every(isCount)) {
    return notComputed('bad-input', 'successes must be whole numbers between 0 and n');
  }
  const t = posteriorOf(prior, treatment);
  const c = posteriorOf(prior, control);
  const race = raceOf(t, c);
  if (race === null) {
    return notComputed('bad-input', 'the prior is too close to 0 for an arm with no contrary data');
  }
  const isMoreGood = direction === 'increase';
  return {
    ok: true,
    posteriorMeans: { treatment: t.mean, control: c.mean },
    chanceToWin: isMoreGood ? race.firstHigher : race.secondHigher,
    expectedLossShip: isMoreGood ? race.secondLead : race.firstLead,
    expectedLossKeep: isMoreGood ? race.firstLead : race.secondLead,
  };
}

interface Posterior extends BetaShape {
  sd: number;
}

interface Bounded extends Posterior {
  /** Range that holds all but 2e-17 of the probability, with exact complements. */
  low: UnitPoint;
  high: UnitPoint;
}

type OfPoint = (x: number, y: number) => number;

function posteriorOf(prior: BetaPrior, { successes, n }: Conversions): Posterior {
  const shape = betaShape(prior.alpha + successes, prior.beta + n - successes);
  const { a, b, mean } = shape;
  return { ...shape, sd: Math.sqrt((mean * (1 - mean)) / (a + b + 1)) };
}

function bounded(posterior: Posterior): Bounded {
  const { a, b } = posterior;
  return { ...posterior, low: betaPoint(OUTSIDE, 1, a, b), high: betaPoint(1, OUTSIDE, a, b) };
}

/** Density from the shared prefactor: differences of lnΓ would lose six digits at 1e5 units. */
function densityOf({ a, b, logScale }: Posterior): OfPoint {
  return (x, y) => Math.exp(logBetaPrefactor(x, y, a, b, logScale)) / (x * y);
}

function tailsOf({ a, b, logScale }: Posterior, x: number, y: number): Tails {
  return incompleteBeta(x, y, a, b, logScale);
}

/** P(|X - Y| <= r). */
function chanceWithin(r: number, x: Bounded, y: Bounded): number {
  const outside = cdfOfDifference(-r, x, y, NODES) + cdfOfDifference(-r, y, x, NODES);
  return Math.min(1, Math.max(0, 1 - outside));
}

/** P(X - Y <= d), integrated over the narrower of the two so that the other one looks smooth. */
function cdfOfDifference(d: number, x: Bounded, y: Bounded, nodes: number): number {
  if (x.sd <= y.sd) {
    const cuts = [y.low.x + d, y.high.x + d];
    const above = (p: number): number => tailsOf(y, unit(p - d), unit(1 - p + d)).upper;
    return overDensity(x, cuts, nodes, above);
  }
  const cuts = [x.low.x - d, x.high.x - d];
  return overDensity(y, cuts, nodes, (p) => tailsOf(x, unit(p + d), unit(1 - p - d)).lower);
}

function quantileOfDifference(p: number, x: Bounded, y: Bounded): number {
  const sd = Math.hypot(x.sd, y.sd);
  // On the normal scale the function is nearly a line, which the search finds in a few steps. The
  // ends keep the scale finite during the search; they are far from any level.
  const target = normal.quantile(p);
  const residual = (d: number): number => {
    const chance = Math.min(1 - 1e-15, Math.max(1e-300, cdfOfDifference(d, x, y, LIMIT_NODES)));
    return normal.quantile(chance) - target;
  };
  const centre = x.mean - y.mean;
  let reach = 4 * sd;
  while (reach < 2 && !(residual(centre - reach) < 0 && residual(centre + reach) > 0)) reach *= 2;
  return findRoot(residual, { low: centre - reach, high: centre + reach }, 1e-9 * sd);
}

/** Mean of f under x; panels are cut where f, built on another posterior, begins and ends. */
function overDensity(x: Bounded, cuts: readonly number[], nodes: number, f: OfPoint): number {
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
      if (to.x < 0.5) {
        const x = to.x - width * crowded(1 - s);
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
