import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type FieldError, Invalid, NotFound } from '../../../domain/errors.js';
import type { Disposition } from '../../../domain/evidence/dossier.js';
import { AuditLog } from '../../../platform/audit/audit-log.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { newId } from '../../../platform/http/ids.js';
import { type Page, pageOf, type PageRequest } from '../../../platform/http/page.js';
import type { Actor } from '../../../platform/security/principal.js';
import type {
  AttachEvidenceDto,
  CreateInsightDto,
  EvidenceEntryDto,
  EvidenceInputDto,
} from './insight.dto.js';
import { InsightEntity } from './insight.entity.js';

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

/** Claims about people, and how what was said bears on them. */
@Injectable()
export class InsightsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
  ) {}

  async createInsight(actor: Actor, body: CreateInsightDto): Promise<InsightEntity> {
    return await this.transactions.run(async (manager) => {
      const insight = manager.create(InsightEntity, {
        projectId: actor.projectId,
        id: newId(),
        statement: body.statement,
        audience: body.audience,
        questionId: body.questionId ?? null,
        job: body.job ?? null,
        forces: null,
        firedSolution: body.firedSolution ?? null,
        firingTrigger: null,
        nextJob: body.nextJob ?? null,
        switchTimeline: null,
        state: 'asserted',
        reviewBy: null,
        tags: body.tags ?? [],
        createdBy: actor.memberId,
        createdAt: await this.clock.now(manager),
      });
      await manager.insert(InsightEntity, insight);
      await this.audit.record(manager, actor, {
        action: 'insight.create',
        objectType: 'insight',
        objectId: insight.id,
      });
      return insight;
    });
  }

  async insight(
    projectId: string,
    id: string,
    manager: EntityManager = this.transactions.manager,
  ): Promise<InsightEntity> {
    const insight = await manager.findOneBy(InsightEntity, { projectId, id });
    if (insight === null) throw new NotFound('not-found', 'There is no such insight.');
    return insight;
  }

  /** Lists insights whose statement holds `text` and whose tags hold `tag`. */
  async list<T>(
    projectId: string,
    filter: { text?: string; tag?: string },
    page: PageRequest,
    show: (insight: InsightEntity) => T,
  ): Promise<Page<T>> {
    const query = this.transactions.manager
      .createQueryBuilder(InsightEntity, 'insight')
      .where('insight.project_id = :projectId', { projectId })
      .orderBy('insight.id', 'ASC')
      .limit(page.limit + 1);
    if (page.after !== null) query.andWhere('insight.id > :after', { after: page.after });
    if (filter.text !== undefined) {
      query.andWhere('strpos(lower(insight.statement), lower(:text)) > 0', { text: filter.text });
    }
    if (filter.tag !== undefined) query.andWhere(':tag = ANY(insight.tags)', { tag: filter.tag });
    return pageOf(await query.getMany(), page.limit, show);
  }

  /** Gives quotes and interviews a disposition; giving it again replaces the earlier one. */
  async attach(
    actor: Actor,
    insightId: string,
    body: AttachEvidenceDto,
  ): Promise<EvidenceEntryDto[]> {
    const entries = entriesOf(body);
    return await this.transactions.run(async (manager) => {
      await this.insight(actor.projectId, insightId, manager);
      await this.requireTargets(manager, actor.projectId, entries, body.evidence !== undefined);
      const now = await this.clock.now(manager);
      for (const entry of entries) {
        const conflict =
          entry.quoteId === undefined
            ? '(project_id, insight_id, interview_id) WHERE interview_id IS NOT NULL'
            : '(project_id, insight_id, quote_id)';
        await manager.query(
          `INSERT INTO evidence_entry (project_id, id, insight_id, quote_id, interview_id,
             disposition, response, reason, reader_id, read_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
           ON CONFLICT ${conflict} DO UPDATE SET disposition = EXCLUDED.disposition,
             response = EXCLUDED.response, reason = EXCLUDED.reason,
             reader_id = EXCLUDED.reader_id, read_at = EXCLUDED.read_at`,
          [
            actor.projectId,
            newId(),
            insightId,
            entry.quoteId ?? null,
            entry.interviewId ?? null,
            entry.disposition,
            entry.response ?? null,
            entry.reason ?? null,
            actor.memberId,
            now,
          ],
        );
      }
      await this.audit.record(manager, actor, {
        action: 'evidence.attach',
        objectType: 'insight',
        objectId: insightId,
        after: entries,
      });
      return await this.evidence(actor.projectId, insightId, manager);
    });
  }

  async evidence(
    projectId: string,
    insightId: string,
    manager: EntityManager = this.transactions.manager,
  ): Promise<EvidenceEntryDto[]> {
    const rows = (await manager.query(
      `SELECT evidence_entry.* FROM evidence_entry
       WHERE evidence_entry.project_id = $1 AND evidence_entry.insight_id = $2
       ORDER BY evidence_entry.id`,
      [projectId, insightId],
    )) as EntryRow[];
    return rows.map((row) => ({
      id: row.id,
      ...(row.quote_id === null ? {} : { quoteId: row.quote_id }),
      ...(row.interview_id === null ? {} : { interviewId: row.interview_id }),
      disposition: row.disposition,
      ...(row.response === null ? {} : { response: row.response }),
      ...(row.reason === null ? {} : { reason: row.reason }),
      readerId: row.reader_id,
      readAt: row.read_at.toISOString(),
    }));
  }

  private async requireTargets(
    manager: EntityManager,
    projectId: string,
    entries: readonly EvidenceInputDto[],
    many: boolean,
  ): Promise<void> {
    const quotes = await this.existing(
      manager,
      'quote',
      projectId,
      entries.map((e) => e.quoteId),
    );
    const interviews = await this.existing(
      manager,
      'interview',
      projectId,
      entries.map((e) => e.interviewId),
    );
    const errors: FieldError[] = entries.flatMap((entry, index) => {
      const pointer = many ? `/evidence/${index}` : '';
      if ((entry.quoteId === undefined) === (entry.interviewId === undefined)) {
        return [{ pointer, code: 'quote-or-interview' }];
      }
      if (entry.quoteId !== undefined && !quotes.has(entry.quoteId)) {
        return [{ pointer: `${pointer}/quoteId`, code: 'unknown-quote' }];
      }
      if (entry.interviewId !== undefined && !interviews.has(entry.interviewId)) {
        return [{ pointer: `${pointer}/interviewId`, code: 'unknown-interview' }];
      }
      return [];
    });
    if (errors.length > 0) {
      throw new Invalid('validation-failed', 'The evidence names what does not exist.', errors);
    }
  }

  private async existing(
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
