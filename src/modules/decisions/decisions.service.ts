import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Forbidden } from '../../domain/errors.js';
import type { GateReport } from '../../domain/evidence/gate-report.js';
import { refusalOf } from '../../domain/evidence/refusal.js';
import type { AskedOverride } from '../../domain/verdict/decide-case.js';
import { evaluateDecideGate } from '../../domain/verdict/decide-gate.js';
import { learningOf, outlineOf } from '../../domain/verdict/learning/learning.js';
import { Clock } from '../../platform/clock/clock.js';
import { Transactions } from '../../platform/database/transactions.js';
import { newId } from '../../platform/http/ids.js';
import { readBody } from '../../platform/http/validation.js';
import type { Actor, Principal } from '../../platform/security/principal.js';
import { grants } from '../../platform/security/scopes.js';
import { DecideGateReader } from '../experiments/decide-gate.reader.js';
import { ExperimentLifecycleWriter } from '../experiments/experiment-lifecycle.writer.js';
import { ExperimentsReader } from '../experiments/experiments.reader.js';
import { digestOf, GateDecisionsWriter } from '../experiments/gate-decisions.writer.js';
import { type DecideCase, DecideInputs } from './decide-inputs.js';
import { DecisionFollowUp } from './decision-follow-up.js';
import { DecideDto, type DecisionDto } from './dto/decision.dto.js';
import { labelsOfDecision } from './labelled-decision.js';

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
    private readonly lifecycle: ExperimentLifecycleWriter,
    private readonly gateDecisions: GateDecisionsWriter,
    private readonly inputs: DecideInputs,
    private readonly followUp: DecisionFollowUp,
    gates: DecideGateReader,
  ) {
    gates.lend(async (caller, key, decision) =>
      this.check(caller, key, await readBody(DecideDto, decision, '/decision')),
    );
  }

  /**
   * Decides, or keeps the refusal and throws it.
   * @throws Invalid `gate-refused`; Forbidden when an override lacks its scope
   */
  async decide(actor: Actor, key: string, body: DecideDto): Promise<DecisionDto> {
    requireOverrideScope(actor, body);
    const outcome = await this.transactions.run(async (manager) => {
      const entity = await this.lifecycle.lock(manager, actor.projectId, key);
      const experiment = await this.experiments.launched(actor.projectId, key, manager);
      const now = await this.clock.now(manager);
      const loaded = await this.inputs.load(
        manager,
        experiment,
        { body, memberId: actor.memberId },
        now,
      );
      const report = evaluateDecideGate(loaded.input);
      const answer = { report, inputDigest: digestOf(loaded.input) };
      const kept = await this.gateDecisions.keep(manager, actor, experiment, answer, now);
      if (report.outcome === 'refused') return report;
      const decision = decisionFrom(actor, body, loaded, report);
      await this.store(manager, actor, experiment.id, kept.id, decision);
      await this.lifecycle.move(manager, entity, {
        action: 'decide',
        at: now,
        memberId: actor.memberId,
        facts: { decision: withoutNotes(decision), gateDecisionId: kept.id },
      });
      await this.followUp.of(manager, actor, decision, loaded);
      return { decision };
    });
    if (isDecided(outcome)) return outcome.decision;
    throw refusalOf(outcome);
  }

  /**
   * Asks the gate about a decision that is not taken: nothing is stored.
   * @throws Forbidden when an override lacks its scope
   */
  private async check(caller: Principal, key: string, body: DecideDto): Promise<GateReport> {
    requireOverrideScope(caller, body);
    return await this.transactions.run(async (manager) => {
      const experiment = await this.experiments.launched(caller.projectId, key, manager);
      const now = await this.clock.now(manager);
      const asked = { body, memberId: caller.memberId ?? '' };
      const { input } = await this.inputs.load(manager, experiment, asked, now);
      return evaluateDecideGate(input);
    });
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
         variant, reason, hold_back, reread_at, control_still_held_out, override_reason,
         override_request_id, learning, decided_by, decided_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
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
        decision.overrideRequestId ?? null,
        decision.learning === undefined ? null : JSON.stringify(decision.learning),
        actor.memberId,
        decision.decidedAt,
      ],
    );
  }
}

function requireOverrideScope({ scopes }: Pick<Principal, 'scopes'>, body: DecideDto): void {
  if (body.override === undefined || grants(scopes, 'experiments:override')) return;
  throw new Forbidden('insufficient-scope', 'This needs the scope experiments:override.', {
    scope: 'experiments:override',
  });
}

function isDecided(outcome: GateReport | Decided): outcome is Decided {
  return 'decision' in outcome;
}

function decisionFrom(
  actor: Actor,
  body: DecideDto,
  { experiment, input, latest, names }: DecideCase,
  report: GateReport,
): DecisionDto {
  const overridden = report.warnings.some(({ code }) => code === 'OVERRIDDEN');
  const override = overridden && input.override !== null ? overrideOf(input.override) : {};
  return {
    id: newId(),
    experimentKey: experiment.key,
    action: body.action,
    ...(body.variant === undefined ? {} : { variant: body.variant }),
    reason: body.reason,
    ...(body.holdBack === undefined ? {} : { holdBack: body.holdBack }),
    ...(body.rereadAt === undefined ? {} : { rereadAt: body.rereadAt }),
    ...(body.controlStillHeldOut === undefined
      ? {}
      : { controlStillHeldOut: body.controlStillHeldOut }),
    ...override,
    ...(latest === null ? {} : { evaluationId: latest.id }),
    ...(experiment.kind === 'aa' ? {} : { learning: learningOf(input.learning) }),
    labels: labelsOfDecision(
      {
        action: body.action,
        overrideReason: override.overrideReason ?? null,
        overrideRequestedBy: override.overrideRequestedBy ?? null,
        decidedBy: actor.memberId,
        rereadAt: input.rereadAt,
      },
      names,
    ),
    warnings: report.warnings.map(({ code, why }) => ({ code, why })),
    decidedBy: actor.memberId,
    decidedAt: input.now.toISOString(),
  };
}

function overrideOf({
  reason,
  request,
}: AskedOverride): Pick<
  DecisionDto,
  'overrideReason' | 'overrideRequestId' | 'overrideRequestedBy'
> {
  const found = request?.found ?? null;
  if (request === null || found === null) return { overrideReason: reason };
  return {
    overrideReason: reason,
    overrideRequestId: request.id.toLowerCase(),
    overrideRequestedBy: found.requestedBy,
  };
}

/** The history can never be changed, so what people wrote about people stays out of it. */
function withoutNotes({ learning, labels: _labels, ...decision }: DecisionDto): object {
  return learning === undefined ? decision : { ...decision, learning: outlineOf(learning) };
}
