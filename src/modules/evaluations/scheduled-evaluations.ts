import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { parseInstant } from '../../domain/events/instant.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.token.js';
import { DatabaseArrival } from '../../platform/database/database-arrival.js';
import { Logger } from '../../platform/logging/logger.js';
import { type DueWork, DueWorkRegistry } from '../../platform/scheduling/due-work.js';
import { Jobs } from '../../platform/scheduling/jobs.js';
import { SlotRecorder } from './slot-recorder.js';
import { SlotRunner } from './slot-runner.js';
import { type Slot, SlotStore } from './slot-store.js';

const QUEUE = 'evaluate';
/** With the lease this keeps a dead worker's slot waiting for less than half a minute. */
const OPEN_SLOTS_POLL_MS = 5_000;

/** Evaluations on a schedule: exactly one result for each slot, whatever happens to the workers. */
@Injectable()
export class ScheduledEvaluations implements DueWork, OnModuleInit, OnModuleDestroy {
  readonly name = 'evaluations';
  private poll: NodeJS.Timeout | null = null;
  private polling: Promise<void> | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly registry: DueWorkRegistry,
    private readonly jobs: Jobs,
    private readonly recorder: SlotRecorder,
    private readonly slots: SlotStore,
    private readonly runner: SlotRunner,
    private readonly logger: Logger,
    private readonly arrival: DatabaseArrival,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
    if (this.config.worker) this.arrival.once(() => this.work());
  }

  private async work(): Promise<void> {
    await this.jobs.handle(QUEUE, async (data) => {
      const slot = slotFrom(data);
      if (slot !== null) await this.runner.attempt(slot);
    });
    const look = () => (this.polling ??= this.takeOpenSlots().finally(() => (this.polling = null)));
    this.poll = setInterval(() => void look(), OPEN_SLOTS_POLL_MS);
    this.poll.unref();
    // Whatever the one before left when it ended.
    void look();
  }

  async onModuleDestroy(): Promise<void> {
    if (this.poll !== null) clearInterval(this.poll);
    this.poll = null;
    await this.polling;
  }

  async nextDue(after: Date, until: Date): Promise<Date | null> {
    return await this.recorder.nextDue({ after, until });
  }

  /**
   * Records what fell due, and hands it to the queue; or evaluates it, and comes back when every
   * slot is closed, those included that other workers have taken: a clock that steps through slots
   * must not leave one behind. One that waits for data is left waiting.
   * @throws AggregateError inline, with the errors of the slots that were given up
   */
  async runDue(now: Date, how: 'inline' | 'queued'): Promise<void> {
    const failures = await this.recorder.recordDue(now);
    if (how === 'queued') await this.enqueue(await this.slots.open());
    else failures.push(...(await this.evaluateAll()));
    if (failures.length > 0) throw new AggregateError(failures, 'some evaluations failed');
  }

  /** Slots whose data has just come run at once, not with the next tick. */
  async dataComplete(projectId: string): Promise<void> {
    await this.enqueue(await this.recorder.release(projectId));
  }

  /** Each is tried before any is tried again. */
  private async evaluateAll(): Promise<unknown[]> {
    const failures: unknown[] = [];
    for (const slot of await this.slots.open()) {
      const outcome = await this.runner.attempt(slot);
      if (outcome.is === 'failed') failures.push(outcome.error);
    }
    for (const slot of await this.slots.unclosed()) {
      const failure = await this.runner.finish(slot);
      if (failure !== null) failures.push(failure.error);
    }
    return failures;
  }

  private async enqueue(slots: readonly Slot[]): Promise<void> {
    for (const { projectId, experimentId, slotAt } of slots) {
      await this.jobs.send(QUEUE, { projectId, experimentId, slotAt: slotAt.toISOString() });
    }
  }

  /**
   * Slots that no job stands for any more: of workers that died, or after a failed attempt. Asked again
   * after each, because what falls free meanwhile goes before what has just come.
   */
  private async takeOpenSlots(): Promise<void> {
    try {
      while (this.poll !== null) {
        if ((await this.runner.attemptNext()).is === 'taken') return;
      }
    } catch (error) {
      this.logger.failure('open slots', error);
    }
  }
}

function slotFrom(data: unknown): Slot | null {
  const { projectId, experimentId, slotAt } = data as Record<string, unknown>;
  const instant = parseInstant(slotAt);
  if (typeof projectId !== 'string' || typeof experimentId !== 'string' || instant === null) {
    return null;
  }
  return { projectId, experimentId, slotAt: instant };
}
