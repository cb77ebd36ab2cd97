import { IsArray, ArrayMaxSize, IsInt, IsNumber, Max, Min } from 'class-validator';
import { ApiProperty } from '@nestjs/swagger';
import {
  type Adjustment,
  ADJUSTMENTS,
  PLANNED_LOOKS_MAX,
  type SpendingKind,
  SPENDINGS,
  type TestKind,
  TESTS,
  UNIT_KINDS,
  type UnitKind,
} from '../../../domain/experiments/definition.js';
import { type Scale, SCALES } from '../../../domain/metrics/metric.js';
import {
  Count,
  EnumOf,
  Fraction,
  Key,
  Maybe,
  Nested,
  NestedList,
  Quantity,
} from '../../../platform/http/fields.js';

const LIST_MAX = 20;
const DAYS_MAX = 3650;

/** A size that says on which scale it is meant. */
export class PlannedSizeDto {
  @Quantity(0, 1e12)
  value: number;

  @EnumOf(SCALES, 'Scale')
  scale: Scale;
}

/** What a unit does without the change, where you know better than the log. */
export class BaselineBodyDto {
  /** Per unit: a rate for a proportion, major units for money. */
  @Quantity(-1e12, 1e12)
  mean: number;

  /** Between units; follows from the mean of a proportion. */
  @Maybe()
  @Quantity(0, 1e12)
  standardDeviation?: number;
}

/** A test that might be run: what could it show? Whatever is absent is measured or has a default. */
export class PowerQuestionDto {
  /** The metric that decides; `profit` when absent. */
  @Maybe()
  @Key()
  metric?: string;

  /** Measured on the units of the last weeks when absent. */
  @Maybe()
  @Nested(() => BaselineBodyDto)
  baseline?: BaselineBodyDto;

  /** Eligible units a day; measured on the last four weeks when absent. */
  @Maybe()
  @Quantity(0, 1e12)
  unitsPerDay?: number;

  /** What is randomised; `visitor` when absent. */
  @Maybe()
  @EnumOf(UNIT_KINDS, 'UnitKind')
  unit?: UnitKind;

  /** Weights of the variants, the control first; two equal ones when absent. */
  @Maybe()
  @IsArray()
  @ArrayMaxSize(LIST_MAX)
  @IsNumber({ allowNaN: false, allowInfinity: false }, { each: true })
  @ApiProperty({ type: 'array', items: { type: 'number' } })
  weights?: number[];

  /** Share of the eligible units that enter; all when absent. */
  @Maybe()
  @Fraction()
  traffic?: number;

  /** Two-sided error rate; 0.05 when absent. */
  @Maybe()
  @Fraction()
  alpha?: number;

  /** Chance to find the effect when it is there; 0.8 when absent. */
  @Maybe()
  @Fraction()
  power?: number;

  /** When the numbers are read; follows from plannedLooks, and is `fixed_horizon` without them. */
  @Maybe()
  @EnumOf(TESTS, 'TestKind')
  test?: TestKind;

  /** Planned looks, the end included. */
  @Maybe()
  @Count(1, PLANNED_LOOKS_MAX)
  plannedLooks?: number;

  /** How planned looks share the error rate; `obrien_fleming` when absent. */
  @Maybe()
  @EnumOf(SPENDINGS, 'SpendingKind')
  spending?: SpendingKind;

  /** For an open-ended test: units at which its interval is narrowest. */
  @Maybe()
  @Count(1, 1e9)
  plannedUnits?: number;

  /** How several variants share the error rate; `dunnett` when absent. */
  @Maybe()
  @EnumOf(ADJUSTMENTS, 'Adjustment')
  adjustment?: Adjustment;

  /** Guardrails that must hold as well: each of them can stop a good change. */
  @Maybe()
  @Count(0, 100)
  guardrails?: number;

  /** Share of the variance that CUPED is expected to take away. */
  @Maybe()
  @Fraction()
  varianceReduction?: number;

  /** Asks for "not worse by this much" in place of a difference. */
  @Maybe()
  @Nested(() => PlannedSizeDto)
  margin?: PlannedSizeDto;

  /** Effects whose time you want to know; lifts of 1, 2, 5 and 10% when absent. */
  @Maybe()
  @NestedList(() => PlannedSizeDto, LIST_MAX)
  effects?: PlannedSizeDto[];

  /** Days whose smallest effect you want to know; 14 and 28 when absent. */
  @Maybe()
  @IsArray()
  @ArrayMaxSize(LIST_MAX)
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(DAYS_MAX, { each: true })
  @ApiProperty({ type: 'array', items: { type: 'integer', minimum: 1, maximum: DAYS_MAX } })
  days?: number[];
}
