import { ApiProperty } from '@nestjs/swagger';
import { ArrayMinSize } from 'class-validator';
import { MODALITIES, type Modality } from '../../../domain/evidence/dossier.js';
import { EnumOf, Id, Instant, Maybe, Name, NestedList } from '../../../platform/http/fields.js';
import { SpeakerGuessDto, SpeakerNameDto } from '../interviews/transcript.dto.js';

export const FILE_STATES = [
  'imported',
  'already_imported',
  'failed',
  'not_in_manifest',
  'pending',
] as const;
/** As many interviews as a zip has files. */
export const SHEET_INTERVIEWS_MAX = 500;
export type FileState = (typeof FILE_STATES)[number];

export class FileFaultDto {
  /** JSON Pointer into the file as its format counts it, or into its row of the manifest. */
  pointer: string;
  /** Stable, e.g. missing. */
  code: string;
}

/** What was wrong with one file; nothing of it was stored. */
export class FileProblemDto {
  /** Stable, e.g. transcript-unreadable. */
  code: string;
  /** A sentence for the person who sent the file. */
  detail: string;
  /** Where in the file or its row, and what is wrong there. */
  errors?: FileFaultDto[];
}

/** What became of one file. */
export class ImportedFileDto {
  /** Its path in the zip. */
  file: string;
  /** For a table: whose row. */
  person?: string;
  @ApiProperty({ enum: FILE_STATES, enumName: 'ImportedFileState' })
  status: FileState;
  interviewId?: string;
  /** Who took part. */
  participantIds?: string[];
  problem?: FileProblemDto;
  /** Who each name of the file seems to be; confirm them on `PUT .../speakers`. */
  guesses?: SpeakerGuessDto[];
  /** What was left out or assumed while reading. */
  notes?: string[];
}

/** What became of a zip, file by file. */
export class StudyImportDto {
  studyId: string;
  /** Whether every file was looked at; if not, send the same zip again and it goes on. */
  complete: boolean;
  /** Files that are in now. */
  @ApiProperty({ type: 'integer' })
  imported: number;
  /** Files that were refused. */
  @ApiProperty({ type: 'integer' })
  failed: number;
  /** Every file, in the order of the manifest. */
  files: ImportedFileDto[];
  /** For REFI-QDA: what has no place here, named so that nobody believes it came along. */
  loss?: RefiLossDto[];
}

export class RefiLossDto {
  /** Stable, e.g. crosses-turns. */
  kind: string;
  /** How many there are. */
  @ApiProperty({ type: 'integer' })
  count: number;
  /** In a sentence. */
  what: string;
  /** GUIDs of what is meant, at most 50. */
  examples?: string[];
}

export class CodebookImportDto {
  studyId: string;
  /** Names of the codes, in the order of the codebook. */
  codes: string[];
  /** What has no place here. */
  loss: RefiLossDto[];
}

/** What a REFI-QDA project does not say of its sessions. */
export class RefiImportQueryDto {
  /** When the sessions were held; the project's own date when absent. */
  @Maybe()
  @Instant()
  heldAt?: string;

  /** How people were heard; in writing when absent, which counts less. */
  @Maybe()
  @EnumOf(MODALITIES, 'Modality')
  modality?: Modality;

  /** How whoever asks is called in the texts, such as `Q` or `Moderator`, where these do not tell. */
  @Maybe()
  @Name()
  interviewer?: string;
}

/** Who speaks in one interview of the sheet. */
export class SheetInterviewDto {
  @Id()
  interviewId: string;

  /** Each name that occurs in it. */
  @NestedList(() => SpeakerNameDto)
  @ArrayMinSize(1)
  speakers: SpeakerNameDto[];
}

/** The whole sheet: every interview whose speakers are open. */
export class ConfirmSheetDto {
  /** Each with its names settled. */
  @NestedList(() => SheetInterviewDto)
  @ArrayMinSize(1)
  interviews: SheetInterviewDto[];
}

/** Somebody who took part. */
export class SheetPersonDto {
  participantId: string;
  pseudonym: string;
}

export class OpenInterviewDto {
  interviewId: string;
  /** Who took part, under their pseudonyms. */
  people: SheetPersonDto[];
  /** Who each name seems to be. */
  guesses: SpeakerGuessDto[];
}

/** Interviews of a study in which it is not settled who speaks, at most 500 at a time. */
export class SpeakerSheetDto {
  /** Oldest first; empty when nothing is open. */
  interviews: OpenInterviewDto[];
}

export class ConfirmedSheetDto {
  /** Interviews whose people can be quoted now. */
  confirmed: string[];
}
