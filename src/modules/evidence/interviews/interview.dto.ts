import { ApiProperty } from '@nestjs/swagger';
import { ArrayMinSize } from 'class-validator';
import { TURN_TEXT_MAX, TURNS_MAX } from '../../../domain/evidence/transcripts/limits.js';
import {
  INTERVIEW_METHODS,
  type InterviewMethod,
  MODALITIES,
  type Modality,
  type Population,
  POPULATIONS,
  type Producer,
  PRODUCERS,
} from '../../../domain/evidence/dossier.js';
import {
  Count,
  EnumOf,
  Flag,
  Id,
  Instant,
  Maybe,
  Name,
  Nested,
  NestedList,
  Text,
} from '../../../platform/http/fields.js';
import { PageQueryDto } from '../../../platform/http/page-query.dto.js';

/** How a version of a transcript came about. */
export const TRANSCRIPT_KINDS = ['raw', 'corrected', 'pseudonymised', 'translated'] as const;
const HOUR_MS = 3_600_000;

/** Something the person has lived through themselves, and when. */
export class SpeaksForDto {
  @EnumOf(POPULATIONS, 'Population')
  population: Population;

  /** Stage of the funnel, as the project names it. */
  @Maybe()
  @Name()
  stage?: string;

  /** From when on; open when absent. */
  @Maybe()
  @Instant()
  from?: string;

  /** Until when; open when absent. */
  @Maybe()
  @Instant()
  to?: string;
}

/** Who took part, and what they can speak for first-hand. */
export class InterviewParticipantDto {
  @Id()
  participantId: string;

  /** What this person has lived through; decides whether their words are first-hand. */
  @NestedList(() => SpeaksForDto)
  speaksFor: SpeaksForDto[];
}

export class TurnDto {
  /** The name as it stands in the transcript. */
  @Name()
  speaker: string;

  /** The participant who speaks; absent for the interviewer. */
  @Maybe()
  @Id()
  participantId?: string;

  /** What was said, word for word. Positions of quotes count its code points. */
  @Text(TURN_TEXT_MAX)
  text: string;

  /** When the turn starts, in milliseconds from the beginning. */
  @Maybe()
  @Count(0, 100 * HOUR_MS)
  startMs?: number;
}

export class TranscriptDto {
  /** BCP 47, e.g. en or fi. */
  @Name()
  language: string;

  /** Who wrote the words down: a person, speech recognition, or a model. */
  @EnumOf(PRODUCERS, 'TranscriptProducer')
  producedBy: Producer;

  /** How this version came about: raw for the first one, corrected after it, unless you say so. */
  @Maybe()
  @EnumOf(TRANSCRIPT_KINDS, 'TranscriptKind')
  kind?: string;

  @NestedList(() => TurnDto, TURNS_MAX)
  @ArrayMinSize(1)
  turns: TurnDto[];
}

/** Something seen rather than said. */
export class ObservationDto {
  @Id()
  participantId: string;

  @Instant()
  at: string;

  /** What the person did, as the observer saw it. */
  @Text()
  text: string;
}

export class AddObservationsDto {
  @NestedList(() => ObservationDto)
  @ArrayMinSize(1)
  observations: ObservationDto[];
}

export class InterviewQueryDto extends PageQueryDto {
  /** Only the sessions of this study. */
  @Maybe()
  @Id()
  studyId?: string;
}

/** One session with one or more people. */
export class CreateInterviewDto {
  /** The round of interviews it belongs to. */
  @Maybe()
  @Id()
  studyId?: string;

  @NestedList(() => InterviewParticipantDto, 50)
  @ArrayMinSize(1)
  participants: InterviewParticipantDto[];

  @EnumOf(INTERVIEW_METHODS, 'InterviewMethod')
  method: InterviewMethod;

  @EnumOf(MODALITIES, 'Modality')
  modality: Modality;

  /** Whether questions could follow answers: a conversation, not a form. */
  @Flag()
  interactive: boolean;

  @Instant()
  startedAt: string;

  @Instant()
  endedAt: string;

  /** Who asked. */
  @Name()
  interviewer: string;

  /** When the event happened that the talk is about (the purchase, the cancellation). */
  @Maybe()
  @Instant()
  anchorEventAt?: string;

  /** Key of an experiment whose variant this person had seen. */
  @Maybe()
  @Name()
  exposureTo?: string;

  @Maybe()
  @Nested(() => TranscriptDto)
  transcript?: TranscriptDto;

  @Maybe()
  @NestedList(() => ObservationDto)
  observations?: ObservationDto[];
}

export class InterviewTurnDto {
  /** Number of the turn, from 0. */
  @ApiProperty({ type: 'integer' })
  index: number;
  /** Absent when the words were erased at the person's request. */
  speaker?: string;
  participantId?: string;
  /** Absent when the words were erased at the person's request. */
  text?: string;
  @ApiProperty({ type: 'integer' })
  startMs?: number;
}

export class InterviewDto {
  id: string;
  studyId?: string;
  @ApiProperty({ enum: INTERVIEW_METHODS, enumName: 'InterviewMethod' })
  method: InterviewMethod;
  @ApiProperty({ enum: MODALITIES, enumName: 'Modality' })
  modality: Modality;
  interactive: boolean;
  @ApiProperty({ format: 'date-time' })
  startedAt: string;
  @ApiProperty({ format: 'date-time' })
  endedAt: string;
  interviewer: string;
  @ApiProperty({ format: 'date-time' })
  anchorEventAt?: string;
  /** Key of an experiment whose variant the people had seen. */
  exposureTo?: string;
  participants: InterviewParticipantDto[];
  /** When the words arrived, by our clock; absent while there are none. */
  @ApiProperty({ format: 'date-time' })
  ingestedAt?: string;
  /** The version of the words in force; absent while there are none. */
  @ApiProperty({ type: 'integer' })
  transcriptVersion?: number;
  /** Whether it is settled who speaks in the newest version. */
  speakersConfirmed?: boolean;
  @ApiProperty({ type: 'integer' })
  turns: number;
  @ApiProperty({ type: 'integer' })
  observations: number;
}

export class InterviewWordsDto extends InterviewDto {
  transcript: InterviewTurnDto[];
}

export class InterviewPageDto {
  data: InterviewDto[];
  /** Send it as `cursor` for the next page; absent on the last one. */
  nextCursor?: string;
}
