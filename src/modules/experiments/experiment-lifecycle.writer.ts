import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { NotFound } from '../../domain/errors.js';
import { type LifecycleAction, nextState } from '../../domain/experiments/lifecycle.js';
import { AuditLog } from '../../platform/audit/audit-log.js';
import { newId } from '../../platform/http/ids.js';
import { ExperimentEntity } from './experiment.entity.js';

/** A move of an experiment: what, when, by whom (null: by itself, as planned) and why. */
export interface Move {
  action: LifecycleAction;
  at: Date;
  memberId: string | null;
  facts?: Readonly<Record<string, unknown>>;
}

/** The one way an experiment changes its state; the only thing others may change about it. */
@Injectable()
export class ExperimentLifecycleWriter {
  constructor(private readonly audit: AuditLog) {}

  /** The experiment, locked until the transaction ends. */
  async lock(manager: EntityManager, projectId: string, key: string): Promise<ExperimentEntity> {
    const experiment = await manager.findOne(ExperimentEntity, {
      where: { projectId, key },
      lock: { mode: 'pessimistic_write' },
    });
    if (experiment === null) throw new NotFound('not-found', 'There is no such experiment.');
    return experiment;
  }

  /**
   * Moves a locked experiment and records the move, in the caller's transaction.
   * @throws Conflict `invalid-state-transition`
   */
  async move(manager: EntityManager, experiment: ExperimentEntity, move: Move): Promise<void> {
    const from = experiment.status;
    experiment.status = nextState(from, move.action);
    if (move.action === 'end_enrolment') experiment.enrolmentEndedAt = move.at;
    if (move.action === 'stop' || move.action === 'decide') {
      experiment.enrolmentEndedAt ??= move.at;
    }
    await manager.save(experiment);
    await this.note(manager, experiment, move.action, move.at, move.memberId, {
      from,
      to: experiment.status,
      ...move.facts,
    });
  }

  /** Adds an entry to the experiment's history, and one to the audit chain. */
  async note(
    manager: EntityManager,
    experiment: Pick<ExperimentEntity, 'projectId' | 'id'>,
    what: string,
    at: Date,
    memberId: string | null,
    facts: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const { projectId, id } = experiment;
    await manager.query(
      `INSERT INTO timeline_entry (project_id, id, experiment_id, at, what, facts, member_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [projectId, newId(), id, at, what, JSON.stringify(facts), memberId],
    );
    await this.audit.append(manager, {
      projectId,
      actor: memberId ?? 'system',
      action: `experiment.${what}`,
      objectType: 'experiment',
      objectId: id,
      after: facts,
    });
  }
}
