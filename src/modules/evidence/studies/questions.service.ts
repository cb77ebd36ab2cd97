import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Invalid, NotFound } from '../../../domain/errors.js';
import { AuditLog } from '../../../platform/audit/audit-log.js';
import { Clock } from '../../../platform/clock/clock.js';
import { pageById } from '../../../platform/database/page-by-id.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { newId } from '../../../platform/http/ids.js';
import type { Page, PageRequest } from '../../../platform/http/page.js';
import type { Actor } from '../../../platform/security/principal.js';
import { MetricsReader } from '../../metrics/metrics.reader.js';
import type { CreateQuestionDto, QuestionStateDto } from './question.dto.js';
import { QuestionEntity } from './question.entity.js';

/** The whys that numbers raise, from open to answered. */
@Injectable()
export class QuestionsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly metrics: MetricsReader,
  ) {}

  async create(actor: Actor, body: CreateQuestionDto): Promise<QuestionEntity> {
    return await this.transactions.run(async (manager) => {
      await this.requireMetric(manager, actor.projectId, body.signal?.metricKey);
      const now = await this.clock.now(manager);
      const question = manager.create(QuestionEntity, {
        projectId: actor.projectId,
        id: newId(),
        text: body.text,
        signal: body.signal ?? null,
        tags: body.tags ?? [],
        state: 'open',
        answer: null,
        stateChangedAt: now,
        createdAt: now,
      });
      await manager.insert(QuestionEntity, question);
      await this.audit.record(manager, actor, {
        action: 'question.create',
        objectType: 'question',
        objectId: question.id,
      });
      return question;
    });
  }

  async byId(
    projectId: string,
    id: string,
    manager: EntityManager = this.transactions.manager,
  ): Promise<QuestionEntity> {
    const question = await manager.findOneBy(QuestionEntity, { projectId, id });
    if (question === null) throw new NotFound('not-found', 'There is no such question.');
    return question;
  }

  async list<T>(
    projectId: string,
    page: PageRequest,
    show: (question: QuestionEntity) => T,
  ): Promise<Page<T>> {
    return await pageById(this.transactions.manager, QuestionEntity, projectId, page, show);
  }

  /** Says where the question stands. Saying the same again changes nothing. */
  async stand(actor: Actor, id: string, body: QuestionStateDto): Promise<QuestionEntity> {
    requireAnswer(body);
    return await this.transactions.run(async (manager) => {
      const { projectId } = actor;
      const question = await manager.findOne(QuestionEntity, {
        where: { projectId, id },
        lock: { mode: 'pessimistic_write' },
      });
      if (question === null) throw new NotFound('not-found', 'There is no such question.');
      const answer = body.answer ?? null;
      if (question.state === body.state && question.answer === answer) return question;
      const change = { state: body.state, answer, stateChangedAt: await this.clock.now(manager) };
      await manager.update(QuestionEntity, { projectId, id }, change);
      await this.audit.record(manager, actor, {
        action: 'question.stand',
        objectType: 'question',
        objectId: id,
        before: { state: question.state, answer: question.answer },
        after: { state: body.state, answer },
      });
      return Object.assign(question, change);
    });
  }

  private async requireMetric(
    manager: EntityManager,
    projectId: string,
    key: string | undefined,
  ): Promise<void> {
    if (key === undefined) return;
    const metrics = await this.metrics.all(projectId, manager);
    if (metrics.some((metric) => metric.key === key)) return;
    throw new Invalid('unknown-metric', 'The project has no such metric.', [
      { pointer: '/signal/metricKey', code: 'unknown-metric' },
    ]);
  }
}

/** An answer without `answered`, or `answered` without an answer, would say two things at once. */
function requireAnswer({ state, answer }: QuestionStateDto): void {
  const isAnswered = answer !== undefined && answer.trim() !== '';
  if (state === 'answered' && !isAnswered) {
    throw new Invalid('validation-failed', 'Say what the interviews answered.', [
      { pointer: '/answer', code: 'answer-missing' },
    ]);
  }
  if (state !== 'answered' && answer !== undefined) {
    throw new Invalid('validation-failed', 'Only an answered question has an answer.', [
      { pointer: '/answer', code: 'not-answered' },
    ]);
  }
}
