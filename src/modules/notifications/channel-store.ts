import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ChannelKind } from '../../domain/notices/delivery.js';
import type { NoticeKind, NoticeSeverity } from '../../domain/notices/notice.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.token.js';
import type { PageRequest } from '../../platform/http/page.js';
import { deriveKey, seal, unseal } from '../../platform/security/sealing.js';

/** Where a channel leads: a webhook, or people. */
export type Address = { url: string } | { to: string[] };

export interface NewChannel {
  projectId: string;
  id: string;
  name: string;
  kind: ChannelKind;
  address: Address;
  kinds: readonly NoticeKind[];
  minSeverity: NoticeSeverity;
  createdBy: string;
}

export interface ChannelRow {
  id: string;
  projectId: string;
  name: string;
  kind: ChannelKind;
  sealed: Buffer;
  host: string | null;
  ending: string | null;
  kinds: NoticeKind[];
  minSeverity: NoticeSeverity;
  createdAt: Date;
  createdBy: string;
  stoppedAt: Date | null;
  stoppedCode: string | null;
  pending: number;
  failed: number;
  lastSentAt: Date | null;
  lastFailedAt: Date | null;
  lastCode: string | null;
}

const ENDING_CHARS = 4;

/** The rows of channels; only here are their addresses opened. */
@Injectable()
export class ChannelStore {
  private readonly sealingKey: Buffer;

  constructor(@Inject(CONFIG) config: Config) {
    this.sealingKey = deriveKey(config.masterKey, 'notification-channels');
  }

  async insert(manager: EntityManager, channel: NewChannel): Promise<void> {
    const { projectId, id, name, kind, address, kinds, minSeverity, createdBy } = channel;
    const url = 'url' in address ? address.url : null;
    await manager.query(
      `INSERT INTO notification_channel (project_id, id, name, kind, address_sealed, host, ending,
         kinds, min_severity, created_at, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, becausal_now(), $10)`,
      [
        projectId,
        id,
        name,
        kind,
        seal(this.sealingKey, Buffer.from(JSON.stringify(address), 'utf8'), contextOf(channel)),
        url === null ? null : new URL(url).hostname,
        url === null ? null : url.slice(-ENDING_CHARS),
        kinds,
        minSeverity,
        createdBy,
      ],
    );
  }

  /** One channel of the project, or all of a page; by id, which is the order they were made in. */
  async rows(
    manager: EntityManager,
    projectId: string,
    which: { id: string } | PageRequest,
  ): Promise<ChannelRow[]> {
    const isOne = 'id' in which;
    return (await manager.query(ROWS, [
      projectId,
      isOne ? which.id : null,
      isOne ? null : which.after,
      isOne ? 1 : which.limit + 1,
    ])) as ChannelRow[];
  }

  /** @throws Error when it was sealed with another master key */
  addressOf(channel: Pick<ChannelRow, 'projectId' | 'id' | 'sealed'>): Address {
    const plain = unseal(this.sealingKey, channel.sealed, contextOf(channel));
    return JSON.parse(plain.toString('utf8')) as Address;
  }

  async count(manager: EntityManager, projectId: string): Promise<number> {
    const [row] = (await manager.query(
      `SELECT count(*)::integer AS count FROM notification_channel
       WHERE notification_channel.project_id = $1`,
      [projectId],
    )) as { count: number }[];
    return row?.count ?? 0;
  }

  /** With all that waits to be sent to it. */
  async delete(manager: EntityManager, projectId: string, id: string): Promise<void> {
    await manager.query(
      `DELETE FROM notification_channel
       WHERE notification_channel.project_id = $1 AND notification_channel.id = $2`,
      [projectId, id],
    );
  }

  /** Somebody is there again. */
  async restart(manager: EntityManager, projectId: string, id: string): Promise<void> {
    await manager.query(
      `UPDATE notification_channel SET stopped_at = NULL, stopped_code = NULL
       WHERE notification_channel.project_id = $1 AND notification_channel.id = $2`,
      [projectId, id],
    );
  }
}

function contextOf({ projectId, id }: { projectId: string; id: string }): string {
  return `${projectId}/${id}`;
}

const ROWS = `
  SELECT notification_channel.id, notification_channel.project_id AS "projectId",
    notification_channel.name, notification_channel.kind,
    notification_channel.address_sealed AS sealed, notification_channel.host,
    notification_channel.ending, notification_channel.kinds,
    notification_channel.min_severity AS "minSeverity",
    notification_channel.created_at AS "createdAt",
    notification_channel.created_by AS "createdBy",
    notification_channel.stopped_at AS "stoppedAt",
    notification_channel.stopped_code AS "stoppedCode", sent.pending, sent.failed,
    sent.last_sent_at AS "lastSentAt", failure.settled_at AS "lastFailedAt",
    failure.code AS "lastCode"
  FROM notification_channel
  CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE notice_delivery.status = 'pending')::integer AS pending,
      count(*) FILTER (WHERE notice_delivery.status = 'failed')::integer AS failed,
      max(notice_delivery.settled_at) FILTER (WHERE notice_delivery.status = 'sent') AS last_sent_at
    FROM notice_delivery
    WHERE notice_delivery.project_id = notification_channel.project_id
      AND notice_delivery.channel_id = notification_channel.id
  ) AS sent
  LEFT JOIN LATERAL (
    SELECT notice_delivery.settled_at, notice_delivery.code FROM notice_delivery
    WHERE notice_delivery.project_id = notification_channel.project_id
      AND notice_delivery.channel_id = notification_channel.id
      AND notice_delivery.status = 'failed'
    ORDER BY notice_delivery.settled_at DESC LIMIT 1
  ) AS failure ON true
  WHERE notification_channel.project_id = $1
    AND ($2::uuid IS NULL OR notification_channel.id = $2)
    AND ($3::uuid IS NULL OR notification_channel.id > $3)
  ORDER BY notification_channel.id LIMIT $4`;
