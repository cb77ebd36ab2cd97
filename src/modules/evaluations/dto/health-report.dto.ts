import { ApiProperty } from '@nestjs/swagger';
import { type SampleRatioReport, SRM_STATES } from '../../../domain/evaluation/result.js';
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

  /** Chance of a split at least this uneven if everything works; below 0.001 the check fails. */
  pValue?: number;

  /** The same question with an answer that stays valid however often one looks. */
  sequentialPValue?: number;

  /** Why there is no check. */
  notComputed?: NotComputedDto;
}

/** Whether the data can be trusted at all. */
export class HealthReportDto {
  /** The sample ratio check. */
  srm: SampleRatioDto;

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
}
