import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { noticeOfFailure, type RunFailure } from '../../domain/schedule/run-failure.js';
import { ExperimentsReader } from '../experiments/experiments.reader.js';
import { type NoticeSubject, NotificationsWriter } from '../notifications/notifications.writer.js';
import type { ClaimedSlot } from './slot-store.js';

/** Tells people that an experiment is no longer evaluated, and that it is again. */
@Injectable()
export class RunNotices {
  constructor(
    private readonly experiments: ExperimentsReader,
    private readonly notifications: NotificationsWriter,
  ) {}

  /** A slot was given up. */
  async failed(manager: EntityManager, slot: ClaimedSlot, failure: RunFailure): Promise<void> {
    const { projectId, experimentId, slotAt, attempts } = slot;
    const launched = await this.experiments.allLaunched(projectId, manager);
    const experiment = launched.find(({ id }) => id === experimentId);
    if (experiment === undefined) return;
    const of = { projectId, experimentId, experimentKey: experiment.key };
    await this.notifications.raise(manager, of, noticeOfFailure(failure, slotAt, attempts));
  }

  /** An evaluation of this instant came about, by whatever cause: what failed up to it is over. */
  async succeeded(manager: EntityManager, of: NoticeSubject, asOf: Date): Promise<void> {
    const failed = (await manager.query(
      `SELECT evaluation_slot.error AS code FROM evaluation_slot
       WHERE evaluation_slot.project_id = $1 AND evaluation_slot.experiment_id = $2
         AND evaluation_slot.status = 'failed'
       GROUP BY evaluation_slot.error HAVING max(evaluation_slot.slot_at) <= $3 ORDER BY 1`,
      [of.projectId, of.experimentId, asOf],
    )) as { code: string }[];
    for (const { code } of failed) {
      await this.notifications.end(manager, of, 'evaluation_failed', code);
    }
  }
}
