import { Injectable } from '@nestjs/common';
import { Invalid, NotFound, Stale } from '../../domain/errors.js';
import { jsonCopy } from '../../domain/experiments/plan.js';
import { AuditLog } from '../../platform/audit/audit-log.js';
import { Clock } from '../../platform/clock/clock.js';
import { pageById } from '../../platform/database/page-by-id.js';
import { Transactions } from '../../platform/database/transactions.js';
import { newId } from '../../platform/http/ids.js';
import type { Page, PageRequest } from '../../platform/http/page.js';
import type { Actor } from '../../platform/security/principal.js';
import type { IdeaBodyDto } from './dto/experiment-body.dto.js';
import type { ReplaceIdeaDto } from './dto/experiment.dto.js';
import { IdeaEntity } from './idea.entity.js';

/** Experiments in the making: any part of the body, no evidence asked, and they never run. */
@Injectable()
export class IdeasService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
  ) {}

  async create(actor: Actor, body: IdeaBodyDto): Promise<IdeaEntity> {
    return await this.transactions.run(async (manager) => {
      const idea = manager.create(IdeaEntity, {
        projectId: actor.projectId,
        id: newId(),
        body: jsonCopy(body),
        createdBy: actor.memberId,
        createdAt: await this.clock.now(manager),
      });
      await manager.save(idea);
      await this.audit.record(manager, actor, {
        action: 'idea.create',
        objectType: 'idea',
        objectId: idea.id,
      });
      return idea;
    });
  }

  async replace(
    actor: Actor,
    id: string,
    sent: ReplaceIdeaDto,
    ifMatch: number,
  ): Promise<IdeaEntity> {
    const { id: sentId, createdAt, check: _, ...body } = sent;
    return await this.transactions.run(async (manager) => {
      const idea = await manager.findOne(IdeaEntity, {
        where: { projectId: actor.projectId, id },
        lock: { mode: 'pessimistic_write' },
      });
      if (idea === null) throw new NotFound('not-found', 'There is no such idea.');
      if (idea.version !== ifMatch) throw new Stale();
      requireUnchanged(idea, { id: sentId, createdAt });
      idea.body = jsonCopy(body);
      await manager.save(idea);
      await this.audit.record(manager, actor, {
        action: 'idea.update',
        objectType: 'idea',
        objectId: idea.id,
      });
      return idea;
    });
  }

  async list<T>(
    projectId: string,
    page: PageRequest,
    show: (idea: IdeaEntity) => T,
  ): Promise<Page<T>> {
    return await pageById(this.transactions.manager, IdeaEntity, projectId, page, show);
  }

  async byId(projectId: string, id: string): Promise<IdeaEntity> {
    const idea = await this.transactions.manager.findOneBy(IdeaEntity, { projectId, id });
    if (idea === null) throw new NotFound('not-found', 'There is no such idea.');
    return idea;
  }
}

function requireUnchanged(
  idea: IdeaEntity,
  sent: { id: string | undefined; createdAt: string | undefined },
): void {
  const errors = [
    ...(sent.id === undefined || sent.id === idea.id ? [] : ['/id']),
    ...(sent.createdAt === undefined || sent.createdAt === idea.createdAt.toISOString()
      ? []
      : ['/createdAt']),
  ].map((pointer) => ({ pointer, code: 'read-only' }));
  if (errors.length > 0) throw new Invalid('validation-failed', 'Only we set this.', errors);
}
