import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Conflict, Invalid, NotFound, Stale } from '../../domain/errors.js';
import type { GateReport } from '../../domain/evidence/gate-report.js';
import { refusalOf } from '../../domain/evidence/refusal.js';
import { EVIDENCE_POLICIES } from '../../domain/evidence/policies.js';
import { type Amendment, amendPlan } from '../../domain/experiments/amendments.js';
import type { ExperimentDefinition } from '../../domain/experiments/definition.js';
import { nextState } from '../../domain/experiments/lifecycle.js';
import { type AnalysisPlan, freezePlan } from '../../domain/experiments/plan.js';
import { validateDefinition } from '../../domain/experiments/validate-definition.js';
import { Clock } from '../../platform/clock/clock.js';
import { pageById } from '../../platform/database/page-by-id.js';
import { Transactions } from '../../platform/database/transactions.js';
import { newId } from '../../platform/http/ids.js';
import type { Page, PageRequest } from '../../platform/http/page.js';
import type { Actor } from '../../platform/security/principal.js';
import { MetricsReader } from '../metrics/metrics.reader.js';
import { ProjectsReader } from '../projects/projects.reader.js';
import { definitionFrom, scheduleFaults } from './definition-from-body.js';
import type { CreateExperimentDto, ExperimentBodyDto } from './dto/experiment-body.dto.js';
import { ExperimentEntity } from './experiment.entity.js';
import { ExperimentLifecycleWriter } from './experiment-lifecycle.writer.js';
import { digestOf, GateDecisionsWriter } from './gate-decisions.writer.js';
import { GatesService } from './gates.service.js';
import { IdeaEntity } from './idea.entity.js';

const DAY_MS = 86_400_000;

/** What `move` may be asked for over the API; deciding has its own gate and feature. */
export type PlainAction = 'pause' | 'resume' | 'end_enrolment' | 'stop' | 'archive';

