import { Injectable } from '@nestjs/common';
import { pauseBefore } from '../../domain/notices/delivery.js';
import type { NoticeKind, NoticeSeverity } from '../../domain/notices/notice.js';
import { Transactions } from '../../platform/database/transactions.js';
import { newId } from '../../platform/http/ids.js';
import type { SendOutcome } from './channel-sender.js';

/** A notice that this process may send through a channel, until its lease runs out. */
export interface ClaimedDelivery {
  projectId: string;
  noticeId: string;
  channelId: string;
  owner: string;
  /** This one included. */
  attempts: number;
  sealed: Buffer;
  kind: NoticeKind;
  severity: NoticeSeverity;
  sentence: string;
  experimentKey: string;
}

/** Longer than any attempt may take; a dead worker's notice is sent by another after this time. */
const LEASE_SECONDS = 120;
const CHANNELS_AT_ONCE = 50;

const IS_DUE = `notice_delivery.status = 'pending'
  AND notice_delivery.next_at <= clock_timestamp()
  AND (notice_delivery.lease_until IS NULL OR notice_delivery.lease_until < clock_timestamp())`;
const SAME = `notice_delivery.project_id = $1 AND notice_delivery.channel_id = $2
  AND notice_delivery.notice_id = $3 AND notice_delivery.lease_owner = $4
  AND notice_delivery.status = 'pending'`;

/** What waits to be sent, and who sends it: rows with a lease, in real time. */
@Injectable()
export class DeliveryStore {
  constructor(private readonly transactions: Transactions) {}

  /** Channels for which something is due. */
  async channelsDue(): Promise<string[]> {
    const rows = (await this.transactions.manager.query(
      `SELECT notice_delivery.channel_id AS id FROM notice_delivery WHERE ${IS_DUE}
       GROUP BY notice_delivery.channel_id ORDER BY min(notice_delivery.next_at)
       LIMIT ${CHANNELS_AT_ONCE}`,
    )) as { id: string }[];
    return rows.map(({ id }) => id);
  }

  /** Takes the oldest due notice of a channel; null when there is none that nobody else has. */
  async claim(channelId: string): Promise<ClaimedDelivery | null> {
    const [claimed] = (await this.transactions.manager.query(CLAIM, [
      channelId,
      newId(),
    ])) as ClaimedDelivery[];
    return claimed ?? null;
  }

  /** Writes down how it went, unless the lease was lost or the channel is gone. */
  async settle(delivery: ClaimedDelivery, outcome: SendOutcome): Promise<void> {
    if (outcome.is === 'sent') return await this.close(delivery, 'sent', null);
    const pause = outcome.again ? pauseBefore(delivery.attempts, outcome.retryAfterS) : null;
    if (pause === null) await this.close(delivery, 'failed', outcome.code);
    else await this.postpone(delivery, outcome.code, pause);
    if (outcome.stop) await this.stop(delivery, outcome.code);
  }

  private async close(
    { projectId, channelId, noticeId, owner }: ClaimedDelivery,
    status: 'sent' | 'failed',
    code: string | null,
  ): Promise<void> {
    await this.transactions.manager.query(
      `UPDATE notice_delivery SET status = $5, code = $6, settled_at = clock_timestamp(),
         lease_owner = NULL, lease_until = NULL
       WHERE ${SAME}`,
      [projectId, channelId, noticeId, owner, status, code],
    );
  }

  private async postpone(
    { projectId, channelId, noticeId, owner }: ClaimedDelivery,
    code: string,
    pauseS: number,
  ): Promise<void> {
    await this.transactions.manager.query(
      `UPDATE notice_delivery SET code = $5, lease_owner = NULL, lease_until = NULL,
         next_at = clock_timestamp() + $6 * interval '1 second'
       WHERE ${SAME}`,
      [projectId, channelId, noticeId, owner, code, pauseS],
    );
  }

  /** Nobody is there: whatever else waits for the channel is given up, and nothing is added. */
  private async stop({ projectId, channelId }: ClaimedDelivery, code: string): Promise<void> {
    await this.transactions.run(async (manager) => {
      await manager.query(
        `UPDATE notification_channel SET stopped_at = clock_timestamp(), stopped_code = $3
         WHERE notification_channel.project_id = $1 AND notification_channel.id = $2
           AND notification_channel.stopped_at IS NULL`,
        [projectId, channelId, code],
      );
      await manager.query(
        `UPDATE notice_delivery SET status = 'failed', code = $3, settled_at = clock_timestamp(),
           lease_owner = NULL, lease_until = NULL
         WHERE notice_delivery.project_id = $1 AND notice_delivery.channel_id = $2
           AND notice_delivery.status = 'pending'`,
        [projectId, channelId, code],
      );
    });
  }
}

const CLAIM = `
  WITH due AS (
    SELECT notice_delivery.project_id, notice_delivery.channel_id, notice_delivery.notice_id
    FROM notice_delivery WHERE notice_delivery.channel_id = $1 AND ${IS_DUE}
    ORDER BY notice_delivery.notice_id LIMIT 1 FOR UPDATE SKIP LOCKED
  ), claimed AS (
    UPDATE notice_delivery SET attempts = notice_delivery.attempts + 1, lease_owner = $2,
      lease_until = clock_timestamp() + interval '${LEASE_SECONDS} seconds'
    FROM due
    WHERE notice_delivery.project_id = due.project_id
      AND notice_delivery.channel_id = due.channel_id
      AND notice_delivery.notice_id = due.notice_id
    RETURNING notice_delivery.*
  )
  SELECT claimed.project_id AS "projectId", claimed.notice_id AS "noticeId",
    claimed.channel_id AS "channelId", claimed.lease_owner AS owner, claimed.attempts,
    notification_channel.address_sealed AS sealed, notice.kind, notice.severity, notice.sentence,
    experiment.key AS "experimentKey"
  FROM claimed
  JOIN notification_channel ON notification_channel.project_id = claimed.project_id
    AND notification_channel.id = claimed.channel_id
  JOIN notice ON notice.project_id = claimed.project_id AND notice.id = claimed.notice_id
  JOIN experiment ON experiment.project_id = notice.project_id
    AND experiment.id = notice.experiment_id`;
