import { findRoot } from './find-root.js';
import { type EstimatedEffect, problemWithEffects } from './estimated-effect.js';
import { notComputed, type NotComputed } from './outcome.js';

/** With fewer past experiments the spread is mostly a guess: their prior is called assumed. */
export const LEARNED_PRIOR_EXPERIMENTS_MIN = 10;

/** Places at which the likelihood is compared before the best one is refined. */
const GRID = 120;

export interface LearnedPriorResult {
  ok: true;
  /** Experiments it was learned from. */
  k: number;
  /** Mean of the effects weighted by 1/se², as if all had one true effect. */
  fixedMean: number;
  /** Cochran's Q: the weighted squares around that mean; about k - 1 when there is no spread. */
  q: number;
  /** Variance of the true effects, from Q (DerSimonian and Laird 1986). */
  tau2DerSimonianLaird: number;
  /** The same by restricted maximum likelihood, as a second opinion. */
  tau2Reml: number;
}

/**
 * How much do true effects differ between experiments? The spread of past estimates less what their
 * own noise explains; its square root is the SD of a prior around 0.
 *
 * τ² = max(0, (Q - (k-1)) / (Σw - Σw²/Σw)) with w = 1/se² (DerSimonian and Laird 1986, Controlled
 * Clinical Trials 7:177-188), and the maximum of the restricted likelihood, searched on a grid
 * because it can have two peaks. All effects must be on one scale.
 */
export function learnPrior(
  experiments: readonly EstimatedEffect[],
): LearnedPriorResult | NotComputed {
  const problem = problemWithEffects(experiments);
  if (problem !== null) return problem;
  const k = experiments.length;
  if (k < 2) return notComputed('too-few', 'a spread needs at least two experiments');
  const fixed = momentsAt(0, experiments);
  const excess = fixed.squares - (k - 1);
  const weight = fixed.weights - fixed.squaredWeights / fixed.weights;
  const result = {
    k,
    fixedMean: fixed.mean,
    q: fixed.squares,
    tau2DerSimonianLaird: Math.max(0, excess / weight),
    tau2Reml: remlOf(experiments),
  };
  return Object.values(result).every(Number.isFinite)
    ? { ok: true, ...result }
    : notComputed('bad-input', 'the values are too extreme for double precision');
}

interface WeightedMoments {
  mean: number;
  /** Σw, Σw² and Σw(y - mean)². */
  weights: number;
  squaredWeights: number;
  squares: number;
  /** Derivative of the restricted log likelihood by τ². */
  score: number;
  /** The restricted log likelihood, but for a constant. */
  logLikelihood: number;
}

function momentsAt(tau2: number, experiments: readonly EstimatedEffect[]): WeightedMoments {
  let weights = 0;
  let squaredWeights = 0;
  let weighted = 0;
  let logWeights = 0;
  for (const { estimate, se } of experiments) {
    const w = 1 / (se * se + tau2);
    weights += w;
    squaredWeights += w * w;
    weighted += w * estimate;
    logWeights += Math.log(w);
  }
  const mean = weighted / weights;
  let squares = 0;
  let doublyWeighted = 0;
  for (const { estimate, se } of experiments) {
    const w = 1 / (se * se + tau2);
    const square = w * (estimate - mean) ** 2;
    squares += square;
    doublyWeighted += w * square;
  }
  return {
    mean,
    weights,
    squaredWeights,
    squares,
    score: (doublyWeighted - weights + squaredWeights / weights) / 2,
    logLikelihood: (logWeights - Math.log(weights) - squares) / 2,
  };
}

function remlOf(experiments: readonly EstimatedEffect[]): number {
  const estimates = experiments.map(({ estimate }) => estimate);
  // Past the squared range of the estimates the likelihood only falls.
  const highest = (Math.max(...estimates) - Math.min(...estimates)) ** 2;
  const smallest = Math.min(...experiments.map(({ se }) => se)) ** 2 * 1e-4;
  if (!(highest > smallest)) return 0;
  const ratio = (highest / smallest) ** (1 / GRID);
  const grid = [0];
  for (let i = 0; i <= GRID; i += 1) grid.push(smallest * ratio ** i);
  let best = 0;
  let bestLikelihood = -Infinity;
  grid.forEach((tau2, i) => {
    const { logLikelihood } = momentsAt(tau2, experiments);
    if (logLikelihood > bestLikelihood) {
      best = i;
      bestLikelihood = logLikelihood;
    }
  });
  const low = grid[best - 1] ?? 0;
  const high = grid[best + 1] ?? highest;
  const scoreAt = (tau2: number): number => momentsAt(tau2, experiments).score;
  if (!(scoreAt(low) > 0 && scoreAt(high) < 0)) return grid[best] ?? 0;
  return findRoot(scoreAt, { low, high }, 1e-14 * high);
}
