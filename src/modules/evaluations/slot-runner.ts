import { Injectable } from '@nestjs/common';
import { DomainError, NotFound } from '../../domain/errors.js';
import { keptFacts, type RunFailure, WORKERS_DIED } from '../../domain/schedule/run-failure.js';
import { Transactions } from '../../platform/database/transactions.js';
import { Logger } from '../../platform/logging/logger.js';
import { untilClosed } from '../../platform/scheduling/until-closed.js';
import { ExperimentsReader, type LaunchedExperiment } from '../experiments/experiments.reader.js';
import { codeOfError } from './code-of-error.js';
import { EvaluationWriter } from './evaluation-writer.js';
import { RunNotices } from './run-notices.js';
import { type Claim, type ClaimedSlot, type Slot, SlotStore } from './slot-store.js';

const HEARTBEAT_MS = 5_000;

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
    private readonly notices: RunNotices,
    private readonly logger: Logger,
  ) {}

  /** One attempt at this slot. A failing experiment hinders no other: its error is the answer. */
  async attempt(slot: Slot): Promise<SlotOutcome> {
    return await this.run(await this.claim((manager) => this.slots.claim(manager, slot)));
  }

  /** One attempt at the slot whose turn it is; `taken` when there is none. */
  async attemptNext(): Promise<SlotOutcome> {
    return await this.run(await this.claim((manager) => this.slots.claimNext(manager)));
  }

  /** Attempts until the slot is closed, by this worker or by another. Answers the last error. */
  async finish(slot: Slot): Promise<{ error: unknown } | null> {
    return await untilClosed({
      attempt: () => this.attempt(slot),
      isClosed: () => this.slots.isClosed(slot),
      name: 'a slot',
    });
  }

  private async claim(take: (manager: Manager) => Promise<Claim>): Promise<Claim> {
    return await this.transactions.run(async (manager) => {
      const claim = await take(manager);
      if (claim.is === 'given-up') {
        await this.notices.failed(manager, claim.slot, { code: WORKERS_DIED, facts: {} });
      }
      return claim;
    });
  }

  private async run(claim: Claim): Promise<SlotOutcome> {
    if (claim.is === 'taken') return claim;
    const { slot } = claim;
    if (claim.is === 'given-up') {
      return { is: 'failed', error: new Error('too many workers died of a slot') };
    }
    const heartbeat = setInterval(() => void this.renew(slot), HEARTBEAT_MS);
    heartbeat.unref();
    const started = performance.now();
    try {
      return await this.evaluate(slot);
    } catch (error) {
      const { projectId, experimentId } = slot;
      this.logger.failure('scheduled evaluation', error, { projectId, experimentId });
      const durationMs = Math.round(performance.now() - started);
      return { is: await this.fail(slot, failureOf(error), durationMs), error };
    } finally {
      clearInterval(heartbeat);
    }
  }

  private async fail(
    slot: ClaimedSlot,
    failure: RunFailure,
    durationMs: number,
  ): Promise<'pending' | 'failed'> {
    return await this.transactions.run(async (manager) => {
      const status = await this.slots.failed(manager, slot, { ...failure, durationMs });
      if (status === 'failed') await this.notices.failed(manager, slot, failure);
      return status;
    });
  }

  private async evaluate(slot: ClaimedSlot): Promise<SlotOutcome> {
    const experiment = await this.experimentOf(slot);
    const computed = await this.writer.compute(experiment, slot.slotAt, slot.slotAt);
    return await this.transactions.run(async (manager) => {
      // Whoever took over after a lost lease writes; this result is dropped.
      if (!(await this.slots.holds(manager, slot))) return { is: 'taken' };
      await this.writer.insert(manager, computed, 'system');
      const { result, durationMs } = computed;
      await this.slots.done(manager, slot, { evaluationId: result.id, durationMs });
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

type Manager = Parameters<SlotStore['claim']>[0];

function failureOf(error: unknown): RunFailure {
  return {
    code: codeOfError(error),
    facts: error instanceof DomainError ? keptFacts(error.facts) : {},
  };
}
