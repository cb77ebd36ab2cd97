import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { validate } from 'uuid';
import { type FieldError, Invalid, NotFound } from '../../../domain/errors.js';
import type { TrackEntry } from '../../../domain/evidence/dossier.js';
import { parseInstant } from '../../../domain/events/instant.js';
import { AuditLog } from '../../../platform/audit/audit-log.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { newId } from '../../../platform/http/ids.js';
import { type Page, pageOf, type PageRequest } from '../../../platform/http/page.js';
import type { Actor } from '../../../platform/security/principal.js';
import { loadTrack } from '../dossier/track-record.js';
import { instant } from '../people/participants.service.js';
import type { CreateInsightDto, InsightStateDto, SwitchMomentDto } from './insight.dto.js';
import { InsightEntity } from './insight.entity.js';

export interface InsightFilter {
  /** Words of the statement, the job or a tag, whatever their case. */
  text?: string;
  /** One whole tag. */
  tag?: string;
  /** A study that some of the evidence comes from. */
  studyId?: string;
}

/** Insights that some evidence of a study bears on; `$1` is the project, `$2` the study. */
const INSIGHTS_OF_STUDY = `
  SELECT evidence_entry.insight_id FROM interview
  JOIN quote ON quote.project_id = interview.project_id AND quote.interview_id = interview.id
  JOIN evidence_entry ON evidence_entry.project_id = quote.project_id
    AND evidence_entry.quote_id = quote.id
  WHERE interview.project_id = $1 AND interview.study_id = $2
  UNION
  SELECT evidence_entry.insight_id FROM interview
  JOIN evidence_entry ON evidence_entry.project_id = interview.project_id
    AND evidence_entry.interview_id = interview.id
  WHERE interview.project_id = $1 AND interview.study_id = $2`;

