import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AnalysisPlan } from '../../domain/experiments/plan.js';
import { metricsInRole } from '../../domain/experiments/plan.js';
import type { PlannedGuardrail } from '../../domain/verdict/decide-case.js';
import type { GuardrailAnswer } from '../../domain/verdict/guardrail-answer.js';
import {
  answererInWords,
  guardrailOwner,
  type GuardrailOwner,
} from '../../domain/verdict/guardrail-owner.js';
import { ProjectsReader } from '../projects/projects.reader.js';

/** All that other features may know of what owners of guardrails answered. */
@Injectable()
export class GuardrailAnswersReader {
  constructor(private readonly projects: ProjectsReader) {}

  /** Every answer, oldest first; the last one for a guardrail and a variant holds. */
  async of(
    manager: EntityManager,
    projectId: string,
    experimentId: string,
  ): Promise<GuardrailAnswer[]> {
    const rows = (await manager.query(
      `SELECT guardrail_answer.id, guardrail_answer.metric, guardrail_answer.variant,
         guardrail_answer.accepted, guardrail_answer.answer, guardrail_answer.state,
         guardrail_answer.sequential_harm AS "sequentialHarm",
         guardrail_answer.evaluation_id AS "evaluationId",
         guardrail_answer.by_author AS "byAuthor", guardrail_answer.answered_by AS "answeredBy",
         guardrail_answer.answered_at AS "answeredAt"
       FROM guardrail_answer
       WHERE guardrail_answer.project_id = $1 AND guardrail_answer.experiment_id = $2
       ORDER BY guardrail_answer.answered_at, guardrail_answer.id`,
      [projectId, experimentId],
    )) as (Omit<GuardrailAnswer, 'answeredAt'> & { answeredAt: Date })[];
    return rows.map((row) => ({ ...row, answeredAt: row.answeredAt.toISOString() }));
  }

  /** The guardrails of a plan, with who answers for each in words. */
  async planned(
    manager: EntityManager,
    projectId: string,
    plan: AnalysisPlan,
  ): Promise<PlannedGuardrail[]> {
    const owners = await this.owners(manager, projectId, plan);
    return owners.map(({ key, owner }) => ({ key, answerer: answererInWords(owner) }));
  }

  /** Who answers for each guardrail of a plan. */
  async owners(
    manager: EntityManager,
    projectId: string,
    plan: AnalysisPlan,
  ): Promise<{ key: string; owner: GuardrailOwner }[]> {
    const project = await this.projects.facts(projectId, manager);
    const names = await this.projects.memberNames(projectId, manager);
    return metricsInRole(plan, 'guardrail').map(({ definition }) => ({
      key: definition.key,
      owner: guardrailOwner(definition, project, names),
    }));
  }
}
