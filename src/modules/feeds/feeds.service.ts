import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Conflict, Invalid } from '../../domain/errors.js';
import { parseInstant } from '../../domain/events/instant.js';
import { isKey } from '../../domain/key.js';
import { AuditLog } from '../../platform/audit/audit-log.js';
import { Clock } from '../../platform/clock/clock.js';
import { Transactions } from '../../platform/database/transactions.js';
import { newId } from '../../platform/http/ids.js';
import { type Page, pageOf, type PageRequest } from '../../platform/http/page.js';
import { Logger } from '../../platform/logging/logger.js';
import { DueWorkRegistry } from '../../platform/scheduling/due-work.js';
import type { Principal } from '../../platform/security/principal.js';
import type { FeedDto } from './dto/feed.dto.js';

/** As far as a sender's clock may be ahead of ours, for events too. */
const FUTURE_TOLERANCE_MS = 5 * 60_000;

interface Row {
  id: string;
  key: string;
  complete_until: Date;
  reported_at: Date;
}

const COLUMNS = 'feed.id, feed.key, feed.complete_until, feed.reported_at';

/** How far each source of data has come: a mark that only moves forward. */
@Injectable()
export class FeedsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly due: DueWorkRegistry,
    private readonly logger: Logger,
  ) {}

  /** @throws Invalid `invalid-key`, `complete-in-future`; Conflict `feed-goes-back` */
  async report(caller: Principal, key: string, completeUntil: string): Promise<FeedDto> {
    if (!isKey(key)) {
      throw new Invalid('invalid-key', 'A key is 1 to 64 letters, digits, dots, hyphens or _.');
    }
    const until = parseInstant(completeUntil);
    if (until === null) throw new Error('the body was not validated');
    const { row, moved } = await this.transactions.run((manager) =>
      this.store(manager, caller, key, until),
    );
    if (moved) await this.tell(caller.projectId);
    return shown(row);
  }

  async page(projectId: string, { limit, after }: PageRequest): Promise<Page<FeedDto>> {
    const rows = (await this.transactions.manager.query(
      `SELECT ${COLUMNS} FROM feed
       WHERE feed.project_id = $1 AND ($2::uuid IS NULL OR feed.id > $2)
       ORDER BY feed.id LIMIT $3`,
      [projectId, after, limit + 1],
    )) as Row[];
    return pageOf(rows, limit, shown);
  }

  private async store(
    manager: EntityManager,
    { projectId, memberId, keyId }: Principal,
    key: string,
    until: Date,
  ): Promise<{ row: Row; moved: boolean }> {
    const now = await this.clock.now(manager);
    if (until.getTime() - now.getTime() > FUTURE_TOLERANCE_MS) {
      throw new Invalid('complete-in-future', 'Nothing is complete that has not happened yet.', [
        { pointer: '/completeUntil', code: 'complete-in-future' },
      ]);
    }
    const actor = memberId ?? keyId;
    const written = (await manager.query(
      `INSERT INTO feed (project_id, key, id, complete_until, reported_at, reported_by)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT ON CONSTRAINT feed_pk DO UPDATE
         SET complete_until = excluded.complete_until, reported_at = excluded.reported_at,
           reported_by = excluded.reported_by
         WHERE feed.complete_until < excluded.complete_until
       RETURNING ${COLUMNS}`,
      [projectId, key, newId(), until, now, actor],
    )) as Row[];
    const [row] = written;
    if (row !== undefined) {
      await this.audit.append(manager, {
        projectId,
        actor,
        action: 'feed.report',
        objectType: 'feed',
        objectId: row.id,
        after: { key, completeUntil: until.toISOString() },
      });
      return { row, moved: true };
    }
    return { row: await this.reportedAt(manager, { projectId, key, until }), moved: false };
  }

  /** The stored mark, which is at least as late; said again it is as it is. */
  private async reportedAt(
    manager: EntityManager,
    { projectId, key, until }: { projectId: string; key: string; until: Date },
  ): Promise<Row> {
    const [row] = (await manager.query(
      `SELECT ${COLUMNS} FROM feed WHERE feed.project_id = $1 AND feed.key = $2`,
      [projectId, key],
    )) as Row[];
    if (row === undefined) throw new Error('a feed has vanished');
    if (row.complete_until > until) {
      const completeUntil = row.complete_until.toISOString();
      throw new Conflict(
        'feed-goes-back',
        `It is complete up to ${completeUntil} already, and evaluations may have relied on it.`,
        { key, completeUntil },
      );
    }
    return row;
  }

  /** What was reported stands, whatever becomes of those who wait: the next tick asks again. */
  private async tell(projectId: string): Promise<void> {
    try {
      await this.due.dataComplete(projectId);
    } catch (error) {
      this.logger.failure('work that waited for data', error, { projectId });
    }
  }
}

function shown(row: Row): FeedDto {
  return {
    id: row.id,
    key: row.key,
    completeUntil: row.complete_until.toISOString(),
    reportedAt: row.reported_at.toISOString(),
  };
}
