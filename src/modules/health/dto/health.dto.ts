import { ApiProperty } from '@nestjs/swagger';

const HEALTH_STATES = ['ok', 'unavailable'] as const;

export class HealthDto {
  /** `ok`, or `unavailable` when the database does not answer. */
  @ApiProperty({ enum: [...HEALTH_STATES], enumName: 'HealthState' })
  status: (typeof HEALTH_STATES)[number];
}
