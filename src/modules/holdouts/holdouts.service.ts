import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { BUCKETS } from '../../domain/assignment/hash.js';
import { Conflict, Invalid, NotFound } from '../../domain/errors.js';
import type { UnitKind } from '../../domain/experiments/definition.js';
import { AuditLog } from '../../platform/audit/audit-log.js';
import { Clock } from '../../platform/clock/clock.js';
import { Transactions } from '../../platform/database/transactions.js';
import { newId } from '../../platform/http/ids.js';
import { type Page, pageOf, type PageRequest } from '../../platform/http/page.js';
import type { Actor } from '../../platform/security/principal.js';
import type { CreateHoldoutDto, HoldoutDto } from './dto/holdout.dto.js';
import { holdoutsLock } from './holdouts.reader.js';

const SEED_BYTES = 16;

interface Row {
  id: string;
  key: string;
  name: string;
  unit: UnitKind;
  points: number;
  created_at: Date;
  created_by: string;
  ended_at: Date | null;
  ended_by: string | null;
  end_reason: string | null;
}

const SELECT = `SELECT holdout.id, holdout.key, holdout.name, holdout.unit, holdout.points,
  holdout.created_at, holdout.created_by, holdout.ended_at, holdout.ended_by, holdout.end_reason
  FROM holdout WHERE holdout.project_id = $1`;

/** Units kept out of tests: created once, ended once, never changed between. */
@Injectable()
export class HoldoutsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
  ) {}

  /** @throws Conflict `already-exists` */
  async create(actor: Actor, body: CreateHoldoutDto): Promise<HoldoutDto> {
    return await this.transactions.run(async (manager) => {
      const { projectId, memberId } = actor;
      // After every launch that did not see it, before every launch that does.
      await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
        holdoutsLock(projectId),
      ]);
      const { key, name, unit } = body;
      if ((await this.find(manager, projectId, key)) !== null) {
        throw new Conflict('already-exists', 'Keys are never used again: choose another one.', {
          key,
        });
      }
      const id = newId();
      const points = Math.round(body.share * BUCKETS);
      const seed = randomBytes(SEED_BYTES).toString('hex');
      const now = await this.clock.now(manager);
      await manager.query(
        `INSERT INTO holdout (project_id, id, key, name, unit, seed, points, created_at, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [projectId, id, key, name, unit, seed, points, now, memberId],
      );
      const after = { key, unit, points };
      await this.audit.record(manager, actor, {
        action: 'holdout.create',
        objectType: 'holdout',
        objectId: id,
        after,
      });
      return shown(await this.row(manager, projectId, key));
    });
  }

  async page(projectId: string, { limit, after }: PageRequest): Promise<Page<HoldoutDto>> {
    const rows = (await this.transactions.manager.query(
      `${SELECT} AND ($2::uuid IS NULL OR holdout.id > $2) ORDER BY holdout.id LIMIT $3`,
      [projectId, after, limit + 1],
    )) as Row[];
    return pageOf(rows, limit, shown);
  }

  async byKey(projectId: string, key: string): Promise<HoldoutDto> {
    return shown(await this.row(this.transactions.manager, projectId, key));
  }

  /** Ends it now; one that has ended stays as it is. @throws NotFound; Invalid `reason-missing` */
  async end(actor: Actor, key: string, reason: string): Promise<HoldoutDto> {
    if (reason.trim() === '') {
      throw new Invalid('reason-missing', 'Ending a holdout needs a reason.', [
        { pointer: '/reason', code: 'reason-missing' },
      ]);
    }
    return await this.transactions.run(async (manager) => {
      const { projectId, memberId } = actor;
      const now = await this.clock.now(manager);
      const ended = (await manager.query(
        `WITH ended AS (
           UPDATE holdout SET ended_at = $3, ended_by = $4, end_reason = $5
           WHERE holdout.project_id = $1 AND holdout.key = $2 AND holdout.ended_at IS NULL
           RETURNING holdout.id)
         SELECT ended.id FROM ended`,
        [projectId, key, now, memberId, reason],
      )) as { id: string }[];
      const [one] = ended;
      if (one !== undefined) {
        await this.audit.record(manager, actor, {
          action: 'holdout.end',
          objectType: 'holdout',
          objectId: one.id,
          reason,
        });
      }
      return shown(await this.row(manager, projectId, key));
    });
  }

  private async row(manager: EntityManager, projectId: string, key: string): Promise<Row> {
    const row = await this.find(manager, projectId, key);
    if (row === null) throw new NotFound('not-found', 'There is no such holdout.');
    return row;
  }

  private async find(manager: EntityManager, projectId: string, key: string): Promise<Row | null> {
    const rows = (await manager.query(`${SELECT} AND holdout.key = $2`, [projectId, key])) as Row[];
    return rows[0] ?? null;
  }
}

function shown(row: Row): HoldoutDto {
  const { id, key, name, unit, points } = row;
  return {
    id,
    key,
    name,
    unit,
    share: points / BUCKETS,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at.toISOString() }),
    ...(row.ended_by === null ? {} : { endedBy: row.ended_by }),
    ...(row.end_reason === null ? {} : { endReason: row.end_reason }),
  };
}
