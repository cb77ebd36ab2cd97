import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Transactions } from '../../platform/database/transactions.js';
import { newId } from '../../platform/http/ids.js';

/** One scheduled evaluation: its row is both the lock and the record. */
export interface Slot {
  projectId: string;
  experimentId: string;
  slotAt: Date;
}

/** A slot this process may work on, for as long as it renews the lease in time. */
export interface ClaimedSlot extends Slot {
  owner: string;
  attempts: number;
}

/** A dead worker's slot is free for others after this time; real time, not the product's clock. */
export const LEASE_SECONDS = 20;
/** Errors after which a slot is given up. */
export const SLOT_ATTEMPTS_MAX = 3;
/** A slot whose worker died this often takes workers down with it. */
const CLAIMS_MAX = 20;
const WORKERS_DIED = 'workers-died';

const LEASE_END = `clock_timestamp() + interval '${LEASE_SECONDS} seconds'`;
const SAME_SLOT = `evaluation_slot.project_id = $1 AND evaluation_slot.experiment_id = $2
  AND evaluation_slot.slot_at = $3`;
const IS_OPEN = `(evaluation_slot.status = 'pending'
  OR (evaluation_slot.status = 'running' AND evaluation_slot.lease_until < clock_timestamp()))`;

/** The rows of evaluation_slot and who works on them. */
@Injectable()
export class SlotStore {
  constructor(private readonly transactions: Transactions) {}

  /** The newest slot recorded for each of these experiments, by experiment id. */
  async lastRecorded(slots: readonly Omit<Slot, 'slotAt'>[]): Promise<ReadonlyMap<string, Date>> {
    const rows = (await this.transactions.manager.query(
      `SELECT wanted.experiment_id, newest.slot_at
       FROM unnest($1::uuid[], $2::uuid[]) AS wanted(project_id, experiment_id)
       CROSS JOIN LATERAL (
         SELECT max(evaluation_slot.slot_at) AS slot_at FROM evaluation_slot
         WHERE evaluation_slot.project_id = wanted.project_id
           AND evaluation_slot.experiment_id = wanted.experiment_id
       ) AS newest
       WHERE newest.slot_at IS NOT NULL`,
      [slots.map((slot) => slot.projectId), slots.map((slot) => slot.experimentId)],
    )) as { experiment_id: string; slot_at: Date }[];
    return new Map(rows.map((row) => [row.experiment_id, row.slot_at]));
  }

  /** Records slots once, whoever records them first. */
  async record(
    experiment: Omit<Slot, 'slotAt'>,
    slots: { run: Date | null; skipped: readonly Date[] },
  ): Promise<void> {
    const { run, skipped } = slots;
    const instants = [...skipped, ...(run === null ? [] : [run])];
    const statuses = instants.map((instant) => (instant === run ? 'pending' : 'skipped'));
    await this.transactions.manager.query(
      `INSERT INTO evaluation_slot (project_id, experiment_id, slot_at, status)
       SELECT $1, $2, slot.slot_at, slot.status
       FROM unnest($3::timestamptz[], $4::text[]) AS slot(slot_at, status)
       ON CONFLICT (project_id, experiment_id, slot_at) DO NOTHING`,
      [experiment.projectId, experiment.experimentId, instants, statuses],
    );
  }

  /** Slots that wait, and slots whose worker has died; the oldest first. */
  async open(): Promise<Slot[]> {
    return await this.slotsThat(IS_OPEN);
  }

  /** As `open`, with those that somebody works on at this moment. */
  async unclosed(): Promise<Slot[]> {
    return await this.slotsThat(`evaluation_slot.status IN ('pending', 'running')`);
  }

  private async slotsThat(condition: string): Promise<Slot[]> {
    return (await this.transactions.manager.query(
      `SELECT evaluation_slot.project_id AS "projectId",
         evaluation_slot.experiment_id AS "experimentId", evaluation_slot.slot_at AS "slotAt"
       FROM evaluation_slot WHERE ${condition}
       ORDER BY evaluation_slot.slot_at, evaluation_slot.project_id, evaluation_slot.experiment_id`,
    )) as Slot[];
  }

  /** Takes a slot; null when somebody else has it or it is closed. */
  async claim(slot: Slot): Promise<ClaimedSlot | null> {
    const owner = newId();
    const rows = (await this.transactions.manager.query(
      `WITH claimed AS (
         UPDATE evaluation_slot SET attempts = evaluation_slot.attempts + 1,
           status = CASE WHEN evaluation_slot.attempts >= ${CLAIMS_MAX} THEN 'failed' ELSE 'running' END,
           error = CASE WHEN evaluation_slot.attempts >= ${CLAIMS_MAX} THEN '${WORKERS_DIED}' END,
           lease_owner = $4, lease_until = ${LEASE_END}
         WHERE ${SAME_SLOT} AND ${IS_OPEN}
         RETURNING evaluation_slot.attempts, evaluation_slot.status
       ) SELECT claimed.attempts FROM claimed WHERE claimed.status = 'running'`,
      [...keyOf(slot), owner],
    )) as { attempts: number }[];
    const claimed = rows[0];
    return claimed === undefined ? null : { ...slot, owner, attempts: claimed.attempts };
  }

  /** Says that the work goes on. */
  async renew(slot: ClaimedSlot): Promise<void> {
    await this.transactions.manager.query(
      `UPDATE evaluation_slot SET lease_until = ${LEASE_END}
       WHERE ${SAME_SLOT} AND evaluation_slot.lease_owner = $4
         AND evaluation_slot.status = 'running'`,
      [...keyOf(slot), slot.owner],
    );
  }

  /** Whether the slot is still this worker's; holds its row to the end of the transaction. */
  async holds(manager: EntityManager, slot: ClaimedSlot): Promise<boolean> {
    const rows = (await manager.query(
      `SELECT evaluation_slot.slot_at FROM evaluation_slot
       WHERE ${SAME_SLOT} AND evaluation_slot.lease_owner = $4
         AND evaluation_slot.status = 'running' FOR UPDATE`,
      [...keyOf(slot), slot.owner],
    )) as unknown[];
    return rows.length === 1;
  }

  async done(manager: EntityManager, slot: ClaimedSlot, evaluationId: string): Promise<void> {
    await manager.query(
      `UPDATE evaluation_slot SET status = 'done', evaluation_id = $4, error = NULL,
         lease_owner = NULL, lease_until = NULL
       WHERE ${SAME_SLOT}`,
      [...keyOf(slot), evaluationId],
    );
  }

  /** Back to waiting, or given up after the last attempt. */
  async failed(slot: ClaimedSlot, code: string): Promise<'pending' | 'failed'> {
    const status = slot.attempts >= SLOT_ATTEMPTS_MAX ? 'failed' : 'pending';
    await this.transactions.manager.query(
      `UPDATE evaluation_slot SET status = $5, error = $6, lease_owner = NULL, lease_until = NULL
       WHERE ${SAME_SLOT} AND evaluation_slot.lease_owner = $4
         AND evaluation_slot.status = 'running'`,
      [...keyOf(slot), slot.owner, status, code],
    );
    return status;
  }

  async isClosed(slot: Slot): Promise<boolean> {
    const rows = (await this.transactions.manager.query(
      `SELECT evaluation_slot.status FROM evaluation_slot
       WHERE ${SAME_SLOT} AND evaluation_slot.status IN ('pending', 'running')`,
      keyOf(slot),
    )) as unknown[];
    return rows.length === 0;
  }
}

function keyOf({ projectId, experimentId, slotAt }: Slot): [string, string, Date] {
  return [projectId, experimentId, slotAt];
}
