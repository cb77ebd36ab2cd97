import { requireFinite, requireLevel, requirePositive } from './argument-checks.js';
import { normal } from './distributions.js';
import type { GoodDirection, Interval, NotComputed } from './outcome.js';
import { notComputed } from './outcome.js';

/** Beyond this many of the other's SDs double precision has no digits for the smaller one's share. */
const RATIO_MAX = 1e75;

export interface NormalPrior {
  mean: number;
  sd: number;
}

export interface NormalNormalInput {
  /** The measured effect and its standard error, on the scale of the prior. */
  estimate: number;
  se: number;
  prior: NormalPrior;
  direction: GoodDirection;
  /** Probability that the credible interval holds; .95 when absent. */
  level?: number;
  /** Half-width of the range around 0 in which an effect is too small to matter. */
  rope?: number;
}

export interface NormalNormalResult {
  ok: true;
  posteriorMean: number;
  posteriorSd: number;
  /** Probability that the treatment is better than the control, in the good direction. */
  chanceToWin: number;
  /** What shipping costs on average, counting the cases where the treatment is worse. */
  expectedLossShip: number;
  /** What keeping the control costs on average, counting the cases where it is worse. */
  expectedLossKeep: number;
  interval: Interval;
  /** ln of how much better "an effect as the prior expects" explains the data than "no effect". */
  logBayesFactor: number;
  /** The same as a factor, at most the largest double: past it only the logarithm tells sizes apart. */
  bayesFactor10: number;
  /** Share of the posterior mean that comes from the data rather than from the prior. */
  weightOfData: number;
  /** Probability that the effect lies within `rope` of 0; absent when none was given. */
  ropeProbability?: number;
}

/**
 * Normal prior on the effect, normal likelihood of its estimate: what do we believe now?
 *
 * Prior and estimate must be on one scale: a prior on the relative lift needs the relative estimate
 * and its standard error. With s the posterior SD and z = posterior mean / s,
 * loss(ship) = s[φ(z) - z·Q(z)] and loss(keep) = s[φ(z) + z·cdf(z)].
 *
 * @throws RangeError for a prior SD that is not above 0 or a level outside (0, 1), or a `rope` that is
 * not above 0.
 */
export function normalNormal(input: NormalNormalInput): NormalNormalResult | NotComputed {
  const { prior, level = 0.95, rope } = input;
  requirePrior(prior);
  requireLevel('level', level);
  if (rope !== undefined) requirePositive('rope', rope);
  const problem = problemWithEstimate(input);
  if (problem !== null) return problem;
  const posterior = posteriorOf(input, prior, reachOf(level));
  const logBayesFactor = logBayesFactorOf(input);
  const result: NormalNormalResult = {
    ok: true,
    posteriorMean: posterior.mean,
    posteriorSd: posterior.sd,
    chanceToWin: posterior.chanceToWin,
    expectedLossShip: posterior.expectedLossShip,
    expectedLossKeep: posterior.expectedLossKeep,
    interval: posterior.interval,
    logBayesFactor,
    bayesFactor10: Math.min(Number.MAX_VALUE, Math.exp(logBayesFactor)),
    weightOfData: posterior.weightOfData,
  };
  if (rope !== undefined) {
    result.ropeProbability = massWithin(rope, posterior.mean, posterior.sd);
  }
  return result;
}

/** @throws RangeError for a prior mean that is not finite or a prior SD that is not above 0. */
export function requirePrior({ mean, sd }: NormalPrior): void {
  requireFinite('prior mean', mean);
  requirePositive('prior sd', sd);
}

/** Why an estimate cannot be weighed against a prior, or null. */
export function problemWithEstimate({
  estimate,
  se,
  prior,
}: Pick<NormalNormalInput, 'estimate' | 'se' | 'prior'>): NotComputed | null {
  if (!Number.isFinite(estimate) || !(se >= 0 && se < Infinity)) {
    return notComputed('bad-input', `estimate ${estimate}, standard error ${se}`);
  }
  if (se === 0) return notComputed('no-variance', 'the estimate has no standard error');
  // The squares of their ratios are formed; past the limit they would overflow or leave no digit.
  const largest = Math.max(Math.abs(estimate), Math.abs(prior.mean), se, prior.sd);
  return largest / Math.min(se, prior.sd) > RATIO_MAX
    ? notComputed('bad-input', 'estimate, error and prior are too far apart in size')
    : null;
}

/** All posteriors of a plan have one level, so the last one is kept. */
let kept = { level: NaN, reach: NaN };

/** How many posterior SDs the credible interval reaches. */
export function reachOf(level: number): number {
  if (level !== kept.level) kept = { level, reach: -normal.quantile((1 - level) / 2) };
  return kept.reach;
}

export interface Posterior {
  mean: number;
  sd: number;
  chanceToWin: number;
  expectedLossShip: number;
  expectedLossKeep: number;
  interval: Interval;
  weightOfData: number;
}

/** The posterior under one prior; its arguments have been checked. */
export function posteriorOf(
  { estimate, se, direction }: Pick<NormalNormalInput, 'estimate' | 'se' | 'direction'>,
  prior: NormalPrior,
  reachInSds: number,
): Posterior {
  const spread = se / prior.sd;
  const weightOfData = 1 / (1 + spread * spread);
  const mean = weightOfData * estimate + (1 - weightOfData) * prior.mean;
  const sd = se * Math.sqrt(weightOfData);
  const z = (direction === 'increase' ? mean : -mean) / sd;
  // The larger tail is the rest, which costs it no digit.
  const smaller = normal.survival(Math.abs(z));
  const chanceToWin = z < 0 ? smaller : 1 - smaller;
  const chanceToLose = z < 0 ? 1 - smaller : smaller;
  const height = normal.pdf(z);
  const reach = reachInSds * sd;
  return {
    mean,
    sd,
    chanceToWin,
    expectedLossShip: sd * lossFunction(z, height, chanceToLose),
    expectedLossKeep: sd * lossFunction(-z, height, chanceToWin),
    interval: { shape: 'interval', low: mean - reach, high: mean + reach },
    weightOfData,
  };
}

/** Posterior mass within r of 0, as a difference of the tails away from the mean. */
function massWithin(r: number, mean: number, sd: number): number {
  const distance = Math.abs(mean);
  return normal.survival((distance - r) / sd) - normal.survival((distance + r) / sd);
}

/** Mean of the negative part of a normal with mean z and SD 1: φ(z) - z·Q(z). */
function lossFunction(z: number, height: number, upperTail: number): number {
  // Past 37 both terms sink to the smallest doubles and only their rounding would be left.
  return z > 37 ? 0 : height - z * upperTail;
}

/** ln of N(estimate; prior mean, se² + prior sd²) / N(estimate; 0, se²). */
function logBayesFactorOf({ estimate, se, prior }: NormalNormalInput): number {
  const wide = Math.hypot(se, prior.sd);
  const distance = (estimate - prior.mean) / wide;
  const z = estimate / se;
  return Math.log(se / wide) - (distance * distance) / 2 + (z * z) / 2;
}
