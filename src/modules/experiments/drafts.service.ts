import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Conflict, Invalid, Stale } from '../../domain/errors.js';
import type { GateReport } from '../../domain/evidence/gate-report.js';
import { refusalOf } from '../../domain/evidence/refusal.js';
import { Clock } from '../../platform/clock/clock.js';
import { Transactions } from '../../platform/database/transactions.js';
import { newId } from '../../platform/http/ids.js';
import type { Actor } from '../../platform/security/principal.js';
import { BodiesService, type WholeBody } from './bodies.service.js';
import type {
  CreateExperimentDto,
  ExperimentBodyDto,
  IdeaBodyDto,
} from './dto/experiment-body.dto.js';
import { ExperimentEntity } from './experiment.entity.js';
import { ExperimentLifecycleWriter } from './experiment-lifecycle.writer.js';
import { GateDecisionsWriter } from './gate-decisions.writer.js';
import { GatesService } from './gates.service.js';
import { IdeaEntity } from './idea.entity.js';

export interface CreatedExperiment {
  experiment: ExperimentEntity;
  /** JSON Pointers of what came from the experiment it goes on from. */
  inherited: string[];
}

/** Creating and editing drafts: nothing is stored as an experiment that the create gate refuses. */
@Injectable()
export class DraftsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly bodies: BodiesService,
    private readonly gates: GatesService,
    private readonly decisions: GateDecisionsWriter,
    private readonly lifecycle: ExperimentLifecycleWriter,
  ) {}

  /**
   * Creates an experiment, or keeps the refusal and throws it: no because, no row.
   * @throws Invalid `gate-refused` with the whole report, `validation-failed`
   */
  async create(actor: Actor, body: CreateExperimentDto): Promise<CreatedExperiment> {
    const { fromIdea, ...sent } = body;
    const kept = fromIdea === undefined ? {} : await this.ideaBody(actor.projectId, fromIdea);
    const whole = await this.bodies.whole(actor.projectId, sent, kept);
    const outcome = await this.transactions.run(
      async (manager) => await this.store(manager, actor, whole, fromIdea),
    );
    return { experiment: stored(outcome), inherited: whole.inherited };
  }

  private async store(
    manager: EntityManager,
    actor: Actor,
    { definition, inherited }: WholeBody,
    fromIdea: string | undefined,
  ): Promise<ExperimentEntity | GateReport> {
    const { projectId, memberId } = actor;
    if (await manager.existsBy(ExperimentEntity, { projectId, key: definition.key })) {
      throw new Conflict('already-exists', 'Keys are never used again: choose another one.', {
        key: definition.key,
      });
    }
    const now = await this.clock.now(manager);
    const answer = await this.gates.ask(manager, 'create', {
      projectId,
      definition,
      author: memberId,
      experimentId: null,
      now,
    });
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
      createdBy: memberId,
      createdAt: now,
    });
    await manager.save(experiment);
    await this.lifecycle.note(manager, experiment, 'create', now, memberId, {
      gateDecisionId: decision.id,
      ...(fromIdea === undefined ? {} : { fromIdea }),
      ...(definition.iterationOf === undefined
        ? {}
        : { iterationOf: definition.iterationOf, inherited }),
    });
    return experiment;
  }

  /** Replaces a draft: the create gate runs again on what it has become. */
  async replace(
    actor: Actor,
    key: string,
    body: ExperimentBodyDto,
    ifMatch: number,
  ): Promise<ExperimentEntity> {
    const { definition } = await this.bodies.asSent(actor.projectId, body);
    const outcome = await this.transactions.run(async (manager) => {
      const { projectId } = actor;
      const experiment = await this.lifecycle.lock(manager, projectId, key);
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
      const answer = await this.gates.ask(manager, 'create', {
        projectId,
        definition,
        author: experiment.createdBy,
        experimentId: experiment.id,
        now,
      });
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

  private async ideaBody(projectId: string, id: string): Promise<IdeaBodyDto> {
    const idea = await this.transactions.manager.findOneBy(IdeaEntity, { projectId, id });
    if (idea === null) {
      throw new Invalid('validation-failed', 'There is no such idea.', [
        { pointer: '/fromIdea', code: 'unknown-idea' },
      ]);
    }
    return idea.body;
  }
}

/** A refusal is kept first and thrown after the commit, so that the record of it stays. */
export function stored(outcome: ExperimentEntity | GateReport): ExperimentEntity {
  if (outcome instanceof ExperimentEntity) return outcome;
  throw refusalOf(outcome);
}
