import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { isCheckHour } from '../../domain/schedule/check-hours.js';
import { Clock } from '../../platform/clock/clock.js';
import { Transactions } from '../../platform/database/transactions.js';
import { Logger } from '../../platform/logging/logger.js';
import { type DueWork, DueWorkRegistry } from '../../platform/scheduling/due-work.js';
import { AnalyticsStore, type StateCheck } from '../analytics/analytics-store.reader.js';
import { ExperimentsReader, type LaunchedExperiment } from '../experiments/experiments.reader.js';
import { EvaluationHistories } from './evaluation-histories.js';
import { momentsRequestOf } from './moments-request.js';

/** Any number: replicas take turns. */
const CHECK_LOCK = 7_502_119;
/** Once a night, whenever in the night it was the last time. */
const CHECKED_AGAIN_HOURS = 20;
const KEPT_DAYS = 90;
const HOUR_MS = 3_600_000;

const DIFFERS = 'state-differs-from-log';

/**
 * At night, compares what is kept of each experiment with the log, one experiment a minute. It is
 * operations: it goes by real time, moves no clock, and no result waits for it.
 */
@Injectable()
export class StateChecks implements DueWork, OnModuleInit, OnApplicationShutdown {
  readonly name = 'state-checks';
  private working: Promise<unknown> | null = null;
  /** What could not be checked, by experiment: it must not keep the others from their turn. */
  private readonly failedAt = new Map<string, Date>();

  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly registry: DueWorkRegistry,
    private readonly store: AnalyticsStore,
    private readonly experiments: ExperimentsReader,
    private readonly histories: EvaluationHistories,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.working;
  }

  async nextDue(): Promise<null> {
    return await Promise.resolve(null);
  }

  /** Begins a check and comes back: a large experiment would hold up all else that is due. */
  async runDue(_now: Date, how: 'inline' | 'queued'): Promise<void> {
    if (how === 'inline' || this.working !== null) return;
    if (!isCheckHour(await this.realTime())) return;
    this.working = this.checkNext()
      .catch((error: unknown) => this.logger.failure('check of sums', error))
      .finally(() => (this.working = null));
  }

  /** Checks the experiment that waits for it longest. Answers its id, or null when none does. */
  async checkNext(): Promise<string | null> {
    return await this.transactions.run(async (manager) => {
      // This transaction only holds the lock, while others do the work.
      await manager.query('SET LOCAL idle_in_transaction_session_timeout = 0');
      const rows = (await manager.query('SELECT pg_try_advisory_xact_lock($1) AS taken', [
        CHECK_LOCK,
      ])) as { taken: boolean }[];
      if (rows[0]?.taken !== true) return null;
      const experiment = await this.next(await this.realTime());
      if (experiment === null) return null;
      try {
        await this.check(experiment);
      } catch (error) {
        this.failedAt.set(experiment.id, await this.realTime());
        const { projectId, id: experimentId } = experiment;
        this.logger.failure('check of the sums of an experiment', error, {
          projectId,
          experimentId,
        });
      }
      return experiment.id;
    });
  }

  /**
   * Compares one experiment now, and keeps what was found.
   * @throws as `AnalyticsStore.check` does
   */
  async check(experiment: LaunchedExperiment): Promise<StateCheck> {
    const { projectId, id: experimentId } = experiment;
    const asOf = await this.clock.now();
    const history = await this.histories.before({ projectId, experimentId, asOf });
    const found = await this.store.check(momentsRequestOf(experiment, asOf, history));
    const detail = found.agrees ? null : found.detail;
    const { manager } = this.transactions;
    await manager.query(
      `INSERT INTO evaluation_check (project_id, experiment_id, checked_at, agrees, detail)
       VALUES ($1, $2, clock_timestamp(), $3, $4)`,
      [projectId, experimentId, found.agrees, detail],
    );
    await manager.query(FORGET_OLD);
    if (!found.agrees) {
      this.logger.failure('sums of an experiment differ from the log', new Error(found.detail), {
        projectId,
        experimentId,
      });
    }
    return found;
  }

  /** Faults that were found in what is kept of an experiment and that no rebuild has healed since. */
  async faultsOf(projectId: string, experimentId: string): Promise<string[]> {
    const rows = (await this.transactions.manager.query(
      `SELECT EXISTS (
         SELECT FROM evaluation_check
         WHERE evaluation_check.project_id = $1 AND evaluation_check.experiment_id = $2
           AND ${STANDS}
       ) AS differs`,
      [projectId, experimentId],
    )) as { differs: boolean }[];
    return rows[0]?.differs === true ? [DIFFERS] : [];
  }

  private async next(now: Date): Promise<LaunchedExperiment | null> {
    const since = now.getTime() - CHECKED_AGAIN_HOURS * HOUR_MS;
    const candidates = (await this.experiments.allEvaluated()).filter(
      ({ id }) => (this.failedAt.get(id)?.getTime() ?? 0) < since,
    );
    const rows = (await this.transactions.manager.query(NEXT, [
      candidates.map(({ projectId }) => projectId),
      candidates.map(({ id }) => id),
    ])) as { id: string }[];
    return candidates.find(({ id }) => id === rows[0]?.id) ?? null;
  }

  private async realTime(): Promise<Date> {
    const rows = (await this.transactions.manager.query('SELECT clock_timestamp() AS now')) as {
      now: Date;
    }[];
    if (rows[0] === undefined) throw new Error('the database has no clock');
    return rows[0].now;
  }
}

/** A difference stands until a rebuild that ended after it. */
const STANDS = `NOT evaluation_check.agrees AND NOT EXISTS (
  SELECT FROM rebuild
  WHERE rebuild.project_id = evaluation_check.project_id
    AND rebuild.experiment_id = evaluation_check.experiment_id
    AND rebuild.status = 'done' AND rebuild.ended_at > evaluation_check.checked_at)`;

const FORGET_OLD = `
  DELETE FROM evaluation_check
  WHERE evaluation_check.checked_at < clock_timestamp() - interval '${KEPT_DAYS} days'
    AND NOT (${STANDS})`;

/** Only what is kept can be compared: an experiment without sums has none that could be wrong. */
const NEXT = `
  SELECT candidate.experiment_id AS id
  FROM unnest($1::uuid[], $2::uuid[]) AS candidate(project_id, experiment_id)
  JOIN evaluation_state ON evaluation_state.project_id = candidate.project_id
    AND evaluation_state.experiment_id = candidate.experiment_id
  CROSS JOIN LATERAL (
    SELECT max(evaluation_check.checked_at) AS checked_at FROM evaluation_check
    WHERE evaluation_check.project_id = candidate.project_id
      AND evaluation_check.experiment_id = candidate.experiment_id
  ) AS last
  WHERE last.checked_at IS NULL
    OR last.checked_at < clock_timestamp() - interval '${CHECKED_AGAIN_HOURS} hours'
  ORDER BY last.checked_at NULLS FIRST, candidate.experiment_id LIMIT 1`;
