import { explainAgreement } from '../../stats/agreement.js';
import type { AnalysisPlan, PlannedMetric } from '../experiments/plan.js';
import { maturedFraction, matureAt } from '../metrics/maturity.js';
import type { MetricKind } from '../metrics/metric.js';
import { believe, unknownBelief } from './believe.js';
import { type ArmPair, compareArms, noteOf, watchArms } from './compare-arms.js';
import { type ArmMoments, type MetricMoments, type PlanMoments, varianceOf } from './moments.js';
import type {
  ArmReport,
  ComparisonReport,
  MaturityReport,
  MetricReport,
  MetricUnit,
  RunningReport,
} from './result.js';

/** One metric of the plan with its numbers: what each arm did, and each variant against the control. */
export interface MetricCase {
  plan: AnalysisPlan;
  planned: PlannedMetric;
  moments: MetricMoments;
  all: PlanMoments;
}

const UNITS: Readonly<Record<MetricKind, MetricUnit>> = {
  proportion: 'share',
  count: 'count',
  mean: 'value',
  money: 'currency',
};

export function metricReport(one: MetricCase): MetricReport {
  const { plan, planned, moments } = one;
  const { definition } = planned;
  const maturity = maturityOf(one);
  return {
    key: definition.key,
    role: planned.inExperiment,
    kind: definition.kind,
    unit: UNITS[definition.kind],
    ...(definition.kind === 'money' ? { currency: plan.currency } : {}),
    sinceVersion: planned.sinceVersion,
    maturity,
    arms: armReports(plan, moments.matured),
    comparisons: treatmentsOf(plan).map((index) => comparisonOf(one, index, maturity.wholeCohort)),
    ...(maturity.wholeCohort || maturity.units === 0 ? {} : { running: runningOf(one) }),
  };
}

/** Positions of the variants that are compared with the control. */
export function treatmentsOf(plan: AnalysisPlan): number[] {
  return plan.variants.flatMap(({ control }, index) => (control ? [] : [index]));
}

/** The two arms of a comparison, as the statistics take them. */
export function pairOf(
  { plan, planned }: MetricCase,
  arms: readonly ArmMoments[],
  treatment: number,
  finalLook: boolean,
): ArmPair {
  const control = controlIndex(plan);
  const weightOf = (index: number) => plan.variants[index]?.weight ?? 0;
  const totalWeight = plan.variants.reduce((sum, { weight }) => sum + weight, 0);
  const sizes = treatmentsOf(plan).map((index) => armAt(arms, index).n);
  return {
    treatment: armAt(arms, treatment),
    control: armAt(arms, control),
    sizes: { control: armAt(arms, control).n, treatments: sizes.filter((n) => n > 0) },
    share: (weightOf(treatment) + weightOf(control)) / totalWeight,
    canBeNegative: planned.definition.kind === 'money' || planned.definition.kind === 'mean',
    analysis: plan.analysis,
    finalLook,
  };
}

export function controlIndex(plan: AnalysisPlan): number {
  const index = plan.variants.findIndex(({ control }) => control);
  if (index < 0) throw new RangeError('a plan has a control');
  return index;
}

function maturityOf({ planned, moments, all }: MetricCase): MaturityReport {
  const units = sumOf(moments.running);
  const maturedUnits = sumOf(moments.matured);
  const fraction = maturedFraction({ matured: maturedUnits, exposed: units });
  const { lastExposureAt, enrolmentEndedAt } = all;
  return {
    ...(fraction === null
      ? { notComputed: { reason: 'no-units' as const, detail: 'Nobody was exposed so far.' } }
      : { fraction }),
    maturedUnits,
    units,
    wholeCohort: enrolmentEndedAt !== null && units > 0 && maturedUnits === units,
    ...(lastExposureAt === null
      ? {}
      : { closesAt: matureAt(new Date(lastExposureAt), planned.definition).toISOString() }),
  };
}

function comparisonOf(one: MetricCase, index: number, finalLook: boolean): ComparisonReport {
  const { plan, planned, moments } = one;
  const names = namesOf(plan, index);
  if (sumOf(moments.matured) === 0) {
    const detail = 'No unit has had its whole window and settling time yet.';
    return { ...names, notComputed: { reason: 'not-matured', detail } };
  }
  const pair = pairOf(one, moments.matured, index, finalLook);
  const compared = compareArms(pair);
  if (!compared.ok) return { ...names, notComputed: noteOf(compared) };
  const { absolute, relative, frequentist } = compared;
  const belief = believe(planned, pair, 1 - plan.analysis.alpha);
  if ('ok' in belief) {
    const bayesian = unknownBelief(planned, belief);
    return { ...names, absolute, relative, frequentist, bayesian };
  }
  const { cause: _, ...agreement } = explainAgreement({
    frequentist: {
      estimate: absolute.estimate,
      se: absolute.standardError,
      interval: { shape: 'interval', low: absolute.lower, high: absolute.upper },
      alpha: plan.analysis.alpha,
      validLook: frequentist.test === 'welch',
    },
    bayesian: { chanceToWin: belief.report.chanceToWin ?? 0, prior: belief.prior },
    direction: planned.definition.direction,
    units: Math.min(pair.treatment.n, pair.control.n),
  });
  return { ...names, absolute, relative, frequentist, bayesian: belief.report, agreement };
}

function runningOf(one: MetricCase): RunningReport {
  const { plan, planned, moments } = one;
  return {
    arms: armReports(plan, moments.running),
    comparisons: treatmentsOf(plan).map((index) => {
      const names = namesOf(plan, index);
      const pair = pairOf(one, moments.running, index, false);
      const watched = watchArms(pair);
      if (!watched.ok) return { ...names, notComputed: noteOf(watched) };
      const belief = believe(planned, pair, 1 - plan.analysis.alpha);
      return {
        ...names,
        absolute: watched.absolute,
        bayesian: 'ok' in belief ? unknownBelief(planned, belief) : belief.report,
      };
    }),
  };
}

function namesOf(plan: AnalysisPlan, index: number): { variant: string; control: string } {
  const nameAt = (at: number) => plan.variants[at]?.key ?? '';
  return { variant: nameAt(index), control: nameAt(controlIndex(plan)) };
}

function armReports(plan: AnalysisPlan, arms: readonly ArmMoments[]): ArmReport[] {
  return plan.variants.map(({ key }, index) => {
    const arm = armAt(arms, index);
    const variance = varianceOf(arm);
    return {
      variant: key,
      n: arm.n,
      ...(arm.n === 0 ? {} : { mean: arm.mean }),
      ...(variance === null ? {} : { variance }),
      nonZero: arm.nonZero,
    };
  });
}

function armAt(arms: readonly ArmMoments[], index: number): ArmMoments {
  const arm = arms[index];
  if (arm === undefined) throw new RangeError('moments have an arm for each variant of the plan');
  return arm;
}

function sumOf(arms: readonly ArmMoments[]): number {
  return arms.reduce((sum, { n }) => sum + n, 0);
}
