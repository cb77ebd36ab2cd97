import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { UnitRef } from '../../../domain/events/event.js';

/** What an erasure may change about forced variants. */
@Injectable()
export class ForcedVariantsWriter {
  /** Takes a unit out of every experiment that it was forced in. */
  async forget(manager: EntityManager, projectId: string, unit: UnitRef): Promise<void> {
    await manager.query(
      `DELETE FROM forced_variant USING experiment
       WHERE forced_variant.project_id = $1 AND forced_variant.unit_id = $2
         AND experiment.project_id = forced_variant.project_id
         AND experiment.id = forced_variant.experiment_id
         AND experiment.definition ->> 'unit' = $3`,
      [projectId, unit.id, unit.kind],
    );
  }
}
