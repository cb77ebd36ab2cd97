import { ApiProperty } from '@nestjs/swagger';
import { QUESTION_STATES, type QuestionState } from '../../../domain/evidence/study.js';
import {
  type Signal,
  SIGNAL_KINDS,
  SIGNAL_READINGS,
  type SignalKind,
  type SignalReading,
} from '../../../domain/evidence/signal.js';
import {
  EnumOf,
  Flag,
  Instant,
  Maybe,
  Name,
  Nested,
  Text,
  Texts,
} from '../../../platform/http/fields.js';
import type { QuestionEntity } from './question.entity.js';

/** A number that moved or looks odd: it says what, never why. */
export class SignalDto implements Signal {
  @Maybe()
  @Name()
  metricKey?: string;

  /** What was seen, e.g. "checkout starts fell by a fifth after the redesign". */
  @Text()
  observation: string;

  @Maybe()
  @Name()
  window?: string;

  /** What kind of instrument shows it. */
  @Maybe()
  @EnumOf(SIGNAL_KINDS, 'SignalKind')
  kind?: SignalKind;

  /**
   * `collection_error`: the number itself may be wrong; `shift`: what it counts may have become
   * another thing. Until the question is answered, the gate will not let a test rest on the metric.
   */
  @Maybe()
  @EnumOf(SIGNAL_READINGS, 'SignalReading')
  reading?: SignalReading;

  /** When it began; when it was written down, if absent. */
  @Maybe()
  @Instant()
  since?: string;

  /** Told by people about themselves rather than counted. */
  @Maybe()
  @Flag()
  selfReported?: boolean;
}

/** The open why that a number raises. */
export class CreateQuestionDto {
  @Text()
  text: string;

  @Maybe()
  @Nested(() => SignalDto)
  signal?: SignalDto;

  @Maybe()
  @Texts()
  tags?: string[];
}

/** Where the question stands now. */
export class QuestionStateDto {
  @EnumOf(QUESTION_STATES, 'QuestionState')
  state: QuestionState;

  /** What the interviews answered; with `answered` only. */
  @Maybe()
  @Text()
  answer?: string;
}

export class QuestionDto {
  id: string;
  text: string;
  signal?: SignalDto;
  tags: string[];
  /** Whether it is open, being asked about, answered, or open again. */
  @ApiProperty({ enum: QUESTION_STATES, enumName: 'QuestionState' })
  state: QuestionState;
  /** What the interviews answered. */
  answer?: string;
  /** When it came to stand where it stands. */
  @ApiProperty({ format: 'date-time' })
  stateChangedAt: string;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  static from(question: QuestionEntity): QuestionDto {
    return {
      id: question.id,
      text: question.text,
      ...(question.signal === null ? {} : { signal: question.signal as SignalDto }),
      tags: question.tags,
      state: question.state,
      ...(question.answer === null ? {} : { answer: question.answer }),
      stateChangedAt: question.stateChangedAt.toISOString(),
      createdAt: question.createdAt.toISOString(),
    };
  }
}

export class QuestionPageDto {
  data: QuestionDto[];
  /** Send it as `cursor` for the next page; absent on the last one. */
  nextCursor?: string;
}
