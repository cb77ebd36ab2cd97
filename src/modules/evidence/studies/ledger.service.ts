import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { validate } from 'uuid';
import { type FieldError, Invalid } from '../../../domain/errors.js';
import type { Disposition } from '../../../domain/evidence/dossier.js';
import { concernsClaim } from '../../../domain/evidence/measures/concerns-claim.js';
import {
  type Ledger,
  type LedgerCell,
  proposeLedger,
} from '../../../domain/evidence/measures/ledger.js';
import { AuditLog } from '../../../platform/audit/audit-log.js';
import { Transactions } from '../../../platform/database/transactions.js';
import type { Actor } from '../../../platform/security/principal.js';
import {
  EvidenceEntriesService,
  exclusionFaults,
  type NewEntry,
} from '../insights/evidence-entries.service.js';
import { InsightsService } from '../insights/insights.service.js';
import { TranscriptStore } from '../interviews/transcript-store.js';
import {
  LEDGER_CELLS_MAX,
  type LedgerDto,
  type LedgerEntryDto,
  type PutLedgerDto,
} from './ledger.dto.js';
import {
  type ClaimRow,
  claims,
  endedSessions,
  type RecordedRow,
  recordedCells,
  saidByQuotes,
  type SaidRow,
  type SessionRow,
} from './ledger.queries.js';
import { StudiesService } from './studies.service.js';

/** Interviews whose words are opened at a time. */
const OPENED_AT_ONCE = 200;

interface Reader {
  projectId: string;
  memberId: string | null;
}

/** The matrix as it stands, with what was recorded beside it. */
interface Matrix {
  sessions: readonly SessionRow[];
  insights: readonly ClaimRow[];
  recorded: ReadonlyMap<string, RecordedRow>;
  /** What the quotes of an interview say, cell by cell. */
  said: ReadonlyMap<string, Disposition>;
  ledger: Ledger;
}

/** The full ledger of a study: what every interview says about every claim, so nothing is picked. */
@Injectable()
export class LedgerService {
  constructor(
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
    private readonly studies: StudiesService,
    private readonly insights: InsightsService,
    private readonly entries: EvidenceEntriesService,
    private readonly transcripts: TranscriptStore,
  ) {}

  async read(caller: Reader, studyId: string, wanted: string | undefined): Promise<LedgerDto> {
    const ids = wanted === undefined ? undefined : wanted.split(',').filter((id) => id !== '');
    return await this.transactions.run(async (manager) => {
      const matrix = await this.matrix(manager, caller, studyId, { ids, alsoIds: [] });
      return ledgerDto(studyId, matrix);
    }, 'REPEATABLE READ');
  }

  /** Records cells of the matrix in one go; a cell that says what it said before is left as it is. */
  async confirm(actor: Actor, studyId: string, body: PutLedgerDto): Promise<LedgerDto> {
    const given = body.entries ?? [];
    const scope = { ids: body.insightIds, alsoIds: given.map(({ insightId }) => insightId) };
    return await this.transactions.run(async (manager) => {
      const matrix = await this.matrix(manager, actor, studyId, scope);
      requireSound(given, matrix);
      const chosen = new Map(given.map((entry) => [cellKey(entry), entryFrom(entry)]));
      if (body.acceptProposals === true) {
        for (const cell of matrix.ledger.cells.filter(isProposal)) {
          if (!chosen.has(cellKey(cell))) chosen.set(cellKey(cell), entryFrom(cell));
        }
      }
      const changes = [...chosen].flatMap(([key, entry]) =>
        isChange(entry, matrix, key) ? [entry] : [],
      );
      await this.entries.write(manager, actor, changes);
      const after = await this.matrix(manager, actor, studyId, scope);
      await this.audit.record(manager, actor, {
        action: 'ledger.confirm',
        objectType: 'study',
        objectId: studyId,
        after: changes,
      });
      return ledgerDto(studyId, after);
    });
  }

