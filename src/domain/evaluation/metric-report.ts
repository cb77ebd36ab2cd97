import { explainAgreement } from '../../stats/agreement.js';
import { looksOf } from '../experiments/definition.js';
import type { AnalysisPlan, PlannedMetric } from '../experiments/plan.js';
import { maturedFraction, matureAt } from '../metrics/maturity.js';
import { isRate, type Metric } from '../metrics/metric.js';
import { metricUnit } from '../metrics/metric-unit.js';
import { believe, type BelievedArms, unknownBelief, unitsPerYear } from './believe.js';
import { compareArms, watchArms } from './compare-arms.js';
import { type ArmPair, comparisonsOf, noteOf } from './effects.js';
import { compositionOf } from './composition.js';
import { declaredCap, hasStrata } from './counted-columns.js';
import { dataWarnings } from './data-warnings.js';
import { CAP_FREEZE_UNITS, comparisonName, type EvaluationHistory } from './history.js';
import { type Effect, plainSummary } from './measure-effect.js';
import type { ArmMoments, CompositionMoments, MetricMoments, PlanMoments } from './moments.js';
import { type LookNow, lookNow } from './planned-looks.js';
import { projectionsOf } from './projection.js';
import type {
  ArmReport,
  CapReport,
  ComparisonReport,
  MaturityReport,
  MetricReport,
  RunningReport,
} from './result.js';
import { waitingOf } from './waiting.js';
import type { WarningNote } from './warning-note.js';

/** One metric of the plan with its numbers: what each arm did, and each variant against the control. */
export interface MetricCase {
  plan: AnalysisPlan;
  planned: PlannedMetric;
  moments: MetricMoments;
  all: PlanMoments;
  history: EvaluationHistory;
  /** By the schedule, not because somebody asked. */
  scheduled: boolean;
  /** The result names its code: those from before had fewer warnings, and stay as they were. */
  isNamed: boolean;
}

export function metricReport(one: MetricCase): MetricReport {
  const { plan, planned, moments } = one;
  const { definition } = planned;
  const maturity = maturityOf(one);
  const look = lookOf(one, maturity);
  const perYear = unitsPerYear(plan, one.all);
  const report: MetricReport = {
    key: definition.key,
    role: planned.inExperiment,
    kind: definition.kind,
    unit: metricUnit(definition.kind),
    sinceVersion: planned.sinceVersion,
    maturity,
    arms: armReports(one, moments.matured),
    comparisons: treatmentsOf(plan).map((index) => comparisonOf(one, index, look, perYear)),
  };
  if (definition.kind === 'money') report.currency = plan.currency;
  const cap = capOf(one, maturity.maturedUnits);
  if (cap !== undefined) report.cap = cap;
  if (look.is === 'planned') {
    const { taken, final } = look;
    report.look = { ...taken, looks: looksOf(plan.analysis), final };
  }
  if (!maturity.wholeCohort && maturity.units > 0) report.running = runningOf(one, perYear);
  const { compositions } = one.all;
  // Moments from before compositions say what they said, and no more.
  if (compositions === undefined) return report;
  addWaiting(one, report);
  const at = one.all.metrics.findIndex(({ key }) => key === moments.key);
  addMoney(one, report, { composition: compositions[at] ?? null, perYear });
  return report;
}

/** What waiting would do for the comparison, beside how much of the cohort has matured. */
function addWaiting({ all }: MetricCase, report: MetricReport): void {
  const { maturity, comparisons, running } = report;
  const { closesAt, maturedUnits, units } = maturity;
  if (closesAt === undefined) return;
  const waiting = waitingOf({
    asOf: all.asOf,
    closesAt,
    maturedUnits,
    units,
    comparisons: maturedUnits === 0 ? (running?.comparisons ?? []) : comparisons,
  });
  if (waiting !== undefined) maturity.waiting = waiting;
}

/** What the money is made of; of the money that decides also what its differences come to. */
function addMoney(
  { plan, planned, moments }: MetricCase,
  report: MetricReport,
  { composition, perYear }: { composition: CompositionMoments | null; perYear: number | null },
): void {
  const { definition, inExperiment } = planned;
  if (composition !== null) {
    const isWholeLedger = definition.moneyNames === undefined;
    const found = compositionOf({ plan, moments, composition, isWholeLedger });
    if (found !== undefined) report.composition = found;
  }
  if (inExperiment !== 'deciding' || definition.kind !== 'money') return;
  const projections = projectionsOf({
    comparisons: report.comparisons,
    units: Object.fromEntries(report.arms.map(({ variant, n }) => [variant, n])),
    unitsPerYear: perYear,
    isCapped: report.cap !== undefined,
  });
  if (projections.length > 0) report.projections = projections;
}

