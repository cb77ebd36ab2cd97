import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize } from 'class-validator';
import { type Producer, PRODUCERS } from '../../../domain/evidence/dossier.js';
import { TURN_TEXT_MAX, TURNS_MAX } from '../../../domain/evidence/transcripts/limits.js';
import {
  GUESS_REASONS,
  SPEAKER_ROLES,
} from '../../../domain/evidence/transcripts/guess-speakers.js';
import { Count, EnumOf, Id, Maybe, Name, NestedList, Text } from '../../../platform/http/fields.js';
import { InterviewTurnDto, TRANSCRIPT_KINDS } from './interview.dto.js';

/** Who one name of the transcript is. */
export class SpeakerNameDto {
  /** The name as it stands in the file; empty where the file names nobody. */
  @Text(200)
  speaker: string;

  /** The participant; absent for the interviewer. */
  @Maybe()
  @Id()
  participantId?: string;
}

/** Every name of the transcript, and who it is. */
export class ConfirmSpeakersDto {
  /** Each name that occurs in it. */
  @NestedList(() => SpeakerNameDto)
  @ArrayMinSize(1)
  speakers: SpeakerNameDto[];
}

/** Words to black out. */
export class RedactionDto {
  /** Number of the turn, from 0. */
  @Count(0, TURNS_MAX)
  turn: number;

  /** First code point, from 0. */
  @Count(0, TURN_TEXT_MAX)
  start: number;

  /** The code point after the last one. */
  @Count(1, TURN_TEXT_MAX)
  end: number;

  /** Why, without the words: third person, health, payment data. */
  @Name()
  reason: string;
}

export class RedactDto {
  /** Stretches of turns; what they share with quotes is blacked out there too. */
  @NestedList(() => RedactionDto)
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  redactions: RedactionDto[];
}

/** What a file does not say of itself. */
export class TranscriptFileQueryDto {
  /** BCP 47; `und` when absent. */
  @Maybe()
  @Name()
  language?: string;

  /** Who wrote the words down; speech recognition when absent. */
  @Maybe()
  @EnumOf(PRODUCERS, 'TranscriptProducer')
  producedBy?: Producer;

  /** How this version came about: raw for the first one, corrected after it, unless you say so. */
  @Maybe()
  @EnumOf(TRANSCRIPT_KINDS, 'TranscriptKind')
  kind?: string;
}

export class TranscriptVersionDto {
  @ApiProperty({ type: 'integer' })
  version: number;
  @ApiProperty({ enum: TRANSCRIPT_KINDS, enumName: 'TranscriptKind' })
  kind: string;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
}

/** What the reader of the file takes a name to be; a person confirms it. */
export class SpeakerGuessDto {
  /** The name as it stands in the file; empty where the file names nobody. */
  speaker: string;
  @ApiProperty({ enum: SPEAKER_ROLES, enumName: 'SpeakerRole' })
  role: string;
  /** The participant it seems to be. */
  participantId?: string;
  /** What the guess rests on. */
  @ApiProperty({ enum: GUESS_REASONS, enumName: 'GuessReason' })
  why: string;
}

/** The newest version of the words of an interview, without the words. */
export class TranscriptStateDto {
  interviewId: string;
  @ApiProperty({ type: 'integer' })
  version: number;
  @ApiProperty({ enum: TRANSCRIPT_KINDS, enumName: 'TranscriptKind' })
  kind: string;
  /** BCP 47; `und` where nobody said. */
  language: string;
  /** Who wrote the words down. */
  @ApiProperty({ enum: PRODUCERS, enumName: 'TranscriptProducer' })
  producedBy: Producer;
  /** What kind of file it came in. */
  format?: string;
  /** Whether it is settled who speaks; only then can anybody be quoted. */
  speakersConfirmed: boolean;
  /** Quotes whose words this version does not have; they do not count. */
  lostQuotes: string[];
  /** Every version, oldest first. */
  versions: TranscriptVersionDto[];
}

/** What was read of a file, and who seems to speak in it. */
export class ReadTranscriptDto extends TranscriptStateDto {
  /** Who each name seems to be: confirm it with `PUT .../speakers`. */
  guesses: SpeakerGuessDto[];
  /** What was left out or assumed while reading. */
  notes: string[];
}

export class TranscriptWordsDto extends TranscriptStateDto {
  turns: InterviewTurnDto[];
}
