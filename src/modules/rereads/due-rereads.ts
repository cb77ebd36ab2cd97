import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.token.js';
import { DatabaseArrival } from '../../platform/database/database-arrival.js';
import { type DueWork, DueWorkRegistry } from '../../platform/scheduling/due-work.js';
import { Jobs } from '../../platform/scheduling/jobs.js';
import { RereadRunner } from './reread-runner.js';
import { type RereadRef, RereadStore } from './reread-store.js';

const QUEUE = 'reread';

/**
 * Re-reads on their due dates. One that was missed, because nothing ran, is made once, later, as of
 * its due date: what happened before that instant counts, whenever it arrived.
 */
@Injectable()
export class DueRereads implements DueWork, OnModuleInit {
  readonly name = 'rereads';

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly registry: DueWorkRegistry,
    private readonly jobs: Jobs,
    private readonly rows: RereadStore,
    private readonly runner: RereadRunner,
    private readonly arrival: DatabaseArrival,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
    if (this.config.worker) this.arrival.once(() => this.work());
  }

  private async work(): Promise<void> {
    await this.jobs.handle(QUEUE, async (data) => {
      const ref = refFrom(data);
      if (ref !== null) await this.runner.attempt(ref);
    });
  }

  async nextDue(after: Date, until: Date): Promise<Date | null> {
    return await this.rows.nextDue(after, until);
  }

  /**
   * Makes the readings that are due, or hands them to the queue, where each tick sends again what is
   * still open: the row decides who works on it.
   * @throws AggregateError inline, with the errors of the readings that were given up
   */
  async runDue(now: Date, how: 'inline' | 'queued'): Promise<void> {
    if (how === 'queued') {
      for (const { projectId, id } of await this.rows.free(now)) {
        await this.jobs.send(QUEUE, { projectId, id });
      }
      return;
    }
    const failures: unknown[] = [];
    for (const refs of [() => this.rows.free(now), () => this.rows.unclosed(now)]) {
      for (const ref of await refs()) {
        const failure = await this.runner.finish(ref);
        if (failure !== null) failures.push(failure.error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'some re-reads failed');
  }
}

function refFrom(data: unknown): RereadRef | null {
  const { projectId, id } = data as Record<string, unknown>;
  return typeof projectId === 'string' && typeof id === 'string' ? { projectId, id } : null;
}