/** Positions of the variants that are compared with the control. */
export function treatmentsOf(plan: AnalysisPlan): number[] {
  const treatments: number[] = [];
  for (let index = 0; index < plan.variants.length; index += 1) {
    if (plan.variants[index]?.control === false) treatments.push(index);
  }
  return treatments;
}

/** What the plan takes out of the noise of means, and cannot of other numbers. */
function notAdjusted({ plan, planned }: MetricCase): WarningNote[] {
  const { cuped, stratifyBy } = plan.analysis;
  const { kind } = planned.definition;
  const isLeftOut =
    (cuped !== undefined && kind === 'quantile') ||
    (stratifyBy !== undefined && !hasStrata(planned.definition));
  if (!isLeftOut) return [];
  const detail = `A ${kind} is compared as it is: the adjustment of the plan is for means.`;
  return [{ code: 'not-adjusted', detail }];
}

/** Where the metric is cut; a limit of the data is frozen once an evaluation sees enough units. */
function capOf(
  { plan, planned, moments, history }: MetricCase,
  units: number,
): CapReport | undefined {
  const { winsorise } = planned.definition;
  const declared = declaredCap(planned.definition, plan.currency);
  if (declared !== null) return { high: declared, frozen: true, declared: true };
  const { cap } = moments;
  if (winsorise === undefined || cap === undefined) return undefined;
  return {
    ...(cap.low === null ? {} : { low: cap.low }),
    high: cap.high,
    quantile: winsorise.quantile,
    frozen: history.caps[moments.key] !== undefined || units >= CAP_FREEZE_UNITS,
  };
}

/** Whether the metric may be read at this evaluation. */
function lookOf(one: MetricCase, { maturedUnits, wholeCohort }: MaturityReport): LookNow {
  const { plan, moments, history } = one;
  return lookNow({
    analysis: plan.analysis,
    comparisons: comparisonsOf({ analysis: plan.analysis, sizes: sizesOf(plan, moments.matured) }),
    maturedUnits,
    wholeCohort,
    scheduled: one.scheduled,
    past: history.looks[moments.key] ?? [],
  });
}

/** The two arms of a comparison, as the statistics take them. */
export function pairOf(
  { plan, planned, moments, history }: MetricCase,
  which: 'matured' | 'running',
  treatment: number,
  look: LookNow,
): ArmPair {
  const control = controlIndex(plan);
  const arms = moments[which];
  const strata = moments.strata?.map((stratum) => ({
    treatment: armAt(stratum[which], treatment),
    control: armAt(stratum[which], control),
  }));
  const weightOf = (index: number) => plan.variants[index]?.weight ?? 0;
  const totalWeight = plan.variants.reduce((sum, { weight }) => sum + weight, 0);
  const name = comparisonName(moments.key, plan.variants[treatment]?.key ?? '');
  return {
    treatment: armAt(arms, treatment),
    control: armAt(arms, control),
    columns: moments.columns,
    ...(strata === undefined ? {} : { strata }),
    estimator: plan.analysis.cuped?.estimator ?? 'pooled',
    sizes: sizesOf(plan, arms),
    share: (weightOf(treatment) + weightOf(control)) / totalWeight,
    canBeNegative: canBeNegative(planned.definition),
    direction: planned.definition.direction,
    isRate: isRate(planned.definition.kind),
    analysis: plan.analysis,
    look,
    previousP: history.alwaysValidP[name] ?? 1,
  };
}

/** Counts and shares cannot; sums of values and money can. */
function canBeNegative({ kind, valueProperty, moneyNames, denominator }: Metric): boolean {
  if (kind === 'money' || kind === 'mean' || kind === 'quantile') return true;
  const sums = valueProperty ?? moneyNames ?? denominator?.valueProperty;
  return kind === 'ratio' && sums !== undefined;
}

