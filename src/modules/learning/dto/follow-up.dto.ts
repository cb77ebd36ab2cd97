import { ApiProperty } from '@nestjs/swagger';
import {
  FOLLOW_UP_REASONS,
  FOLLOW_UP_STATES,
  type FollowUpReason,
  type FollowUpState,
} from '../../../domain/verdict/learning/follow-up.js';
import { SURPRISE_CODES, type SurpriseCode } from '../../../domain/verdict/learning/surprise.js';
import { Text } from '../../../platform/http/fields.js';
import { CANDIDATE_SOURCES, type CandidateSource } from '../../evidence/exposed-people.reader.js';

/** A question to people who met the change, and how far it has come. */
export class FollowUpDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  /** `answered` once enough people have been heard; `overdue` when its day has come before that. */
  @ApiProperty({ enum: FOLLOW_UP_STATES, enumName: 'FollowUpState' })
  state: FollowUpState;

  /** What made somebody ask: a surprise, a win for an unknown reason, or the plan before the launch. */
  @ApiProperty({ enum: FOLLOW_UP_REASONS, enumName: 'FollowUpReason' })
  openedFor: FollowUpReason;

  /** Of a surprise: which. */
  @ApiProperty({ enum: SURPRISE_CODES, enumName: 'SurpriseCode' })
  surprise?: SurpriseCode;

  /** The metric or department it is about. */
  subject?: string;

  /** The variant it is about; absent where it is about all. */
  variant?: string;

  /** What they are asked. */
  question: string;

  /** The question among the open whys of the project. */
  @ApiProperty({ format: 'uuid' })
  questionId: string;

  /** The study in which they are heard: record the interviews in it, with `exposureTo`. */
  @ApiProperty({ format: 'uuid' })
  studyId: string;

  /** How many people are to be heard. */
  @ApiProperty({ type: 'integer' })
  people: number;

  /** Distinct people heard in the study so far who had met the change, in talks begun after the launch. */
  @ApiProperty({ type: 'integer' })
  heard: number;

  /** By when they are to be heard. */
  @ApiProperty({ format: 'date-time' })
  dueAt: string;

  /** When it was opened. */
  @ApiProperty({ format: 'date-time' })
  openedAt: string;

  /** When it was closed; absent while it is not. */
  @ApiProperty({ format: 'date-time' })
  closedAt?: string;

  /** Why it was ended. */
  closeReason?: string;
}

export class FollowUpListDto {
  /** In the order they were opened. */
  data: FollowUpDto[];
}

/** Why nobody asks any further. */
export class CloseFollowUpDto {
  /** What was found, or that it stays unexplained. */
  @Text()
  reason: string;
}

/** Somebody who may be asked: an id and a pseudonym, nothing else. */
export class FollowUpCandidateDto {
  @ApiProperty({ format: 'uuid' })
  participantId: string;

  pseudonym: string;

  /** How it is known that they met the change. */
  @ApiProperty({ enum: CANDIDATE_SOURCES, enumName: 'CandidateSource', isArray: true })
  knownFrom: CandidateSource[];
}

export class FollowUpCandidateListDto {
  /** At most 200, by pseudonym. */
  data: FollowUpCandidateDto[];
}
