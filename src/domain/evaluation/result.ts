import type { CupedEstimator } from '../experiments/definition.js';
import type { PlannedRole, PriorSource } from '../experiments/plan.js';
import type { MetricKind } from '../metrics/metric.js';
import type { MetricUnit } from '../metrics/metric-unit.js';
import type { LeadingBasis, Verdict } from '../verdict/verdict.js';
import type { ColumnPart } from './counted-columns.js';
import type { HealthReport } from './health-report.js';
import type { CompositionReport, ProjectionReport, UnitsBasis } from './money-report.js';
import type { NotComputedNote } from './not-computed.js';
import type { TakenLook } from './planned-looks.js';
import type { WarningNote } from './warning-note.js';

/** One run of the analysis as it is stored and answered: plain JSON, every number finite. */

export const TEST_NAMES = [
  'welch',
  'score',
  'exact',
  'group_sequential',
  'confidence_sequence',
] as const;
/**
 * `welch`: the one planned look; `score` and `exact`: the same for few conversions;
 * `group_sequential`: one of several planned looks; `confidence_sequence`: any other look.
 */
export type TestName = (typeof TEST_NAMES)[number];

export interface ArmReport {
  variant: string;
  n: number;
  mean?: number;
  variance?: number;
  /** Of a quantile metric: events the quantile is taken over; `mean` is the quantile then. */
  events?: number;
  /** Where values are cut: the mean of the values as they came; `mean` is that of the cut ones. */
  uncappedMean?: number;
  nonZero: number;
}

export interface MaturityReport {
  /** Share of the cohort whose time has come. */
  fraction?: number;
  maturedUnits: number;
  units: number;
  /** Enrolment has ended and every unit's time has come. */
  wholeCohort: boolean;
  /** When the whole cohort will have matured, as far as it is known now. */
  closesAt?: string;
  /** Present while units have not matured: what waiting for all of them would do. */
  waiting?: WaitingReport;
  notComputed?: NotComputedNote;
}

/** How much narrower the interval would be once the whole cohort so far has matured. */
export interface WaitingReport {
  /** From this evaluation until then, rounded up. */
  days: number;
  /** Which comparison the widths now are of. */
  basis: UnitsBasis;
  variants: { variant: string; halfWidthNow: number; halfWidthThen: number }[];
}

/** Variant minus control. The bounds are those of the interval that is valid at this look. */
export interface AbsoluteEffect {
  estimate: number;
  lower: number;
  upper: number;
  standardError: number;
}

/** Variant over control, minus 1. */
export interface RelativeEffect {
  estimate?: number;
  lower?: number;
  upper?: number;
  notComputed?: NotComputedNote;
}

export interface AlwaysValid {
  lower: number;
  upper: number;
  pValue: number;
  /** The smallest of all looks so far, which is valid too. */
  runningPValue: number;
  /** Units of both arms at which it is narrowest. */
  nStar: number;
  /** False: too few outcomes other than 0 for a verdict. */
  burnInPassed: boolean;
}

/** A planned look of several, with what it used of alpha. */
export interface SequentialLook {
  look: number;
  looks: number;
  /** Of the planned units. */
  fraction: number;
  /** Alpha used up to this look. */
  alphaSpent: number;
  /** The bound on the normal scale. */
  bound: number;
  /** Beyond the bound: the difference is more than chance. */
  crossed: boolean;
  /**
   * Once crossed or at the end: the estimate that is as often too high as too low, and its
   * interval, which allow for the chance to stop early.
   */
  afterStopping?: { estimate: number; lower: number; upper: number };
  /**
   * At an early look, where the plan asks for it: at or below the bound a win at the end has become
   * unlikely. Advice only: alpha does not count on anybody stopping.
   */
  futility?: { bound: number; crossed: boolean };
}

export interface FrequentistReport {
  test: TestName;
  statistic: number;
  /** Of the t distribution; absent where the normal one is used. */
  degreesOfFreedom?: number;
  /** How many standard errors the shown interval reaches. */
  criticalValue: number;
  /** Absent at a look that the plan does not have. */
  pValue?: number;
  /** True: only known to be below `pValue`. */
  pValueIsBound?: boolean;
  /** Whether a p-value may be read at this look. */
  valid: boolean;
  why?: string;
  adjustment?: { method: 'dunnett' | 'bonferroni'; comparisons: number };
  /** For secondary metrics: the p-value among all of them (Benjamini and Hochberg 1995). */
  amongSecondary?: { method: 'benjamini_hochberg'; pValue: number; comparisons: number };
  sequential?: SequentialLook;
  /** Fewer than five in a cell: Fisher's test beside the score test. */
  exact?: { fisherP: number; midP: number };
  alwaysValid: AlwaysValid;
}

export const PRIOR_KINDS = ['normal_relative', 'normal_absolute', 'beta'] as const;

export interface PriorReport {
  kind: (typeof PRIOR_KINDS)[number];
  /** `normal_relative`: of the lift; `normal_absolute`: in the metric's unit. */
  mean?: number;
  sd?: number;
  /** The same on the scale of the difference, as it was used. */
  usedMean?: number;
  usedSd?: number;
  alpha?: number;
  beta?: number;
  source: PriorSource;
  note?: string;
}

