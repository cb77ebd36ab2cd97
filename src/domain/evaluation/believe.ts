import { betaBinomial, type BetaPrior, UNIFORM_PRIOR } from '../../stats/beta-binomial.js';
import { normalNormal, type NormalPrior } from '../../stats/normal-normal.js';
import type { NotComputed } from '../../stats/outcome.js';
import { contrastOfMeans } from '../../stats/welch.js';
import type { PlannedMetric } from '../experiments/plan.js';
import { noteOf, summaryOf } from './compare-arms.js';
import { type ArmMoments, varianceOf } from './moments.js';
import type { BayesianReport, PriorReport } from './result.js';

/**
 * Where a lift has no meaning, the assumed prior is this many standard deviations of the outcome:
 * two to three times the spread of true effects in public collections of retail experiments.
 */
export const PRIOR_OUTCOME_SDS = 0.005;

/** Standard errors the control mean must be away from 0 before a prior on the lift is scaled by it. */
const STABLE_MEAN_Z = 3;

export interface Belief {
  report: BayesianReport;
  /** The prior on the scale of the difference, for the comparison of the engines. */
  prior: ({ kind: 'normal' } & NormalPrior) | ({ kind: 'beta' } & BetaPrior);
}

export interface BelievedArms {
  treatment: ArmMoments;
  control: ArmMoments;
}

/** The Bayesian half: what to believe of the difference after seeing the data. */
export function believe(
  planned: PlannedMetric,
  arms: BelievedArms,
  level: number,
): Belief | NotComputed {
  const { prior } = planned;
  return prior.kind === 'beta'
    ? believeRates(planned, { prior, arms, level })
    : believeDifference(planned, { prior, arms, level });
}

interface Told<P> {
  prior: P;
  arms: BelievedArms;
  level: number;
}

function believeRates(
  { definition, source }: PlannedMetric,
  { prior, arms, level }: Told<BetaPrior>,
): Belief | NotComputed {
  const answer = betaBinomial({
    ...conversionsOf(arms),
    prior,
    direction: definition.direction,
    level,
  });
  if (!answer.ok) return answer;
  const { interval } = answer.difference;
  if (interval.shape !== 'interval') throw new Error('a posterior has two bounds');
  return {
    prior: { kind: 'beta', alpha: prior.alpha, beta: prior.beta },
    report: {
      prior: { kind: 'beta', alpha: prior.alpha, beta: prior.beta, source },
      chanceToWin: answer.chanceToWin,
      expectedLoss: answer.expectedLossShip,
      expectedLossOfKeeping: answer.expectedLossKeep,
      lower: interval.low,
      upper: interval.high,
      scale: 'absolute',
      ...referenceOf(definition.direction, arms),
    },
  };
}

function believeDifference(
  { definition, source }: PlannedMetric,
  { prior, arms, level }: Told<NormalPrior>,
): Belief | NotComputed {
  const contrast = contrastOfMeans(summaryOf(arms.treatment), summaryOf(arms.control));
  if (!contrast.ok) return contrast;
  const used = priorOnDifference(prior, arms);
  const answer = normalNormal({
    estimate: contrast.estimate,
    se: contrast.se,
    prior: { mean: used.mean, sd: used.sd },
    direction: definition.direction,
    level,
  });
  if (!answer.ok) return answer;
  if (answer.interval.shape !== 'interval') throw new Error('a posterior has two bounds');
  const declared: PriorReport =
    used.note === undefined
      ? { kind: 'normal_relative', mean: prior.mean, sd: prior.sd, source }
      : { kind: 'normal_absolute', mean: used.mean, sd: used.sd, source: 'assumed' };
  return {
    prior: { kind: 'normal', mean: used.mean, sd: used.sd },
    report: {
      prior: {
        ...declared,
        usedMean: used.mean,
        usedSd: used.sd,
        ...(used.note === undefined ? {} : { note: used.note }),
      },
      chanceToWin: answer.chanceToWin,
      expectedLoss: answer.expectedLossShip,
      expectedLossOfKeeping: answer.expectedLossKeep,
      lower: answer.interval.low,
      upper: answer.interval.high,
      scale: 'absolute',
      ...(definition.kind === 'proportion' ? referenceOf(definition.direction, arms) : {}),
    },
  };
}

/** A prior on the lift becomes one on the difference by way of the control mean, where it has one. */
function priorOnDifference(
  prior: NormalPrior,
  { treatment, control }: BelievedArms,
): NormalPrior & { note?: string } {
  const error = Math.sqrt((varianceOf(control) ?? 0) / control.n);
  if (control.mean > 0 && control.mean > STABLE_MEAN_Z * error) {
    return { mean: prior.mean * control.mean, sd: prior.sd * control.mean };
  }
  const pooled = (treatment.squares + control.squares) / (treatment.n + control.n - 2);
  return {
    mean: 0,
    sd: PRIOR_OUTCOME_SDS * Math.sqrt(pooled),
    note:
      'The control mean is not clearly above 0, so a lift has no meaning here: the prior is ' +
      `${PRIOR_OUTCOME_SDS} standard deviations of the outcome around no difference.`,
  };
}

function referenceOf(
  direction: PlannedMetric['definition']['direction'],
  arms: BelievedArms,
): Pick<BayesianReport, 'reference'> {
  const answer = betaBinomial({ ...conversionsOf(arms), prior: UNIFORM_PRIOR, direction });
  if (!answer.ok) return {};
  const { chanceToWin, expectedLossShip } = answer;
  return { reference: { chanceToWin, expectedLoss: expectedLossShip } };
}

function conversionsOf({ treatment, control }: BelievedArms) {
  return {
    treatment: { successes: treatment.nonZero, n: treatment.n },
    control: { successes: control.nonZero, n: control.n },
  };
}

/** The report where the posterior cannot be computed. */
export function unknownBelief({ prior, source }: PlannedMetric, why: NotComputed): BayesianReport {
  return { prior: { ...prior, source }, scale: 'absolute', notComputed: noteOf(why) };
}
