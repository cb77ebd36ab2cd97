import { ApiProperty } from '@nestjs/swagger';
import { ArrayMinSize } from 'class-validator';
import { type Disposition, DISPOSITIONS } from '../../../domain/evidence/dossier.js';
import {
  ALPHA_LABELS,
  type AlphaLabel,
} from '../../../domain/evidence/measures/agreement-alpha.js';
import { EnumOf, Id, NestedList } from '../../../platform/http/fields.js';

/** Whoever gives a reading has read it: `unread` is no opinion. */
const READING_DISPOSITIONS = DISPOSITIONS.filter((one) => one !== 'unread');

/** A cited turn, and where in it the quote stands; nothing of what anybody thought of it. */
export class PassageDto {
  quoteId: string;
  interviewId: string;
  /** Version of the transcript that the turn is read from. */
  @ApiProperty({ type: 'integer' })
  transcriptVersion: number;
  @ApiProperty({ type: 'integer' })
  turn: number;
  /** The whole turn; absent when the words were erased at the person's request. */
  text?: string;
  @ApiProperty({ type: 'integer' })
  start: number;
  @ApiProperty({ type: 'integer' })
  end: number;
}

/** What a second reader is to read: the claim and the cited passages, without anybody's opinion. */
export class BlindReadingDto {
  insightId: string;
  statement: string;
  /** The passages that the caller has still to judge. */
  passages: PassageDto[];
}

export class GiveReadingDto {
  @Id()
  quoteId: string;

  /** What the passage does to the claim, in the reader's own opinion. */
  @EnumOf(READING_DISPOSITIONS, 'ReadingDisposition')
  disposition: Disposition;
}

/** A second reader's opinions, given before seeing the first ones. */
export class GiveReadingsDto {
  /** One for each passage judged. */
  @NestedList(() => GiveReadingDto)
  @ArrayMinSize(1)
  readings: GiveReadingDto[];
}

/** Two opinions of one passage, side by side. */
export class ReadingDto {
  quoteId: string;
  /** The member who read it second. */
  readerId: string;
  /** What the second reader thought. */
  @ApiProperty({ enum: DISPOSITIONS, enumName: 'Disposition' })
  disposition: Disposition;
  /** What the first reader thought. */
  @ApiProperty({ enum: DISPOSITIONS, enumName: 'Disposition' })
  firstDisposition: Disposition;
  /** Whether both thought the same. */
  agree: boolean;
  @ApiProperty({ format: 'date-time' })
  readAt: string;
}

/** Why a number is not there. */
export class AgreementNotComputedDto {
  /** Stable reason, such as too-few or no-variance. */
  reason: string;
  /** The same in words. */
  detail: string;
}

/** How far the readers agree beyond chance. */
export class AgreementDto {
  /** Krippendorff's alpha: 1 is perfect, 0 is chance, below 0 they contradict each other. */
  alpha?: number;
  /** `firm` from 0.8, `tentative` from 0.667. */
  @ApiProperty({ enum: ALPHA_LABELS, enumName: 'AlphaLabel', required: false })
  label?: AlphaLabel;
  /** Readers whose opinions can be compared. */
  @ApiProperty({ type: 'integer' })
  readers?: number;
  /** Passages that two readers judged. */
  @ApiProperty({ type: 'integer' })
  passages?: number;
  /** There instead of alpha when it cannot be computed. */
  notComputed?: AgreementNotComputedDto;
}

/** What the readers of one claim thought, and how far they agree. */
export class ReadingsDto {
  /** Both opinions of each passage. */
  readings: ReadingDto[];
  /** How far all readers of the claim agree. */
  agreement: AgreementDto;
}
