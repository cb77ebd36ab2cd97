import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Conflict, NotFound } from '../../../domain/errors.js';
import { AuditLog } from '../../../platform/audit/audit-log.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { newId } from '../../../platform/http/ids.js';
import { type Page, pageOf, type PageRequest } from '../../../platform/http/page.js';
import type { Actor, Principal } from '../../../platform/security/principal.js';
import {
  EventImportDto,
  type EventImportRow,
  type EventImportStatus,
} from './dto/event-import.dto.js';
import type { EventFileFormat } from './event-file.js';

/** An import that is being written. */
export interface RunningImport {
  projectId: string;
  id: string;
  /** Stands in the rows of the log that came with it. */
  number: number;
}

export interface BatchCounts {
  accepted: number;
  duplicates: number;
  rejected: number;
}

/**
 * Imports as rows. Their times are real ones, in sandboxes too: they say how long work takes, and
 * whether the process that does it still lives.
 */
@Injectable()
export class ImportRows {
  constructor(
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
  ) {}

  async begin(
    caller: Principal,
    file: { name: string | null; format: EventFileFormat; bytesTotal: number | null },
  ): Promise<RunningImport> {
    const { projectId, memberId } = caller;
    const id = newId();
    const rows = (await this.transactions.manager.query(INSERT, [
      projectId,
      id,
      file.name,
      file.format,
      file.bytesTotal,
      memberId,
    ])) as { number: number }[];
    if (rows[0] === undefined) throw new Error('the import was not stored');
    return { projectId, id, number: rows[0].number };
  }

  /**
   * Counts a batch, in the transaction that stores it.
   * @throws Conflict when the import has ended meanwhile: nothing more may come with it
   */
  async advance(
    manager: EntityManager,
    run: RunningImport,
    counts: BatchCounts,
    bytesRead: number,
  ): Promise<void> {
    await this.requireOne(
      manager.query(ADVANCE, [
        run.projectId,
        run.id,
        counts.accepted,
        counts.duplicates,
        counts.rejected,
        bytesRead,
      ]),
    );
  }

  /** Says that the import still runs, however slowly its file arrives. */
  async touch(run: RunningImport): Promise<void> {
    await this.transactions.manager.query(TOUCH, [run.projectId, run.id]);
  }

  /** @param error Null when the file was read to its end. */
  async end(run: RunningImport, error: string | null): Promise<EventImportDto> {
    await this.transactions.manager.query(END, [run.projectId, run.id, error]);
    return EventImportDto.from(await this.row(this.transactions.manager, run.projectId, run.id));
  }

  async byId(projectId: string, id: string): Promise<EventImportDto> {
    return EventImportDto.from(await this.row(this.transactions.manager, projectId, id));
  }

  /** Newest first. */
  async list(
    projectId: string,
    page: PageRequest,
    only: { status: EventImportStatus | null; name: string | null },
  ): Promise<Page<EventImportDto>> {
    const rows = (await this.transactions.manager.query(
      `${SELECT}
       WHERE shown.project_id = $1 AND ($2::uuid IS NULL OR shown.id < $2)
         AND ($3::text IS NULL OR shown.status = $3) AND ($4::text IS NULL OR shown.name = $4)
       ORDER BY shown.id DESC LIMIT $5`,
      [projectId, page.after, only.status, only.name, page.limit + 1],
    )) as EventImportRow[];
    return pageOf(rows, page.limit, (row) => EventImportDto.from(row));
  }

  /** Voids what the import brought, by one row. Again, it changes nothing. */
  async reverse(actor: Actor, id: string, reason: string): Promise<EventImportDto> {
    const { projectId } = actor;
    return await this.transactions.run(async (manager) => {
      // A batch that is being stored is waited for, and counted in what is voided.
      await manager.query(LOCK, [projectId, id]);
      const before = await this.row(manager, projectId, id);
      if (before.status === 'reversed') return EventImportDto.from(before);
      if (before.status === 'running') {
        throw new Conflict('import-running', 'The file is still being read: stop it first.');
      }
      // An import whose process died: if that process only slept, it stores nothing more.
      await manager.query(END, [projectId, id, INTERRUPTED]);
      await manager.query(REVERSE, [projectId, id, reason, actor.memberId]);
      const after = EventImportDto.from(await this.row(manager, projectId, id));
      await this.audit.record(manager, actor, {
        action: 'import.reverse',
        objectType: 'import',
        objectId: id,
        reason,
        after,
      });
      return after;
    });
  }

