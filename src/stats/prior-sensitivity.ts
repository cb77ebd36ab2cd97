import { requireLevel } from './argument-checks.js';
import {
  type NormalNormalInput,
  posteriorOf,
  problemWithEstimate,
  reachOf,
  requirePrior,
} from './normal-normal.js';
import type { Interval, NotComputed } from './outcome.js';

/** The prior SD is halved and doubled: further away it is no longer the same belief. */
const FACTORS = [0.5, 1, 2] as const;

export interface PriorSensitivityInput extends Omit<NormalNormalInput, 'rope'> {
  /** Chance to win from which one would decide for the treatment. */
  threshold: number;
}

export interface PriorAnswer {
  /** Multiple of the stated prior SD. */
  factor: number;
  priorSd: number;
  chanceToWin: number;
  expectedLossShip: number;
  expectedLossKeep: number;
  interval: Interval;
  /** The chance to win reaches the threshold. */
  reached: boolean;
}

export interface PriorSensitivityResult {
  ok: true;
  /** At half, the same and double the prior SD. */
  answers: readonly PriorAnswer[];
  /** The same conclusion under all three. */
  robust: boolean;
}

/**
 * Does the conclusion hang on how wide the prior is? The Normal-Normal answer is given at half, the
 * same and double the prior SD, and is robust when the chance to win falls on one side of the
 * threshold under all three.
 *
 * @throws RangeError for a prior SD that is not above 0, or a level or threshold outside (0, 1).
 */
export function priorSensitivity(
  input: PriorSensitivityInput,
): PriorSensitivityResult | NotComputed {
  const { threshold, prior, level = 0.95 } = input;
  requireLevel('threshold', threshold);
  requireLevel('level', level);
  requirePrior(prior);
  const problem = problemWithEstimate(input);
  if (problem !== null) return problem;
  const reach = reachOf(level);
  const answers = FACTORS.map((factor): PriorAnswer => {
    const scaled = { mean: prior.mean, sd: prior.sd * factor };
    requirePrior(scaled);
    const posterior = posteriorOf(input, scaled, reach);
    const { chanceToWin, expectedLossShip, expectedLossKeep, interval } = posterior;
    return {
      factor,
      priorSd: scaled.sd,
      chanceToWin,
      expectedLossShip,
      expectedLossKeep,
      interval,
      reached: chanceToWin >= threshold,
    };
  });
  const robust = answers.every(({ reached }) => reached === answers[0]?.reached);
  return { ok: true, answers, robust };
}
