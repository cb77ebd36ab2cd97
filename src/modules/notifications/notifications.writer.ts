import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { EvaluationResult } from '../../domain/evaluation/result.js';
import { episodesAfter } from '../../domain/notices/episodes.js';
import type { Notice, NoticeKind } from '../../domain/notices/notice.js';
import { NoticeStore } from './notice-store.js';

/** The experiment a notice is about. */
export interface NoticeSubject {
  projectId: string;
  experimentId: string;
  experimentKey: string;
}

/**
 * How other features tell people something; always in the transaction of what they tell. What has to be
 * sent is written in it too, and leaves the house once it has committed.
 */
@Injectable()
export class NotificationsWriter {
  constructor(private readonly store: NoticeStore) {}

  /**
   * Opens and ends the episodes that follow from a result. One whose data are older than those of a
   * result that was told of before says nothing: a slot that is evaluated late is no news.
   */
  async evaluated(
    manager: EntityManager,
    of: NoticeSubject,
    result: EvaluationResult,
  ): Promise<void> {
    if (!(await this.store.isNewest(manager, of, result.asOf))) return;
    const open = await this.store.openOfResults(manager, of);
    const { opened, ended } = episodesAfter(result, open);
    await this.store.end(manager, of, ended);
    for (const notice of opened) await this.store.open(manager, of, notice, result.id);
  }

  /**
   * Opens an episode; says nothing when it is open already. A notice that nothing ever ends is told once
   * for its subject.
   */
  async raise(manager: EntityManager, of: NoticeSubject, notice: Notice): Promise<void> {
    await this.store.open(manager, of, notice, null);
  }

  /** Ends an episode, if one is open. */
  async end(
    manager: EntityManager,
    of: NoticeSubject,
    kind: NoticeKind,
    subject: string,
  ): Promise<void> {
    await this.store.endOne(manager, of, kind, subject);
  }
}
