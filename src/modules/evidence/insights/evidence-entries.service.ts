import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Conflict, type FieldError, Invalid } from '../../../domain/errors.js';
import type { Disposition } from '../../../domain/evidence/dossier.js';
import { EXCLUSION_REASONS } from '../../../domain/evidence/measures/ledger.js';
import { AuditLog } from '../../../platform/audit/audit-log.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { newId } from '../../../platform/http/ids.js';
import type { Actor } from '../../../platform/security/principal.js';
import { holdClaims } from '../dossier/dossier-locks.js';
import type {
  AttachEvidenceDto,
  EvidenceEntryDto,
  EvidenceInputDto,
} from './evidence-entry.dto.js';
import { InsightsService } from './insights.service.js';

interface EntryRow {
  id: string;
  quote_id: string | null;
  interview_id: string | null;
  disposition: Disposition;
  response: string | null;
  reason: string | null;
  reader_id: string;
  read_at: Date;
}

/** How one quote, or one interview as a whole, bears on one claim. */
export interface NewEntry {
  insightId: string;
  quoteId: string | null;
  interviewId: string | null;
  disposition: Disposition;
  response: string | null;
  reason: string | null;
}

/** How what was said bears on claims: one entry per quote, or per interview as a whole. */
@Injectable()
export class EvidenceEntriesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly insights: InsightsService,
  ) {}

  /** Gives quotes and interviews a disposition; giving it again replaces the earlier one. */
  async attach(
    actor: Actor,
    insightId: string,
    body: AttachEvidenceDto,
  ): Promise<EvidenceEntryDto[]> {
    const given = entriesOf(body);
    return await this.transactions.run(async (manager) => {
      const { projectId } = actor;
      await this.insights.insight(projectId, insightId, manager);
      await this.requireSound(manager, projectId, given, body.evidence !== undefined);
      await this.write(
        manager,
        actor,
        given.map((entry) => newEntry(insightId, entry)),
      );
      await this.audit.record(manager, actor, {
        action: 'evidence.attach',
        objectType: 'insight',
        objectId: insightId,
        after: given,
      });
      return (await this.list(actor, insightId, manager)).evidence;
    });
  }

  /** Stores entries that have been checked, in the caller's transaction; each replaces an earlier one. */
  async write(manager: EntityManager, actor: Actor, entries: readonly NewEntry[]): Promise<void> {
    // A gate that reads these claims comes first, or sees the change.
    await holdClaims(
      manager,
      actor.projectId,
      entries.map(({ insightId }) => insightId),
    );
    const ordered = entries.toSorted((one, other) => (targetOf(one) < targetOf(other) ? -1 : 1));
    const now = await this.clock.now(manager);
    const ofQuotes = ordered.filter(({ quoteId }) => quoteId !== null);
    const ofInterviews = ordered.filter(({ quoteId }) => quoteId === null);
    const quoteKey = '(project_id, insight_id, quote_id)';
    const interviewKey = '(project_id, insight_id, interview_id) WHERE interview_id IS NOT NULL';
    await upsert(manager, actor, ofQuotes, quoteKey, now);
    await upsert(manager, actor, ofInterviews, interviewKey, now);
  }

  /**
   * The entries of an insight, and whether the caller reads blind: then those of others come without
   * what they thought.
   */
  async list(
    caller: { projectId: string; memberId: string | null },
    insightId: string,
    manager: EntityManager = this.transactions.manager,
  ): Promise<{ blind: boolean; evidence: EvidenceEntryDto[] }> {
    const { projectId, memberId } = caller;
    const blind = (await this.blindInsights(manager, caller, [insightId])).length > 0;
    const rows = (await manager.query(
      `SELECT evidence_entry.* FROM evidence_entry
       WHERE evidence_entry.project_id = $1 AND evidence_entry.insight_id = $2
       ORDER BY evidence_entry.id`,
      [projectId, insightId],
    )) as EntryRow[];
    const evidence = rows.map((row) => entryDto(row, blind && row.reader_id !== memberId));
    return { blind, evidence };
  }

  /** Of these insights, those in which the caller has opened passages and not yet judged them. */
  async blindInsights(
    manager: EntityManager,
    { projectId, memberId }: { projectId: string; memberId: string | null },
    insightIds: readonly string[],
  ): Promise<string[]> {
    const rows = (await manager.query(
      `SELECT DISTINCT insight_reading.insight_id FROM insight_reading
       JOIN evidence_entry ON evidence_entry.project_id = insight_reading.project_id
         AND evidence_entry.insight_id = insight_reading.insight_id
         AND evidence_entry.quote_id = insight_reading.quote_id
         AND evidence_entry.reader_id <> insight_reading.reader_id
       WHERE insight_reading.project_id = $1 AND insight_reading.insight_id = ANY($2)
         AND insight_reading.reader_id = $3 AND insight_reading.read_at IS NULL
       ORDER BY insight_reading.insight_id`,
      [projectId, insightIds, memberId],
    )) as { insight_id: string }[];
    return rows.map((row) => row.insight_id);
  }

  /** @throws Conflict `reading-open` when the caller reads one of these insights blind */
  async requireSighted(
    manager: EntityManager,
    caller: { projectId: string; memberId: string | null },
    insightIds: readonly string[],
  ): Promise<void> {
    const blind = await this.blindInsights(manager, caller, insightIds);
    if (blind.length === 0) return;
    throw new Conflict(
      'reading-open',
      'You have passages open for a blind reading: give your readings first.',
      { insightIds: blind },
    );
  }

  private async requireSound(
    manager: EntityManager,
    projectId: string,
    entries: readonly EvidenceInputDto[],
    many: boolean,
  ): Promise<void> {
    const quotes = await existing(
      manager,
      'quote',
      projectId,
      entries.map(({ quoteId }) => quoteId),
    );
    const interviews = await existing(
      manager,
      'interview',
      projectId,
      entries.map(({ interviewId }) => interviewId),
    );
    const seen = new Set<string>();
    const errors: FieldError[] = entries.flatMap((entry, index) => {
      const pointer = many ? `/evidence/${index}` : '';
      const { quoteId, interviewId } = entry;
      if ((quoteId === undefined) === (interviewId === undefined)) {
        return [{ pointer, code: 'quote-or-interview' }];
      }
      if (quoteId !== undefined && !quotes.has(quoteId.toLowerCase())) {
        return [{ pointer: `${pointer}/quoteId`, code: 'unknown-quote' }];
      }
      if (interviewId !== undefined && !interviews.has(interviewId.toLowerCase())) {
        return [{ pointer: `${pointer}/interviewId`, code: 'unknown-interview' }];
      }
      const target = targetOf(newEntry('', entry));
      if (seen.has(target)) return [{ pointer, code: 'duplicate-entry' }];
      seen.add(target);
      return interviewId === undefined ? [] : exclusionFaults(entry, pointer);
    });
    if (errors.length > 0) {
      throw new Invalid('validation-failed', 'This evidence cannot be attached.', errors);
    }
  }
}

