import type { PlannedRole, PriorSource } from '../experiments/plan.js';
import type { MetricKind } from '../metrics/metric.js';
import type { Verdict } from '../verdict/verdict.js';

/** One run of the analysis as it is stored and answered: plain JSON, every number finite. */

export const NOT_COMPUTED = [
  'not-matured',
  'no-variance',
  'too-few',
  'no-control-events',
  'srm',
  'not-identified',
  'empty-arm',
  'bad-input',
  'open-ended',
  'no-units',
] as const;
export type NotComputedWhy = (typeof NOT_COMPUTED)[number];

/** Stands beside numbers that are not there, and says why. */
export interface NotComputedNote {
  reason: NotComputedWhy;
  detail: string;
}

export const METRIC_UNITS = ['share', 'count', 'value', 'currency'] as const;
export type MetricUnit = (typeof METRIC_UNITS)[number];

export const TEST_NAMES = ['welch', 'confidence_sequence'] as const;
export type TestName = (typeof TEST_NAMES)[number];

export const SRM_STATES = ['ok', 'failed', 'not_computed'] as const;

/** Do the arms have the sizes that their weights promise? */
export interface SampleRatioReport {
  status: (typeof SRM_STATES)[number];
  observed: number[];
  expected?: number[];
  chiSquare?: number;
  degreesOfFreedom?: number;
  /** Of this look. */
  pValue?: number;
  /** Stays valid however often one looks. */
  sequentialPValue?: number;
  notComputed?: NotComputedNote;
}

export interface HealthReport {
  srm: SampleRatioReport;
  crossovers: number;
  /** Of the cohort's units, crossovers included. */
  crossoverShare?: number;
  lateEvents: number;
  outsideCohort: number;
}

export interface ArmReport {
  variant: string;
  n: number;
  mean?: number;
  variance?: number;
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
  notComputed?: NotComputedNote;
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
  /** False: too few outcomes other than 0 for a verdict. */
  burnInPassed: boolean;
}

export interface FrequentistReport {
  test: TestName;
  statistic: number;
  degreesOfFreedom: number;
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
  notComputed?: NotComputedNote;
}

export interface ComparisonReport {
  variant: string;
  control: string;
  absolute?: AbsoluteEffect;
  relative?: RelativeEffect;
  frequentist?: FrequentistReport;
  bayesian?: BayesianReport;
  agreement?: { agree: boolean; why?: string };
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
  /** Units whose time has come. */
  arms: ArmReport[];
  comparisons: ComparisonReport[];
  /** Present while units have not matured. */
  running?: RunningReport;
}

export interface EvaluationResult {
  id: string;
  experimentKey: string;
  planVersion: number;
  cutoff: string;
  asOf: string;
  /** The scheduled instant this evaluation belongs to. */
  slot?: string;
  /** Number of the planned look: there is one, when the whole cohort has matured. */
  plannedLook?: number;
  health: HealthReport;
  units: { variant: string; n: number }[];
  metrics: MetricReport[];
  verdict: Verdict;
}