export interface BayesianReport {
  prior: PriorReport;
  chanceToWin?: number;
  /** What shipping the variant costs on average per unit, in the metric's unit. */
  expectedLoss?: number;
  /** What keeping the control costs on average per unit. */
  expectedLossOfKeeping?: number;
  /** Credible interval of the difference. */
  lower?: number;
  upper?: number;
  scale: 'absolute';
  /** For rates: the exact answer under the prior that says nothing, Beta(1, 1). */
  reference?: { chanceToWin: number; expectedLoss: number };
  /**
   * Natural logarithm of how much better the data fit the prior than no effect; above 0 they speak
   * for an effect.
   */
  logBayesFactor?: number;
  /** Probability that the difference is too small to matter. */
  equivalence?: { within: number; probability: number };
  /** The same under a prior half as wide and one twice as wide. */
  sensitivity?: PriorSensitivityReport;
  /** For money: both mistakes over a year at the experiment's traffic, all eligible units. */
  perYear?: { units: number; expectedLoss: number; expectedLossOfKeeping: number };
  notComputed?: NotComputedNote;
}

export interface PriorSensitivityReport {
  /** The conclusion is the same under all of them. */
  robust: boolean;
  priors: {
    /** Standard deviation, on the scale of the difference. */
    sd: number;
    chanceToWin: number;
    expectedLoss: number;
    lower: number;
    upper: number;
  }[];
}

/** What the days before the exposure took out of the noise. */
export interface CupedReport {
  days: number;
  estimator: CupedEstimator;
  covariates: { name: ColumnPart; coefficient: number; used: boolean }[];
  /** Share of the variance of the difference that went away. */
  varianceReduction: number;
  /** The same comparison without it, at the same look. */
  unadjusted: AbsoluteEffect;
}

/** What weighing the strata took out of the difference. */
export interface StratifiedReport {
  attribute: string;
  /** Strata that were compared and weighed by their share of the units. */
  strata: number;
  /** Strata that joined others, having fewer than two units in an arm. */
  merged: number;
  /** The same comparison without it, at the same look. */
  unadjusted: AbsoluteEffect;
}

/** Where the values of a metric are cut, in its unit. */
export interface CapReport {
  low?: number;
  high: number;
  /** Of all arms together; the lower limit is the quantile 1 - this. Absent where none was taken. */
  quantile?: number;
  /** False: too few units have matured, so the next evaluation takes the limits anew. */
  frozen: boolean;
  /** The definition of the metric says where, not the data. */
  declared?: true;
}

export interface ComparisonReport {
  variant: string;
  control: string;
  absolute?: AbsoluteEffect;
  relative?: RelativeEffect;
  frequentist?: FrequentistReport;
  bayesian?: BayesianReport;
  agreement?: { agree: boolean; why?: string };
  /** Present when the plan adjusts: the numbers above are the adjusted ones. */
  cuped?: CupedReport;
  /** Present when the plan has strata: the numbers above are the weighed ones. */
  stratified?: StratifiedReport;
  /**
   * Present when outliers are cut: the numbers above are of the cut values, these of the values as
   * they came, at the same look. They estimate different things.
   */
  uncapped?: AbsoluteEffect;
  warnings?: WarningNote[];
  /** In place of the parts that are absent. */
  notComputed?: NotComputedNote;
}

/** Every unit of the cohort with what it has so far: for watching, never for deciding. */
export interface RunningReport {
  arms: ArmReport[];
  comparisons: {
    variant: string;
    control: string;
    absolute?: AbsoluteEffect;
    bayesian?: BayesianReport;
    notComputed?: NotComputedNote;
  }[];
}

export interface MetricReport {
  key: string;
  role: PlannedRole;
  kind: MetricKind;
  unit: MetricUnit;
  /** Of money; amounts are in major units. */
  currency?: string;
  /** The plan version that brought the metric. */
  sinceVersion: number;
  maturity: MaturityReport;
  /** The planned look this evaluation took of the metric, or read again. */
  look?: TakenLook & { looks: number; final: boolean };
  /** Where values are cut; of a winsorised metric once a unit has matured. */
  cap?: CapReport;
  /** Units whose time has come. */
  arms: ArmReport[];
  comparisons: ComparisonReport[];
  /** Present while units have not matured. */
  running?: RunningReport;
  /** Of money. */
  composition?: CompositionReport;
  /** Of the money that decides, where the comparison was computed. */
  projections?: ProjectionReport[];
}

/** One variant against the control among the units with one value of an attribute. */
export interface BreakdownComparison {
  variant: string;
  control: string;
  absolute?: AbsoluteEffect;
  /** Which interval it is. */
  by?: LeadingBasis;
  notComputed?: NotComputedNote;
}

export interface BreakdownMetric {
  key: string;
  unit: MetricUnit;
  /** Matured units. */
  arms: { variant: string; n: number; mean?: number }[];
  comparisons: BreakdownComparison[];
}

export interface BreakdownValue {
  /** null: the exposure said nothing. */
  value: string | null;
  /** All smaller values together. */
  isOther?: true;
  units: { variant: string; n: number }[];
  metrics: BreakdownMetric[];
}

/** Results by what the first exposure said of one attribute: for exploring, never for deciding. */
export interface Breakdown {
  attribute: string;
  note: string;
  values: BreakdownValue[];
}

export interface EvaluationResult {
  id: string;
  experimentKey: string;
  planVersion: number;
  cutoff: string;
  asOf: string;
  /** Of the code that computed it; absent in results from before it was named. */
  codeVersion?: string;
  /** The scheduled instant this evaluation belongs to. */
  slot?: string;
  /** Number of the planned look of the deciding metric. */
  plannedLook?: number;
  health: HealthReport;
  units: { variant: string; n: number }[];
  metrics: MetricReport[];
  /** Where the plan has dimensions. */
  breakdowns?: Breakdown[];
  verdict: Verdict;
}
