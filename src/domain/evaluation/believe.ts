import {
  betaBinomial,
  betaBinomialChances,
  type BetaPrior,
  UNIFORM_PRIOR,
} from '../../stats/beta-binomial.js';
import type { MeanWithVariance } from '../../stats/fieller.js';
import {
  normalNormal,
  type NormalNormalInput,
  type NormalPrior,
} from '../../stats/normal-normal.js';
import type { NotComputed } from '../../stats/outcome.js';
import { priorSensitivity, type PriorSensitivityInput } from '../../stats/prior-sensitivity.js';
import { contrastOfMeans } from '../../stats/welch.js';
import type { Analysis } from '../experiments/definition.js';
import type { AnalysisPlan, PlannedMetric, PriorSource } from '../experiments/plan.js';
import { isRate } from '../metrics/metric.js';
import { type ArmPair, boundsOf, noteOf } from './effects.js';
import type { Effect } from './measure-effect.js';
import type { PlanMoments } from './moments.js';
import type { BayesianReport, PriorReport, PriorSensitivityReport } from './result.js';

/**
 * Where a lift has no meaning, the assumed prior is this many standard deviations of the outcome:
 * two to three times the spread of true effects in public collections of retail experiments.
 */
export const PRIOR_OUTCOME_SDS = 0.005;

/** Standard errors the control mean must be away from 0 before a prior on the lift is scaled by it. */
const STABLE_MEAN_Z = 3;
const DAY_MS = 86_400_000;
const DAYS_PER_YEAR = 365;

export interface Belief {
  report: BayesianReport;
  /** The prior on the scale of the difference, for the comparison of the engines. */
  prior: ({ kind: 'normal' } & NormalPrior) | ({ kind: 'beta' } & BetaPrior);
}

/** Two arms as the frequentist half has measured them. */
export interface BelievedArms {
  pair: ArmPair;
  effect: Effect;
  analysis: Analysis;
  /** Units that would meet a shipped variant in a year; null while nobody was exposed. */
  unitsPerYear: number | null;
}

/** The Bayesian half: what to believe of the difference after seeing the data. */
export function believe(planned: PlannedMetric, arms: BelievedArms): Belief | NotComputed {
  const { prior } = planned;
  const belief =
    prior.kind === 'beta'
      ? believeRates(planned, prior, arms)
      : believeDifference(planned, prior, arms);
  if ('ok' in belief) return belief;
  const { report } = belief;
  if (planned.definition.kind === 'money' && arms.unitsPerYear !== null) {
    report.perYear = perYearOf(report, arms.unitsPerYear);
  }
  return belief;
}

/** All eligible units of a year at the pace of enrolment so far. */
export function unitsPerYear(plan: AnalysisPlan, moments: PlanMoments): number | null {
  const { units, asOf, enrolmentEndedAt } = moments;
  const enrolled = units.reduce((sum, n) => sum + n, 0);
  if (enrolled === 0) return null;
  const until = Date.parse(enrolmentEndedAt ?? asOf);
  const days = Math.max(1, (until - Date.parse(plan.launchedAt)) / DAY_MS);
  return Math.round((enrolled / days / plan.traffic) * DAYS_PER_YEAR);
}

function believeRates(
  { definition, source }: PlannedMetric,
  prior: { kind: 'beta' } & BetaPrior,
  arms: BelievedArms,
): Belief | NotComputed {
  const rope = ropeOf(arms);
  const answer = betaBinomial({
    ...conversionsOf(arms),
    prior,
    direction: definition.direction,
    level: 1 - arms.analysis.alpha,
    ...(rope === null ? {} : { rope }),
  });
  if (!answer.ok) return answer;
  const report: BayesianReport = {
    prior: { kind: 'beta', alpha: prior.alpha, beta: prior.beta, source },
    chanceToWin: answer.chanceToWin,
    expectedLoss: answer.expectedLossShip,
    expectedLossOfKeeping: answer.expectedLossKeep,
    ...boundsOf(answer.difference.interval),
    scale: 'absolute',
  };
  if (rope !== null && answer.ropeProbability !== undefined) {
    report.equivalence = { within: rope, probability: answer.ropeProbability };
  }
  const reference = referenceOf(definition.direction, arms);
  if (reference !== null) report.reference = reference;
  return { prior: { kind: 'beta', alpha: prior.alpha, beta: prior.beta }, report };
}