  private async matrix(
    manager: EntityManager,
    caller: Reader,
    studyId: string,
    scope: { ids: readonly string[] | undefined; alsoIds: readonly string[] },
  ): Promise<Matrix> {
    const { projectId } = caller;
    await this.studies.byId(projectId, studyId, manager);
    const ids = scope.ids ?? (await this.insights.idsOfStudy(manager, projectId, studyId));
    const insightIds = [...new Set([...ids, ...scope.alsoIds].map((id) => id.toLowerCase()))];
    const insights = await claims(
      manager,
      projectId,
      insightIds.filter((id) => validate(id)),
    );
    requireInsights(insightIds, insights, scope.ids);
    await this.entries.requireSighted(manager, caller, insightIds);
    const sessions = await endedSessions(manager, projectId, studyId, LEDGER_CELLS_MAX);
    requireReadableSize(sessions.length, insights.length);
    const interviewIds = sessions.map(({ id }) => id);
    const said = await saidByQuotes(manager, projectId, interviewIds, insightIds);
    const recordedRows = await recordedCells(manager, projectId, interviewIds, insightIds);
    const recorded = new Map(recordedRows.map((row) => [rowKey(row), row]));
    const settled = new Set([...recorded.keys(), ...said.map(rowKey)]);
    const askedIn = await this.askedIn(manager, projectId, { sessions, insights, settled });
    const ledger = proposeLedger({
      interviews: sessions.map(({ id, participant_ids: participantIds }) => ({
        interviewId: id,
        participantIds,
      })),
      insights: insights.map(({ id }) => ({
        insightId: id,
        quotes: said
          .filter((row) => row.insight_id === id)
          .map((row) => ({ interviewId: row.interview_id, disposition: row.disposition })),
        askedIn: askedIn.get(id) ?? new Set<string>(),
      })),
      entries: recordedRows.map((row) => ({
        interviewId: row.interview_id,
        insightId: row.insight_id,
        disposition: row.disposition,
        exclusionReason: row.reason,
      })),
    });
    const quotesSay = new Map(
      ledger.cells.flatMap((cell) =>
        cell.quotesSay === null ? [] : [[cellKey(cell), cell.quotesSay] as const],
      ),
    );
    return { sessions, insights, recorded, said: quotesSay, ledger };
  }

  /**
   * Per claim, the interviews in which a question concerned it. Where no question of the interviewer
   * can be read, nobody knows what was asked: such an interview is left for a person to read.
   */
  private async askedIn(
    manager: EntityManager,
    projectId: string,
    input: {
      sessions: readonly SessionRow[];
      insights: readonly ClaimRow[];
      settled: ReadonlySet<string>;
    },
  ): Promise<Map<string, Set<string>>> {
    const { sessions, insights, settled } = input;
    const asked = new Map(insights.map(({ id }) => [id, new Set<string>()]));
    const open = sessions
      .map(({ id }) => id)
      .filter((interviewId) =>
        insights.some(({ id }) => !settled.has(cellKey({ interviewId, insightId: id }))),
      );
    for (let from = 0; from < open.length; from += OPENED_AT_ONCE) {
      const some = open.slice(from, from + OPENED_AT_ONCE);
      const opened = await this.transcripts.current(manager, projectId, some);
      for (const interviewId of some) {
        const questions = (opened.get(interviewId) ?? []).flatMap(({ participantId, text }) =>
          participantId === null && text !== null ? [text] : [],
        );
        for (const { id, statement, question } of insights) {
          const concerns =
            questions.length === 0 || concernsClaim(questions, statement, question ?? undefined);
          if (concerns) asked.get(id)?.add(interviewId);
        }
      }
    }
    return asked;
  }
}

