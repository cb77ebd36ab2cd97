import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type ChannelWish, wants } from '../../domain/notices/delivery.js';
import type { OpenEpisode } from '../../domain/notices/episodes.js';
import { type Notice, type NoticeKind, RESULT_NOTICE_KINDS } from '../../domain/notices/notice.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.token.js';
import { newId } from '../../platform/http/ids.js';

/** The experiment an episode is of. */
export interface EpisodeOwner {
  projectId: string;
  experimentId: string;
}

/** The rows of episodes, and of what has to be sent about them; always in the caller's transaction. */
@Injectable()
export class NoticeStore {
  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'sandbox'>) {}

  /**
   * Whether no result with newer data has been told of; holds the experiment's row to the end of the
   * transaction, so that results of one experiment are told of one after another.
   */
  async isNewest(
    manager: EntityManager,
    { projectId, experimentId }: EpisodeOwner,
    asOf: string,
  ): Promise<boolean> {
    const rows = (await manager.query(
      `INSERT INTO notice_basis (project_id, experiment_id, as_of) VALUES ($1, $2, $3)
       ON CONFLICT (project_id, experiment_id) DO UPDATE SET as_of = excluded.as_of
         WHERE notice_basis.as_of <= excluded.as_of
       RETURNING notice_basis.as_of`,
      [projectId, experimentId, asOf],
    )) as unknown[];
    return rows.length > 0;
  }

  /** The open episodes that follow from results. */
  async openOfResults(
    manager: EntityManager,
    { projectId, experimentId }: EpisodeOwner,
  ): Promise<OpenEpisode[]> {
    return (await manager.query(
      `SELECT notice.id, notice.kind, notice.subject, notice.severity, notice.facts FROM notice
       WHERE notice.project_id = $1 AND notice.experiment_id = $2 AND notice.ended_at IS NULL
         AND notice.kind = ANY($3) ORDER BY notice.id`,
      [projectId, experimentId, RESULT_NOTICE_KINDS],
    )) as OpenEpisode[];
  }

  /** Opens an episode and says where it has to be sent; false when it is open already. */
  async open(
    manager: EntityManager,
    { projectId, experimentId }: EpisodeOwner,
    notice: Notice,
    evaluationId: string | null,
  ): Promise<boolean> {
    const id = newId();
    const { kind, subject, severity, sentence, facts } = notice;
    const opened = (await manager.query(OPEN, [
      projectId,
      id,
      experimentId,
      kind,
      subject,
      severity,
      sentence,
      JSON.stringify(facts),
      evaluationId,
    ])) as unknown[];
    if (opened.length === 0) return false;
    const listening = (await manager.query(LISTENING, [projectId])) as (ChannelWish & {
      id: string;
    })[];
    const channels = listening.filter((channel) => wants(channel, notice)).map((one) => one.id);
    if (channels.length > 0) {
      await manager.query(ENQUEUE, [projectId, id, channels, this.config.sandbox]);
    }
    return true;
  }

  async end(
    manager: EntityManager,
    { projectId, experimentId }: EpisodeOwner,
    ids: readonly string[],
  ): Promise<void> {
    if (ids.length === 0) return;
    await manager.query(
      `UPDATE notice SET ended_at = becausal_now()
       WHERE notice.project_id = $1 AND notice.experiment_id = $2 AND notice.id = ANY($3)
         AND notice.ended_at IS NULL`,
      [projectId, experimentId, ids],
    );
  }

  /** Ends the one open episode of a kind and subject; false when none is open. */
  async endOne(
    manager: EntityManager,
    { projectId, experimentId }: EpisodeOwner,
    kind: NoticeKind,
    subject: string,
  ): Promise<boolean> {
    const [ended] = (await manager.query(
      `UPDATE notice SET ended_at = becausal_now()
       WHERE notice.project_id = $1 AND notice.experiment_id = $2 AND notice.kind = $3
         AND notice.subject = $4 AND notice.ended_at IS NULL
       RETURNING notice.id`,
      [projectId, experimentId, kind, subject],
    )) as [unknown[], number];
    return ended.length > 0;
  }
}

const OPEN = `
  INSERT INTO notice (project_id, id, experiment_id, kind, subject, severity, sentence, facts,
    evaluation_id, at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, becausal_now())
  ON CONFLICT (project_id, experiment_id, kind, subject) WHERE ended_at IS NULL DO NOTHING
  RETURNING notice.id`;

/**
 * The rows are held, so that a channel that is being deleted is left out and not an error of whoever
 * has something to tell.
 */
const LISTENING = `
  SELECT notification_channel.id, notification_channel.kinds,
    notification_channel.min_severity AS "minSeverity"
  FROM notification_channel
  WHERE notification_channel.project_id = $1 AND notification_channel.stopped_at IS NULL
  ORDER BY notification_channel.id FOR KEY SHARE`;

const ENQUEUE = `
  INSERT INTO notice_delivery (project_id, notice_id, channel_id, status, next_at, code, settled_at)
  SELECT $1, $2, listening.id, CASE WHEN $4 THEN 'not_sent' ELSE 'pending' END, clock_timestamp(),
    CASE WHEN $4 THEN 'sandbox' END, CASE WHEN $4 THEN clock_timestamp() END
  FROM unnest($3::uuid[]) AS listening(id)`;