function sizesOf(plan: AnalysisPlan, arms: readonly ArmMoments[]): ArmPair['sizes'] {
  return {
    control: armAt(arms, controlIndex(plan)).n,
    treatments: treatmentsOf(plan)
      .map((index) => armAt(arms, index).n)
      .filter((n) => n > 0),
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
  const report: MaturityReport = {
    maturedUnits,
    units,
    wholeCohort: enrolmentEndedAt !== null && units > 0 && maturedUnits === units,
  };
  if (fraction === null) {
    report.notComputed = { reason: 'no-units', detail: 'Nobody was exposed so far.' };
  } else {
    report.fraction = fraction;
  }
  if (lastExposureAt !== null) {
    report.closesAt = matureAt(new Date(lastExposureAt), planned.definition).toISOString();
  }
  return report;
}

function comparisonOf(
  one: MetricCase,
  index: number,
  look: LookNow,
  perYear: number | null,
): ComparisonReport {
  const { plan, planned, moments } = one;
  const names = namesOf(plan, index);
  if (sumOf(moments.matured) === 0) {
    const detail = 'No unit has had its whole window and settling time yet.';
    return { ...names, notComputed: { reason: 'not-matured', detail } };
  }
  const pair = pairOf(one, 'matured', index, look);
  const compared = compareArms(pair);
  if (!compared.ok) return { ...names, notComputed: noteOf(compared) };
  const { absolute, relative, frequentist, cuped, stratified, uncapped, warnings } = compared;
  const { variant, control } = names;
  const shown: ComparisonReport = { variant, control, absolute, relative, frequentist };
  if (cuped !== undefined) shown.cuped = cuped;
  if (stratified !== undefined) shown.stratified = stratified;
  if (uncapped !== undefined) shown.uncapped = uncapped;
  const notes = [...warnings, ...notAdjusted(one), ...(one.isNamed ? dataWarnings(pair) : [])];
  if (notes.length > 0) shown.warnings = notes;
  const belief = believe(planned, believedArms(pair, compared.effect, perYear));
  if ('ok' in belief) {
    shown.bayesian = unknownBelief(planned, belief);
    return shown;
  }
  const { agree, why } = explainAgreement({
    frequentist: {
      estimate: absolute.estimate,
      se: absolute.standardError,
      interval: { shape: 'interval', low: absolute.lower, high: absolute.upper },
      alpha: plan.analysis.alpha,
      look: look.is === 'open' ? 'open' : look.final ? 'final' : 'early',
    },
    bayesian: { chanceToWin: belief.report.chanceToWin ?? 0, prior: belief.prior },
    direction: planned.definition.direction,
    units: Math.min(pair.treatment.n, pair.control.n),
  });
  shown.bayesian = belief.report;
  shown.agreement = why === undefined ? { agree } : { agree, why };
  return shown;
}

function runningOf(one: MetricCase, perYear: number | null): RunningReport {
  const { plan, planned, moments } = one;
  return {
    arms: armReports(one, moments.running),
    comparisons: treatmentsOf(plan).map((index) => {
      const names = namesOf(plan, index);
      const pair = pairOf(one, 'running', index, { is: 'open' });
      const watched = watchArms(pair);
      if (!watched.ok) return { ...names, notComputed: noteOf(watched) };
      const belief = believe(planned, believedArms(pair, watched.effect, perYear));
      return {
        variant: names.variant,
        control: names.control,
        absolute: watched.absolute,
        bayesian: 'ok' in belief ? unknownBelief(planned, belief) : belief.report,
      };
    }),
  };
}

function believedArms(pair: ArmPair, effect: Effect, perYear: number | null): BelievedArms {
  return { pair, effect, analysis: pair.analysis, unitsPerYear: perYear };
}

export function namesOf(plan: AnalysisPlan, index: number): { variant: string; control: string } {
  const nameAt = (at: number) => plan.variants[at]?.key ?? '';
  return { variant: nameAt(index), control: nameAt(controlIndex(plan)) };
}

export function armReports(
  { plan, moments }: MetricCase,
  arms: readonly ArmMoments[],
): ArmReport[] {
  const { columns } = moments;
  return plan.variants.map(({ key }, index) => {
    const arm = armAt(arms, index);
    const summary = plainSummary(arm, columns);
    const { mean, variance } =
      'reason' in summary ? { ...NOTHING, mean: quantileOf(arm) } : summary;
    const report: ArmReport = { variant: key, n: arm.n, nonZero: arm.nonZero };
    if (arm.n > 0 && mean !== null) report.mean = mean;
    if (variance !== null && arm.quantile === undefined) report.variance = variance;
    if (arm.quantile !== undefined) report.events = arm.quantile.rows;
    if (arm.n > 0 && columns.includes('capped')) report.uncappedMean = arm.mean[0] ?? 0;
    return report;
  });
}

/** Known before its precision is. */
function quantileOf({ quantile }: ArmMoments): number | null {
  return quantile?.estimate ?? null;
}

const NOTHING = { mean: null, variance: null };

function armAt(arms: readonly ArmMoments[], index: number): ArmMoments {
  const arm = arms[index];
  if (arm === undefined) throw new RangeError('moments have an arm for each variant of the plan');
  return arm;
}

export function sumOf(arms: readonly ArmMoments[]): number {
  return arms.reduce((sum, { n }) => sum + n, 0);
}
