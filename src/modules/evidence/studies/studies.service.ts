import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { NotFound } from '../../../domain/errors.js';
import { AuditLog } from '../../../platform/audit/audit-log.js';
import { Clock } from '../../../platform/clock/clock.js';
import { pageById } from '../../../platform/database/page-by-id.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { newId } from '../../../platform/http/ids.js';
import type { Page, PageRequest } from '../../../platform/http/page.js';
import type { Actor } from '../../../platform/security/principal.js';
import type { CreateStudyDto } from './study.dto.js';
import { StudyEntity } from './study.entity.js';

/** Rounds of interviews: whom to hear, about what, and when enough has been heard. */
@Injectable()
export class StudiesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
  ) {}

  async create(actor: Actor, body: CreateStudyDto): Promise<StudyEntity> {
    return await this.transactions.run(async (manager) => {
      const study = manager.create(StudyEntity, {
        projectId: actor.projectId,
        id: newId(),
        questionId: body.questionId ?? null,
        name: body.name,
        method: body.method,
        population: body.population,
        plannedInterviews: body.plannedInterviews,
        anchorEvent: body.anchorEvent ?? null,
        guide: body.guide ?? null,
        template: null,
        guideQuestions: body.guideQuestions ?? null,
        peoplePlan: body.peoplePlan ?? null,
        stoppingRule: body.stoppingRule ?? null,
        createdAt: await this.clock.now(manager),
      });
      await manager.insert(StudyEntity, study);
      await this.audit.record(manager, actor, {
        action: 'study.create',
        objectType: 'study',
        objectId: study.id,
      });
      return study;
    });
  }

  async byId(
    projectId: string,
    id: string,
    manager: EntityManager = this.transactions.manager,
  ): Promise<StudyEntity> {
    const study = await manager.findOneBy(StudyEntity, { projectId, id });
    if (study === null) throw new NotFound('not-found', 'There is no such study.');
    return study;
  }

  async list<T>(
    projectId: string,
    page: PageRequest,
    show: (study: StudyEntity) => T,
  ): Promise<Page<T>> {
    return await pageById(this.transactions.manager, StudyEntity, projectId, page, show);
  }
}
