import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { RereadFinding, RereadKind, VariantClaim } from '../../domain/rereads/reread.js';
import { Transactions } from '../../platform/database/transactions.js';
import { newId } from '../../platform/http/ids.js';

/** A reading of money that was planned. */
export interface RereadRef {
  projectId: string;
  id: string;
}

/** A reading this process may work on, for as long as it renews the lease in time. */
export interface ClaimedReread extends RereadRef {
  owner: string;
  attempts: number;
  experimentId: string;
  experimentKey: string;
  decisionId: string;
  kind: RereadKind;
  days: number | null;
  dueAt: Date;
  currency: string;
  claims: VariantClaim[];
}

/** A dead worker's reading is free for others after this time; real time, not the product's clock. */
const LEASE_SECONDS = 20;
/** Errors after which a reading is given up, until somebody asks for it again. */
export const REREAD_ATTEMPTS_MAX = 3;
/** A reading whose worker died this often takes workers down with it. */
const CLAIMS_MAX = 20;
const WORKERS_DIED = 'workers-died';

const LEASE_END = `clock_timestamp() + interval '${LEASE_SECONDS} seconds'`;
const SAME = 'reread.project_id = $1 AND reread.id = $2';
const IS_FREE = `reread.status = 'due'
  AND (reread.lease_until IS NULL OR reread.lease_until < clock_timestamp())`;

/** The rows of reread and who works on them. */
@Injectable()
export class RereadStore {
  constructor(private readonly transactions: Transactions) {}

  /** The first due date in (after, until] of a reading that was not made yet. */
  async nextDue(after: Date, until: Date): Promise<Date | null> {
    const rows = (await this.transactions.manager.query(
      `SELECT min(reread.due_at) AS due FROM reread
       WHERE reread.status = 'due' AND reread.due_at > $1 AND reread.due_at <= $2`,
      [after, until],
    )) as { due: Date | null }[];
    return rows[0]?.due ?? null;
  }

  /** Readings that are due and that nobody works on, the oldest first. */
  async free(now: Date): Promise<RereadRef[]> {
    return await this.refsThat(IS_FREE, now);
  }

  /** As `free`, with those that somebody works on at this moment. */
  async unclosed(now: Date): Promise<RereadRef[]> {
    return await this.refsThat(`reread.status = 'due'`, now);
  }

  private async refsThat(condition: string, now: Date): Promise<RereadRef[]> {
    return (await this.transactions.manager.query(
      `SELECT reread.project_id AS "projectId", reread.id FROM reread
       WHERE ${condition} AND reread.due_at <= $1
       ORDER BY reread.due_at, reread.project_id, reread.id`,
      [now],
    )) as RereadRef[];
  }

  /** Takes a reading; null when somebody else has it or it is closed. */
  async claim({ projectId, id }: RereadRef): Promise<ClaimedReread | null> {
    const owner = newId();
    const rows = (await this.transactions.manager.query(
      `WITH claimed AS (
         UPDATE reread SET attempts = reread.attempts + 1, lease_owner = $3,
           lease_until = ${LEASE_END},
           status = CASE WHEN reread.attempts >= ${CLAIMS_MAX} THEN 'failed' ELSE 'due' END,
           error = CASE WHEN reread.attempts >= ${CLAIMS_MAX} THEN '${WORKERS_DIED}' ELSE reread.error END
         WHERE ${SAME} AND ${IS_FREE}
         RETURNING reread.*
       )
       SELECT claimed.project_id AS "projectId", claimed.id, claimed.lease_owner AS owner,
         claimed.attempts, claimed.experiment_id AS "experimentId",
         experiment.key AS "experimentKey", claimed.decision_id AS "decisionId", claimed.kind,
         claimed.days, claimed.due_at AS "dueAt", claimed.currency, claimed.claims
       FROM claimed
       JOIN experiment ON experiment.project_id = claimed.project_id
         AND experiment.id = claimed.experiment_id
       WHERE claimed.status = 'due'`,
      [projectId, id, owner],
    )) as ClaimedReread[];
    return rows[0] ?? null;
  }

  /** Says that the work goes on. */
  async renew({ projectId, id, owner }: ClaimedReread): Promise<void> {
    await this.transactions.manager.query(
      `UPDATE reread SET lease_until = ${LEASE_END}
       WHERE ${SAME} AND reread.lease_owner = $3 AND reread.status = 'due'`,
      [projectId, id, owner],
    );
  }

  /** Whether the reading is still this worker's; holds its row to the end of the transaction. */
  async holds(manager: EntityManager, { projectId, id, owner }: ClaimedReread): Promise<boolean> {
    const rows = (await manager.query(
      `SELECT reread.id FROM reread
       WHERE ${SAME} AND reread.lease_owner = $3 AND reread.status = 'due' FOR UPDATE`,
      [projectId, id, owner],
    )) as unknown[];
    return rows.length === 1;
  }

  /** What the reading before it found that follows the same decision; empty without one. */
  async findingsBefore(
    manager: EntityManager,
    { projectId, decisionId, dueAt }: ClaimedReread,
  ): Promise<RereadFinding[]> {
    const rows = (await manager.query(
      `SELECT reread_result.findings FROM reread
       JOIN reread_result ON reread_result.project_id = reread.project_id
         AND reread_result.reread_id = reread.id
       WHERE reread.project_id = $1 AND reread.decision_id = $2 AND reread.due_at < $3
       ORDER BY reread.due_at DESC LIMIT 1`,
      [projectId, decisionId, dueAt],
    )) as { findings: RereadFinding[] }[];
    return rows[0]?.findings ?? [];
  }

  async done(manager: EntityManager, { projectId, id }: RereadRef): Promise<void> {
    await manager.query(
      `UPDATE reread SET status = 'done', error = NULL, lease_owner = NULL, lease_until = NULL
       WHERE ${SAME}`,
      [projectId, id],
    );
  }

  /** Free again for the next attempt, or given up after the last; null when it was taken over. */
  async failed(
    manager: EntityManager,
    { projectId, id, owner, attempts }: ClaimedReread,
    code: string,
  ): Promise<'due' | 'failed' | null> {
    const status = attempts >= REREAD_ATTEMPTS_MAX ? 'failed' : 'due';
    const [rows] = (await manager.query(
      `UPDATE reread SET status = $4, error = $5, lease_owner = NULL, lease_until = NULL
       WHERE ${SAME} AND reread.lease_owner = $3 AND reread.status = 'due'
       RETURNING reread.id`,
      [projectId, id, owner, status, code],
    )) as [unknown[], number];
    return rows.length === 0 ? null : status;
  }

  /** A reading that was given up becomes due again; false when it was not given up. */
  async again(manager: EntityManager, { projectId, id }: RereadRef): Promise<boolean> {
    const [rows] = (await manager.query(
      `UPDATE reread SET status = 'due', attempts = 0, lease_owner = NULL, lease_until = NULL
       WHERE ${SAME} AND reread.status = 'failed' RETURNING reread.id`,
      [projectId, id],
    )) as [unknown[], number];
    return rows.length === 1;
  }

  async isClosed({ projectId, id }: RereadRef): Promise<boolean> {
    const rows = (await this.transactions.manager.query(
      `SELECT reread.id FROM reread WHERE ${SAME} AND reread.status = 'due'`,
      [projectId, id],
    )) as unknown[];
    return rows.length === 0;
  }
}
