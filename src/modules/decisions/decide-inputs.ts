import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Invalid } from '../../domain/errors.js';
import { parseInstant } from '../../domain/events/instant.js';
import type { StrengthLabel } from '../../domain/evidence/measures/strength.js';
import { metricsInRole } from '../../domain/experiments/plan.js';
import type { AskedOverride, DecideGateInput } from '../../domain/verdict/decide-case.js';
import { expectedLossOfShipping } from '../../domain/verdict/expected-loss.js';
import { type LearningCase, openLearning } from '../../domain/verdict/learning/learning-case.js';
import { faultsOfLearning, type SaidLearning } from '../../domain/verdict/learning/said.js';
import { quotesOfReason } from '../../domain/verdict/learning/why-quotes.js';
import { EvaluationsReader, type StoredEvaluation } from '../evaluations/evaluations.reader.js';
import { EvidenceReader } from '../evidence/evidence.reader.js';
import { EvidenceStandingReader } from '../experiments/evidence-standing.reader.js';
import type { LaunchedExperiment } from '../experiments/experiments.reader.js';
import { GuardrailAnswersReader } from '../guardrails/guardrail-answers.reader.js';
import { PoliciesReader } from '../policies/policies.reader.js';
import { ProjectsReader } from '../projects/projects.reader.js';
import { AUDITED_PROXIES } from './audited-proxies.js';
import type { DecideDto } from './dto/decision.dto.js';
import { OverrideRequestsQueries } from './override-requests.queries.js';
import { saidFromBody } from './said-from-body.js';

/** What the decide gate reads, and the evaluation it comes from. */
export interface DecideCase {
  experiment: LaunchedExperiment;
  input: DecideGateInput;
  /** Null before the first evaluation. */
  latest: StoredEvaluation | null;
  /** Of members, by id. */
  names: ReadonlyMap<string, string>;
}

/** What is asked for, and by whom. */
export interface Asked {
  body: DecideDto;
  memberId: string;
}

/** Loads what the decide gate reads, for a decision and for its dry run alike. */
@Injectable()
export class DecideInputs {
  constructor(
    private readonly standing: EvidenceStandingReader,
    private readonly evidence: EvidenceReader,
    private readonly evaluations: EvaluationsReader,
    private readonly guardrails: GuardrailAnswersReader,
    private readonly policies: PoliciesReader,
    private readonly projects: ProjectsReader,
    private readonly requests: OverrideRequestsQueries,
  ) {}

  /** @throws Invalid `validation-failed` when what was learned contradicts itself or the chain */
  async load(
    manager: EntityManager,
    experiment: LaunchedExperiment,
    { body, memberId }: Asked,
    now: Date,
  ): Promise<DecideCase> {
    const { plan, definition, projectId } = experiment;
    const said = saidFromBody(body);
    const errors = faultsOfLearning(said, plan.chain);
    if (errors.length > 0) {
      throw new Invalid('validation-failed', 'What was learned does not fit the plan.', errors);
    }
    const latest = await this.evaluations.latest(projectId, experiment.id, manager);
    const standing = await this.standing.standing(manager, projectId, definition, now);
    const variant = body.variant ?? null;
    const input: DecideGateInput = {
      experimentKey: experiment.key,
      kind: experiment.kind,
      state: experiment.status,
      policy: plan.policy,
      counts: standing.counts,
      action: body.action,
      variant,
      reason: body.reason,
      holdBack: body.holdBack ?? null,
      rereadAt: body.rereadAt === undefined ? null : parseInstant(body.rereadAt),
      override: await this.override(manager, experiment, body, memberId),
      overrideBySecond: await this.bySecond(manager, experiment),
      verdict: latest?.result.verdict ?? null,
      killedVariants: plan.variants.filter(({ killed }) => killed).map((arm) => arm.key),
      leadingMetric: metricsInRole(plan, 'leading')[0]?.definition.key ?? '',
      auditedProxies: AUDITED_PROXIES,
      plannedGuardrails: await this.guardrails.planned(manager, projectId, plan),
      guardrailAnswers: await this.guardrails.of(manager, projectId, experiment.id),
      provisionalLossCap: plan.analysis.provisionalLossCap ?? null,
      expectedLossOfShipping:
        latest === null || variant === null ? null : expectedLossOfShipping(latest.result, variant),
      evidenceWithdrawn: experiment.kind === 'ab' && standing.withdrawn,
      evidenceGapAnswered: standing.answered,
      learning: await this.learning(manager, experiment, { said, variant, latest, now }),
      now,
    };
    const names = await this.projects.memberNames(projectId, manager);
    return { experiment, input, latest, names };
  }

  private async override(
    manager: EntityManager,
    { projectId, id }: LaunchedExperiment,
    { override }: DecideDto,
    memberId: string,
  ): Promise<AskedOverride | null> {
    if (override === undefined) return null;
    const { reason, requestId } = override;
    if (requestId === undefined) return { reason, by: memberId, request: null };
    const requests = await this.requests.of(manager, projectId, id);
    const found = requests.find((one) => one.id === requestId.toLowerCase()) ?? null;
    return { reason, by: memberId, request: { id: requestId, found } };
  }

  /** By the rules that held when it was launched. */
  private async bySecond(
    manager: EntityManager,
    { projectId, plan }: LaunchedExperiment,
  ): Promise<DecideGateInput['overrideBySecond']> {
    const policy = await this.policies.atVersion(projectId, plan.policy, manager);
    const { memberIds } = await this.projects.facts(projectId, manager);
    return { asked: policy.overrideBySecond, possible: memberIds.length > 1 };
  }

  private async learning(
    manager: EntityManager,
    experiment: LaunchedExperiment,
    facts: {
      said: SaidLearning;
      variant: string | null;
      latest: StoredEvaluation | null;
      now: Date;
    },
  ): Promise<LearningCase> {
    const { plan, launchedAt, projectId } = experiment;
    const { rationale } = experiment.definition;
    const { said, variant, latest, now } = facts;
    const quoteIds = [...(said.why?.quoteIds ?? []), ...quotesOfReason(rationale)];
    const cited = { insightIds: [], quoteIds, metricKeys: [] };
    const dossier = await this.evidence.dossier(manager, projectId, cited);
    const result = latest?.result ?? null;
    return openLearning({
      said,
      variant,
      rationale,
      plan,
      result,
      dossier,
      confidence: await this.confidenceAtLaunch(manager, experiment),
      launchedAt,
      now,
    });
  }
  /** The label of the evidence when the test was launched, which is what the prediction rested on. */
  private async confidenceAtLaunch(
    manager: EntityManager,
    { projectId, id }: LaunchedExperiment,
  ): Promise<StrengthLabel | null> {
    const rows = (await manager.query(
      `SELECT gate_decision.report #>> '{confidence,label}' AS label FROM gate_decision
       WHERE gate_decision.project_id = $1 AND gate_decision.subject_id = $2
         AND gate_decision.gate = 'launch' AND gate_decision.outcome = 'pass'
       ORDER BY gate_decision.decided_at DESC, gate_decision.id DESC LIMIT 1`,
      [projectId, id],
    )) as { label: StrengthLabel | null }[];
    return rows[0]?.label ?? null;
  }
}
