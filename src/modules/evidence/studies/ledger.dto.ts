import { ApiProperty } from '@nestjs/swagger';
import { type Disposition, DISPOSITIONS } from '../../../domain/evidence/dossier.js';
import {
  LEDGER_SOURCES,
  type LedgerSource,
  OPEN_CELL_REASONS,
  type OpenCellReason,
} from '../../../domain/evidence/measures/ledger.js';
import {
  Count,
  EnumOf,
  Flag,
  Id,
  Maybe,
  NAME_MAX,
  NestedList,
  Text,
  Texts,
} from '../../../platform/http/fields.js';

/** Interviews by insights; a body that a person still reads, and that can be sent back whole. */
export const LEDGER_CELLS_MAX = 5_000;

/** Which insights the matrix has. */
export class LedgerQueryDto {
  /** Ids with commas between them; those with evidence from the study when absent. */
  @Maybe()
  @Text(8_000)
  insightIds?: string;
}

/** How one interview stands to one insight. */
export class LedgerEntryDto {
  @Id()
  interviewId: string;

  @Id()
  insightId: string;

  /** `unread` is an honest state, and keeps the gate shut. */
  @EnumOf(DISPOSITIONS, 'Disposition')
  disposition: Disposition;

  /** Needed with `excluded`, and then from the closed list. */
  @Maybe()
  @Text()
  reason?: string;

  @Maybe()
  @Text()
  response?: string;

  /**
   * Read-only. `recorded` by a person, read off its `quotes`, or guessed from the `questions` that
   * the interviewer asked.
   */
  @Maybe()
  @EnumOf(LEDGER_SOURCES, 'LedgerSource')
  source?: LedgerSource;

  /** Read-only. What the quotes of the interview say; absent when there is none. */
  @Maybe()
  @EnumOf(DISPOSITIONS, 'Disposition')
  quotesSay?: Disposition;

  /** Read-only. What keeps the cell open; absent when nothing does. */
  @Maybe()
  @EnumOf(OPEN_CELL_REASONS, 'OpenCellReason')
  open?: OpenCellReason;

  /** Read-only. The member who recorded it. */
  @Maybe()
  @Id()
  readerId?: string;
}

/**
 * What a member confirms. The answer of the GET is a valid body: what it says already, and what is
 * `unread`, changes nothing; what the server proposed is confirmed.
 */
export class PutLedgerDto {
  /** Cells to record. */
  @Maybe()
  @NestedList(() => LedgerEntryDto, LEDGER_CELLS_MAX)
  entries?: LedgerEntryDto[];

  /** Confirms everything the server proposes for cells nobody recorded, other than `unread`. */
  @Maybe()
  @Flag()
  acceptProposals?: boolean;

  /** The insights of the matrix; those with evidence from the study when absent. */
  @Maybe()
  @Texts(NAME_MAX)
  insightIds?: string[];

  /** Read-only. */
  @Maybe()
  @Id()
  studyId?: string;

  /** Read-only. */
  @Maybe()
  @Flag()
  complete?: boolean;

  /** Read-only. */
  @Maybe()
  @Count(0)
  openCells?: number;
}

/** Every completed interview of a study by every insight that it bears on. */
export class LedgerDto {
  studyId: string;
  /** The insights of the matrix. */
  insightIds: string[];
  /** The cells: interviews in the order they ended, each with every insight. */
  entries: LedgerEntryDto[];
  /** Whether no cell is open. */
  complete: boolean;
  /** How many cells are open. */
  @ApiProperty({ type: 'integer' })
  openCells: number;
}