/** Claims about people, and whether they stand. */
@Injectable()
export class InsightsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
  ) {}

  async create(actor: Actor, body: CreateInsightDto): Promise<InsightEntity> {
    return await this.transactions.run(async (manager) => {
      await requireTimeline(manager, actor.projectId, body.switchTimeline ?? []);
      const insight = manager.create(InsightEntity, {
        projectId: actor.projectId,
        id: newId(),
        statement: body.statement,
        audience: body.audience,
        questionId: body.questionId ?? null,
        job: body.job ?? null,
        forces: body.forces ?? null,
        firedSolution: body.firedSolution ?? null,
        firingTrigger: body.firingTrigger ?? null,
        nextJob: body.nextJob ?? null,
        switchTimeline: body.switchTimeline ?? null,
        state: 'asserted',
        stateReason: null,
        stateCode: null,
        stateExperimentId: null,
        supersededBy: null,
        reviewBy: body.reviewBy === undefined ? null : instant(body.reviewBy),
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

  /** How the experiments ended that rested on it. */
  async trackRecord(projectId: string, id: string): Promise<TrackEntry[]> {
    return await loadTrack(this.transactions.manager, projectId, [id]);
  }

  /** Lists the insights for which every part of the filter holds. */
  async list<T>(
    projectId: string,
    filter: InsightFilter,
    page: PageRequest,
    show: (insight: InsightEntity) => T,
  ): Promise<Page<T>> {
    const { manager } = this.transactions;
    const query = manager
      .createQueryBuilder(InsightEntity, 'insight')
      .where('insight.project_id = :projectId', { projectId })
      .orderBy('insight.id', 'ASC')
      .limit(page.limit + 1);
    if (page.after !== null) query.andWhere('insight.id > :after', { after: page.after });
    if (filter.text !== undefined) {
      query.andWhere(
        `(strpos(lower(insight.statement), lower(:text)) > 0
          OR strpos(lower(insight.job), lower(:text)) > 0
          OR EXISTS (SELECT 1 FROM unnest(insight.tags) AS tagged (tag)
            WHERE strpos(lower(tagged.tag), lower(:text)) > 0))`,
        { text: filter.text },
      );
    }
    if (filter.tag !== undefined) query.andWhere(':tag = ANY(insight.tags)', { tag: filter.tag });
    if (filter.studyId !== undefined) {
      const insightIds = await this.idsOfStudy(manager, projectId, filter.studyId);
      query.andWhere('insight.id = ANY(:insightIds)', { insightIds });
    }
    return pageOf(await query.getMany(), page.limit, show);
  }

  /** Insights that some evidence of the study bears on. */
  async idsOfStudy(manager: EntityManager, projectId: string, studyId: string): Promise<string[]> {
    const rows = (await manager.query(INSIGHTS_OF_STUDY, [projectId, studyId])) as {
      insight_id: string;
    }[];
    return rows.map((row) => row.insight_id).toSorted();
  }

  /** Says how a claim stands. Its words never change: what was cited stays what it was. */
  async stand(actor: Actor, id: string, body: InsightStateDto): Promise<InsightEntity> {
    const successorId = body.supersededBy?.toLowerCase() ?? null;
    requireSuccessor(id, body.state, successorId);
    return await this.transactions.run(async (manager) => {
      const { projectId } = actor;
      const locked = await this.lock(
        manager,
        projectId,
        successorId === null ? [id] : [id, successorId],
      );
      const insight = locked.find((one) => one.id === id);
      if (insight === undefined) throw new NotFound('not-found', 'There is no such insight.');
      if (successorId !== null) requireStanding(locked.find((one) => one.id === successorId));
      const change = {
        state: body.state,
        stateReason: body.reason,
        stateCode: null,
        stateExperimentId: null,
        supersededBy: successorId,
      };
      await manager.update(InsightEntity, { projectId, id }, change);
      await this.audit.record(manager, actor, {
        action: 'insight.stand',
        objectType: 'insight',
        objectId: id,
        reason: body.reason,
        before: { state: insight.state, supersededBy: insight.supersededBy },
        after: { state: body.state, supersededBy: successorId },
      });
      return Object.assign(insight, change);
    });
  }

  /** In the order of their ids, so that two who supersede each other wait instead of deadlocking. */
  private async lock(
    manager: EntityManager,
    projectId: string,
    ids: readonly string[],
  ): Promise<InsightEntity[]> {
    return await manager
      .createQueryBuilder(InsightEntity, 'insight')
      .where('insight.project_id = :projectId AND insight.id = ANY(:ids)', { projectId, ids })
      .orderBy('insight.id')
      .setLock('pessimistic_write')
      .getMany();
  }
}

function requireSuccessor(id: string, state: string, successorId: string | null): void {
  const refuse = (code: string, message: string): never => {
    throw new Invalid('validation-failed', message, [{ pointer: '/supersededBy', code }]);
  };
  if (state === 'superseded' && successorId === null) {
    refuse('successor-missing', 'Name the insight that says it better.');
  }
  if (state !== 'superseded' && successorId !== null) {
    refuse('not-superseded', 'Only a superseded insight has a successor.');
  }
  if (successorId === id) refuse('own-successor', 'An insight cannot supersede itself.');
}

function requireStanding(successor: InsightEntity | undefined): void {
  const code =
    successor === undefined
      ? 'unknown-insight'
      : ['superseded', 'retired'].includes(successor.state)
        ? 'not-standing'
        : null;
  if (code === null) return;
  throw new Invalid('validation-failed', 'The successor is an insight that itself stands.', [
    { pointer: '/supersededBy', code },
  ]);
}

async function requireTimeline(
  manager: EntityManager,
  projectId: string,
  timeline: readonly SwitchMomentDto[],
): Promise<void> {
  const quoteIds = timeline.flatMap((moment) => moment.quoteIds ?? []);
  const found = (await manager.query(
    'SELECT quote.id FROM quote WHERE quote.project_id = $1 AND quote.id = ANY($2)',
    [projectId, quoteIds.filter((id) => validate(id))],
  )) as { id: string }[];
  const known = new Set(found.map((row) => row.id));
  const errors: FieldError[] = timeline.flatMap((moment, index) => {
    const pointer = `/switchTimeline/${index}`;
    const { at, quoteIds: told = [] } = moment;
    const date =
      at === undefined || isDated(at)
        ? []
        : [{ pointer: `${pointer}/at`, code: 'invalid-timestamp' }];
    const quotes = told.flatMap((id, nth) =>
      known.has(id.toLowerCase())
        ? []
        : [{ pointer: `${pointer}/quoteIds/${nth}`, code: 'unknown-quote' }],
    );
    return [...date, ...quotes];
  });
  if (errors.length > 0) {
    throw new Invalid(
      'validation-failed',
      'The timeline has dates or quotes that do not exist.',
      errors,
    );
  }
}

/** An instant, or a whole day: people remember days. */
function isDated(at: string): boolean {
  return parseInstant(at) !== null || parseInstant(`${at}T00:00:00Z`) !== null;
}