function believeDifference(
  { definition, source }: PlannedMetric,
  prior: NormalPrior,
  arms: BelievedArms,
): Belief | NotComputed {
  const { effect, analysis } = arms;
  const contrast = contrastOfMeans(effect.treatment, effect.control);
  if (!contrast.ok) return contrast;
  const used = priorOnDifference(prior, effect);
  const rope = ropeOf(arms);
  const given: NormalNormalInput & PriorSensitivityInput = {
    estimate: contrast.estimate,
    se: contrast.se,
    prior: { mean: used.mean, sd: used.sd },
    direction: definition.direction,
    level: 1 - analysis.alpha,
    threshold: 1 - analysis.alpha / 2,
  };
  if (rope !== null) given.rope = rope;
  const answer = normalNormal(given);
  if (!answer.ok) return answer;
  const { lower, upper } = boundsOf(answer.interval);
  const report: BayesianReport = {
    prior: normalPriorReport(prior, source, used),
    chanceToWin: answer.chanceToWin,
    expectedLoss: answer.expectedLossShip,
    expectedLossOfKeeping: answer.expectedLossKeep,
    lower,
    upper,
    scale: 'absolute',
    logBayesFactor: answer.logBayesFactor,
  };
  if (rope !== null && answer.ropeProbability !== undefined) {
    report.equivalence = { within: rope, probability: answer.ropeProbability };
  }
  const sensitivity = sensitivityOf(given);
  if (sensitivity !== null) report.sensitivity = sensitivity;
  if (isRate(definition.kind)) {
    const reference = referenceOf(definition.direction, arms);
    if (reference !== null) report.reference = reference;
  }
  return { prior: { kind: 'normal', mean: used.mean, sd: used.sd }, report };
}

/** The prior as declared, and as it was used on the scale of the difference. */
function normalPriorReport(
  { mean, sd }: NormalPrior,
  source: PriorSource,
  used: NormalPrior & { note?: string },
): PriorReport {
  const onDifference = { usedMean: used.mean, usedSd: used.sd };
  return used.note === undefined
    ? { kind: 'normal_relative', mean, sd, source, ...onDifference }
    : {
        kind: 'normal_absolute',
        mean: used.mean,
        sd: used.sd,
        source: 'assumed',
        ...onDifference,
        note: used.note,
      };
}

/** A prior on the lift becomes one on the difference by way of the control mean, where it has one. */
function priorOnDifference(
  prior: NormalPrior,
  { treatment, control, relative }: Effect,
): NormalPrior & { note?: string } {
  const { mean, varianceOfMean }: MeanWithVariance = relative.control;
  if (mean > 0 && mean > STABLE_MEAN_Z * Math.sqrt(varianceOfMean)) {
    return { mean: prior.mean * mean, sd: prior.sd * mean };
  }
  const squares = [treatment, control].map((arm) => (arm.variance ?? 0) * (arm.n - 1));
  const pooled = ((squares[0] ?? 0) + (squares[1] ?? 0)) / (treatment.n + control.n - 2);
  return {
    mean: 0,
    sd: PRIOR_OUTCOME_SDS * Math.sqrt(pooled),
    note:
      'The control mean is not clearly above 0, so a lift has no meaning here: the prior is ' +
      `${PRIOR_OUTCOME_SDS} standard deviations of the outcome around no difference.`,
  };
}

/** Half-width on the scale of the difference; null where nobody said what matters. */
function ropeOf({ analysis, effect }: BelievedArms): number | null {
  const size = analysis.smallestEffectThatMatters;
  if (size === undefined) return null;
  if (size.scale === 'absolute') return size.value;
  const width = size.value * Math.abs(effect.relative.control.mean);
  return width > 0 ? width : null;
}

/** Under half and double the prior SD. */
function sensitivityOf(input: PriorSensitivityInput): PriorSensitivityReport | null {
  const answer = priorSensitivity(input);
  if (!answer.ok) return null;
  const priors: PriorSensitivityReport['priors'] = [];
  for (const { factor, priorSd, chanceToWin, expectedLossShip, interval } of answer.answers) {
    if (factor === 1) continue;
    const { lower, upper } = boundsOf(interval);
    priors.push({ sd: priorSd, chanceToWin, expectedLoss: expectedLossShip, lower, upper });
  }
  return { robust: answer.robust, priors };
}

/** What either mistake costs in a year. */
function perYearOf(
  { expectedLoss, expectedLossOfKeeping }: BayesianReport,
  units: number,
): NonNullable<BayesianReport['perYear']> {
  return {
    units,
    expectedLoss: (expectedLoss ?? 0) * units,
    expectedLossOfKeeping: (expectedLossOfKeeping ?? 0) * units,
  };
}

function referenceOf(
  direction: PlannedMetric['definition']['direction'],
  arms: BelievedArms,
): NonNullable<BayesianReport['reference']> | null {
  const answer = betaBinomialChances({ ...conversionsOf(arms), prior: UNIFORM_PRIOR, direction });
  if (!answer.ok) return null;
  return { chanceToWin: answer.chanceToWin, expectedLoss: answer.expectedLossShip };
}

function conversionsOf({ pair: { treatment, control } }: BelievedArms) {
  return {
    treatment: { successes: treatment.nonZero, n: treatment.n },
    control: { successes: control.nonZero, n: control.n },
  };
}

/** The report where the posterior cannot be computed. */
export function unknownBelief({ prior, source }: PlannedMetric, why: NotComputed): BayesianReport {
  return { prior: { ...prior, source }, scale: 'absolute', notComputed: noteOf(why) };
}
