import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type FieldError, Invalid, NotFound } from '../../../domain/errors.js';
import {
  STUDY_TEMPLATES,
  type StudyTemplate,
} from '../../../domain/evidence/measures/study-templates.js';
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
    const plan = planOf(body);
    return await this.transactions.run(async (manager) => {
      const study = manager.create(StudyEntity, {
        projectId: actor.projectId,
        id: newId(),
        questionId: body.questionId ?? null,
        name: body.name,
        guide: body.guide ?? null,
        ...plan,
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

  /** Every study of the project, the oldest first. */
  async all(projectId: string, manager: EntityManager): Promise<StudyEntity[]> {
    return await manager.find(StudyEntity, { where: { projectId }, order: { id: 'ASC' } });
  }

  async list<T>(
    projectId: string,
    page: PageRequest,
    show: (study: StudyEntity) => T,
  ): Promise<Page<T>> {
    return await pageById(this.transactions.manager, StudyEntity, projectId, page, show);
  }
}

type StudyPlan = Pick<
  StudyEntity,
  | 'template'
  | 'method'
  | 'population'
  | 'plannedInterviews'
  | 'anchorEvent'
  | 'guideQuestions'
  | 'peoplePlan'
  | 'stoppingRule'
>;

/** What the body says, and what its template says where the body is silent. */
function planOf(body: CreateStudyDto): StudyPlan {
  const template = STUDY_TEMPLATES.find(({ key }) => key === body.template);
  const filled = template === undefined ? {} : planFrom(template);
  const { method, population, plannedInterviews } = { ...filled, ...given(body) };
  if (method === undefined || population === undefined || plannedInterviews === undefined) {
    const needed = { method, population, plannedInterviews };
    const errors: FieldError[] = Object.entries(needed).flatMap(([member, value]) =>
      value === undefined ? [{ pointer: `/${member}`, code: 'required-without-template' }] : [],
    );
    throw new Invalid(
      'validation-failed',
      'Without a template a study says how, whom and how many.',
      errors,
    );
  }
  return {
    template: body.template ?? null,
    method,
    population,
    plannedInterviews,
    anchorEvent: body.anchorEvent ?? filled.anchorEvent ?? null,
    guideQuestions: body.guideQuestions ?? filled.guideQuestions ?? null,
    peoplePlan: body.peoplePlan ?? filled.peoplePlan ?? null,
    stoppingRule: body.stoppingRule ?? filled.stoppingRule ?? null,
  };
}

function given({ method, population, plannedInterviews }: CreateStudyDto) {
  return {
    ...(method === undefined ? {} : { method }),
    ...(population === undefined ? {} : { population }),
    ...(plannedInterviews === undefined ? {} : { plannedInterviews }),
  };
}

/** The people a template names first are those the study is about. */
function planFrom(template: StudyTemplate): Partial<StudyPlan> {
  const [first] = template.whomToHear;
  return {
    method: template.method,
    ...(first === undefined ? {} : { population: first.population }),
    plannedInterviews: template.plannedInterviews,
    anchorEvent: template.anchorEvent.event,
    guideQuestions: [...template.guide],
    peoplePlan: [...template.whomToHear],
    stoppingRule: template.stoppingRule,
  };
}
