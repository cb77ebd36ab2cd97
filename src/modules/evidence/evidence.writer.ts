import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Population } from '../../domain/evidence/dossier.js';
import type { InsightStateCode } from '../../domain/evidence/insight-state.js';
import { AuditLog } from '../../platform/audit/audit-log.js';
import { newId } from '../../platform/http/ids.js';
import { holdClaims } from './dossier/dossier-locks.js';
import { InsightEntity } from './insights/insight.entity.js';
import { QuestionEntity } from './studies/question.entity.js';
import { StudyEntity } from './studies/study.entity.js';

/** A why that an experiment raises, and the round of interviews that is to answer it. */
export interface WhyToAsk {
  projectId: string;
  /** Member id, or `system`. */
  actor: string;
  question: string;
  tags: readonly string[];
  studyName: string;
  population: Population;
  people: number;
  now: Date;
}

/** An experiment that says something about claims. */
export interface SpeakingExperiment {
  projectId: string;
  experimentId: string;
  experimentKey: string;
  actor: string;
}

/** How other features change evidence, in the transaction of what they follow from. */
@Injectable()
export class EvidenceWriter {
  constructor(private readonly audit: AuditLog) {}

  /** Opens a question, and the study that goes and asks it. */
  async askWhy(
    manager: EntityManager,
    why: WhyToAsk,
  ): Promise<{ questionId: string; studyId: string }> {
    const { projectId, actor, now } = why;
    const [questionId, studyId] = [newId(), newId()];
    await manager.insert(QuestionEntity, {
      projectId,
      id: questionId,
      text: why.question,
      signal: null,
      tags: [...why.tags],
      state: 'open',
      answer: null,
      stateChangedAt: now,
      createdAt: now,
    });
    await manager.insert(StudyEntity, {
      projectId,
      id: studyId,
      questionId,
      name: why.studyName,
      method: 'interview',
      population: why.population,
      plannedInterviews: why.people,
      anchorEvent: null,
      guide: null,
      template: null,
      guideQuestions: null,
      peoplePlan: null,
      stoppingRule: null,
      createdAt: now,
    });
    const opened = { projectId, actor };
    await this.audit.append(manager, {
      ...opened,
      action: 'question.create',
      objectType: 'question',
      objectId: questionId,
    });
    await this.audit.append(manager, {
      ...opened,
      action: 'study.create',
      objectType: 'study',
      objectId: studyId,
    });
    return { questionId, studyId };
  }

  /** Which of these are claims of the project, each once. */
  async claimsAmong(
    manager: EntityManager,
    projectId: string,
    ids: readonly string[],
  ): Promise<string[]> {
    const rows = (await manager.query(
      `SELECT insight.id FROM insight
       WHERE insight.project_id = $1 AND insight.id::text = ANY($2) ORDER BY insight.id`,
      [projectId, ids.map((id) => id.toLowerCase())],
    )) as { id: string }[];
    return rows.map(({ id }) => id);
  }

  /** An experiment speaks against these claims. What members said of them already stands. */
  async contest(
    manager: EntityManager,
    by: SpeakingExperiment,
    insightIds: readonly string[],
  ): Promise<void> {
    await holdClaims(manager, by.projectId, insightIds);
    for (const insight of await this.insights(manager, by.projectId, insightIds)) {
      if (insight.state !== 'draft' && insight.state !== 'asserted') continue;
      await this.stand(manager, by, insight, {
        state: 'contested',
        stateReason: `The experiment ${by.experimentKey} refuted the reason that rests on it.`,
        stateCode: 'refuted_by_experiment',
        stateExperimentId: by.experimentId,
      });
    }
  }

  /**
   * An experiment that had spoken against these claims does so no more.
   */
  async withdrawContest(
    manager: EntityManager,
    by: SpeakingExperiment,
    insightIds: readonly string[],
  ): Promise<void> {
    await holdClaims(manager, by.projectId, insightIds);
    for (const insight of await this.insights(manager, by.projectId, insightIds)) {
      if (insight.stateExperimentId !== by.experimentId) continue;
      await this.stand(manager, by, insight, {
        state: 'asserted',
        stateReason: `The experiment ${by.experimentKey}, read again, speaks against it no more.`,
        stateCode: null,
        stateExperimentId: null,
      });
    }
  }

  private async insights(
    manager: EntityManager,
    projectId: string,
    ids: readonly string[],
  ): Promise<InsightEntity[]> {
    return await manager
      .createQueryBuilder(InsightEntity, 'insight')
      .where('insight.project_id = :projectId AND insight.id = ANY(:ids)', { projectId, ids })
      .orderBy('insight.id')
      .getMany();
  }

  private async stand(
    manager: EntityManager,
    by: SpeakingExperiment,
    { id, state }: InsightEntity,
    change: {
      state: 'contested' | 'asserted';
      stateReason: string;
      stateCode: InsightStateCode | null;
      stateExperimentId: string | null;
    },
  ): Promise<void> {
    await manager.update(InsightEntity, { projectId: by.projectId, id }, change);
    await this.audit.append(manager, {
      projectId: by.projectId,
      actor: by.actor,
      action: 'insight.stand',
      objectType: 'insight',
      objectId: id,
      before: { state },
      after: { state: change.state, experimentId: by.experimentId },
    });
  }
}
