import { ApiProperty } from '@nestjs/swagger';
import { NOT_COMPUTED, type NotComputedWhy } from '../../../domain/evaluation/not-computed.js';

/** Stands beside numbers that are not there, and says why. */
export class NotComputedDto {
  /** Stable name of the reason. */
  @ApiProperty({ enum: NOT_COMPUTED, enumName: 'NotComputedReason' })
  reason: NotComputedWhy;

  /** The reason in a sentence. */
  detail: string;
}
