import { Injectable } from '@nestjs/common';
import type { RunFailureFacts } from '../../domain/schedule/run-failure.js';
import { Clock } from '../../platform/clock/clock.js';
import { Transactions } from '../../platform/database/transactions.js';
import { type Page, pageOf, type PageRequest } from '../../platform/http/page.js';
import { isEvaluated, type LaunchedExperiment } from '../experiments/experiments.reader.js';
import { FeedsReader } from '../feeds/feeds.reader.js';
import type { SlotStatus } from './slot-records.js';
import { firstSlot } from './slot-times.js';

/** A slot as it is shown: what was to be evaluated when, and what came of it at which cost. */
export interface SlotRun {
  id: string;
  slotAt: Date;
  status: SlotStatus;
  attempts: number;
  startedAt: Date | null;
  finishedAt: Date | null;
  durationMs: number | null;
  evaluationId: string | null;
  error: string | null;
  errorFacts: RunFailureFacts | null;
  missingFeeds: { key: string; completeUntil: Date | null }[];
}

/** What became of the slots of an experiment, and when the next one is. */
@Injectable()
export class SlotHistory {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly feeds: FeedsReader,
  ) {}

  /** The newest first. */
  async page<T>(
    { projectId, id: experimentId }: LaunchedExperiment,
    { limit, after }: PageRequest,
    show: (run: SlotRun) => T,
  ): Promise<Page<T>> {
    const rows = (await this.transactions.manager.query(
      `SELECT evaluation_slot.id, evaluation_slot.slot_at AS "slotAt", evaluation_slot.status,
         evaluation_slot.attempts, evaluation_slot.started_at AS "startedAt",
         evaluation_slot.finished_at AS "finishedAt", evaluation_slot.duration_ms AS "durationMs",
         evaluation_slot.evaluation_id AS "evaluationId", evaluation_slot.error,
         evaluation_slot.error_facts AS "errorFacts", evaluation_slot.missing_feeds AS missing
       FROM evaluation_slot
       WHERE evaluation_slot.project_id = $1 AND evaluation_slot.experiment_id = $2
         AND ($3::uuid IS NULL OR evaluation_slot.slot_at < (
           SELECT last.slot_at FROM evaluation_slot AS last
           WHERE last.project_id = $1 AND last.experiment_id = $2 AND last.id = $3))
       ORDER BY evaluation_slot.slot_at DESC LIMIT $4`,
      [projectId, experimentId, after, limit + 1],
    )) as (Omit<SlotRun, 'missingFeeds'> & { missing: string[] | null })[];
    const feeds = rows.some(({ missing }) => missing !== null)
      ? await this.feeds.completeUntil(projectId)
      : new Map<string, Date>();
    return pageOf(rows, limit, ({ missing, ...row }) => {
      const missingFeeds = (missing ?? []).map((key) => ({
        key,
        completeUntil: feeds.get(key) ?? null,
      }));
      return show({ ...row, missingFeeds });
    });
  }

  /** When it will be evaluated next by itself; null without a schedule, and after the end. */
  async next(experiment: LaunchedExperiment): Promise<Date | null> {
    if (!isEvaluated(experiment.status)) return null;
    return firstSlot(experiment, { after: await this.clock.now(), until: null });
  }
}
