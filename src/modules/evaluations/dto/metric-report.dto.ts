import { ApiProperty } from '@nestjs/swagger';
import { UNITS_BASES, type UnitsBasis } from '../../../domain/evaluation/money-report.js';
import { PLANNED_ROLES, type PlannedRole } from '../../../domain/experiments/plan.js';
import { METRIC_UNITS, type MetricUnit } from '../../../domain/metrics/metric-unit.js';
import { METRIC_KINDS, type MetricKind } from '../../../domain/metrics/metric.js';
import {
  AbsoluteEffectDto,
  BayesianReportDto,
  ComparisonReportDto,
} from './comparison-report.dto.js';
import { CompositionReportDto, ProjectionReportDto } from './money-report.dto.js';
import { NotComputedDto } from './not-computed.dto.js';

/** One variant's units. */
export class ArmReportDto {
  variant: string;
  /** Units. */
  @ApiProperty({ type: 'integer' })
  n: number;
  /** Absent without units. */
  mean?: number;
  /** Of the units' values, with the divisor n - 1; absent below two units and for quantiles. */
  variance?: number;
  /** Of a quantile metric: events the quantile is taken over; `mean` is the quantile then. */
  @ApiProperty({ type: 'integer', required: false })
  events?: number;
  /** Where values are cut: the mean of the values as they came; `mean` is that of the cut ones. */
  uncappedMean?: number;
  /** Units whose value is not 0. */
  @ApiProperty({ type: 'integer' })
  nonZero: number;
}

/** How wide the interval of one comparison is, and would be. */
export class WaitingVariantDto {
  variant: string;

  /** Half of the interval's width, in the metric's unit. */
  halfWidthNow: number;

  /** Once everybody exposed so far has matured. */
  halfWidthThen: number;
}

/**
 * What waiting for the units exposed so far would do for the interval: its half width then is that of
 * now times the square root of matured units over units, as if those on their way scatter as the others.
 */
export class WaitingReportDto {
  /** Until the units exposed so far will have matured, rounded up. */
  @ApiProperty({ type: 'integer' })
  days: number;

  /** `running`: no unit has matured, and the widths are of everybody with what they have so far. */
  @ApiProperty({ enum: UNITS_BASES, enumName: 'UnitsBasis' })
  basis: UnitsBasis;

  variants: WaitingVariantDto[];
}

/** How much of the cohort has had its whole window and settling time. */
export class MaturityDto {
  /** Share of the cohort, 0 to 1. */
  fraction?: number;

  /** Units whose time has come. */
  @ApiProperty({ type: 'integer' })
  maturedUnits: number;

  /** Units of the cohort. */
  @ApiProperty({ type: 'integer' })
  units: number;

  /** Enrolment has ended and every unit's time has come: this is the final look. */
  wholeCohort: boolean;

  /** When the units exposed so far will all have matured. */
  @ApiProperty({ format: 'date-time', required: false })
  closesAt?: string;

  /** Present while units have not matured and a difference was computed. */
  waiting?: WaitingReportDto;

  /** Why there is no fraction. */
  notComputed?: NotComputedDto;
}

/** The planned look that this evaluation took, or read again. */
export class MetricLookDto {
  /** Its number. */
  @ApiProperty({ type: 'integer' })
  look: number;

  /** Planned looks, the end included. */
  @ApiProperty({ type: 'integer' })
  looks: number;

  /** Matured units of all variants. */
  @ApiProperty({ type: 'integer' })
  units: number;

  /** Of the planned units. */
  fraction: number;

  /** Alpha used so far, for each variant. */
  alphaSpent: number;

  /** The bound on the scale of the normal distribution. */
  criticalZ: number;

  /** The end: the whole cohort has matured. */
  final: boolean;
}

/** Where the values of a metric are cut, in its unit. */
export class CapDto {
  /** Values below count as it; absent for counts. */
  low?: number;

  /** Values above count as it. */
  high: number;

  /**
   * Of all arms together, matured units without any event included; `low` is at 1 - this. Absent
   * where the metric itself says where.
   */
  quantile?: number;

  /** False: fewer than 1000 units have matured, so the next evaluation takes the limits anew. */
  frozen: boolean;

  /** Present where the `cap` of the metric says where, and not the data. */
  @ApiProperty({ type: 'boolean', required: false })
  declared?: boolean;
}

/** One variant against the control among units still on their way. */
export class RunningComparisonDto {
  variant: string;
  control: string;
  /** With the interval that stays valid however often one looks. */
  absolute?: AbsoluteEffectDto;
  bayesian?: BayesianReportDto;
  /** Why the parts above are absent. */
  notComputed?: NotComputedDto;
}

/** Every unit of the cohort with what it has so far: for watching, never for deciding. */
export class RunningReportDto {
  arms: ArmReportDto[];
  comparisons: RunningComparisonDto[];
}

/** One metric: what each arm did, and each variant against the control. */
export class MetricReportDto {
  key: string;

  /** The metric's part in this experiment. */
  @ApiProperty({ enum: PLANNED_ROLES, enumName: 'PlannedRole' })
  role: PlannedRole;

  @ApiProperty({ enum: METRIC_KINDS, enumName: 'MetricKind' })
  kind: MetricKind;

  /** What a mean is: a share of units, a count, a value, a ratio of sums, or money in major units. */
  @ApiProperty({ enum: METRIC_UNITS, enumName: 'MetricUnit' })
  unit: MetricUnit;

  /** ISO 4217 code, for money. */
  currency?: string;

  /** The plan version that brought the metric; later than 1: it was added while data came in. */
  @ApiProperty({ type: 'integer' })
  sinceVersion: number;

  maturity: MaturityDto;

  /** Absent when this is none of the planned looks. */
  look?: MetricLookDto;

  /** Where values are cut; of a winsorised metric once a unit has matured. */
  cap?: CapDto;

  /** Matured units, per variant. */
  arms: ArmReportDto[];

  /** Of the matured units. */
  comparisons: ComparisonReportDto[];

  /** Present while units have not matured. */
  running?: RunningReportDto;

  /** What the money of each variant is made of. Of money only, and not in older results. */
  composition?: CompositionReportDto;

  /** What the differences come to in total: of the money that decides. */
  projections?: ProjectionReportDto[];
}
