import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '../../../domain/errors.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Logger } from '../../../platform/logging/logger.js';
import { AnalyticsStore } from '../../analytics/analytics-store.reader.js';
import type { LaunchedExperiment } from '../../experiments/experiments.reader.js';
import { codeOfError } from '../code-of-error.js';
import { EvaluationHistories } from '../evaluation-histories.js';
import { momentsRequestOf } from '../moments-request.js';
import { INTERRUPTED, RebuildRows, type RunningRebuild } from './rebuild-rows.js';

/** Each keeps a connection to the database busy; the others are for everybody else. */
const REBUILDS_AT_ONCE_MAX = 2;
const HEARTBEAT_MS = 5_000;
const STOP_TIMEOUT_MS = 10_000;

/** Sums experiments again in this process, behind the answer to whoever asked. */
@Injectable()
export class RebuildRunner implements OnApplicationShutdown {
  private readonly running = new Map<RunningRebuild, Promise<void>>();
  private readonly waiting: (() => void)[] = [];
  private active = 0;
  private isStopping = false;

  constructor(
    private readonly store: AnalyticsStore,
    private readonly histories: EvaluationHistories,
    private readonly clock: Clock,
    private readonly rows: RebuildRows,
    private readonly logger: Logger,
  ) {}

  /** Begins it, or has it wait for its turn. Its row says what becomes of it. */
  begin(run: RunningRebuild, experiment: LaunchedExperiment): void {
    const work = this.run(run, experiment)
      .catch((error: unknown) => this.logger.failure('record of a rebuild', error, { id: run.id }))
      .finally(() => this.running.delete(run));
    this.running.set(run, work);
  }

  /** Waits for those that are under way for as long as a service that stops may, and no longer. */
  async onApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    for (const wake of this.waiting.splice(0)) wake();
    const late = new AbortController();
    await Promise.race([
      Promise.all(this.running.values()),
      sleep(STOP_TIMEOUT_MS, undefined, { signal: late.signal }).catch(() => undefined),
    ]);
    late.abort();
    for (const run of this.running.keys()) await this.rows.failed(run, INTERRUPTED);
  }

  private async run(run: RunningRebuild, experiment: LaunchedExperiment): Promise<void> {
    const heartbeat = setInterval(() => void this.touch(run), HEARTBEAT_MS);
    heartbeat.unref();
    try {
      await this.turn();
      try {
        if (this.isStopping) await this.rows.failed(run, INTERRUPTED);
        else await this.rows.done(run, await this.rebuild(run, experiment));
      } finally {
        this.endTurn();
      }
    } catch (error) {
      if (!(error instanceof DomainError)) this.logger.failure('rebuild', error, { id: run.id });
      await this.rows.failed(run, codeOfError(error));
    } finally {
      clearInterval(heartbeat);
    }
  }

  /**
   * Answers when the new sums were there: a difference that is found in them later is a new one,
   * however late this rebuild is recorded.
   */
  private async rebuild(run: RunningRebuild, experiment: LaunchedExperiment): Promise<Date | null> {
    const { projectId, id: experimentId } = experiment;
    const asOf = await this.clock.now();
    const history = await this.histories.before({ projectId, experimentId, asOf });
    let summedAt: Date | null = null;
    await this.store.rebuild(momentsRequestOf(experiment, asOf, history), async (part, events) => {
      summedAt = await this.advance(run, part, events);
    });
    return summedAt;
  }

  /** Summing goes on where its progress cannot be told. */
  private async advance(run: RunningRebuild, part: number, events: number): Promise<Date | null> {
    try {
      return await this.rows.advance(run, Math.floor(part * 1_000) / 10, events);
    } catch (error) {
      this.logger.failure('progress of a rebuild', error, { id: run.id });
      return null;
    }
  }

  private async touch(run: RunningRebuild): Promise<void> {
    try {
      await this.rows.touch(run);
    } catch (error) {
      this.logger.failure('heartbeat of a rebuild', error, { id: run.id });
    }
  }

  private async turn(): Promise<void> {
    if (this.active < REBUILDS_AT_ONCE_MAX) this.active += 1;
    else await new Promise<void>((wake) => this.waiting.push(wake));
  }

  /** The turn goes to whoever has waited longest. */
  private endTurn(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.active -= 1;
    else next();
  }
}
