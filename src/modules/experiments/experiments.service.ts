import { Injectable } from '@nestjs/common';
import { NotFound } from '../../domain/errors.js';
import type { GateReport } from '../../domain/evidence/gate-report.js';
import { type Amendment, amendPlan } from '../../domain/experiments/amendments.js';
import { nextState } from '../../domain/experiments/lifecycle.js';
import { type AnalysisPlan, freezePlan } from '../../domain/experiments/plan.js';
import type { CouldShow } from '../../domain/planning/could-show.js';
import { Clock } from '../../platform/clock/clock.js';
import { Transactions } from '../../platform/database/transactions.js';
import type { Actor } from '../../platform/security/principal.js';
import { CouldShowQuery } from './could-show.js';
import { stored } from './drafts.service.js';
import { ExperimentEntity } from './experiment.entity.js';
import { ExperimentLifecycleWriter } from './experiment-lifecycle.writer.js';
import { GateDecisionsWriter } from './gate-decisions.writer.js';
import { GatesService } from './gates.service.js';
import { PlanInputs } from './plan-inputs.js';
import { PlanStore } from './plan-store.js';

const DAY_MS = 86_400_000;

/** What `move` may be asked for over the API; deciding has its own gate and feature. */
export type PlainAction = 'pause' | 'resume' | 'end_enrolment' | 'stop' | 'archive';

/** Launching, amending and ending experiments. */
@Injectable()
export class ExperimentsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly gates: GatesService,
    private readonly decisions: GateDecisionsWriter,
    private readonly lifecycle: ExperimentLifecycleWriter,
    private readonly plans: PlanStore,
    private readonly inputs: PlanInputs,
    private readonly couldShow: CouldShowQuery,
  ) {}

  /** Launches a draft: both gates pass now, and the plan is frozen with its digest. */
  async launch(actor: Actor, key: string): Promise<ExperimentEntity> {
    const couldShow = await this.couldShowOf(actor.projectId, key);
    const outcome = await this.transactions.run(async (manager) => {
      const { projectId } = actor;
      const experiment = await this.lifecycle.lock(manager, projectId, key);
      nextState(experiment.status, 'launch');
      const { definition } = experiment;
      await this.inputs.lockLayer(manager, projectId, definition);
      const now = await this.clock.now(manager);
      const answer = await this.gates.ask(manager, 'launch', {
        projectId,
        definition,
        author: experiment.createdBy,
        experimentId: experiment.id,
        couldShow,
        now,
      });
      const decision = await this.decisions.keep(manager, actor, experiment, answer, now);
      if (answer.report.outcome === 'refused') return answer.report;
      const { plannedDays } = definition.analysis;
      const endEnrolmentAt =
        plannedDays === undefined ? null : new Date(now.getTime() + plannedDays * DAY_MS);
      const plan = freezePlan({
        definition,
        ...(await this.inputs.atLaunch(manager, projectId, definition)),
        seed: experiment.id,
        launchedAt: now,
        ...(endEnrolmentAt === null ? {} : { endEnrolmentAt }),
        policy: policyOf(answer.report),
      });
      experiment.launchedAt = now;
      experiment.enrolmentEndsAt = endEnrolmentAt;
      const planDigest = await this.plans.add(manager, actor, experiment, {
        plan,
        reason: 'launch',
        at: now,
      });
      await this.lifecycle.move(manager, experiment, {
        action: 'launch',
        at: now,
        memberId: actor.memberId,
        facts: { gateDecisionId: decision.id, planDigest },
      });
      return experiment;
    });
    return stored(outcome);
  }

  /** Pause, resume, end enrolment, stop or archive. */
  async move(actor: Actor, key: string, action: PlainAction): Promise<ExperimentEntity> {
    return await this.transactions.run(async (manager) => {
      const experiment = await this.lifecycle.lock(manager, actor.projectId, key);
      await this.lifecycle.move(manager, experiment, {
        action,
        at: await this.clock.now(manager),
        memberId: actor.memberId,
      });
      return experiment;
    });
  }

  /** One change of the closed list, with its reason: a new plan version, or the gate's refusal. */
  async amend(
    actor: Actor,
    key: string,
    amendment: Amendment,
    reason: string,
  ): Promise<ExperimentEntity> {
    const outcome = await this.transactions.run(async (manager) => {
      const { projectId } = actor;
      const experiment = await this.lifecycle.lock(manager, projectId, key);
      const now = await this.clock.now(manager);
      await this.inputs.lockLayer(manager, projectId, experiment.definition);
      const current = await this.plans.newest(manager, projectId, experiment.id);
      const { plan, gateMustRun } = amendPlan(current, amendment, {
        state: experiment.status,
        reason,
        now,
        ...(await this.inputs.forAmendment(manager, projectId, experiment.definition)),
        trafficCap: await this.gates.trafficCap(manager, projectId, current.policy.profile, now),
      });
      let policy = current.policy;
      if (gateMustRun) {
        const grown = { ...experiment.definition, traffic: plan.traffic };
        const answer = await this.gates.ask(manager, 'create', {
          projectId,
          definition: grown,
          author: experiment.createdBy,
          experimentId: experiment.id,
          now,
        });
        await this.decisions.keep(manager, actor, experiment, answer, now);
        if (answer.report.outcome === 'refused') return answer.report;
        policy = policyOf(answer.report);
      }
      if (amendment.kind === 'endEnrolmentAt') experiment.enrolmentEndsAt = amendment.at;
      const planDigest = await this.plans.add(manager, actor, experiment, {
        plan: { ...plan, policy },
        reason,
        at: now,
      });
      await manager.save(experiment);
      await this.lifecycle.note(manager, experiment, 'amend', now, actor.memberId, {
        amendment: { ...amendment },
        reason,
        planVersion: plan.version,
        planDigest,
      });
      return experiment;
    });
    return stored(outcome);
  }

  /** Asked before the launch takes its locks, because the log may take a while to answer. */
  private async couldShowOf(projectId: string, key: string): Promise<CouldShow[]> {
    const { status, definition } = await this.byKey(projectId, key);
    nextState(status, 'launch');
    return await this.couldShow.ask(projectId, definition);
  }

  async byKey(projectId: string, key: string): Promise<ExperimentEntity> {
    const { manager } = this.transactions;
    const experiment = await manager.findOneBy(ExperimentEntity, { projectId, key });
    if (experiment === null) throw new NotFound('not-found', 'There is no such experiment.');
    return experiment;
  }
}

/** What of a report's policy belongs into a plan: the floors are the product's, not this test's. */
function policyOf({ policy }: GateReport): AnalysisPlan['policy'] {
  return { profile: policy.profile, version: policy.version };
}
