import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Conflict } from '../../domain/errors.js';
import type { AnalysisPlan } from '../../domain/experiments/plan.js';
import type { Actor } from '../../platform/security/principal.js';
import { digestOf } from './gate-decisions.writer.js';

/** The frozen plans of an experiment, version by version. */
@Injectable()
export class PlanStore {
  /** @throws Conflict `not-launched` */
  async newest(
    manager: EntityManager,
    projectId: string,
    experimentId: string,
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

  /** Stores a version for good and answers its digest. */
  async add(
    manager: EntityManager,
    actor: Actor,
    experiment: { id: string },
    frozen: { plan: AnalysisPlan; reason: string; at: Date },
  ): Promise<string> {
    const { plan, reason, at } = frozen;
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
}
