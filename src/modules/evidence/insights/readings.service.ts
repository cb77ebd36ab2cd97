import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Conflict } from '../../../domain/errors.js';
import type { Disposition } from '../../../domain/evidence/dossier.js';
import { krippendorffAlpha } from '../../../domain/evidence/measures/agreement-alpha.js';
import { AuditLog } from '../../../platform/audit/audit-log.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Transactions } from '../../../platform/database/transactions.js';
import type { Actor } from '../../../platform/security/principal.js';
import { TranscriptStore } from '../interviews/transcript-store.js';
import { InsightsService } from './insights.service.js';
import type {
  AgreementDto,
  BlindReadingDto,
  GiveReadingDto,
  PassageDto,
  ReadingDto,
  ReadingsDto,
} from './reading.dto.js';

interface CitedQuoteRow {
  id: string;
  interview_id: string;
  transcript_version: number;
  turn_index: number;
  start_at: number;
  end_at: number;
}

interface ReadingRow {
  quote_id: string;
  reader_id: string;
  disposition: Disposition;
  read_at: Date;
  first_disposition: Disposition;
  first_reader_id: string;
}

/** A quote of the insight as one reader stands to it. */
interface StandingRow {
  quote_id: string;
  first_reader_id: string | null;
  is_opened: boolean;
  is_given: boolean;
}

/** A second opinion of each cited passage, formed before the first one is seen. */
@Injectable()
export class ReadingsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly transcripts: TranscriptStore,
    private readonly insights: InsightsService,
  ) {}

  /**
   * The passages that this member has still to judge: what others have cited and the member has not
   * given a reading of. From now on, and until the readings are given, the member sees nobody else's
   * opinions of this insight. Each opening is in the audit log.
   */
  async open(actor: Actor, insightId: string): Promise<BlindReadingDto> {
    return await this.transactions.run(async (manager) => {
      const { projectId, memberId } = actor;
      const insight = await this.insights.insight(projectId, insightId, manager);
      const quotes = (await manager.query(
        `SELECT quote.id, quote.interview_id, quote.transcript_version, quote.turn_index,
           quote.start_at, quote.end_at
         FROM evidence_entry
         JOIN quote ON quote.project_id = evidence_entry.project_id
           AND quote.id = evidence_entry.quote_id
         WHERE evidence_entry.project_id = $1 AND evidence_entry.insight_id = $2
           AND evidence_entry.reader_id <> $3 AND NOT EXISTS (
             SELECT 1 FROM insight_reading
             WHERE insight_reading.project_id = $1 AND insight_reading.insight_id = $2
               AND insight_reading.quote_id = quote.id AND insight_reading.reader_id = $3
               AND insight_reading.read_at IS NOT NULL)
         ORDER BY quote.interview_id, quote.turn_index, quote.start_at, quote.id`,
        [projectId, insightId, memberId],
      )) as CitedQuoteRow[];
      const quoteIds = quotes.map(({ id }) => id);
      await manager.query(
        `INSERT INTO insight_reading (project_id, insight_id, quote_id, reader_id, opened_at)
         SELECT $1, $2, given.quote_id, $3, $5 FROM unnest($4::uuid[]) AS given (quote_id)
         ON CONFLICT (project_id, insight_id, quote_id, reader_id) DO NOTHING`,
        [projectId, insightId, memberId, quoteIds, await this.clock.now(manager)],
      );
      const passages = await this.passages(manager, projectId, quotes);
      await this.audit.record(manager, actor, {
        action: 'insight.open-reading',
        objectType: 'insight',
        objectId: insightId,
        after: quoteIds,
      });
      return { insightId, statement: insight.statement, passages };
    });
  }

  /**
   * Stores what the member thinks of passages they opened, once and for good.
   * @throws Conflict `not-a-second-reader`, `not-opened`, `already-read`
   */
  async give(
    actor: Actor,
    insightId: string,
    readings: readonly GiveReadingDto[],
  ): Promise<ReadingsDto> {
    return await this.transactions.run(async (manager) => {
      const { projectId, memberId } = actor;
      await this.insights.insight(projectId, insightId, manager);
      const quoteIds = readings.map(({ quoteId }) => quoteId.toLowerCase());
      const unique = [...new Set(quoteIds)];
      await this.lock(manager, actor, insightId, unique);
      requireReadable(await this.standings(manager, actor, insightId, unique), memberId);
      if (unique.length < quoteIds.length) {
        throw new Conflict('already-read', 'A passage is judged once.');
      }
      await manager.query(
        `UPDATE insight_reading SET disposition = given.disposition, read_at = $6
         FROM unnest($4::uuid[], $5::text[]) AS given (quote_id, disposition)
         WHERE insight_reading.project_id = $1 AND insight_reading.insight_id = $2
           AND insight_reading.reader_id = $3 AND insight_reading.quote_id = given.quote_id`,
        [
          projectId,
          insightId,
          memberId,
          quoteIds,
          readings.map(({ disposition }) => disposition),
          await this.clock.now(manager),
        ],
      );
      await this.audit.record(manager, actor, {
        action: 'insight.give-reading',
        objectType: 'insight',
        objectId: insightId,
        after: readings,
      });
      const rows = await this.rows(manager, projectId, insightId);
      const given = new Set(quoteIds);
      return {
        readings: rows
          .filter((row) => row.reader_id === memberId && given.has(row.quote_id))
          .map(readingDto),
        agreement: agreementOf(rows),
      };
    });
  }

  /** Every finished reading of an insight. */
  async list(
    projectId: string,
    insightId: string,
    manager: EntityManager = this.transactions.manager,
  ): Promise<ReadingDto[]> {
    return (await this.rows(manager, projectId, insightId)).map(readingDto);
  }

  private async lock(
    manager: EntityManager,
    { projectId, memberId }: Actor,
    insightId: string,
    quoteIds: readonly string[],
  ): Promise<void> {
    await manager.query(
      `SELECT 1 FROM insight_reading
       WHERE insight_reading.project_id = $1 AND insight_reading.insight_id = $2
         AND insight_reading.reader_id = $3 AND insight_reading.quote_id = ANY($4)
       ORDER BY insight_reading.quote_id FOR UPDATE`,
      [projectId, insightId, memberId, quoteIds],
    );
  }

  private async standings(
    manager: EntityManager,
    { projectId, memberId }: Actor,
    insightId: string,
    quoteIds: readonly string[],
  ): Promise<StandingRow[]> {
    return (await manager.query(
      `SELECT wanted.quote_id, evidence_entry.reader_id AS first_reader_id,
         insight_reading.opened_at IS NOT NULL AS is_opened,
         insight_reading.read_at IS NOT NULL AS is_given
       FROM unnest($4::uuid[]) AS wanted (quote_id)
       LEFT JOIN evidence_entry ON evidence_entry.project_id = $1
         AND evidence_entry.insight_id = $2 AND evidence_entry.quote_id = wanted.quote_id
       LEFT JOIN insight_reading ON insight_reading.project_id = $1
         AND insight_reading.insight_id = $2 AND insight_reading.reader_id = $3
         AND insight_reading.quote_id = wanted.quote_id`,
      [projectId, insightId, memberId, quoteIds],
    )) as StandingRow[];
  }

  private async rows(
    manager: EntityManager,
    projectId: string,
    insightId: string,
  ): Promise<ReadingRow[]> {
    return (await manager.query(
      `SELECT insight_reading.quote_id, insight_reading.reader_id, insight_reading.disposition,
         insight_reading.read_at, evidence_entry.disposition AS first_disposition,
         evidence_entry.reader_id AS first_reader_id
       FROM insight_reading
       JOIN evidence_entry ON evidence_entry.project_id = insight_reading.project_id
         AND evidence_entry.insight_id = insight_reading.insight_id
         AND evidence_entry.quote_id = insight_reading.quote_id
       WHERE insight_reading.project_id = $1 AND insight_reading.insight_id = $2
         AND insight_reading.read_at IS NOT NULL
       ORDER BY insight_reading.quote_id, insight_reading.reader_id`,
      [projectId, insightId],
    )) as ReadingRow[];
  }

  private async passages(
    manager: EntityManager,
    projectId: string,
    quotes: readonly CitedQuoteRow[],
  ): Promise<PassageDto[]> {
    const turns = await this.transcripts.turnsAt(
      manager,
      projectId,
      quotes.map((quote) => ({
        interviewId: quote.interview_id,
        version: quote.transcript_version,
        turn: quote.turn_index,
      })),
    );
    return quotes.map((quote, at) => {
      const text = turns[at]?.text ?? null;
      return {
        quoteId: quote.id,
        interviewId: quote.interview_id,
        transcriptVersion: quote.transcript_version,
        turn: quote.turn_index,
        ...(text === null ? {} : { text }),
        start: quote.start_at,
        end: quote.end_at,
      };
    });
  }
}

