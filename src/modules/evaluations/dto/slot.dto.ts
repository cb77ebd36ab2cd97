import { ApiProperty } from '@nestjs/swagger';
import type { RecordedSlot } from '../evaluations.service.js';

export const SLOT_STATES = ['pending', 'running', 'done', 'failed', 'skipped'] as const;

/** One scheduled evaluation and what came of it. */
export class SlotDto {
  /** When it was due. */
  @ApiProperty({ format: 'date-time' })
  slotAt: string;

  /** `skipped`: several were missed, and only the newest of them is evaluated. */
  @ApiProperty({ enum: SLOT_STATES, enumName: 'SlotStatus' })
  status: string;

  /** How often a worker began it. */
  @ApiProperty({ type: 'integer' })
  attempts: number;

  /** Its result, when it is done. */
  @ApiProperty({ format: 'uuid', required: false })
  evaluationId?: string;

  /** Code of the problem of the last attempt. */
  error?: string;

  static from(slot: RecordedSlot): SlotDto {
    return {
      slotAt: slot.slotAt.toISOString(),
      status: slot.status,
      attempts: slot.attempts,
      ...(slot.evaluationId === null ? {} : { evaluationId: slot.evaluationId }),
      ...(slot.error === null ? {} : { error: slot.error }),
    };
  }
}

/** The newest 200 scheduled evaluations, newest first. */
export class SlotListDto {
  data: SlotDto[];
}
