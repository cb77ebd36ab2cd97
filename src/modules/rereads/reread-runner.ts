import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { DomainError } from '../../domain/errors.js';
import { canonicalJson } from '../../domain/experiments/canonical-json.js';
import { rereadFailure, rereadNotices } from '../../domain/rereads/reread-notices.js';
import { Clock } from '../../platform/clock/clock.js';
import { packageVersion } from '../../platform/config/package-version.js';
import { Transactions } from '../../platform/database/transactions.js';
import { Logger } from '../../platform/logging/logger.js';
import { untilClosed } from '../../platform/scheduling/until-closed.js';
import { ExperimentLifecycleWriter } from '../experiments/experiment-lifecycle.writer.js';
import { LearningWriter } from '../learning/learning.writer.js';
import { NotificationsWriter } from '../notifications/notifications.writer.js';
import { type ComputedReread, RereadComputation } from './reread-computation.js';
import { type ClaimedReread, type RereadRef, RereadStore } from './reread-store.js';

const HEARTBEAT_MS = 5_000;

/** What became of a reading: `taken` means that somebody else has it, or had it. */
type RereadOutcome = { is: 'done' | 'taken' } | { is: 'due' | 'failed'; error: unknown };

/** Makes one reading, in whichever worker got it. */
@Injectable()
export class RereadRunner {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly rows: RereadStore,
    private readonly computation: RereadComputation,
    private readonly lifecycle: ExperimentLifecycleWriter,
    private readonly notifications: NotificationsWriter,
    private readonly learning: LearningWriter,
    private readonly logger: Logger,
  ) {}

  /** One attempt. Never throws: a failing experiment hinders no other. */
  async attempt(ref: RereadRef): Promise<RereadOutcome> {
    const claimed = await this.rows.claim(ref);
    if (claimed === null) return { is: 'taken' };
    const heartbeat = setInterval(() => void this.renew(claimed), HEARTBEAT_MS);
    heartbeat.unref();
    try {
      return await this.read(claimed);
    } catch (error) {
      const { projectId, experimentId } = claimed;
      this.logger.failure('re-read', error, { projectId, experimentId });
      return await this.fail(claimed, error);
    } finally {
      clearInterval(heartbeat);
    }
  }

  /** Attempts until the reading is closed, by this worker or by another. Answers the last error. */
  async finish(ref: RereadRef): Promise<{ error: unknown } | null> {
    return await untilClosed({
      attempt: () => this.attempt(ref),
      isClosed: () => this.rows.isClosed(ref),
      name: 'a re-read',
    });
  }

  private async read(claimed: ClaimedReread): Promise<RereadOutcome> {
    const computed = await this.computation.compute(claimed);
    return await this.transactions.run(async (manager) => {
      const { projectId, experimentKey } = claimed;
      // First the experiment, as a decision does, which would cancel this reading.
      const experiment = await this.lifecycle.lock(manager, projectId, experimentKey);
      // Whoever took over after a lost lease writes; this result is dropped.
      if (!(await this.rows.holds(manager, claimed))) return { is: 'taken' };
      const now = await this.clock.now(manager);
      const digest = await this.insert(manager, claimed, computed, now);
      await this.rows.done(manager, claimed);
      await this.tell(manager, claimed, computed, now);
      const { findings, proposal } = computed;
      await this.lifecycle.note(manager, experiment, 'reread', now, null, {
        rereadId: claimed.id,
        decisionId: claimed.decisionId,
        kind: claimed.kind,
        days: claimed.days,
        outcomes: findings.map(({ variant, outcome }) => ({ variant, outcome })),
        proposal,
        resultDigest: digest,
      });
      return { is: 'done' };
    });
  }

  private async insert(
    manager: EntityManager,
    { projectId, id }: ClaimedReread,
    computed: ComputedReread,
    now: Date,
  ): Promise<string> {
    const { plan, result, control } = computed;
    const digest = digestOf(result);
    await manager.query(
      `INSERT INTO reread_result (project_id, reread_id, plan_version, plan_digest, window_days,
         alpha, moments, result, result_digest, code_version, control_fate, still_causal,
         control_sentence, findings, proposal, duration_ms, done_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
      [
        projectId,
        id,
        plan.version,
        digestOf(plan),
        computed.windowDays,
        plan.analysis.alpha,
        JSON.stringify(computed.moments),
        JSON.stringify(result),
        digest,
        packageVersion(),
        control.fate,
        control.stillCausal,
        control.sentence,
        JSON.stringify(computed.findings),
        computed.proposal,
        computed.durationMs,
        now,
      ],
    );
    return digest;
  }

  /** Whoever answers for the experiment, and the claims it rests on. */
  private async tell(
    manager: EntityManager,
    claimed: ClaimedReread,
    { experiment, decision, result, findings, proposal }: ComputedReread,
    now: Date,
  ): Promise<void> {
    const { id, decisionId, experimentKey, kind, days } = claimed;
    const isShip = decision.action === 'ship' || decision.action === 'ship_provisional';
    const shipped = isShip ? decision.variant : null;
    const of = subjectOf(claimed);
    const earlier = await this.rows.findingsBefore(manager, claimed);
    const told = { rereadId: id, experimentKey, kind, days, shipped, findings, earlier, proposal };
    const { raise, end } = rereadNotices(told);
    await this.notifications.end(manager, of, 'evaluation_failed', rereadFailure(claimed.id));
    for (const episode of end) {
      await this.notifications.end(manager, of, episode.kind, episode.subject);
    }
    for (const notice of raise) await this.notifications.raise(manager, of, notice);
    if (findings.every(({ outcome }) => outcome !== 'revised')) return;
    await this.learning.revised(manager, { experiment, decisionId, rereadId: id, result, now });
  }

  private async fail(claimed: ClaimedReread, error: unknown): Promise<RereadOutcome> {
    const code = error instanceof DomainError ? error.code : 'internal';
    return await this.transactions.run(async (manager) => {
      const is = await this.rows.failed(manager, claimed, code);
      if (is === null) return { is: 'taken' };
      if (is === 'failed') {
        const { id, experimentKey, days } = claimed;
        await this.notifications.raise(manager, subjectOf(claimed), {
          kind: 'evaluation_failed',
          subject: rereadFailure(claimed.id),
          severity: 'warning',
          sentence: `The money of ${experimentKey} could not be read again after the decision (${code}).`,
          facts: { rereadId: id, code, days },
        });
      }
      return { is, error };
    });
  }

  private async renew(claimed: ClaimedReread): Promise<void> {
    try {
      await this.rows.renew(claimed);
    } catch (error) {
      this.logger.failure('lease of a re-read', error);
    }
  }
}

function subjectOf({ projectId, experimentId, experimentKey }: ClaimedReread) {
  return { projectId, experimentId, experimentKey };
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
