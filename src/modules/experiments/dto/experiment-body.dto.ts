import { ApiProperty, PartialType } from '@nestjs/swagger';
import { Allow } from 'class-validator';
import { CONDITIONS_MAX } from '../../../domain/assignment/conditions.js';
import { type Population, POPULATIONS } from '../../../domain/evidence/dossier.js';
import {
  type Adjustment,
  ADJUSTMENTS,
  type Assignment,
  ASSIGNMENTS,
  CUPED_ESTIMATORS,
  type CupedEstimator,
  DIMENSIONS_MAX,
  EXPERIMENT_KINDS,
  type ExperimentKind,
  type FlagValue,
  PLANNED_LOOKS_MAX,
  POLICY_PROFILES,
  type PolicyProfile,
  RELATIVE_QUANTILES,
  type RelativeQuantile,
  type SpendingKind,
  SPENDINGS,
  type TestKind,
  TESTS,
  type Touch,
  TOUCHES,
  UNIT_KINDS,
  type UnitKind,
} from '../../../domain/experiments/definition.js';
import { FILTER_PROPERTY_MAX } from '../../../domain/metrics/filter.js';
import { type Scale, SCALES } from '../../../domain/metrics/metric.js';
import {
  Count,
  EnumOf,
  EnumsOf,
  Flag,
  Id,
  Key,
  Maybe,
  Name,
  Names,
  Nested,
  NestedList,
  Quantity,
  Text,
  Texts,
} from '../../../platform/http/fields.js';
import { FilterDto } from '../../../platform/http/filter.dto.js';
import { RationaleDto } from './rationale.dto.js';
import { ScheduleDto } from './schedule.dto.js';

/** One arm. */
export class VariantDto {
  @Key()
  key: string;

  @Name()
  name: string;

  /** Share of the traffic, relative to the other weights. */
  @Quantity(0, 1e6)
  weight: number;

  /** What clients receive; the key when no variant has a value. All variants have one JSON type. */
  @Allow()
  @ApiProperty({
    required: false,
    oneOf: [
      { type: 'string' },
      { type: 'number' },
      { type: 'boolean' },
      { type: 'object', additionalProperties: true },
    ],
  })
  value?: FlagValue;

  /** The arm everything is compared with; the first one when none is marked. */
  @Maybe()
  @Flag()
  control?: boolean;
}

/** One condition on what clients say of a unit: a filter as metrics have them, on an attribute. */
export class ConditionDto extends FilterDto {
  /** The name of the attribute as clients send it, without a dot or a leading dollar sign: `plan`. */
  @Text(FILTER_PROPERTY_MAX)
  override property: string;
}

/** Whom the change is for: decides whose words are first-hand. */
export class AudienceDto {
  @EnumsOf(POPULATIONS, 'Population')
  populations: Population[];

  @Maybe()
  @Texts()
  stages?: string[];

  /**
   * Who enters the test, by what clients say of a unit: all must hold. Units that do not meet them
   * get the control and are no part of the test. Not with `assignment: external`.
   */
  @Maybe()
  @NestedList(() => ConditionDto, CONDITIONS_MAX)
  conditions?: ConditionDto[];
}

/** Which metrics judge the test. */
export class ChosenMetricsDto {
  /** The proxy that moves first. */
  @Key()
  leading: string;

  /** The money that decides; `profit` when absent. */
  @Maybe()
  @Key()
  deciding?: string;

  /** What must not get worse. */
  @Maybe()
  @Texts()
  guardrails?: string[];

  /** Looked at, never decisive. */
  @Maybe()
  @Texts()
  secondary?: string[];
}

/** Belief about the effect before the test. */
export class PriorDto {
  @EnumOf(['normal_relative', 'beta'], 'PriorKind')
  kind: 'normal_relative' | 'beta';

  /** normal_relative: mean of the relative lift. */
  @Maybe()
  @Quantity(-10, 10)
  mean?: number;

  /** normal_relative: standard deviation of the relative lift. */
  @Maybe()
  @Quantity(0, 10)
  sd?: number;

  /** beta: first parameter for each arm's rate. */
  @Maybe()
  @Quantity(0, 1e9)
  alpha?: number;

  /** beta: second parameter for each arm's rate. */
  @Maybe()
  @Quantity(0, 1e9)
  beta?: number;
}

export class EffectSizeDto {
  @Quantity(0, 1e12)
  value: number;

  @EnumOf(SCALES, 'Scale')
  scale: Scale;
}

/** Money in minor units (cents) with its currency. */
export class AmountDto {
  @Count(0, 1e12)
  amountMinor: number;

  @Name()
  currency: string;
}

/** Takes out of every metric what the days before the exposure already explain. */
export class CupedDto {
  /** Days before a unit's exposure in which the same is counted; 14 suits most. */
  @Count(1, 90)
  days: number;

  /**
   * `pooled` (default): one slope for all units; `interacted`: one in each variant (Lin), for
   * unequal variants and many units.
   */
  @Maybe()
  @EnumOf(CUPED_ESTIMATORS, 'CupedEstimator')
  estimator?: CupedEstimator;
}

/** How the numbers will be judged; frozen at launch. */
export class AnalysisDto {
  /** Two-sided error rate; 0.05 when absent. */
  @Maybe()
  @Quantity(0, 1)
  alpha?: number;

  /**
   * `fixed_horizon`: one look, when the whole cohort has matured; `group_sequential`: planned looks
   * that share alpha; `always_valid`: no planned end, any look is valid. When absent it follows from
   * the plan: several planned looks, or one planned end, or neither.
   */
  @Maybe()
  @EnumOf(TESTS, 'TestKind')
  test?: TestKind;

