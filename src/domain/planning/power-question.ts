import type { NotComputedNote } from '../evaluation/not-computed.js';
import type { Analysis, SpendingKind, UnitKind } from '../experiments/definition.js';
import type { Direction, MetricKind, Sized } from '../metrics/metric.js';
import type { MetricUnit } from '../metrics/metric-unit.js';

/** What a test can show before its first unit: units, days, money, and the same in words. */

export interface PlannedFor {
  key: string;
  name: string;
  kind: MetricKind;
  unit: MetricUnit;
  currency?: string;
  direction: Direction;
  /** Days after a unit's exposure until its number is complete. */
  waitingDays: number;
}

/** What a unit does without the change, and how many come. */
export interface Baseline {
  source: 'measured' | 'declared';
  mean: number;
  standardDeviation: number;
  /** Units that it was measured on. */
  units?: number;
  /** False: none had its whole window yet, so the mean may still grow. */
  matured?: boolean;
  /** Eligible units a day; null where nobody knows. */
  unitsPerDay: number | null;
}

export interface PowerQuestion {
  metric: PlannedFor;
  baseline: Baseline;
  unitKind: UnitKind;
  analysis: Pick<
    Analysis,
    'alpha' | 'test' | 'adjustment' | 'plannedLooks' | 'plannedUnits' | 'spending'
  >;
  power: number;
  /** The control first. */
  weights: readonly number[];
  /** Share of the eligible units that enter. */
  traffic: number;
  guardrails: number;
  /** Share of the variance that an adjustment takes away. */
  varianceReduction: number;
  /** Asks for "not worse than this" in place of a difference. */
  margin?: Sized;
  effects: readonly Sized[];
  days: readonly number[];
}

export interface EffectSize {
  /** In the metric's unit. */
  absolute: number;
  /** Of the control mean; absent unless that is above 0. */
  relative?: number;
  /** For money: what the effect is worth in a year, over all eligible units. */
  perYear?: number;
}

/** How long it takes to find an effect. */
export interface EffectPlan {
  effect: EffectSize;
  /** In the whole experiment, all variants together. */
  unitsNeeded?: number;
  unitsPerVariant?: number[];
  /** Of enrolment. */
  days?: number;
  /** From the launch until the last unit has matured. */
  daysToResult?: number;
  sentence: string;
  notComputed?: NotComputedNote;
}

/** What can be found in a time. */
export interface TimePlan {
  /** Of enrolment. */
  days: number;
  units?: number;
  smallestEffect?: EffectSize;
  sentence: string;
  notComputed?: NotComputedNote;
}

export interface PowerPlan {
  metric: Pick<PlannedFor, 'key' | 'name' | 'unit' | 'currency'>;
  unitKind: UnitKind;
  baseline: Baseline;
  test: {
    kind: Analysis['test'];
    alpha: number;
    power: number;
    /** What each single test must reach so that metric and guardrails pass together. */
    powerPerTest: number;
    variants: number;
    looks?: number;
    spending?: SpendingKind;
    /** Units at which the always-valid interval is narrowest. */
    nStar?: number;
    varianceReduction: number;
  };
  effects: EffectPlan[];
  times: TimePlan[];
  /** The answer in one sentence. */
  sentence: string;
  warnings: string[];
}
