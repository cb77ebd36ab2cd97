import { ancova } from '../../../src/stats/adjustment/ancova.js';
import { cuped } from '../../../src/stats/adjustment/cuped.js';
import { linInteracted } from '../../../src/stats/adjustment/lin-interacted.js';
import { postStratified } from '../../../src/stats/adjustment/post-stratified.js';
import { confidenceSequence } from '../../../src/stats/confidence-sequence.js';
import { studentT } from '../../../src/stats/distributions.js';
import { type FiellerInput, relativeLift } from '../../../src/stats/fieller.js';
import { armSummary, type Moments } from '../../../src/stats/moments.js';
import type { ArmSummary, Interval } from '../../../src/stats/outcome.js';
import { ratioSummary } from '../../../src/stats/ratio-metric.js';
import { quantileDifference } from '../../../src/stats/rows/quantile-difference.js';
import { contrastOfMeans, welch } from '../../../src/stats/welch.js';
import { meanOf } from './comparison-checkers.js';
import { BEFORE, type Experiment, momentsOf, ORDERS, type Unit, Y } from './experiment-rows.js';
import { computed } from './require-computed.js';

/** What every comparison of two arms says of the difference treatment - control. */
export interface Reading {
  estimate: number;
  statistic: number;
  p: number;
  interval: Interval;
  /** The lift by Fieller with the critical value of the test; null where the method has none. */
  lift: Interval | null;
}

export interface Method {
  read(experiment: Experiment, alpha: number): Reading;
  /** False where the p-value depends on alpha: order statistics and tuned sequences do. */
  hasOneP: boolean;
}

/** All comparisons of two arms, from the units up. */
export const METHODS: Readonly<Record<string, Method>> = {
  welch: { read: (experiment, alpha) => ofMeans(summaries(experiment), alpha), hasOneP: true },
  'cuped and welch': { read: cupedReading, hasOneP: true },
  lin: { read: linReading, hasOneP: true },
  ancova: { read: ancovaReading, hasOneP: true },
  'ratio and welch': {
    read: (experiment, alpha) =>
      ofMeans(
        byArm(experiment, (units) => computed(ratioSummary(momentsOf(units), Y, ORDERS))),
        alpha,
      ),
    hasOneP: true,
  },
  'post-stratified': { read: stratifiedReading, hasOneP: true },
  'confidence sequence': { read: sequenceReading, hasOneP: false },
  'difference of medians': { read: quantileReading, hasOneP: false },
};

interface ByArm<Value> {
  treatment: Value;
  control: Value;
}

function byArm<Value>(
  { treatment, control }: Experiment,
  of: (units: readonly Unit[]) => Value,
): ByArm<Value> {
  return { treatment: of(treatment), control: of(control) };
}

function momentsByArm(experiment: Experiment): ByArm<Moments> {
  return byArm(experiment, momentsOf);
}

function summaries(experiment: Experiment): ByArm<ArmSummary> {
  return byArm(experiment, (units) => armSummary(momentsOf(units), Y));
}

function liftOf(input: FiellerInput): Interval {
  return computed(relativeLift({ ...input, canBeNegative: false })).interval;
}

function ofMeans(
  arms: ByArm<ArmSummary>,
  alpha: number,
  means: Omit<FiellerInput, 'criticalValue'> = {
    treatment: meanOf(arms.treatment),
    control: meanOf(arms.control),
  },
): Reading {
  const test = computed(welch({ ...arms, alpha }));
  const { estimate, statistic, pValue: p, interval, criticalValue } = test;
  return { estimate, statistic, p, interval, lift: liftOf({ ...means, criticalValue }) };
}

/** A difference with its degrees of freedom, read as Welch's is. */
function ofContrast(
  { estimate, se, df }: { estimate: number; se: number; df: number },
  alpha: number,
  means: Omit<FiellerInput, 'criticalValue'> | null,
): Reading {
  const criticalValue = -studentT.quantile(alpha / 2, df);
  const statistic = estimate / se;
  return {
    estimate,
    statistic,
    p: 2 * studentT.survival(Math.abs(statistic), df),
    interval: {
      shape: 'interval',
      low: estimate - criticalValue * se,
      high: estimate + criticalValue * se,
    },
    lift: means === null ? null : liftOf({ ...means, criticalValue }),
  };
}

function cupedReading(experiment: Experiment, alpha: number): Reading {
  const adjusted = computed(
    cuped({ ...momentsByArm(experiment), outcome: Y, covariates: [BEFORE] }),
  );
  return ofMeans(adjusted, alpha, adjusted.relative);
}

function linReading(experiment: Experiment, alpha: number): Reading {
  const result = computed(
    linInteracted({ ...momentsByArm(experiment), outcome: Y, covariates: [BEFORE] }),
  );
  return ofContrast(result, alpha, result);
}

function ancovaReading(experiment: Experiment, alpha: number): Reading {
  const result = computed(
    ancova({ ...momentsByArm(experiment), outcome: Y, covariates: [BEFORE] }),
  );
  return ofContrast(result, alpha, null);
}

function stratifiedReading(experiment: Experiment, alpha: number): Reading {
  const strata = ([0, 1] as const).map((stratum) =>
    summaries({
      treatment: experiment.treatment.filter((unit) => unit.stratum === stratum),
      control: experiment.control.filter((unit) => unit.stratum === stratum),
    }),
  );
  const result = computed(postStratified(strata));
  return ofContrast(result, alpha, result);
}

function sequenceReading(experiment: Experiment, alpha: number): Reading {
  const arms = summaries(experiment);
  const { estimate, se } = computed(contrastOfMeans(arms.treatment, arms.control));
  const n = arms.treatment.n + arms.control.n;
  const nonZero = { treatment: arms.treatment.n, control: arms.control.n };
  const result = computed(confidenceSequence({ estimate, se, n, nStar: 80, alpha, nonZero }));
  const means = { treatment: meanOf(arms.treatment), control: meanOf(arms.control) };
  return {
    estimate,
    statistic: estimate / se,
    p: result.pValue,
    interval: result.interval,
    lift: liftOf({ ...means, criticalValue: result.multiplier }),
  };
}

function quantileReading(experiment: Experiment, alpha: number): Reading {
  const values = byArm(experiment, (units) => ({ values: units.map(({ y }) => y) }));
  const result = computed(quantileDifference({ ...values, quantile: 0.5, alpha }));
  const { estimate, statistic, pValue: p, interval } = result;
  return { estimate, statistic, p, interval, lift: null };
}
