import { ApiProperty } from '@nestjs/swagger';

const HEALTH_STATES = ['ok', 'degraded', 'unavailable'] as const;

export class HealthDto {
  /**
   * `ok`; `degraded` while the database does not answer and variants are assigned from memory, which
   * is all that works then; or `unavailable` when nothing can be served.
   */
  @ApiProperty({ enum: [...HEALTH_STATES], enumName: 'HealthState' })
  status: (typeof HEALTH_STATES)[number];

  /** When `degraded`: when the database last said what is to be served. */
  @ApiProperty({ required: false, format: 'date-time' })
  since?: string;
}
