import { ApiProperty } from '@nestjs/swagger';
import {
  type Elicitation,
  ELICITATIONS,
  FORCES,
  MOMENTS,
  TEMPORALITIES,
  type Temporality,
} from '../../../domain/evidence/dossier.js';
import { Count, EnumOf, Maybe, NestedList, Text } from '../../../platform/http/fields.js';
import { TURN_TEXT_MAX } from './interview.dto.js';

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
  /** How many words; six or more count. */
  @ApiProperty({ type: 'integer' })
  words: number;
  @ApiProperty({ enum: TEMPORALITIES, enumName: 'Temporality' })
  temporality?: Temporality;
  @ApiProperty({ enum: ELICITATIONS, enumName: 'Elicitation' })
  elicitation?: Elicitation;
  force?: string;
  moment?: string;
}

/** The quote itself when one was sent; `quotes` when many were. */
export class CreatedQuotesDto {
  /** For many: each quote, in the order sent. */
  quotes?: QuoteDto[];
  /** For one. */
  id?: string;
  interviewId?: string;
  participantId?: string;
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

export class QuoteListDto {
  data: QuoteDto[];
}
