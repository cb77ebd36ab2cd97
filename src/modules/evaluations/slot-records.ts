import { Injectable } from '@nestjs/common';
import { Transactions } from '../../platform/database/transactions.js';
import type { Slot } from './slot-store.js';

export const SLOT_STATES = ['waiting', 'pending', 'running', 'done', 'failed', 'skipped'] as const;
export type SlotStatus = (typeof SLOT_STATES)[number];

/** A slot as it is recorded when it falls due. */
export interface RecordedSlot {
  slotAt: Date;
  status: SlotStatus;
  /** Feeds it waits for. */
  missing: readonly string[];
}

/** Which slots there are, and which of them wait for data. */
@Injectable()
export class SlotRecords {
  constructor(private readonly transactions: Transactions) {}

  /** The newest slot recorded for each of these experiments, by experiment id. */
  async lastRecorded(
    experiments: readonly Omit<Slot, 'slotAt'>[],
  ): Promise<ReadonlyMap<string, Date>> {
    const rows = (await this.transactions.manager.query(
      `SELECT wanted.experiment_id, newest.slot_at
       FROM unnest($1::uuid[], $2::uuid[]) AS wanted(project_id, experiment_id)
       CROSS JOIN LATERAL (
         SELECT max(evaluation_slot.slot_at) AS slot_at FROM evaluation_slot
         WHERE evaluation_slot.project_id = wanted.project_id
           AND evaluation_slot.experiment_id = wanted.experiment_id
       ) AS newest
       WHERE newest.slot_at IS NOT NULL`,
      [
        experiments.map(({ projectId }) => projectId),
        experiments.map(({ experimentId }) => experimentId),
      ],
    )) as { experiment_id: string; slot_at: Date }[];
    return new Map(rows.map((row) => [row.experiment_id, row.slot_at]));
  }

  /** Records slots once, whoever records them first. */
  async record(experiment: Omit<Slot, 'slotAt'>, slots: readonly RecordedSlot[]): Promise<void> {
    await this.transactions.manager.query(
      `INSERT INTO evaluation_slot (project_id, experiment_id, slot_at, status, missing_feeds)
       SELECT $1, $2, slot.slot_at, slot.status, string_to_array(nullif(slot.missing, ''), ' ')
       FROM unnest($3::timestamptz[], $4::text[], $5::text[]) AS slot(slot_at, status, missing)
       ON CONFLICT (project_id, experiment_id, slot_at) DO NOTHING`,
      [
        experiment.projectId,
        experiment.experimentId,
        slots.map(({ slotAt }) => slotAt),
        slots.map(({ status }) => status),
        // One text each, because lists of different lengths make no table; keys hold no spaces.
        slots.map(({ missing }) => missing.join(' ')),
      ],
    );
  }

  /** Slots that wait for data, the oldest first; of one project, or of all. */
  async waiting(projectId: string | null): Promise<Slot[]> {
    return (await this.transactions.manager.query(
      `SELECT evaluation_slot.project_id AS "projectId",
         evaluation_slot.experiment_id AS "experimentId", evaluation_slot.slot_at AS "slotAt"
       FROM evaluation_slot
       WHERE evaluation_slot.status = 'waiting'
         AND ($1::uuid IS NULL OR evaluation_slot.project_id = $1)
       ORDER BY evaluation_slot.slot_at, evaluation_slot.project_id, evaluation_slot.experiment_id`,
      [projectId],
    )) as Slot[];
  }

  /** Says what becomes of a slot that waits, unless somebody else has said it. */
  async settle(
    { projectId, experimentId, slotAt }: Slot,
    { status, missing }: Omit<RecordedSlot, 'slotAt'>,
  ): Promise<void> {
    await this.transactions.manager.query(
      `UPDATE evaluation_slot SET status = $4::text, missing_feeds = $5::text[]
       WHERE evaluation_slot.project_id = $1 AND evaluation_slot.experiment_id = $2
         AND evaluation_slot.slot_at = $3 AND evaluation_slot.status = 'waiting'
         AND (evaluation_slot.status <> $4::text OR evaluation_slot.missing_feeds <> $5::text[])`,
      [projectId, experimentId, slotAt, status, missing.length === 0 ? null : missing],
    );
  }
}
