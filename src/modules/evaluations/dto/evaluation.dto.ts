import { ApiProperty } from '@nestjs/swagger';
import type { EvaluationResult } from '../../../domain/evaluation/result.js';
import { LabelDto } from '../../../platform/http/label.dto.js';
import { BreakdownDto } from './breakdown.dto.js';
import { HealthReportDto } from './health-report.dto.js';
import { MetricReportDto } from './metric-report.dto.js';
import { VariantUnitsDto } from './variant-units.dto.js';
import { VerdictDto } from './verdict.dto.js';

/** One run of the analysis at a data cut-off. It never changes; the next one supersedes it. */
export class EvaluationDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  experimentKey: string;

  /** The version of the frozen plan it follows. */
  @ApiProperty({ type: 'integer' })
  planVersion: number;

  /** The snapshot of the log that was read: names exactly what had arrived. */
  cutoff: string;

  /** Everything that happened before this instant was counted. */
  @ApiProperty({ format: 'date-time' })
  asOf: string;

  /** Version of the code that computed it; absent in results from before it was named. */
  codeVersion?: string;

  /** The scheduled instant; absent when somebody asked for it. */
  @ApiProperty({ format: 'date-time', required: false })
  slot?: string;

  /** Number of the planned look; absent at any other look. */
  @ApiProperty({ type: 'integer', required: false })
  plannedLook?: number;

  health: HealthReportDto;

  /** The cohort, without units that met more than one variant. */
  units: VariantUnitsDto[];

  metrics: MetricReportDto[];

  /** Where the plan names `dimensions`: the same metrics by what the first exposures said. */
  breakdowns?: BreakdownDto[];

  verdict: VerdictDto;

  static from(result: EvaluationResult): EvaluationDto {
    return result;
  }
}

/** The newest evaluation, with what is said of it today: that may change while it does not. */
export class LatestEvaluationDto extends EvaluationDto {
  /** What must be said wherever the result is shown. */
  labels: LabelDto[];
}
