import { ApiProperty } from '@nestjs/swagger';
import { PairDto } from './participant-pair.dto.js';
import { ConsentDto, FreeTextPlaceDto, ParticipantDto } from './participant.dto.js';

export class ExportedIdentityDto {
  name?: string;
  email?: string;
  phone?: string;
}

export class ExportedTurnDto {
  /** Version of the transcript; a corrected one repeats what the one before had. */
  @ApiProperty({ type: 'integer' })
  version: number;
  /** Number of the turn, from 0. */
  @ApiProperty({ type: 'integer' })
  index: number;
  /** What they said, word for word. */
  text: string;
  /** When the turn starts, in milliseconds from the beginning. */
  @ApiProperty({ type: 'integer' })
  startMs?: number;
}

export class ExportedObservationDto {
  @ApiProperty({ format: 'date-time' })
  at: string;
  /** What the observer saw. */
  text: string;
}

export class ExportedSpeaksForDto {
  /** What they were to us when it happened. */
  population: string;
  /** Stage of the funnel, as the project names it. */
  stage?: string;
  /** From when on; open when absent. */
  @ApiProperty({ format: 'date-time' })
  from?: string;
  /** Until when; open when absent. */
  @ApiProperty({ format: 'date-time' })
  to?: string;
}

/** A session they took part in, with their own words only. */
export class ExportedInterviewDto {
  id: string;
  studyId?: string;
  method: string;
  modality: string;
  @ApiProperty({ format: 'date-time' })
  startedAt: string;
  @ApiProperty({ format: 'date-time' })
  endedAt: string;
  interviewer: string;
  @ApiProperty({ format: 'date-time' })
  anchorEventAt?: string;
  /** Key of the experiment whose variant they had seen. */
  exposureTo?: string;
  /** What they were noted to have lived through. */
  speaksFor: ExportedSpeaksForDto[];
  /** Everything they said. */
  turns: ExportedTurnDto[];
  /** What was seen and written down about them. */
  observations: ExportedObservationDto[];
}

export class ExportedQuoteDto {
  id: string;
  interviewId: string;
  /** Number of the turn it is from. */
  @ApiProperty({ type: 'integer' })
  turn: number;
  /** The words, exactly. */
  exact: string;
}

/** Where their words are used. */
export class CitedByDto {
  /** Claims that rest on a quote of theirs, or on an interview with them. */
  @ApiProperty({ type: 'string', isArray: true, format: 'uuid' })
  insightIds: string[];
  /** Keys of the experiments that cite such a claim or quote. */
  experimentKeys: string[];
}

/** Everything held about one person. */
export class ParticipantExportDto {
  /** As everybody else sees them. */
  participant: ParticipantDto;
  /** Who they are, as far as somebody wrote it down. */
  identity?: ExportedIdentityDto;
  /** All they ever consented to, withdrawn or not. */
  consents: ConsentDto[];
  /** Every session they took part in. */
  interviews: ExportedInterviewDto[];
  /** Their words that were marked as quotes. */
  quotes: ExportedQuoteDto[];
  /** Other pseudonyms that may be the same person. */
  pairs: PairDto[];
  /** Where their words are used. */
  citedBy: CitedByDto;
  /** Where members wrote six or more words of theirs into texts of their own; no more than 500 places. */
  freeText: FreeTextPlaceDto[];
}
