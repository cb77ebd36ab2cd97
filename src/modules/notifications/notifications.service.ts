import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { NotFound } from '../../domain/errors.js';
import { briefPath } from '../../domain/notices/message.js';
import type { Notice } from '../../domain/notices/notice.js';
import { Transactions } from '../../platform/database/transactions.js';
import { type PageRequest, pageOf } from '../../platform/http/page.js';
import type { Actor } from '../../platform/security/principal.js';
import type {
  NotificationDto,
  NotificationPageDto,
  NotificationQueryDto,
  ReadStateDto,
} from './dto/notification.dto.js';

interface Row extends Notice {
  id: string;
  experimentKey: string;
  evaluationId: string | null;
  at: Date;
  endedAt: Date | null;
  read: boolean;
}

/** What people were told, for whoever looks instead of being called. */
@Injectable()
export class NotificationsService {
  constructor(private readonly transactions: Transactions) {}

  /** The newest first; a cursor leads to older ones. */
  async page(
    { projectId, memberId }: Actor,
    query: NotificationQueryDto,
    page: PageRequest,
  ): Promise<NotificationPageDto> {
    const { manager } = this.transactions;
    const rows = (await manager.query(PAGE, [
      projectId,
      memberId,
      page.after,
      query.kind ?? null,
      query.experiment ?? null,
      query.severity ?? null,
      query.unread === undefined ? null : query.unread === 'true',
      page.limit + 1,
    ])) as Row[];
    const unread = await this.unread(manager, projectId, memberId);
    return { ...pageOf(rows, page.limit, shown), unread };
  }

  /**
   * Marks a notice and all older ones as read by the member. Each by itself: one of another replica that
   * commits later under an older id has not been seen.
   * @throws NotFound when there is no such notice
   */
  async read({ projectId, memberId }: Actor, upTo: string): Promise<ReadStateDto> {
    return await this.transactions.run(async (manager) => {
      const found = (await manager.query(
        'SELECT notice.id FROM notice WHERE notice.project_id = $1 AND notice.id = $2',
        [projectId, upTo],
      )) as unknown[];
      if (found.length === 0) throw new NotFound('not-found', 'There is no such notice.');
      await manager.query(
        `INSERT INTO notice_read (project_id, notice_id, member_id)
         SELECT notice.project_id, notice.id, $2 FROM notice
         WHERE notice.project_id = $1 AND notice.id <= $3
         ON CONFLICT (project_id, member_id, notice_id) DO NOTHING`,
        [projectId, memberId, upTo],
      );
      return { unread: await this.unread(manager, projectId, memberId) };
    });
  }

  private async unread(
    manager: EntityManager,
    projectId: string,
    memberId: string,
  ): Promise<number> {
    const [row] = (await manager.query(
      `SELECT count(*)::integer AS unread FROM notice
       WHERE notice.project_id = $1 AND NOT EXISTS (
         SELECT FROM notice_read WHERE notice_read.project_id = notice.project_id
           AND notice_read.member_id = $2 AND notice_read.notice_id = notice.id)`,
      [projectId, memberId],
    )) as { unread: number }[];
    return row?.unread ?? 0;
  }
}

const PAGE = `
  SELECT notice.id, notice.kind, notice.severity, experiment.key AS "experimentKey", notice.subject,
    notice.sentence, notice.facts, notice.evaluation_id AS "evaluationId", notice.at,
    notice.ended_at AS "endedAt", notice_read.notice_id IS NOT NULL AS read
  FROM notice
  JOIN experiment ON experiment.project_id = notice.project_id
    AND experiment.id = notice.experiment_id
  LEFT JOIN notice_read ON notice_read.project_id = notice.project_id
    AND notice_read.member_id = $2 AND notice_read.notice_id = notice.id
  WHERE notice.project_id = $1 AND ($3::uuid IS NULL OR notice.id < $3)
    AND ($4::text IS NULL OR notice.kind = $4) AND ($5::text IS NULL OR experiment.key = $5)
    AND ($6::text IS NULL OR notice.severity = $6)
    AND ($7::boolean IS NULL OR (notice_read.notice_id IS NULL) = $7)
  ORDER BY notice.id DESC LIMIT $8`;

function shown({ evaluationId, at, endedAt, ...row }: Row): NotificationDto {
  const { id, kind, severity, experimentKey, subject, sentence, facts, read } = row;
  return {
    id,
    kind,
    severity,
    experimentKey,
    subject,
    sentence,
    facts,
    ...(evaluationId === null ? {} : { evaluationId }),
    at: at.toISOString(),
    ...(endedAt === null ? {} : { endedAt: endedAt.toISOString() }),
    read,
    link: briefPath(experimentKey),
  };
}