/** An interview is left out for a reason that can be counted, so it comes from a closed list. */
export function exclusionFaults(
  { disposition, reason }: { disposition: Disposition; reason?: string },
  pointer: string,
): FieldError[] {
  const allowed: readonly string[] = EXCLUSION_REASONS;
  if (disposition !== 'excluded' || (reason !== undefined && allowed.includes(reason))) return [];
  const detail = `An interview is left out because of one of: ${allowed.join(', ')}.`;
  return [{ pointer: `${pointer}/reason`, code: 'exclusion-reason', detail }];
}

/** Rows are written in one order by everybody, so that two writers wait instead of deadlocking. */
function targetOf({ insightId, quoteId, interviewId }: NewEntry): string {
  return `${insightId}/${quoteId ?? ''}/${interviewId ?? ''}`;
}

async function upsert(
  manager: EntityManager,
  actor: Actor,
  entries: readonly NewEntry[],
  key: string,
  now: Date,
): Promise<void> {
  if (entries.length === 0) return;
  await manager.query(
    `INSERT INTO evidence_entry (project_id, id, insight_id, quote_id, interview_id, disposition,
       response, reason, reader_id, read_at)
     SELECT $1, given.id, given.insight_id, given.quote_id, given.interview_id, given.disposition,
       given.response, given.reason, $2, $3
     FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::text[], $9::text[],
       $10::text[])
       AS given (id, insight_id, quote_id, interview_id, disposition, response, reason)
     ON CONFLICT ${key} DO UPDATE SET disposition = EXCLUDED.disposition,
       response = EXCLUDED.response, reason = EXCLUDED.reason,
       reader_id = EXCLUDED.reader_id, read_at = EXCLUDED.read_at`,
    [
      actor.projectId,
      actor.memberId,
      now,
      entries.map(() => newId()),
      entries.map((entry) => entry.insightId),
      entries.map((entry) => entry.quoteId),
      entries.map((entry) => entry.interviewId),
      entries.map((entry) => entry.disposition),
      entries.map((entry) => entry.response),
      entries.map((entry) => entry.reason),
    ],
  );
}

async function existing(
  manager: EntityManager,
  table: 'quote' | 'interview',
  projectId: string,
  ids: readonly (string | undefined)[],
): Promise<Set<string>> {
  const rows = (await manager.query(
    `SELECT ${table}.id FROM ${table} WHERE ${table}.project_id = $1 AND ${table}.id = ANY($2)`,
    [projectId, ids.filter((id) => id !== undefined)],
  )) as { id: string }[];
  return new Set(rows.map(({ id }) => id));
}

function newEntry(insightId: string, entry: EvidenceInputDto): NewEntry {
  return {
    insightId,
    quoteId: entry.quoteId?.toLowerCase() ?? null,
    interviewId: entry.interviewId?.toLowerCase() ?? null,
    disposition: entry.disposition,
    response: entry.response ?? null,
    reason: entry.reason ?? null,
  };
}

function entryDto(row: EntryRow, hidden: boolean): EvidenceEntryDto {
  return {
    id: row.id,
    ...(row.quote_id === null ? {} : { quoteId: row.quote_id }),
    ...(row.interview_id === null ? {} : { interviewId: row.interview_id }),
    ...(hidden ? {} : opinionOf(row)),
    readAt: row.read_at.toISOString(),
  };
}

function opinionOf(row: EntryRow) {
  return {
    disposition: row.disposition,
    ...(row.response === null ? {} : { response: row.response }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    readerId: row.reader_id,
  };
}

function entriesOf({ evidence, disposition, ...single }: AttachEvidenceDto): EvidenceInputDto[] {
  if (evidence !== undefined) return evidence;
  if (disposition === undefined) {
    throw new Invalid('validation-failed', 'Evidence needs a disposition.', [
      { pointer: '/disposition', code: 'disposition-missing' },
    ]);
  }
  return [{ ...single, disposition }];
}
