import { ApiProperty, getSchemaPath } from '@nestjs/swagger';
import type { EvaluationResult } from '../../../domain/evaluation/result.js';
import {
  CONTROL_FATES,
  type ControlFate,
  REREAD_KINDS,
  REREAD_OUTCOMES,
  REREAD_STATES,
  type Reread,
  type RereadFinding,
  type RereadKind,
  type RereadOutcome,
  type RereadState,
} from '../../../domain/rereads/reread.js';
import { VERDICT_STATES, type VerdictState } from '../../../domain/verdict/verdict.js';
import { ProfitClaimDto } from './profit-claim.dto.js';

const PROPOSALS = ['roll_back'] as const;

/** What was found of one variant, beside what the decision claimed of it. */
export class RereadFindingDto implements RereadFinding {
  variant: string;

  /** The verdict that was decided on. */
  @ApiProperty({ enum: VERDICT_STATES, enumName: 'VerdictState' })
  before: VerdictState;

  /** The verdict of the re-read. */
  @ApiProperty({ enum: VERDICT_STATES, enumName: 'VerdictState' })
  now: VerdictState;

  /** `not_computed`: one of the two says nothing about the money. */
  @ApiProperty({ enum: REREAD_OUTCOMES, enumName: 'RereadOutcome' })
  outcome: RereadOutcome;

  /** The profit that the decision rested on; absent where it was not known. */
  claimed?: ProfitClaimDto;

  /** The profit that was found; absent where it could not be computed. */
  realised?: ProfitClaimDto;

  sentence: string;
}

/**
 * Profit read again after a decision, on the people who were in the test: each one's money is summed
 * over the longest window of whole days that everybody has completed.
 */
export class RereadDto implements Omit<Reread, 'result'> {
  @ApiProperty({ format: 'uuid' })
  id: string;

  /** The decision that it follows. */
  @ApiProperty({ format: 'uuid' })
  decisionId: string;

  /** `horizon`: days after the decision; `provisional`: on the date that a provisional ship promised. */
  @ApiProperty({ enum: REREAD_KINDS, enumName: 'RereadKind' })
  kind: RereadKind;

  /** Days after the decision: 30, 90, 180 or 365. Absent for a promised date. */
  @ApiProperty({ type: 'integer', required: false })
  days?: number;

  /** What happens before this instant counts, also where the re-read is made later. */
  @ApiProperty({ format: 'date-time' })
  dueAt: string;

  /** `cancelled`: another decision came first. `failed`: it was given up and can be asked for again. */
  @ApiProperty({ enum: REREAD_STATES, enumName: 'RereadState' })
  status: RereadState;

  currency: string;

  /** Days since its exposure over which each unit's profit is summed; absent until it is done. */
  @ApiProperty({ type: 'integer', required: false })
  windowDays?: number;

  /** Chance of an error that the intervals allow: the four horizons share that of the plan. */
  alpha?: number;

  /**
   * What became of the control: `held_out` it stayed as it was, `hold_back` a part of it did, `treated`
   * it got the change too, `nobody_treated` the variants got the control.
   */
  @ApiProperty({ enum: CONTROL_FATES, enumName: 'ControlFate' })
  controlFate?: ControlFate;

  /** Whether the whole difference is due to the change. */
  stillCausal?: boolean;

  /** What the rollout did to the control. */
  sentence?: string;

  /** One for each variant; empty until it is done. */
  findings: RereadFindingDto[];

  /** Present when what was shipped loses money. It is a proposal: to follow it is a decision. */
  @ApiProperty({ enum: PROPOSALS, enumName: 'RereadProposal' })
  proposal?: 'roll_back';

  /** When it was made. */
  @ApiProperty({ format: 'date-time', required: false })
  doneAt?: string;

  /** Code of the problem of the last attempt. */
  error?: string;

  static from({ result: _result, ...reread }: Reread): RereadDto {
    return reread;
  }
}

/** A re-read with all its numbers. */
export class RereadDetailDto extends RereadDto {
  /** The whole result, made by the same functions as any evaluation; absent until it is done. */
  @ApiProperty({ allOf: [{ $ref: getSchemaPath('EvaluationDto') }], required: false })
  result?: EvaluationResult;

  static override from(reread: Reread): RereadDetailDto {
    return reread;
  }
}

/** A page of re-reads, in the order they were planned. */
export class RereadPageDto {
  data: RereadDto[];
  /** Send it as `cursor` for the next page; absent on the last one. */
  nextCursor?: string;
}
