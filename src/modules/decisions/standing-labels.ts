import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { EvaluationResult } from '../../domain/evaluation/result.js';
import { type AnalysisPlan, metricsInRole } from '../../domain/experiments/plan.js';
import { costCoverage } from '../../domain/money/costs.js';
import { gapsOf } from '../../domain/verdict/guardrail-panel.js';
import { type Label, type StandingCase, standingLabels } from '../../domain/verdict/standing.js';
import { Clock } from '../../platform/clock/clock.js';
import { Transactions } from '../../platform/database/transactions.js';
import { EvaluationsReader } from '../evaluations/evaluations.reader.js';
import { EvidenceStandingReader } from '../experiments/evidence-standing.reader.js';
import { ExperimentsReader, type KnownExperiment } from '../experiments/experiments.reader.js';
import { type KnownEvidence, StandingLabelsReader } from '../experiments/standing-labels.reader.js';
import { GuardrailAnswersReader } from '../guardrails/guardrail-answers.reader.js';
import { ProjectsReader } from '../projects/projects.reader.js';
import { AUDITED_PROXIES } from './audited-proxies.js';
import { labelledDecision } from './labelled-decision.js';

/** Gathers what must be said over every view of an experiment. */
@Injectable()
export class StandingLabelsQuery {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly experiments: ExperimentsReader,
    private readonly standing: EvidenceStandingReader,
    private readonly evaluations: EvaluationsReader,
    private readonly guardrails: GuardrailAnswersReader,
    private readonly projects: ProjectsReader,
    labels: StandingLabelsReader,
  ) {
    labels.lend((projectId, key, evidence) => this.of(projectId, key, evidence));
  }

  /** @throws NotFound */
  async of(projectId: string, key: string, evidence?: KnownEvidence): Promise<Label[]> {
    return await this.transactions.run(async (manager) => {
      const experiment = await this.experiments.byKey(projectId, key, manager);
      const { id, kind, plan, definition } = experiment;
      const now = await this.clock.now(manager);
      const result = (await this.evaluations.latest(projectId, id, manager))?.result ?? null;
      return standingLabels({
        kind,
        proxy: proxyOf(plan),
        auditedProxies: AUDITED_PROXIES,
        planVersion: plan?.version ?? null,
        costs: await this.costs(manager, projectId, plan, result),
        evidence:
          kind === 'aa' ? null : (evidence ?? (await this.evidence(manager, experiment, now))),
        immature: immatureIn(result),
        verdict: result?.verdict ?? null,
        guardrailAnswers: await this.guardrails.of(manager, projectId, id),
        gaps: plan === null ? [] : gapsOf({ plan, rationale: definition.rationale, now }),
        decision: await this.decision(manager, experiment),
      });
    });
  }

  private async evidence(
    manager: EntityManager,
    { projectId, definition }: KnownExperiment,
    now: Date,
  ): Promise<KnownEvidence> {
    return await this.standing.standing(manager, projectId, definition, now);
  }

  /** As the result says; before any, as the plan or the project does. */
  private async costs(
    manager: EntityManager,
    projectId: string,
    plan: AnalysisPlan | null,
    result: EvaluationResult | null,
  ): Promise<StandingCase['costs']> {
    if (result !== null) {
      const { profitCoverage: coverage, unknownCosts: unknown } = result.verdict;
      return { coverage, unknown };
    }
    if (plan !== null) return costCoverage(plan.costs);
    return costCoverage((await this.projects.settings(projectId, manager)).costs);
  }

  private async decision(
    manager: EntityManager,
    { projectId, decision }: KnownExperiment,
  ): Promise<StandingCase['decision']> {
    if (decision === null) return null;
    const names = await this.projects.memberNames(projectId, manager);
    return labelledDecision(decision, names);
  }
}

/** What moves first and is not what decides. */
function proxyOf(plan: AnalysisPlan | null): string | null {
  if (plan === null) return null;
  const leading = metricsInRole(plan, 'leading')[0]?.definition.key ?? null;
  const deciding = metricsInRole(plan, 'deciding')[0]?.definition.key ?? null;
  return leading === deciding ? null : leading;
}

function immatureIn(result: EvaluationResult | null): string | null {
  const deciding = result?.metrics.find(({ role }) => role === 'deciding');
  return deciding === undefined || deciding.maturity.wholeCohort ? null : deciding.key;
}
