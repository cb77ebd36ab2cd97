import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { NotFound } from '../../../domain/errors.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { newId } from '../../../platform/http/ids.js';
import { type Page, pageOf, type PageRequest } from '../../../platform/http/page.js';
import type { Actor } from '../../../platform/security/principal.js';
import { RebuildDto, type RebuildRow } from './dto/rebuild.dto.js';

/** A rebuild that this process works on. */
export interface RunningRebuild {
  projectId: string;
  id: string;
}

/** What became of a rebuild whose process went away. */
export const INTERRUPTED = 'interrupted';

/**
 * Rebuilds as rows. Their times are real ones, in sandboxes too: they say how long work takes, and
 * whether the process that does it still lives.
 */
@Injectable()
export class RebuildRows {
  constructor(private readonly transactions: Transactions) {}

  /** The rebuild of the experiment that runs; whoever asks decides alone until the transaction ends. */
  async runningOf(
    manager: EntityManager,
    projectId: string,
    experimentId: string,
  ): Promise<RebuildDto | null> {
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `rebuild/${experimentId}`,
    ]);
    const rows = (await manager.query(
      `${SELECT} WHERE shown.project_id = $1 AND shown.experiment_id = $2
         AND shown.status = 'running'`,
      [projectId, experimentId],
    )) as RebuildRow[];
    return rows[0] === undefined ? null : RebuildDto.from(rows[0]);
  }

  async begin(manager: EntityManager, actor: Actor, experimentId: string): Promise<RebuildDto> {
    const { projectId, memberId } = actor;
    // One whose process died: if that process only slept, it must not end beside this one.
    await manager.query(END_LOST, [projectId, experimentId]);
    const id = newId();
    await manager.query(
      `INSERT INTO rebuild (project_id, id, experiment_id, status, percent, created_by, created_at,
         updated_at)
       VALUES ($1, $2, $3, 'running', 0, $4, clock_timestamp(), clock_timestamp())`,
      [projectId, id, experimentId, memberId],
    );
    return await this.byId(projectId, id, manager);
  }

  /**
   * Says how far it has come. Summing again after a lost race goes over the same ground: what is
   * shown does not go back.
   * @returns when that was
   */
  async advance(run: RunningRebuild, percent: number, events: number): Promise<Date | null> {
    const [rows] = (await this.transactions.manager.query(
      `UPDATE rebuild SET percent = greatest(rebuild.percent, $3), rows_read = $4,
         updated_at = clock_timestamp()
       WHERE ${IS_RUNNING} RETURNING rebuild.updated_at AS at`,
      [run.projectId, run.id, percent, events],
    )) as [{ at: Date }[], number];
    return rows[0]?.at ?? null;
  }

  /** Says that it still runs, however long a step takes. */
  async touch({ projectId, id }: RunningRebuild): Promise<void> {
    await this.transactions.manager.query(
      `UPDATE rebuild SET updated_at = clock_timestamp() WHERE ${IS_RUNNING}`,
      [projectId, id],
    );
  }

  /** @param summedAt When the new sums were there; now where nobody took down the time */
  async done({ projectId, id }: RunningRebuild, summedAt: Date | null): Promise<void> {
    await this.transactions.manager.query(
      `UPDATE rebuild SET status = 'done', percent = 100, updated_at = clock_timestamp(),
         ended_at = coalesce($3, clock_timestamp())
       WHERE ${IS_RUNNING}`,
      [projectId, id, summedAt],
    );
  }

  async failed({ projectId, id }: RunningRebuild, error: string): Promise<void> {
    await this.transactions.manager.query(
      `UPDATE rebuild SET status = 'failed', error = $3, updated_at = clock_timestamp(),
         ended_at = clock_timestamp()
       WHERE ${IS_RUNNING}`,
      [projectId, id, error],
    );
  }

  /** @throws NotFound */
  async byId(
    projectId: string,
    id: string,
    manager: EntityManager = this.transactions.manager,
  ): Promise<RebuildDto> {
    const rows = (await manager.query(`${SELECT} WHERE shown.project_id = $1 AND shown.id = $2`, [
      projectId,
      id,
    ])) as RebuildRow[];
    if (rows[0] === undefined) throw new NotFound('not-found', 'There is no such rebuild.');
    return RebuildDto.from(rows[0]);
  }

  /** Newest first. */
  async list(
    projectId: string,
    experimentId: string,
    page: PageRequest,
  ): Promise<Page<RebuildDto>> {
    const rows = (await this.transactions.manager.query(
      `${SELECT} WHERE shown.project_id = $1 AND shown.experiment_id = $2
         AND ($3::uuid IS NULL OR shown.id < $3)
       ORDER BY shown.id DESC LIMIT $4`,
      [projectId, experimentId, page.after, page.limit + 1],
    )) as RebuildRow[];
    return pageOf(rows, page.limit, (row) => RebuildDto.from(row));
  }
}

/** A running rebuild is touched far more often; after so long its process is gone. */
const LEASE_SECONDS = 60;

const IS_RUNNING = `rebuild.project_id = $1 AND rebuild.id = $2 AND rebuild.status = 'running'`;

const IS_LOST = `rebuild.status = 'running'
  AND rebuild.updated_at < clock_timestamp() - make_interval(secs => ${LEASE_SECONDS})`;

const END_LOST = `
  UPDATE rebuild SET status = 'failed', error = '${INTERRUPTED}', ended_at = rebuild.updated_at
  WHERE rebuild.project_id = $1 AND rebuild.experiment_id = $2 AND ${IS_LOST}`;

/** Rebuilds as they are shown: what died while it ran has failed. */
const SELECT = `
  SELECT shown.* FROM (
    SELECT rebuild.project_id, rebuild.id, rebuild.experiment_id,
      experiment.key AS "experimentKey",
      CASE WHEN lost.is_lost THEN 'failed' ELSE rebuild.status END AS status,
      rebuild.percent, rebuild.rows_read AS "eventsCounted",
      CASE WHEN lost.is_lost THEN '${INTERRUPTED}' ELSE rebuild.error END AS error,
      rebuild.created_at AS "createdAt", rebuild.updated_at AS "updatedAt",
      CASE WHEN lost.is_lost THEN rebuild.updated_at ELSE rebuild.ended_at END AS "endedAt"
    FROM rebuild
    JOIN experiment ON experiment.project_id = rebuild.project_id
      AND experiment.id = rebuild.experiment_id
    CROSS JOIN LATERAL (SELECT ${IS_LOST} AS is_lost) AS lost
  ) AS shown`;
