import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { EvaluationResult } from '../../domain/evaluation/result.js';
import type { Notice, NoticeKind } from '../../domain/notices/notice.js';

/** The experiment a notice is about. */
export interface NoticeSubject {
  projectId: string;
  experimentId: string;
  experimentKey: string;
}

/** How other features tell people something; always in the transaction of what they tell. */
@Injectable()
export class NotificationsWriter {
  /** Opens and closes the episodes that follow from a result. */
  async evaluated(
    _manager: EntityManager,
    _of: NoticeSubject,
    _result: EvaluationResult,
  ): Promise<void> {}

  /** Opens an episode; says nothing when it is open already. */
  async raise(_manager: EntityManager, _of: NoticeSubject, _notice: Notice): Promise<void> {}

  /** Ends an episode, if one is open. */
  async end(
    _manager: EntityManager,
    _of: NoticeSubject,
    _kind: NoticeKind,
    _subject: string,
  ): Promise<void> {}
}