/** Creating, launching, amending and ending experiments. */
@Injectable()
export class ExperimentsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly gates: GatesService,
    private readonly decisions: GateDecisionsWriter,
    private readonly lifecycle: ExperimentLifecycleWriter,
    private readonly metrics: MetricsReader,
    private readonly projects: ProjectsReader,
  ) {}

  /**
   * Creates an experiment, or keeps the refusal and throws it: no because, no row.
   * @throws Invalid `gate-refused` with the whole report, `validation-failed`
   */
  async create(actor: Actor, body: CreateExperimentDto): Promise<ExperimentEntity> {
    const definition = await this.validDefinition(actor.projectId, body);
    const outcome = await this.transactions.run(async (manager) => {
      const { projectId } = actor;
      await this.requireFree(manager, projectId, definition, body.fromIdea);
      const now = await this.clock.now(manager);
      const answer = await this.gates.ask(manager, projectId, 'create', definition, now);
      const subject = { id: newId(), key: definition.key };
      const decision = await this.decisions.keep(manager, actor, subject, answer, now);
      if (answer.report.outcome === 'refused') return answer.report;
      const experiment = manager.create(ExperimentEntity, {
        projectId,
        id: subject.id,
        key: definition.key,
        kind: definition.kind,
        status: 'draft',
        definition,
        createDecisionId: decision.id,
        createGate: 'create',
        createOutcome: 'pass',
        launchedAt: null,
        enrolmentEndsAt: null,
        enrolmentEndedAt: null,
        createdBy: actor.memberId,
        createdAt: now,
      });
      await manager.save(experiment);
      await this.lifecycle.note(manager, experiment, 'create', now, actor.memberId, {
        gateDecisionId: decision.id,
        ...(body.fromIdea === undefined ? {} : { fromIdea: body.fromIdea }),
      });
      return experiment;
    });
    return stored(outcome);
  }

  /** Replaces a draft: the create gate runs again on what it has become. */
  async replaceDraft(
    actor: Actor,
    key: string,
    body: ExperimentBodyDto,
    ifMatch: number,
  ): Promise<ExperimentEntity> {
    const definition = await this.validDefinition(actor.projectId, body);
    const outcome = await this.transactions.run(async (manager) => {
      const experiment = await this.lifecycle.lock(manager, actor.projectId, key);
      if (experiment.version !== ifMatch) throw new Stale();
      if (experiment.status !== 'draft') {
        throw new Conflict(
          'invalid-state-transition',
          'Only a draft can be edited; a launched experiment takes amendments.',
          { state: experiment.status },
        );
      }
      if (definition.key !== key || definition.kind !== experiment.kind) {
        throw new Invalid('validation-failed', 'Key and kind stay as they were created.', [
          { pointer: definition.key === key ? '/kind' : '/key', code: 'read-only' },
        ]);
      }
      const now = await this.clock.now(manager);
      const answer = await this.gates.ask(manager, actor.projectId, 'create', definition, now);
      const decision = await this.decisions.keep(manager, actor, experiment, answer, now);
      if (answer.report.outcome === 'refused') return answer.report;
      experiment.definition = definition;
      experiment.createDecisionId = decision.id;
      await manager.save(experiment);
      await this.lifecycle.note(manager, experiment, 'edit', now, actor.memberId, {
        gateDecisionId: decision.id,
      });
      return experiment;
    });
    return stored(outcome);
  }

  /** Launches a draft: both gates pass now, and the plan is frozen with its digest. */
  async launch(actor: Actor, key: string): Promise<ExperimentEntity> {
    const outcome = await this.transactions.run(async (manager) => {
      const { projectId } = actor;
      const experiment = await this.lifecycle.lock(manager, projectId, key);
      nextState(experiment.status, 'launch');
      const now = await this.clock.now(manager);
      const { definition } = experiment;
      const answer = await this.gates.ask(manager, projectId, 'launch', definition, now);
      const decision = await this.decisions.keep(manager, actor, experiment, answer, now);
      if (answer.report.outcome === 'refused') return answer.report;
      const { plannedDays } = definition.analysis;
      const endEnrolmentAt =
        plannedDays === undefined ? null : new Date(now.getTime() + plannedDays * DAY_MS);
      const { costs, currency, timezone } = await this.projects.settings(projectId, manager);
      const plan = freezePlan({
        definition,
        metrics: await this.metrics.all(projectId, manager),
        seed: experiment.id,
        launchedAt: now,
        ...(endEnrolmentAt === null ? {} : { endEnrolmentAt }),
        costs,
        currency,
        timezone,
        policy: answer.report.policy,
      });
      experiment.launchedAt = now;
      experiment.enrolmentEndsAt = endEnrolmentAt;
      const planDigest = await this.storePlan(manager, actor, experiment, plan, 'launch', now);
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
      const current = await this.plan(projectId, experiment.id, manager);
      const { plan, gateMustRun } = amendPlan(current, amendment, {
        state: experiment.status,
        reason,
        now,
        metrics: await this.metrics.all(projectId, manager),
        trafficCap: EVIDENCE_POLICIES[current.policy.profile].trafficCap,
      });
      let policy = current.policy;
      if (gateMustRun) {
        const grown = { ...experiment.definition, traffic: plan.traffic };
        const answer = await this.gates.ask(manager, projectId, 'create', grown, now);
        await this.decisions.keep(manager, actor, experiment, answer, now);
        if (answer.report.outcome === 'refused') return answer.report;
        policy = answer.report.policy;
      }
      if (amendment.kind === 'endEnrolmentAt') experiment.enrolmentEndsAt = amendment.at;
      const amended = { ...plan, policy };
      const planDigest = await this.storePlan(manager, actor, experiment, amended, reason, now);
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

  /** The dry run of a gate for a body or a stored experiment; nothing is kept. */
  async check(
    projectId: string,
    gate: 'create' | 'launch',
    definition: ExperimentDefinition,
  ): Promise<GateReport> {
    return await this.transactions.run(async (manager) => {
      const now = await this.clock.now(manager);
      return (await this.gates.ask(manager, projectId, gate, definition, now)).report;
    });
  }

  async byKey(projectId: string, key: string): Promise<ExperimentEntity> {
    const { manager } = this.transactions;
    const experiment = await manager.findOneBy(ExperimentEntity, { projectId, key });
    if (experiment === null) throw new NotFound('not-found', 'There is no such experiment.');
    return experiment;
  }

  async list<T>(
    projectId: string,
    page: PageRequest,
    show: (experiment: ExperimentEntity) => T,
  ): Promise<Page<T>> {
    return await pageById(this.transactions.manager, ExperimentEntity, projectId, page, show);
  }

  /** The body with its defaults, checked for what is wrong whatever the evidence. */
  async validDefinition(projectId: string, body: ExperimentBodyDto): Promise<ExperimentDefinition> {
    const definition = definitionFrom(body);
    const errors = [
      ...validateDefinition(definition, { metrics: await this.metrics.all(projectId) }),
      ...scheduleFaults(definition),
    ];
    if (errors.length > 0) {
      throw new Invalid('validation-failed', 'The experiment is not valid.', errors);
    }
    return definition;
  }

  /** The newest version of the frozen plan. */
  private async plan(
    projectId: string,
    experimentId: string,
    manager: EntityManager,
  ): Promise<AnalysisPlan> {
    const rows = (await manager.query(
      `SELECT plan.body FROM plan WHERE plan.project_id = $1 AND plan.experiment_id = $2
       ORDER BY plan.version DESC LIMIT 1`,
      [projectId, experimentId],
    )) as { body: AnalysisPlan }[];
    const plan = rows[0]?.body;
    if (plan === undefined) {
      throw new Conflict('not-launched', 'The experiment is a draft: edit it instead.');
    }
    return plan;
  }

  private async storePlan(
    manager: EntityManager,
    actor: Actor,
    experiment: ExperimentEntity,
    plan: AnalysisPlan,
    reason: string,
    at: Date,
  ): Promise<string> {
    const digest = digestOf(plan);
    await manager.query(
      `INSERT INTO plan
         (project_id, experiment_id, version, body, digest, reason, frozen_by, frozen_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        actor.projectId,
        experiment.id,
        plan.version,
        JSON.stringify(plan),
        digest,
        reason,
        actor.memberId,
        at,
      ],
    );
    return digest;
  }

  private async requireFree(
    manager: EntityManager,
    projectId: string,
    definition: ExperimentDefinition,
    fromIdea: string | undefined,
  ): Promise<void> {
    if (await manager.existsBy(ExperimentEntity, { projectId, key: definition.key })) {
      throw new Conflict('already-exists', 'Keys are never used again: choose another one.', {
        key: definition.key,
      });
    }
    if (
      fromIdea !== undefined &&
      !(await manager.existsBy(IdeaEntity, { projectId, id: fromIdea }))
    ) {
      throw new Invalid('validation-failed', 'There is no such idea.', [
        { pointer: '/fromIdea', code: 'unknown-idea' },
      ]);
    }
    const { iterationOf } = definition;
    if (
      iterationOf !== undefined &&
      !(await manager.existsBy(ExperimentEntity, { projectId, key: iterationOf }))
    ) {
      throw new Invalid('validation-failed', 'There is no such experiment to go on from.', [
        { pointer: '/iterationOf', code: 'unknown-experiment' },
      ]);
    }
  }
}

/** A refusal is kept first and thrown after the commit, so that the record of it stays. */
function stored(outcome: ExperimentEntity | GateReport): ExperimentEntity {
  if (outcome instanceof ExperimentEntity) return outcome;
  throw refusalOf(outcome);
}