function requireInsights(
  insightIds: readonly string[],
  found: readonly ClaimRow[],
  named: readonly string[] | undefined,
): void {
  const known = new Set(found.map(({ id }) => id));
  const missing = insightIds.filter((id) => !known.has(id));
  if (missing.length === 0) return;
  const isNamed = named?.some((id) => missing.includes(id.toLowerCase())) === true;
  throw new Invalid(
    'validation-failed',
    'The ledger names insights that do not exist.',
    [{ pointer: isNamed ? '/insightIds' : '/entries', code: 'unknown-insight' }],
    { insightIds: missing },
  );
}

function requireReadableSize(sessions: number, insights: number): void {
  if (sessions <= LEDGER_CELLS_MAX && sessions * insights <= LEDGER_CELLS_MAX) return;
  throw new Invalid(
    'ledger-too-large',
    `A ledger has at most ${LEDGER_CELLS_MAX} cells: name fewer insights.`,
    [],
    { cellsMax: LEDGER_CELLS_MAX },
  );
}

function requireSound(given: readonly LedgerEntryDto[], { sessions }: Matrix): void {
  const known = new Set(sessions.map(({ id }) => id));
  const seen = new Set<string>();
  const errors: FieldError[] = given.flatMap((entry, index) => {
    const pointer = `/entries/${index}`;
    if (!known.has(entry.interviewId.toLowerCase())) {
      return [{ pointer: `${pointer}/interviewId`, code: 'unknown-interview' }];
    }
    const key = cellKey(entry);
    if (seen.has(key)) return [{ pointer, code: 'duplicate-entry' }];
    seen.add(key);
    return exclusionFaults(entry, pointer);
  });
  if (errors.length > 0) {
    throw new Invalid('validation-failed', 'Some cells cannot be recorded.', errors);
  }
}

/** What the server guessed; what quotes say needs nobody's confirmation. */
function isProposal({ source, disposition }: LedgerCell): boolean {
  return source === 'questions' && disposition !== 'unread';
}

/** What quotes say is not recorded again: a later quote of the interview must be able to change it. */
function isChange(entry: NewEntry, matrix: Matrix, key: string): boolean {
  const recorded = matrix.recorded.get(key);
  if (recorded !== undefined) {
    return (
      recorded.disposition !== entry.disposition ||
      recorded.reason !== entry.reason ||
      recorded.response !== entry.response
    );
  }
  const isSaid = matrix.said.get(key) === entry.disposition && entry.response === null;
  return entry.disposition !== 'unread' && !isSaid;
}

function entryFrom(entry: LedgerEntryDto | LedgerCell): NewEntry {
  return {
    insightId: entry.insightId.toLowerCase(),
    quoteId: null,
    interviewId: entry.interviewId.toLowerCase(),
    disposition: entry.disposition,
    response: 'response' in entry ? (entry.response ?? null) : null,
    reason: 'reason' in entry ? (entry.reason ?? null) : null,
  };
}

function ledgerDto(studyId: string, { insights, ledger, recorded }: Matrix): LedgerDto {
  return {
    studyId,
    insightIds: insights.map(({ id }) => id),
    entries: ledger.cells.map((cell) => cellDto(cell, recorded.get(cellKey(cell)))),
    complete: ledger.isComplete,
    openCells: ledger.openCells.length,
  };
}

function cellDto(cell: LedgerCell, row: RecordedRow | undefined): LedgerEntryDto {
  const { interviewId, insightId, disposition, source, quotesSay, open } = cell;
  return {
    interviewId,
    insightId,
    disposition,
    ...(row === undefined || row.reason === null ? {} : { reason: row.reason }),
    ...(row === undefined || row.response === null ? {} : { response: row.response }),
    source,
    ...(quotesSay === null ? {} : { quotesSay }),
    ...(open === null ? {} : { open }),
    ...(row === undefined ? {} : { readerId: row.reader_id }),
  };
}

function rowKey(row: SaidRow): string {
  return cellKey({ interviewId: row.interview_id, insightId: row.insight_id });
}

function cellKey({ interviewId, insightId }: { interviewId: string; insightId: string }): string {
  return `${interviewId.toLowerCase()}/${insightId.toLowerCase()}`;
}
