import { ApiProperty } from '@nestjs/swagger';
import {
  type Elicitation,
  ELICITATIONS,
  FORCES,
  MOMENTS,
  TEMPORALITIES,
  type Temporality,
} from '../../../domain/evidence/dossier.js';
import { ArrayMinSize } from 'class-validator';
import {
  Count,
  EnumOf,
  Id,
  Maybe,
  NestedList,
  Text,
  Texts,
} from '../../../platform/http/fields.js';
import { TURN_TEXT_MAX } from '../../../domain/evidence/transcripts/limits.js';

/** Longer surroundings say nothing more about which place is meant. */
const AROUND_MAX = 200;

/** Words of a participant, by position or by the text itself. */
export class QuoteInputDto {
  /** Number of the turn, from 0. */
  @Maybe()
  @Count(0, 1_000_000)
  turn?: number;

  /** First code point, from 0. */
  @Maybe()
  @Count(0, TURN_TEXT_MAX)
  start?: number;

  /** The code point after the last one. */
  @Maybe()
  @Count(0, TURN_TEXT_MAX)
  end?: number;

  /** The words, verbatim: we find them. A near match is refused with the closest span. */
  @Maybe()
  @Text(TURN_TEXT_MAX)
  text?: string;

  /** The words just before, to tell equal spans apart; checked where it is given. */
  @Maybe()
  @Text(AROUND_MAX)
  prefix?: string;

  /** The words just after; checked where it is given. */
  @Maybe()
  @Text(AROUND_MAX)
  suffix?: string;

  /** A specific past event tells more than an opinion or a guess about the future. */
  @Maybe()
  @EnumOf(TEMPORALITIES, 'Temporality')
  temporality?: Temporality;

  /** How the words came about; answers to leading questions do not count. */
  @Maybe()
  @EnumOf(ELICITATIONS, 'Elicitation')
  elicitation?: Elicitation;

  /** What it pushes or holds back. */
  @Maybe()
  @EnumOf(FORCES, 'Force')
  force?: string;

  /** Where on the way to a decision it belongs. */
  @Maybe()
  @EnumOf(MOMENTS, 'Moment')
  moment?: string;

  /** Names of codes of the study's codebook; a new name becomes a new code. */
  @Maybe()
  @Texts()
  codes?: string[];
}

export class StudyQuoteInputDto extends QuoteInputDto {
  @Id()
  interviewId: string;
}

/** Quotes from several interviews of one study, stored together or not at all. */
export class CreateStudyQuotesDto {
  /** Each with the interview it stands in. */
  @NestedList(() => StudyQuoteInputDto)
  @ArrayMinSize(1)
  quotes: StudyQuoteInputDto[];
}

/** One quote, or many in `quotes`. */
export class CreateQuotesDto extends QuoteInputDto {
  /** Several quotes of this interview at once. */
  @Maybe()
  @NestedList(() => QuoteInputDto)
  quotes?: QuoteInputDto[];
}

export class QuoteDto {
  id: string;
  interviewId: string;
  participantId: string;
  /** The version of the transcript it stands in. */
  @ApiProperty({ type: 'integer' })
  transcriptVersion: number;
  /** Number of the turn, from 0. */
  @ApiProperty({ type: 'integer' })
  turn: number;
  /** First code point, from 0. */
  @ApiProperty({ type: 'integer' })
  start: number;
  /** The code point after the last one. */
  @ApiProperty({ type: 'integer' })
  end: number;
  /** The words, exactly; absent when they were erased at the person's request. */
  exact?: string;
  /** The words just before. */
  prefix?: string;
  /** The words just after. */
  suffix?: string;
  /** A newer version of the transcript does not have these words: the quote does not count. */
  @ApiProperty({ type: 'integer' })
  lostInVersion?: number;
  /** How many words; six or more count. */
  @ApiProperty({ type: 'integer' })
  words: number;
  @ApiProperty({ enum: TEMPORALITIES, enumName: 'Temporality' })
  temporality?: Temporality;
  @ApiProperty({ enum: ELICITATIONS, enumName: 'Elicitation' })
  elicitation?: Elicitation;
  force?: string;
  moment?: string;
  /** Codes it was marked with. */
  codes?: string[];
}

/** The quote itself when one was sent; `quotes` when many were. */
export class CreatedQuotesDto {
  /** For many: each quote, in the order sent. */
  quotes?: QuoteDto[];
  /** For one. */
  id?: string;
  interviewId?: string;
  participantId?: string;
  /** The version of the transcript it stands in. */
  @ApiProperty({ type: 'integer' })
  transcriptVersion?: number;
  @ApiProperty({ type: 'integer' })
  turn?: number;
  @ApiProperty({ type: 'integer' })
  start?: number;
  @ApiProperty({ type: 'integer' })
  end?: number;
  exact?: string;
  @ApiProperty({ type: 'integer' })
  words?: number;
}

/** Each quote, in the order sent. */
export class StudyQuotesDto {
  /** The stored quotes. */
  quotes: QuoteDto[];
}

export class QuoteListDto {
  data: QuoteDto[];
}
