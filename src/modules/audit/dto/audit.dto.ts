import { ApiProperty } from '@nestjs/swagger';

export class AuditEntryDto {
  /** Number of the entry; there are no gaps. */
  @ApiProperty({ type: 'integer' })
  seq: number;
  @ApiProperty({ format: 'date-time' })
  at: string;
  /** Member, or `system`. */
  actor: string;
  /** What was done, e.g. experiment.launch. */
  action: string;
  objectType: string;
  objectId: string;
  /** `done`, `refused` or `denied`. */
  outcome: string;
  reason?: string;
  /** Hash that chains this entry to the one before. */
  hash: string;
}

export class AuditPageDto {
  data: AuditEntryDto[];
  /** Send it as `after` for the next page; absent on the last one. */
  @ApiProperty({ type: 'integer' })
  nextAfter?: number;
}

export class ChainVerificationDto {
  /** How many entries were checked. */
  @ApiProperty({ type: 'integer' })
  entries: number;
  /** Whether every entry is as it was written, in order, with none missing. */
  intact: boolean;
  /** The first entry that is not as it was written. */
  @ApiProperty({ type: 'integer' })
  firstBadSeq?: number;
  @ApiProperty({
    enum: ['changed', 'missing', 'truncated', 'forged-checkpoint'],
    enumName: 'ChainProblem',
  })
  problem?: string;
}