  /** Enrolment ends by itself after so many days. */
  @Maybe()
  @Count(1, 365)
  plannedDays?: number;

  /**
   * How often the numbers may be read, the end included. A look is taken by the first scheduled
   * evaluation that finds its share of the planned units matured.
   */
  @Maybe()
  @Count(1, PLANNED_LOOKS_MAX)
  plannedLooks?: number;

  /** `obrien_fleming` (default) spends little alpha early; `pocock` spends it nearly evenly. */
  @Maybe()
  @EnumOf(SPENDINGS, 'SpendingKind')
  spending?: SpendingKind;

  /** Early looks also say when a win has become unlikely. Going on all the same costs nothing. */
  @Maybe()
  @Flag()
  futility?: boolean;

  @Maybe()
  @Nested(() => CupedDto)
  cuped?: CupedDto;

  /**
   * Name of an attribute that exposures carry, such as `device`: variants are compared among units
   * with the same value at their first exposure, and the differences are weighed by how many units
   * have it. Not together with `cuped`.
   */
  @Maybe()
  @Name()
  stratifyBy?: string;

  /**
   * Names of up to five attributes that exposures carry, such as `device` or `country`: results are
   * also shown among the units with each value at their first exposure, in at most 20 entries of which
   * the last holds all smaller values. For exploring: intervals without p-values, and no verdict is drawn from them.
   * Name groups here, never people: the values are shown and kept with every result.
   */
  @Maybe()
  @Names(DIMENSIONS_MAX)
  dimensions?: string[];

  /**
   * Units expected in all arms together at the end: what looks are measured against, and where the
   * always-valid interval is narrowest.
   */
  @Maybe()
  @Count(1, 1e9)
  plannedUnits?: number;

  @Maybe()
  @Nested(() => PriorDto)
  prior?: PriorDto;

  /** How several arms against one control are corrected; `dunnett` when absent. */
  @Maybe()
  @EnumOf(ADJUSTMENTS, 'Adjustment')
  adjustment?: Adjustment;

  /** Critical value of relative intervals: that of the test (default), or the normal one. */
  @Maybe()
  @EnumOf(RELATIVE_QUANTILES, 'RelativeQuantile')
  relativeQuantile?: RelativeQuantile;

  @Maybe()
  @Nested(() => EffectSizeDto)
  smallestEffectThatMatters?: EffectSizeDto;

  /** Most that a provisional ship may be expected to lose per unit. */
  @Maybe()
  @Nested(() => AmountDto)
  provisionalLossCap?: AmountDto;
}

/** An experiment as its author writes it. */
export class ExperimentBodyDto {
  /** Name in addresses and for flag clients; never used again for another. */
  @Key()
  key: string;

  @Name()
  name: string;

  /** `ab` needs a because; `aa` needs none and is never more than a health report. */
  @Maybe()
  @EnumOf(EXPERIMENT_KINDS, 'ExperimentKind')
  kind?: ExperimentKind;

  /** Name of the member who answers for it. */
  @Maybe()
  @Name()
  owner?: string;

  /** Key of the launched experiment it goes on from; what is left out is taken from it. */
  @Maybe()
  @Key()
  iterationOf?: string;

  /** Profile of the gate; at least what traffic and touches require. */
  @Maybe()
  @EnumOf(POLICY_PROFILES, 'PolicyProfile')
  policy?: PolicyProfile;

  /** Delicate things it touches; any of them requires `rigorous`. */
  @Maybe()
  @EnumsOf(TOUCHES, 'Touch')
  touches?: Touch[];

  /** What is randomised. */
  @Maybe()
  @EnumOf(UNIT_KINDS, 'UnitKind')
  unit?: UnitKind;

  /** `external`: another system assigns, and exposures carry the variant. */
  @Maybe()
  @EnumOf(ASSIGNMENTS, 'Assignment')
  assignment?: Assignment;

  @NestedList(() => VariantDto, 20)
  variants: VariantDto[];

  @Nested(() => AudienceDto)
  audience: AudienceDto;

  /** Share of eligible units that enter; 1 when absent. Over 0.1 requires `standard`. */
  @Maybe()
  @Quantity(0, 1)
  traffic?: number;

  /**
   * Name of a mutual-exclusion layer: no unit is in two live tests of one layer. A test holds `traffic`
   * of the layer from its launch until it is decided or stopped, and all of them have the same `unit`.
   * Not with `assignment: external`.
   */
  @Maybe()
  @Key()
  layer?: string;

  @Nested(() => ChosenMetricsDto)
  metrics: ChosenMetricsDto;

  @Maybe()
  @Nested(() => AnalysisDto)
  analysis?: AnalysisDto;

  @Maybe()
  @Nested(() => ScheduleDto)
  schedule?: ScheduleDto;

  /** Days from the launch until which the money is read again after the decision. */
  @Maybe()
  @Count(1, 730)
  horizonDays?: number;

  /** The because. Without it an A/B test is refused. */
  @Maybe()
  @Nested(() => RationaleDto)
  rationale?: RationaleDto;
}

/** Any part of an experiment's body, kept without evidence until it is complete. */
export class IdeaBodyDto extends PartialType(ExperimentBodyDto, { skipNullProperties: false }) {}

/**
 * An experiment to be created. `key`, `name`, `variants`, `audience` and `metrics` must be there in
 * the end: sent, or from the idea (`fromIdea`), or, all but the first two, from the experiment it
 * goes on from (`iterationOf`).
 */
export class CreateExperimentDto extends IdeaBodyDto {
  /** The idea it grew from; what is sent beside it replaces the idea's. */
  @Maybe()
  @Id()
  fromIdea?: string;
}
