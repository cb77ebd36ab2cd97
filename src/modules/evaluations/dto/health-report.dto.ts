import { ApiProperty } from '@nestjs/swagger';
import { COLUMN_PARTS } from '../../../domain/evaluation/counted-columns.js';
import {
  BALANCE_STATES,
  type BalanceReport,
  type CovariateBalance,
  HEALTH_WARNINGS,
  type HealthWarning,
  type SampleRatioReport,
  SRM_STATES,
} from '../../../domain/evaluation/health-report.js';
import { NotComputedDto } from './not-computed.dto.js';

/** Do the variants have the numbers of units that their weights promise? */
export class SampleRatioDto {
  /** `failed`: the split is broken, so no result of this experiment can be trusted. */
  @ApiProperty({ enum: SRM_STATES, enumName: 'SampleRatioStatus' })
  status: SampleRatioReport['status'];

  /** Units seen, per variant in the order of the plan. */
  @ApiProperty({ type: 'integer', isArray: true })
  observed: number[];

  /** Units that the weights promise, per variant. */
  expected?: number[];

  /** Pearson's chi-square. */
  chiSquare?: number;

  /** Degrees of freedom of the chi-square. */
  @ApiProperty({ type: 'integer', required: false })
  degreesOfFreedom?: number;

  /**
   * Chance of a split at least this uneven if everything works, when asked once; below 0.001 the
   * check fails after the end of enrolment.
   */
  pValue?: number;

  /** The same with an answer that stays valid however often one looks; at 0.001 the check fails. */
  sequentialPValue?: number;

  /** The smallest of it in all evaluations so far. */
  smallestSequentialPValue?: number;

  /** The largest relative distance of a variant from its promise; below 0.001 it does no harm. */
  largestDeviation?: number;

  /** Why there is no check. */
  notComputed?: NotComputedDto;
}

/** One thing known before the exposure, of a variant against the control. */
export class CovariateBalanceDto {
  metric: string;
  variant: string;

  /** What was known: the same metric before, its denominator, or whether the unit was seen at all. */
  @ApiProperty({ enum: COLUMN_PARTS, enumName: 'ColumnPart' })
  covariate: CovariateBalance['covariate'];

  /** In standard deviations. */
  standardisedDifference: number;

  /** Over all covariates and variants (Holm). */
  adjustedPValue: number;
}

/** Were the variants alike before anybody met them? */
export class BalanceReportDto {
  /** `failed`: more unlike than chance allows, so the split or the recording is broken. */
  @ApiProperty({ enum: BALANCE_STATES, enumName: 'BalanceStatus' })
  status: BalanceReport['status'];

  /** One entry for each metric, variant and covariate. */
  covariates: CovariateBalanceDto[];
}

/** Something that makes the numbers untrustworthy. */
export class DataFaultDto {
  /** Stable name: `state-differs-from-log` and others. */
  code: string;

  /** The fault in a sentence. */
  sentence: string;
}

/** Something about the data to know before reading any number. */
export class HealthWarningDto {
  /** Stable name of the warning. */
  @ApiProperty({ enum: HEALTH_WARNINGS, enumName: 'HealthWarningCode' })
  code: HealthWarning['code'];

  /** The warning in a sentence. */
  detail: string;
}

/** Whether the data can be trusted at all. */
export class HealthReportDto {
  /** The sample ratio check. */
  srm: SampleRatioDto;

  /** Where the plan adjusts for the days before the exposure. */
  balance?: BalanceReportDto;

  /** Units that met more than one variant. They are left out of every arm. */
  @ApiProperty({ type: 'integer' })
  crossovers: number;

  /** Crossovers as a share of the cohort; above 1% the result is invalid. */
  crossoverShare?: number;

  /** Behaviour and money that reached us more than a day after it happened. It counts. */
  @ApiProperty({ type: 'integer' })
  lateEvents: number;

  /** Units first exposed after enrolment ended. They are stored and do not count. */
  @ApiProperty({ type: 'integer' })
  outsideCohort: number;

  /** Units that met another variant than the assignment of the experiment gives them. They count. */
  @ApiProperty({ type: 'integer', required: false })
  unassigned?: number;

  /** Those as a share of the cohort; above 0.1% there is a warning. */
  unassignedShare?: number;

  /** Sales whose refunds and chargebacks are larger than the sale. All of them count as sent. */
  @ApiProperty({ type: 'integer', required: false })
  overRefunded?: number;

  /** Any of them makes the result invalid. */
  dataFaults?: DataFaultDto[];

  /** Absent without any. */
  warnings?: HealthWarningDto[];
}
