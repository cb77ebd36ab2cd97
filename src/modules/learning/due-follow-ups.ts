import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Transactions } from '../../platform/database/transactions.js';
import { type DueWork, DueWorkRegistry } from '../../platform/scheduling/due-work.js';
import { FollowUpKeeper } from './follow-up-keeper.js';
import { FollowUpRows } from './follow-up-rows.js';

/** Looks after follow-ups: those that were planned are opened, and those that wait too long are told of. */
@Injectable()
export class DueFollowUps implements DueWork, OnModuleInit {
  readonly name = 'follow-ups';

  constructor(
    private readonly transactions: Transactions,
    private readonly registry: DueWorkRegistry,
    private readonly rows: FollowUpRows,
    private readonly keeper: FollowUpKeeper,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async nextDue(after: Date, until: Date): Promise<Date | null> {
    return await this.rows.nextDue(this.transactions.manager, after, until);
  }

  /** One experiment's failure does not keep the others from being looked after. */
  async runDue(now: Date): Promise<void> {
    const failures: unknown[] = [];
    for (const { projectId, key } of await this.rows.toFollow(this.transactions.manager, now)) {
      try {
        await this.keeper.bringUpToDate(projectId, key, now);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'some follow-ups failed');
  }
}