function requireReadable(standings: readonly StandingRow[], memberId: string): void {
  const ids = (rows: readonly StandingRow[]) => ({ quoteIds: rows.map((row) => row.quote_id) });
  const own = standings.filter((row) => row.first_reader_id === memberId);
  if (own.length > 0) {
    throw new Conflict(
      'not-a-second-reader',
      'You gave the first opinion of these quotes; somebody else has to read them.',
      ids(own),
    );
  }
  const unopened = standings.filter((row) => !row.is_opened);
  if (unopened.length > 0) {
    throw new Conflict('not-opened', 'You have not opened these passages.', ids(unopened));
  }
  const given = standings.filter((row) => row.is_given);
  if (given.length > 0) {
    throw new Conflict('already-read', 'You have judged these passages already.', ids(given));
  }
}

function readingDto(row: ReadingRow): ReadingDto {
  return {
    quoteId: row.quote_id,
    readerId: row.reader_id,
    disposition: row.disposition,
    firstDisposition: row.first_disposition,
    agree: row.disposition === row.first_disposition,
    readAt: row.read_at.toISOString(),
  };
}

/** One row per member, one place per quote: a member may be first here and second there. */
function agreementOf(rows: readonly ReadingRow[]): AgreementDto {
  const quoteIds = [...new Set(rows.map((row) => row.quote_id))];
  const judged = new Map<string, (string | null)[]>();
  const note = (readerId: string, quoteId: string, disposition: string): void => {
    const row = judged.get(readerId) ?? quoteIds.map(() => null);
    row[quoteIds.indexOf(quoteId)] = disposition;
    judged.set(readerId, row);
  };
  for (const row of rows) {
    note(row.first_reader_id, row.quote_id, row.first_disposition);
    note(row.reader_id, row.quote_id, row.disposition);
  }
  const found = krippendorffAlpha([...judged.values()]);
  if (!found.ok) return { notComputed: { reason: found.reason, detail: found.detail } };
  const { alpha, label, readers, items } = found;
  return { alpha, label, readers, passages: items };
}
