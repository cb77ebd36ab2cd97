import { ApiProperty } from '@nestjs/swagger';
import {
  SPENDINGS,
  type SpendingKind,
  type TestKind,
  TESTS,
  UNIT_KINDS,
  type UnitKind,
} from '../../../domain/experiments/definition.js';
import type { NotComputedWhy } from '../../../domain/evaluation/not-computed.js';
import { NOT_COMPUTED } from '../../../domain/evaluation/not-computed.js';
import { METRIC_UNITS, type MetricUnit } from '../../../domain/metrics/metric-unit.js';
import type { PowerPlan } from '../../../domain/planning/power-question.js';

/** Why a plan has no number. */
export class NotPlannedDto {
  @ApiProperty({ enum: NOT_COMPUTED, enumName: 'NotComputedReason' })
  reason: NotComputedWhy;
  /** The reason in a sentence. */
  detail: string;
}

/** The metric that was planned for. */
export class PlannedForDto {
  key: string;
  name: string;
  /** What a mean of it is. */
  @ApiProperty({ enum: METRIC_UNITS, enumName: 'MetricUnit' })
  unit: MetricUnit;
  currency?: string;
}

/** What a unit does without the change, and how many come. */
export class BaselineDto {
  /** `measured`: on the units of the last weeks, as if each had been exposed when it was first seen. */
  @ApiProperty({ enum: ['measured', 'declared'], enumName: 'BaselineSource' })
  source: 'measured' | 'declared';
  /** Per unit. */
  mean: number;
  /** Between units. */
  standardDeviation: number;
  /** Units that it was measured on. */
  @ApiProperty({ type: 'integer', required: false })
  units?: number;
  /** False: no unit has had its whole time yet, so the mean may still grow. */
  matured?: boolean;
  /** Eligible units a day; null where nobody knows. */
  @ApiProperty({ type: 'number', nullable: true })
  unitsPerDay: number | null;
}

/** How the numbers would be read. */
export class PlannedTestDto {
  /** When the numbers are read. */
  @ApiProperty({ enum: TESTS, enumName: 'TestKind' })
  kind: TestKind;
  /** Two-sided error rate over all variants. */
  alpha: number;
  /** Chance to find the effect when it is there, guardrails included. */
  power: number;
  /** What each single test must reach for that. */
  powerPerTest: number;
  /** The control included. */
  @ApiProperty({ type: 'integer' })
  variants: number;
  /** Planned looks; absent where any number is as good. */
  @ApiProperty({ type: 'integer', required: false })
  looks?: number;
  /** How planned looks share the error rate. */
  @ApiProperty({ enum: SPENDINGS, enumName: 'SpendingKind', required: false })
  spending?: SpendingKind;
  /** Units at which the always-valid interval is narrowest. */
  nStar?: number;
  /** Share of the variance that is taken away. */
  varianceReduction: number;
}

/** A size of an effect. */
export class PlannedEffectDto {
  /** In the metric's unit; below 0 where less is better. */
  absolute: number;
  /** As a share of the baseline; absent unless that is above 0. */
  relative?: number;
  /** For money: what it is worth in a year over all eligible units, in the metric's currency. */
  perYear?: number;
}

/** How long it takes to find an effect. */
export class EffectPlanDto {
  /** The size that is looked for. */
  effect: PlannedEffectDto;
  /** In all variants together. */
  @ApiProperty({ type: 'integer', required: false })
  unitsNeeded?: number;
  /** In the order of the weights. */
  @ApiProperty({ type: 'integer', isArray: true, required: false })
  unitsPerVariant?: number[];
  /** Days of enrolment. */
  @ApiProperty({ type: 'integer', required: false })
  days?: number;
  /** Days from the launch until the last unit has had its whole time. */
  daysToResult?: number;
  /** The same in words. */
  sentence: string;
  notComputed?: NotPlannedDto;
}

/** What can be found in a time. */
export class TimePlanDto {
  /** Days of enrolment. */
  @ApiProperty({ type: 'integer' })
  days: number;
  /** That enter in that time. */
  @ApiProperty({ type: 'integer', required: false })
  units?: number;
  /** Absent where the time is too short for any. */
  smallestEffect?: PlannedEffectDto;
  /** The same in words. */
  sentence: string;
  notComputed?: NotPlannedDto;
}

/** What a test could show, in units, days and money, and in words. */
export class PowerPlanDto {
  metric: PlannedForDto;
  /** What is randomised. */
  @ApiProperty({ enum: UNIT_KINDS, enumName: 'UnitKind' })
  unitKind: UnitKind;
  baseline: BaselineDto;
  test: PlannedTestDto;
  /** How long each effect takes. */
  effects: EffectPlanDto[];
  /** How small an effect each time can show. */
  times: TimePlanDto[];
  /** The answer in one sentence. */
  sentence: string;
  /** What to know before relying on it. */
  warnings: string[];

  static from(plan: PowerPlan): PowerPlanDto {
    return plan;
  }
}
