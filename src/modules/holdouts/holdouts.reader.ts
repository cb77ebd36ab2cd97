import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PlannedHoldout } from '../../domain/assignment/exclusion.js';
import { BUCKETS } from '../../domain/assignment/hash.js';
import type { UnitKind } from '../../domain/experiments/definition.js';
import { Transactions } from '../../platform/database/transactions.js';

/** What whoever creates a holdout locks alone, and launches among themselves. */
export function holdoutsLock(projectId: string): string {
  return `holdouts ${projectId}`;
}

/** The holdouts of a project as other features may read them. */
@Injectable()
export class HoldoutsReader {
  constructor(private readonly transactions: Transactions) {}

  /**
   * What a launch copies into its plan: every holdout of this kind of unit that has not ended. Until
   * the transaction ends no holdout is created, so one that is not in the plan came after it.
   */
  async atLaunch(
    manager: EntityManager,
    projectId: string,
    unit: UnitKind,
  ): Promise<PlannedHoldout[]> {
    await manager.query('SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))', [
      holdoutsLock(projectId),
    ]);
    return await open(manager, projectId, unit);
  }

  /** The share of units, 0 to 1, that a test launched now would not meet. */
  async heldShare(projectId: string, unit: UnitKind): Promise<number> {
    const holdouts = await open(this.transactions.manager, projectId, unit);
    // Each has a seed of its own, so they overlap as chance has it.
    return 1 - holdouts.reduce((left, { points }) => left * (1 - points / BUCKETS), 1);
  }
}

async function open(
  manager: EntityManager,
  projectId: string,
  unit: UnitKind,
): Promise<PlannedHoldout[]> {
  return (await manager.query(
    `SELECT holdout.key, holdout.seed, holdout.points FROM holdout
     WHERE holdout.project_id = $1 AND holdout.unit = $2 AND holdout.ended_at IS NULL
     ORDER BY holdout.key COLLATE "C"`,
    [projectId, unit],
  )) as PlannedHoldout[];
}
