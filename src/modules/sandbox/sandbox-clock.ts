import { Inject, Injectable } from '@nestjs/common';
import { Conflict, DomainError, NotFound } from '../../domain/errors.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.token.js';
import { Transactions } from '../../platform/database/transactions.js';
import { Logger } from '../../platform/logging/logger.js';
import { DueWorkRegistry } from '../../platform/scheduling/due-work.js';

export interface StepFailure {
  code: string;
  detail: string;
}

export interface ClockStep {
  at: Date;
  failures: StepFailure[];
}

/** Any number; the same in every process, so that two moves follow one another. */
const MOVE_LOCK = 7_203_941;

/** True while the database holds nothing but what it started with. */
const IS_EMPTY_SQL = `
SELECT NOT (
  EXISTS (SELECT FROM participant) OR EXISTS (SELECT FROM interview)
  OR EXISTS (SELECT FROM study) OR EXISTS (SELECT FROM question) OR EXISTS (SELECT FROM insight)
  OR EXISTS (SELECT FROM idea) OR EXISTS (SELECT FROM experiment) OR EXISTS (SELECT FROM event)
  OR EXISTS (SELECT FROM metric WHERE metric.key <> 'profit')
) AS is_empty`;

/**
 * The clock of a sandbox: it moves forward through all that falls due, in order, so that a whole
 * story, money that matures included, plays in minutes and as it would have played in months.
 */
@Injectable()
export class SandboxClock {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly registry: DueWorkRegistry,
    private readonly logger: Logger,
  ) {}

  /** @throws NotFound outside a sandbox */
  async now(): Promise<Date> {
    this.requireSandbox();
    return await this.clock.now();
  }

  /**
   * Moves the clock to `target`. What fails on the way is reported and does not stop it.
   * @throws NotFound outside a sandbox; Conflict `clock-moves-forward-only`
   */
  async moveTo(target: Date): Promise<ClockStep[]> {
    this.requireSandbox();
    return await this.transactions.run(async (lock) => {
      // This transaction only holds the lock, and waits while others do the work.
      await lock.query('SET LOCAL idle_in_transaction_session_timeout = 0');
      await lock.query('SELECT pg_advisory_xact_lock($1)', [MOVE_LOCK]);
      const now = await this.clock.now();
      if (await this.isEmpty()) {
        await this.clock.moveTo(target);
        return [];
      }
      if (target < now) {
        throw new Conflict(
          'clock-moves-forward-only',
          `The clock is at ${now.toISOString()} and only moves forward.`,
          { now: now.toISOString() },
        );
      }
      return await this.stepThrough(now, target);
    });
  }

  private async stepThrough(from: Date, target: Date): Promise<ClockStep[]> {
    const steps: ClockStep[] = [];
    // What fell due before this call and no tick has met yet.
    const overdue = await this.runDue(from);
    if (overdue.length > 0) steps.push({ at: from, failures: overdue });
    for (let at = from; ;) {
      const next = await this.registry.nextDue(at, target);
      if (next === null) break;
      await this.advance(next);
      steps.push({ at: next, failures: await this.runDue(next) });
      at = next;
    }
    await this.advance(target);
    return steps;
  }

  /** The clock ticks on during a step, so it may be past the next instant already. */
  private async advance(instant: Date): Promise<void> {
    if ((await this.clock.now()) < instant) await this.clock.moveTo(instant);
  }

  private async runDue(instant: Date): Promise<StepFailure[]> {
    try {
      await this.registry.runDue(instant, 'inline');
      return [];
    } catch (error) {
      this.logger.failure('due work of a sandbox', error);
      return failuresOf(error);
    }
  }

  private async isEmpty(): Promise<boolean> {
    const rows = (await this.transactions.manager.query(IS_EMPTY_SQL)) as { is_empty: boolean }[];
    return rows[0]?.is_empty === true;
  }

  private requireSandbox(): void {
    if (!this.config.sandbox) {
      throw new NotFound('not-found', 'There is nothing here: this is not a sandbox.');
    }
  }
}

/** What went wrong, without the inside of the program. */
function failuresOf(error: unknown): StepFailure[] {
  if (error instanceof AggregateError) return error.errors.flatMap(failuresOf);
  if (error instanceof DomainError) return [{ code: error.code, detail: error.message }];
  return [{ code: 'internal', detail: 'Something went wrong on our side; the log has more.' }];
}
