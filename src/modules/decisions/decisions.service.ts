import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Forbidden } from '../../domain/errors.js';
import type { GateReport } from '../../domain/evidence/gate-report.js';
import { refusalOf } from '../../domain/evidence/refusal.js';
import { parseInstant } from '../../domain/events/instant.js';
import { metricsInRole } from '../../domain/experiments/plan.js';
import type { DecideGateInput } from '../../domain/verdict/decide-case.js';
import { evaluateDecideGate } from '../../domain/verdict/decide-gate.js';
import { expectedLossOfShipping } from '../../domain/verdict/expected-loss.js';
import { Clock } from '../../platform/clock/clock.js';
import { Transactions } from '../../platform/database/transactions.js';
import { newId } from '../../platform/http/ids.js';
import type { Actor } from '../../platform/security/principal.js';
import { grants } from '../../platform/security/scopes.js';
import { EvaluationsReader, type StoredEvaluation } from '../evaluations/evaluations.reader.js';
import { EvidenceStandingReader } from '../experiments/evidence-standing.reader.js';
import { ExperimentLifecycleWriter } from '../experiments/experiment-lifecycle.writer.js';
import { ExperimentsReader, type LaunchedExperiment } from '../experiments/experiments.reader.js';
import { digestOf, GateDecisionsWriter } from '../experiments/gate-decisions.writer.js';
import type { DecideDto, DecisionDto } from './dto/decision.dto.js';

interface Decided {
  decision: DecisionDto;
}

/** From a verdict to what people do: through the decide gate, and recorded either way. */
@Injectable()
export class DecisionsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly experiments: ExperimentsReader,
    private readonly standing: EvidenceStandingReader,
    private readonly lifecycle: ExperimentLifecycleWriter,
    private readonly gateDecisions: GateDecisionsWriter,
    private readonly evaluations: EvaluationsReader,
  ) {}

  /**
   * Decides, or keeps the refusal and throws it.
   * @throws Invalid `gate-refused`; Forbidden when an override lacks its scope
   */
  async decide(actor: Actor, key: string, body: DecideDto): Promise<DecisionDto> {
    if (body.override !== undefined && !grants(actor.scopes, 'experiments:override')) {
      throw new Forbidden('insufficient-scope', 'This needs the scope experiments:override.', {
        scope: 'experiments:override',
      });
    }
    const outcome = await this.transactions.run(async (manager) => {
      const entity = await this.lifecycle.lock(manager, actor.projectId, key);
      const experiment = await this.experiments.launched(actor.projectId, key, manager);
      const now = await this.clock.now(manager);
      const latest = await this.evaluations.latest(actor.projectId, experiment.id, manager);
      const input = await this.gateInput(manager, experiment, latest, body, now);
      const report = evaluateDecideGate(input);
      const answer = { report, inputDigest: digestOf(input) };
      const kept = await this.gateDecisions.keep(manager, actor, experiment, answer, now);
      if (report.outcome === 'refused') return report;
      const decision = decisionFrom(experiment.key, actor, body, { report, latest, now });
      await this.store(manager, actor, experiment.id, kept.id, decision);
      await this.lifecycle.move(manager, entity, {
        action: 'decide',
        at: now,
        memberId: actor.memberId,
        facts: { decision: { ...decision }, gateDecisionId: kept.id },
      });
      return { decision };
    });
    if (isDecided(outcome)) return outcome.decision;
    throw refusalOf(outcome);
  }

  private async gateInput(
    manager: EntityManager,
    experiment: LaunchedExperiment,
    latest: StoredEvaluation | null,
    body: DecideDto,
    now: Date,
  ): Promise<DecideGateInput> {
    const { plan, definition } = experiment;
    const evidence = await this.standing.standing(manager, experiment.projectId, definition, now);
    const variant = body.variant ?? null;
    return {
      experimentKey: experiment.key,
      kind: experiment.kind,
      state: experiment.status,
      policy: plan.policy,
      counts: evidence.counts,
      action: body.action,
      variant,
      reason: body.reason,
      holdBack: body.holdBack ?? null,
      rereadAt: body.rereadAt === undefined ? null : parseInstant(body.rereadAt),
      override: body.override ?? null,
      verdict: latest?.result.verdict ?? null,
      killedVariants: plan.variants.filter(({ killed }) => killed).map((arm) => arm.key),
      leadingMetric: metricsInRole(plan, 'leading')[0]?.definition.key ?? '',
      // No proxy has enough concluded experiments behind it yet: every one is unaudited.
      auditedProxies: [],
      answeredGuardrails: [],
      provisionalLossCap: plan.analysis.provisionalLossCap ?? null,
      expectedLossOfShipping:
        latest === null || variant === null ? null : expectedLossOfShipping(latest.result, variant),
      evidenceWithdrawn: experiment.kind === 'ab' && evidence.withdrawn,
      now,
    };
  }

  private async store(
    manager: EntityManager,
    actor: Actor,
    experimentId: string,
    gateDecisionId: string,
    decision: DecisionDto,
  ): Promise<void> {
    await manager.query(
      `INSERT INTO decision (project_id, id, experiment_id, evaluation_id, gate_decision_id, action,
         variant, reason, hold_back, reread_at, control_still_held_out, override_reason, decided_by,
         decided_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        actor.projectId,
        decision.id,
        experimentId,
        decision.evaluationId ?? null,
        gateDecisionId,
        decision.action,
        decision.variant ?? null,
        decision.reason,
        decision.holdBack ?? null,
        decision.rereadAt ?? null,
        decision.controlStillHeldOut ?? null,
        decision.overrideReason ?? null,
        actor.memberId,
        decision.decidedAt,
      ],
    );
  }
}

function isDecided(outcome: GateReport | Decided): outcome is Decided {
  return 'decision' in outcome;
}

function decisionFrom(
  experimentKey: string,
  actor: Actor,
  body: DecideDto,
  basis: { report: GateReport; latest: StoredEvaluation | null; now: Date },
): DecisionDto {
  const { report, latest, now } = basis;
  const overridden = report.warnings.some(({ code }) => code === 'OVERRIDDEN');
  return {
    id: newId(),
    experimentKey,
    action: body.action,
    ...(body.variant === undefined ? {} : { variant: body.variant }),
    reason: body.reason,
    ...(body.holdBack === undefined ? {} : { holdBack: body.holdBack }),
    ...(body.rereadAt === undefined ? {} : { rereadAt: body.rereadAt }),
    ...(body.controlStillHeldOut === undefined
      ? {}
      : { controlStillHeldOut: body.controlStillHeldOut }),
    ...(overridden && body.override !== undefined ? { overrideReason: body.override.reason } : {}),
    ...(latest === null ? {} : { evaluationId: latest.id }),
    warnings: report.warnings.map(({ code, why }) => ({ code, why })),
    decidedBy: actor.memberId,
    decidedAt: now.toISOString(),
  };
}
