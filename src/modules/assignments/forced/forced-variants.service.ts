import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { FORCING_STATES } from '../../../domain/assignment/compile-flag.js';
import { forcedVariantFaults } from '../../../domain/assignment/forced-variants.js';
import { Conflict, Invalid } from '../../../domain/errors.js';
import { AuditLog } from '../../../platform/audit/audit-log.js';
import { Transactions } from '../../../platform/database/transactions.js';
import type { Actor } from '../../../platform/security/principal.js';
import { ExperimentLifecycleWriter } from '../../experiments/experiment-lifecycle.writer.js';
import {
  ExperimentsReader,
  type LaunchedExperiment,
} from '../../experiments/experiments.reader.js';

type ForcedUnits = Record<string, string>;

/** Variants that units get by hand; serving reads them with the rest of the configuration. */
@Injectable()
export class ForcedVariantsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly experiments: ExperimentsReader,
    private readonly lifecycle: ExperimentLifecycleWriter,
    private readonly audit: AuditLog,
  ) {}

  /** @throws NotFound; Conflict `not-launched` */
  async all(projectId: string, key: string): Promise<ForcedUnits> {
    const { manager } = this.transactions;
    const { id } = await this.experiments.launched(projectId, key, manager);
    return await stored(manager, projectId, id);
  }

  /**
   * Replaces all of them.
   * @throws NotFound; Conflict `not-launched`, `assigned-elsewhere`, `invalid-state-transition`
   * @throws Invalid `validation-failed` pointing at every unit that is wrong
   */
  async replace(actor: Actor, key: string, units: ForcedUnits): Promise<ForcedUnits> {
    return await this.transactions.run(async (manager) => {
      const { projectId } = actor;
      await this.lifecycle.lock(manager, projectId, key);
      const experiment = await this.experiments.launched(projectId, key, manager);
      requireForcible(experiment, units);
      const { id } = experiment;
      const before = Object.keys(await stored(manager, projectId, id)).length;
      await manager.query(
        `DELETE FROM forced_variant
         WHERE forced_variant.project_id = $1 AND forced_variant.experiment_id = $2`,
        [projectId, id],
      );
      await manager.query(
        `INSERT INTO forced_variant (project_id, experiment_id, unit_id, variant)
         SELECT $1, $2, forced.unit_id, forced.variant
         FROM unnest($3::text[], $4::text[]) AS forced (unit_id, variant)`,
        [projectId, id, Object.keys(units), Object.values(units)],
      );
      // Counts only: an id in the log of what was done could never be erased.
      await this.audit.record(manager, actor, {
        action: 'experiment.force_variants',
        objectType: 'experiment',
        objectId: id,
        before: { units: before },
        after: { units: Object.keys(units).length },
      });
      return await stored(manager, projectId, id);
    });
  }
}

function requireForcible({ status, plan }: LaunchedExperiment, units: ForcedUnits): void {
  if (plan.assignment === 'external') {
    throw new Conflict(
      'assigned-elsewhere',
      'Another system assigns the units of this experiment: force the variant there.',
    );
  }
  const isOver = !FORCING_STATES.includes(status);
  if (isOver && Object.keys(units).length > 0) {
    throw new Conflict(
      'invalid-state-transition',
      `An experiment that is ${status} has no variants to force; those that were can be taken away.`,
      { state: status, action: 'force-variants', allowed: FORCING_STATES },
    );
  }
  const errors = forcedVariantFaults(
    units,
    plan.variants.map(({ key }) => key),
  );
  if (errors.length > 0) {
    throw new Invalid('validation-failed', 'These units cannot be forced.', errors);
  }
}

/** By id of the unit, in order. */
async function stored(
  manager: EntityManager,
  projectId: string,
  experimentId: string,
): Promise<ForcedUnits> {
  const rows = (await manager.query(
    `SELECT forced_variant.unit_id AS id, forced_variant.variant FROM forced_variant
     WHERE forced_variant.project_id = $1 AND forced_variant.experiment_id = $2
     ORDER BY forced_variant.unit_id`,
    [projectId, experimentId],
  )) as { id: string; variant: string }[];
  return Object.fromEntries(rows.map(({ id, variant }) => [id, variant]));
}
