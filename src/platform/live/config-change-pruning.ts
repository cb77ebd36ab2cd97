import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Transactions } from '../database/transactions.js';
import { type DueWork, DueWorkRegistry } from '../scheduling/due-work.js';

const EVERY_MS = 3_600_000;

/**
 * Forgets changes that every replica has long seen. From the oldest on and never the newest, or two
 * different histories could look the same to `ConfigChanges`. Operations: it goes by real time.
 */
@Injectable()
export class ConfigChangePruning implements DueWork, OnModuleInit {
  readonly name = 'config-changes';
  private doneAt: number | null = null;

  constructor(
    private readonly transactions: Transactions,
    private readonly registry: DueWorkRegistry,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async nextDue(): Promise<null> {
    return await Promise.resolve(null);
  }

  async runDue(): Promise<void> {
    if (this.doneAt !== null && performance.now() - this.doneAt < EVERY_MS) return;
    await this.prune();
    this.doneAt = performance.now();
  }

  /** Keeps a day. */
  async prune(): Promise<void> {
    await this.transactions.manager.query(
      `DELETE FROM config_change WHERE config_change.id < (
         SELECT max(old.id) FROM config_change AS old
         WHERE old.at < clock_timestamp() - interval '1 day')`,
    );
  }
}