  private async row(
    manager: EntityManager,
    projectId: string,
    id: string,
  ): Promise<EventImportRow> {
    const rows = (await manager.query(`${SELECT} WHERE shown.project_id = $1 AND shown.id = $2`, [
      projectId,
      id,
    ])) as EventImportRow[];
    if (rows[0] === undefined) throw new NotFound('not-found', 'There is no such import.');
    return rows[0];
  }

  private async requireOne(update: Promise<unknown>): Promise<void> {
    const [, changed] = (await update) as [unknown, number];
    if (changed !== 1) throw new Conflict('import-ended', 'The import has ended already.');
  }
}

/** What became of a file whose sender or whose process went away. */
const INTERRUPTED = 'interrupted';
/** A running import is touched far more often; after so long its process is gone. */
const LEASE_SECONDS = 60;

const INSERT = `
  INSERT INTO event_import (project_id, id, name, format, status, bytes_total, created_by,
    started_at, updated_at)
  VALUES ($1, $2, coalesce($3, $4 || ' ' || to_char(clock_timestamp() AT TIME ZONE 'UTC',
    'YYYY-MM-DD"T"HH24:MI:SS"Z"')), $4, 'running', $5, $6, clock_timestamp(), clock_timestamp())
  RETURNING event_import.number`;

const ADVANCE = `
  UPDATE event_import SET accepted = accepted + $3, duplicates = duplicates + $4,
    rejected = rejected + $5, bytes_read = $6, updated_at = clock_timestamp()
  WHERE project_id = $1 AND id = $2 AND status = 'running'`;

const TOUCH = `
  UPDATE event_import SET updated_at = clock_timestamp()
  WHERE project_id = $1 AND id = $2 AND status = 'running'`;

const END = `
  UPDATE event_import SET
    status = CASE WHEN $3::text IS NULL THEN 'done' ELSE 'failed' END, error = $3,
    bytes_read = CASE WHEN $3::text IS NULL THEN coalesce(bytes_total, bytes_read)
      ELSE bytes_read END,
    ended_at = clock_timestamp(), updated_at = clock_timestamp()
  WHERE project_id = $1 AND id = $2 AND status = 'running'`;

const LOCK = 'SELECT FROM event_import WHERE project_id = $1 AND id = $2 FOR UPDATE';

const REVERSE = `
  INSERT INTO import_reversal (project_id, import_id, import, reason, reversed_by, reversed_at)
  SELECT event_import.project_id, event_import.id, event_import.number, $3, $4, becausal_now()
  FROM event_import WHERE event_import.project_id = $1 AND event_import.id = $2`;

/** Imports as they are shown: what died while it ran has failed. */
const SELECT = `
  SELECT shown.* FROM (
    SELECT event_import.project_id, event_import.id, event_import.name, event_import.format,
      CASE
        WHEN import_reversal.import_id IS NOT NULL THEN 'reversed'
        WHEN lost.is_lost THEN 'failed'
        ELSE event_import.status
      END AS status,
      CASE WHEN lost.is_lost THEN '${INTERRUPTED}' ELSE event_import.error END AS error,
      event_import.bytes_total AS "bytesTotal", event_import.bytes_read AS "bytesRead",
      event_import.accepted, event_import.duplicates, event_import.rejected,
      event_import.started_at AS "startedAt", event_import.updated_at AS "updatedAt",
      event_import.ended_at AS "endedAt", import_reversal.reason,
      import_reversal.reversed_at AS "reversedAt"
    FROM event_import
    LEFT JOIN import_reversal ON import_reversal.project_id = event_import.project_id
      AND import_reversal.import_id = event_import.id
    CROSS JOIN LATERAL (SELECT event_import.status = 'running' AND event_import.updated_at
      < clock_timestamp() - make_interval(secs => ${LEASE_SECONDS}) AS is_lost) AS lost
  ) AS shown`;
