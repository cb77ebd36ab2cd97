import { Injectable } from '@nestjs/common';
import { awaitedSlot } from '../../domain/schedule/awaited-slot.js';
import { type DueSlots, dueSlots } from '../../domain/schedule/due-slots.js';
import { Logger } from '../../platform/logging/logger.js';
import { ExperimentsReader, type LaunchedExperiment } from '../experiments/experiments.reader.js';
import { FeedsReader } from '../feeds/feeds.reader.js';
import { type RecordedSlot, SlotRecords } from './slot-records.js';
import type { Slot } from './slot-store.js';
import { firstSlot, type SlotRange, slotsIn } from './slot-times.js';

/** Before any experiment: everything since the launch is due. */
const BEFORE_ALL = new Date(0);

type Feeds = ReadonlyMap<string, Date>;

/** Writes down what fell due, and lets those go whose data has come. */
@Injectable()
export class SlotRecorder {
  constructor(
    private readonly experiments: ExperimentsReader,
    private readonly feeds: FeedsReader,
    private readonly records: SlotRecords,
    private readonly logger: Logger,
  ) {}

  /** The first slot of any experiment in the range, or null. */
  async nextDue(range: SlotRange): Promise<Date | null> {
    let first: Date | null = null;
    for (const experiment of await this.experiments.allEvaluated()) {
      const slot = firstSlot(experiment, range);
      if (slot !== null && (first === null || slot < first)) first = slot;
    }
    return first;
  }

  /** Answers what went wrong: an experiment whose schedule cannot be read hinders no other. */
  async recordDue(now: Date): Promise<unknown[]> {
    const failures: unknown[] = [];
    const experiments = await this.experiments.allEvaluated();
    const newest = new Map(await this.lastOf(experiments));
    const due: { experiment: LaunchedExperiment; slots: DueSlots }[] = [];
    for (const experiment of experiments) {
      try {
        const after = newest.get(experiment.id) ?? BEFORE_ALL;
        const slots = dueSlots(slotsIn(experiment, { after, until: now }));
        if (slots.run === null) continue;
        newest.set(experiment.id, slots.run);
        due.push({ experiment, slots });
      } catch (error) {
        this.logger.failure('slots of an experiment', error, { experimentId: experiment.id });
        failures.push(error);
      }
    }
    const feeds = this.feedsOf();
    await this.settle(await this.records.waiting(null), { experiments, newest, feeds });
    for (const { experiment, slots } of due) {
      const { projectId, id: experimentId } = experiment;
      await this.records.record(
        { projectId, experimentId },
        await recorded(experiment, slots, feeds),
      );
    }
    return failures;
  }

  /** Lets go the slots of a project whose data has come, and answers them. */
  async release(projectId: string): Promise<Slot[]> {
    const waiting = await this.records.waiting(projectId);
    if (waiting.length === 0) return [];
    const experiments = await this.experiments.allEvaluated();
    const newest = await this.lastOf(experiments);
    return await this.settle(waiting, { experiments, newest, feeds: this.feedsOf() });
  }

  private async settle(
    waiting: readonly Slot[],
    known: {
      experiments: readonly LaunchedExperiment[];
      newest: ReadonlyMap<string, Date>;
      feeds: (projectId: string) => Promise<Feeds>;
    },
  ): Promise<Slot[]> {
    const released: Slot[] = [];
    for (const slot of waiting) {
      const experiment = known.experiments.find(({ id }) => id === slot.experimentId);
      const { slotAt } = slot;
      const overtaking = known.newest.get(slot.experimentId);
      const standing = awaitedSlot({
        slotAt,
        waitFor: experiment?.plan.schedule?.waitFor ?? [],
        completeUntil: await known.feeds(slot.projectId),
        isOvertaken: overtaking !== undefined && overtaking > slotAt,
      });
      if (experiment === undefined) {
        // Decided, stopped or archived meanwhile: nobody asks any more.
        await this.records.settle(slot, { status: 'skipped', missing: [] });
      } else {
        await this.records.settle(slot, recordOf(standing));
        if (standing.is === 'pending') released.push(slot);
      }
    }
    return released;
  }

  private async lastOf(
    experiments: readonly LaunchedExperiment[],
  ): Promise<ReadonlyMap<string, Date>> {
    return await this.records.lastRecorded(
      experiments.map(({ projectId, id }) => ({ projectId, experimentId: id })),
    );
  }

  /** Each project's feeds, read once. */
  private feedsOf(): (projectId: string) => Promise<Feeds> {
    const read = new Map<string, Promise<Feeds>>();
    return (projectId) => {
      const known = read.get(projectId) ?? this.feeds.completeUntil(projectId);
      read.set(projectId, known);
      return known;
    };
  }
}

async function recorded(
  { projectId, plan }: LaunchedExperiment,
  { run, skipped }: DueSlots,
  feeds: (projectId: string) => Promise<Feeds>,
): Promise<RecordedSlot[]> {
  const slots = skipped.map((slotAt): RecordedSlot => ({ slotAt, status: 'skipped', missing: [] }));
  if (run === null) return slots;
  const waitFor = plan.schedule?.waitFor ?? [];
  const completeUntil = waitFor.length === 0 ? new Map<string, Date>() : await feeds(projectId);
  const standing = awaitedSlot({ slotAt: run, waitFor, completeUntil, isOvertaken: false });
  return [...slots, { slotAt: run, ...recordOf(standing) }];
}

function recordOf(standing: ReturnType<typeof awaitedSlot>): Omit<RecordedSlot, 'slotAt'> {
  return { status: standing.is, missing: 'missing' in standing ? standing.missing : [] };
}
