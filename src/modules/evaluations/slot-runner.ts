import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { NotFound } from '../../domain/errors.js';
import { Transactions } from '../../platform/database/transactions.js';
import { Logger } from '../../platform/logging/logger.js';
import { ExperimentsReader, type LaunchedExperiment } from '../experiments/experiments.reader.js';
import { codeOfError } from './code-of-error.js';
import { EvaluationWriter } from './evaluation-writer.js';
import { type ClaimedSlot, type Slot, SlotStore } from './slot-store.js';

const HEARTBEAT_MS = 5_000;
const OTHERS_POLL_MS = 50;
/** How long to wait for a slot that another worker has: past its lease it can be claimed. */
const OTHERS_WAIT_MS = 120_000;

/** What became of a slot: `taken` means that somebody else has it, or had it. */
export type SlotOutcome =
  { is: 'done' } | { is: 'taken' } | { is: 'pending' | 'failed'; error: unknown };

/** Evaluates one slot, in whichever worker got it. */
@Injectable()
export class SlotRunner {
  constructor(
    private readonly transactions: Transactions,
    private readonly slots: SlotStore,
    private readonly experiments: ExperimentsReader,
    private readonly writer: EvaluationWriter,
    private readonly logger: Logger,
  ) {}

  /** One attempt. Never throws: a failing experiment hinders no other. */
  async attempt(slot: Slot): Promise<SlotOutcome> {
    const claimed = await this.slots.claim(slot);
    if (claimed === null) return { is: 'taken' };
    const heartbeat = setInterval(() => void this.renew(claimed), HEARTBEAT_MS);
    heartbeat.unref();
    try {
      return await this.evaluate(claimed);
    } catch (error) {
      const { projectId, experimentId } = slot;
      this.logger.failure('scheduled evaluation', error, { projectId, experimentId });
      return { is: await this.slots.failed(claimed, codeOfError(error)), error };
    } finally {
      clearInterval(heartbeat);
    }
  }

  /** Attempts until the slot is closed, by this worker or by another. Answers the last error. */
  async finish(slot: Slot): Promise<{ error: unknown } | null> {
    for (let waitedMs = 0; waitedMs < OTHERS_WAIT_MS;) {
      const outcome = await this.attempt(slot);
      if (outcome.is === 'done') return null;
      if (outcome.is === 'failed') return { error: outcome.error };
      if (outcome.is === 'taken') {
        if (await this.slots.isClosed(slot)) return null;
        await sleep(OTHERS_POLL_MS);
        waitedMs += OTHERS_POLL_MS;
      }
    }
    return { error: new Error('another worker keeps a slot and does not finish it') };
  }

  private async evaluate(slot: ClaimedSlot): Promise<SlotOutcome> {
    const experiment = await this.experimentOf(slot);
    const computed = await this.writer.compute(experiment, slot.slotAt, slot.slotAt);
    return await this.transactions.run(async (manager) => {
      // Whoever took over after a lost lease writes; this result is dropped.
      if (!(await this.slots.holds(manager, slot))) return { is: 'taken' };
      await this.writer.insert(manager, computed, 'system');
      await this.slots.done(manager, slot, computed.result.id);
      return { is: 'done' };
    });
  }

  private async experimentOf({ projectId, experimentId }: Slot): Promise<LaunchedExperiment> {
    const launched = await this.experiments.allLaunched(projectId);
    const experiment = launched.find(({ id }) => id === experimentId);
    if (experiment === undefined) {
      throw new NotFound('not-found', 'The experiment of the slot is no longer evaluated.');
    }
    return experiment;
  }

  private async renew(slot: ClaimedSlot): Promise<void> {
    try {
      await this.slots.renew(slot);
    } catch (error) {
      this.logger.failure('lease of a scheduled evaluation', error);
    }
  }
}
