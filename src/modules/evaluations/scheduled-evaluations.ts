import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { dueSlots } from '../../domain/schedule/due-slots.js';
import { parseInstant } from '../../domain/events/instant.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.token.js';
import { DatabaseArrival } from '../../platform/database/database-arrival.js';
import { Logger } from '../../platform/logging/logger.js';
import { type DueWork, DueWorkRegistry } from '../../platform/scheduling/due-work.js';
import { Jobs } from '../../platform/scheduling/jobs.js';
import { ExperimentsReader } from '../experiments/experiments.reader.js';
import { SlotRunner } from './slot-runner.js';
import { type Slot, SlotStore } from './slot-store.js';
import { firstSlot, slotsIn } from './slot-times.js';

const QUEUE = 'evaluate';
/** With the lease this keeps a dead worker's slot waiting for at most half a minute. */
const OPEN_SLOTS_POLL_MS = 10_000;
/** Before any experiment: everything since the launch is due. */
const BEFORE_ALL = new Date(0);

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
    private readonly experiments: ExperimentsReader,
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
    this.poll = setInterval(() => {
      this.polling ??= this.takeOpenSlots().finally(() => (this.polling = null));
    }, OPEN_SLOTS_POLL_MS);
    this.poll.unref();
  }

  async onModuleDestroy(): Promise<void> {
    if (this.poll !== null) clearInterval(this.poll);
    this.poll = null;
    await this.polling;
  }

  async nextDue(after: Date, until: Date): Promise<Date | null> {
    let first: Date | null = null;
    for (const experiment of await this.experiments.allEvaluated()) {
      const slot = firstSlot(experiment, { after, until });
      if (slot !== null && (first === null || slot < first)) first = slot;
    }
    return first;
  }

  /**
   * Records what fell due, and hands it to the queue; or evaluates it, and comes back when every
   * slot is closed, those included that other workers have taken: a clock that steps through slots
   * must not leave one behind.
   * @throws AggregateError inline, with the errors of the slots that were given up
   */
  async runDue(now: Date, how: 'inline' | 'queued'): Promise<void> {
    const failures = await this.recordDue(now);
    if (how === 'queued') await this.enqueue(await this.slots.open());
    else {
      for (const slots of [() => this.slots.open(), () => this.slots.unclosed()]) {
        for (const slot of await slots()) {
          const failure = await this.runner.finish(slot);
          if (failure !== null) failures.push(failure.error);
        }
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'some evaluations failed');
  }

  private async enqueue(slots: readonly Slot[]): Promise<void> {
    for (const { projectId, experimentId, slotAt } of slots) {
      await this.jobs.send(QUEUE, { projectId, experimentId, slotAt: slotAt.toISOString() });
    }
  }

  private async recordDue(now: Date): Promise<unknown[]> {
    const failures: unknown[] = [];
    const experiments = await this.experiments.allEvaluated();
    const last = await this.slots.lastRecorded(
      experiments.map(({ projectId, id }) => ({ projectId, experimentId: id })),
    );
    for (const experiment of experiments) {
      try {
        const range = { after: last.get(experiment.id) ?? BEFORE_ALL, until: now };
        const { projectId, id } = experiment;
        const due = dueSlots(slotsIn(experiment, range));
        if (due.run !== null) await this.slots.record({ projectId, experimentId: id }, due);
      } catch (error) {
        this.logger.failure('slots of an experiment', error, { experimentId: experiment.id });
        failures.push(error);
      }
    }
    return failures;
  }

  /** Slots that no job stands for any more: of workers that died, or after a failed attempt. */
  private async takeOpenSlots(): Promise<void> {
    try {
      for (const slot of await this.slots.open()) {
        if (this.poll === null) return;
        await this.runner.attempt(slot);
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
