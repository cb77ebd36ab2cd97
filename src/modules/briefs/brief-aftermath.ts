import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { BriefInput } from '../../domain/brief/brief-input.js';
import { costCoverage } from '../../domain/money/costs.js';
import type { KnownExperiment } from '../experiments/experiments.reader.js';
import { GuardrailAnswersReader } from '../guardrails/guardrail-answers.reader.js';
import { LearningReader } from '../learning/learning.reader.js';
import { ProjectsReader } from '../projects/projects.reader.js';
import { RereadsReader } from '../rereads/rereads.reader.js';
import { BriefRecordsQueries } from './brief-records.queries.js';

type Aftermath = Pick<
  BriefInput,
  'decisions' | 'guardrailAnswers' | 'answerers' | 'rereads' | 'learned' | 'amendments' | 'costs'
>;

/** What people did with an experiment after its launch, and what time did to it. */
@Injectable()
export class BriefAftermath {
  constructor(
    private readonly projects: ProjectsReader,
    private readonly records: BriefRecordsQueries,
    private readonly guardrails: GuardrailAnswersReader,
    private readonly rereads: RereadsReader,
    private readonly learning: LearningReader,
  ) {}

  async of(manager: EntityManager, { projectId, id, plan }: KnownExperiment): Promise<Aftermath> {
    const names = await this.projects.memberNames(projectId, manager);
    const nameOf = (memberId: string) => names.get(memberId) ?? 'somebody';
    const { costs } = await this.projects.settings(projectId, manager);
    const decisions = await this.records.decisions(manager, projectId, id);
    const amendments = await this.records.amendments(manager, projectId, id);
    const answers = await this.guardrails.of(manager, projectId, id);
    return {
      decisions: decisions.map(({ by, at, rereadAt, overrideRequestedBy, ...decision }) => ({
        ...decision,
        overrideRequestedBy: overrideRequestedBy === null ? null : nameOf(overrideRequestedBy),
        rereadAt: rereadAt?.toISOString() ?? null,
        by: nameOf(by),
        at: at.toISOString(),
      })),
      guardrailAnswers: answers.map((one) => ({ ...one, answeredBy: nameOf(one.answeredBy) })),
      answerers: plan === null ? [] : await this.guardrails.planned(manager, projectId, plan),
      rereads: await this.rereads.of(manager, projectId, id),
      learned: await this.learning.of(manager, projectId, id),
      amendments: amendments.map(({ by, at, ...amendment }) => ({
        ...amendment,
        by: nameOf(by),
        at: at.toISOString(),
      })),
      costs: costCoverage(plan?.costs ?? costs),
    };
  }
}
