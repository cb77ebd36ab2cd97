import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type RunFailure, WORKERS_DIED } from '../../domain/schedule/run-failure.js';
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

/** `given-up`: by this very attempt to take it, because too many workers died of it. */
export type Claim = { is: 'taken' } | { is: 'claimed' | 'given-up'; slot: ClaimedSlot };

/** A dead worker's slot is free for others after this time; real time, not the product's clock. */
export const LEASE_SECONDS = 20;
/** Errors after which a slot is given up. */
export const SLOT_ATTEMPTS_MAX = 3;
/** Before a failed slot is tried again by whoever looks for work. */
const RETRY_SECONDS = 5;
/** A slot whose worker died this often takes workers down with it. */
const CLAIMS_MAX = 20;

const LEASE_END = `clock_timestamp() + interval '${LEASE_SECONDS} seconds'`;
const SAME_SLOT = `evaluation_slot.project_id = $1 AND evaluation_slot.experiment_id = $2
  AND evaluation_slot.slot_at = $3`;
const IS_ABANDONED = `(evaluation_slot.status = 'running'
  AND evaluation_slot.lease_until < clock_timestamp())`;
const IS_OPEN = `(evaluation_slot.status = 'pending' OR ${IS_ABANDONED})`;

/**
 * Those of dead workers have waited longest. Then what was tried less often, so that one that fails
 * delays no other; then the oldest.
 */
const NEXT = `(evaluation_slot.project_id, evaluation_slot.experiment_id, evaluation_slot.slot_at) = (
  SELECT evaluation_slot.project_id, evaluation_slot.experiment_id, evaluation_slot.slot_at
  FROM evaluation_slot
  WHERE ${IS_ABANDONED} OR (evaluation_slot.status = 'pending'
    AND (evaluation_slot.lease_until IS NULL OR evaluation_slot.lease_until < clock_timestamp()))
  ORDER BY evaluation_slot.status = 'running' DESC, evaluation_slot.attempts,
    evaluation_slot.slot_at, evaluation_slot.project_id, evaluation_slot.experiment_id
  LIMIT 1 FOR UPDATE SKIP LOCKED)`;

/** Who works on which row of evaluation_slot. */
@Injectable()
export class SlotStore {
  constructor(private readonly transactions: Transactions) {}

  /** Slots that nobody works on: those that were never begun, failed or were left by the dead. */
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

  /** Takes a slot, unless somebody else has it or it is closed. */
  async claim(manager: EntityManager, slot: Slot): Promise<Claim> {
    return await this.take(manager, `${SAME_SLOT} AND ${IS_OPEN}`, keyOf(slot));
  }

  /** Takes the slot whose turn it is; `taken` when there is none. */
  async claimNext(manager: EntityManager): Promise<Claim> {
    return await this.take(manager, NEXT, []);
  }

  private async take(manager: EntityManager, which: string, key: unknown[]): Promise<Claim> {
    const owner = newId();
    const isTooOften = `evaluation_slot.attempts >= ${CLAIMS_MAX}`;
    const rows = (await manager.query(
      `WITH claimed AS (
         UPDATE evaluation_slot SET attempts = evaluation_slot.attempts + 1,
           status = CASE WHEN ${isTooOften} THEN 'failed' ELSE 'running' END,
           error = CASE WHEN ${isTooOften} THEN '${WORKERS_DIED}' END, error_facts = NULL,
           started_at = CASE WHEN ${isTooOften} THEN evaluation_slot.started_at
             ELSE (SELECT becausal_now()) END,
           finished_at = CASE WHEN ${isTooOften} THEN (SELECT becausal_now()) END,
           duration_ms = NULL, lease_owner = $${key.length + 1}, lease_until = ${LEASE_END}
         WHERE ${which}
         RETURNING evaluation_slot.project_id, evaluation_slot.experiment_id,
           evaluation_slot.slot_at, evaluation_slot.attempts, evaluation_slot.status
       ) SELECT claimed.project_id AS "projectId", claimed.experiment_id AS "experimentId",
           claimed.slot_at AS "slotAt", claimed.attempts, claimed.status FROM claimed`,
      [...key, owner],
    )) as (Slot & { attempts: number; status: string })[];
    const [row] = rows;
    if (row === undefined) return { is: 'taken' };
    const { status, ...slot } = row;
    return { is: status === 'running' ? 'claimed' : 'given-up', slot: { ...slot, owner } };
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

  async done(
    manager: EntityManager,
    slot: ClaimedSlot,
    { evaluationId, durationMs }: { evaluationId: string; durationMs: number },
  ): Promise<void> {
    await manager.query(
      `UPDATE evaluation_slot SET status = 'done', evaluation_id = $4, error = NULL,
         finished_at = (SELECT becausal_now()), duration_ms = $5,
         lease_owner = NULL, lease_until = NULL
       WHERE ${SAME_SLOT}`,
      [...keyOf(slot), evaluationId, durationMs],
    );
  }

  /** Back to the others that are open, or given up after the last attempt; when it is still this worker's. */
  async failed(
    manager: EntityManager,
    slot: ClaimedSlot,
    { code, facts, durationMs }: RunFailure & { durationMs: number },
  ): Promise<'pending' | 'failed'> {
    const status = slot.attempts >= SLOT_ATTEMPTS_MAX ? 'failed' : 'pending';
    await manager.query(
      `UPDATE evaluation_slot SET status = $5, error = $6, error_facts = $7, duration_ms = $8,
         finished_at = (SELECT becausal_now()), lease_owner = NULL,
         lease_until = CASE $5 WHEN 'pending'
           THEN clock_timestamp() + interval '${RETRY_SECONDS} seconds' END
       WHERE ${SAME_SLOT} AND evaluation_slot.lease_owner = $4
         AND evaluation_slot.status = 'running'`,
      [...keyOf(slot), slot.owner, status, code, JSON.stringify(facts), durationMs],
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
