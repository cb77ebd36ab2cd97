import { ApiProperty } from '@nestjs/swagger';
import type { BreakdownComparison } from '../../../domain/evaluation/result.js';
import { METRIC_UNITS, type MetricUnit } from '../../../domain/metrics/metric-unit.js';
import { LEADING_BASES } from '../../../domain/verdict/verdict.js';
import { AbsoluteEffectDto } from './comparison-report.dto.js';
import { NotComputedDto } from './not-computed.dto.js';
import { VariantUnitsDto } from './variant-units.dto.js';

/** Matured units with the value in one variant. */
export class BreakdownArmDto {
  variant: string;
  @ApiProperty({ type: 'integer' })
  n: number;
  /** Of the metric, as the report of the metric takes it; absent without units. */
  mean?: number;
}

/** One variant against the control among the units with the value. */
export class BreakdownComparisonDto {
  variant: string;
  control: string;

  /** With an interval that is not corrected for the number of values and metrics. */
  absolute?: AbsoluteEffectDto;

  /**
   * Which interval it is: that of the one planned look, once the whole cohort has matured, or the one
   * that stays valid however often one looks.
   */
  @ApiProperty({ enum: LEADING_BASES, enumName: 'IntervalBasis', required: false })
  by?: BreakdownComparison['by'];

  /** Why there is no effect. */
  notComputed?: NotComputedDto;
}

/** One metric among the units with the value. */
export class BreakdownMetricDto {
  key: string;

  /** What a mean is: a share of units, a count, a value, a ratio of sums, or money in major units. */
  @ApiProperty({ enum: METRIC_UNITS, enumName: 'MetricUnit' })
  unit: MetricUnit;

  /** Matured units, per variant. */
  arms: BreakdownArmDto[];

  comparisons: BreakdownComparisonDto[];
}

/** The units whose first exposure said the same. */
export class BreakdownValueDto {
  /** What the exposure said; null: nothing. */
  @ApiProperty({ type: 'string', nullable: true })
  value: string | null;

  /** Present on the last entry when it is all smaller values together. */
  @ApiProperty({ type: 'boolean', required: false })
  isOther?: boolean;

  /** The cohort's units with the value, per variant. */
  units: VariantUnitsDto[];

  metrics: BreakdownMetricDto[];
}

/** Results by one attribute of the exposures: for exploring, never for deciding. */
export class BreakdownDto {
  /** Name of the attribute. */
  attribute: string;

  /** What must be said wherever the numbers are shown. */
  note: string;

  /** The largest first; at most 20, of which the last then holds all smaller ones. */
  values: BreakdownValueDto[];
}
