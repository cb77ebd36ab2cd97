import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type FollowUpToOpen, populationOf } from '../../domain/verdict/learning/follow-up.js';
import { newId } from '../../platform/http/ids.js';
import { EvidenceWriter } from '../evidence/evidence.writer.js';
import { ExperimentLifecycleWriter } from '../experiments/experiment-lifecycle.writer.js';
import type { LaunchedExperiment } from '../experiments/experiments.reader.js';
import { FollowUpRows } from './follow-up-rows.js';

export interface Opening {
  decisionId: string | null;
  /** Null: the service itself, as it was planned. */
  memberId: string | null;
  now: Date;
}

/** Makes a follow-up real: a question, a study that asks it, and a line that joins them to the test. */
@Injectable()
export class FollowUpOpener {
  constructor(
    private readonly rows: FollowUpRows,
    private readonly evidence: EvidenceWriter,
    private readonly lifecycle: ExperimentLifecycleWriter,
  ) {}

  /** Opens those that are not open yet: deciding again with the same question opens none. */
  async open(
    manager: EntityManager,
    experiment: LaunchedExperiment,
    followUps: readonly FollowUpToOpen[],
    opening: Opening,
  ): Promise<void> {
    const { projectId, id: experimentId } = experiment;
    const existing = await this.rows.all(manager, { projectId, experimentId });
    for (const followUp of followUps) {
      const isThere = existing.some((row) =>
        followUp.position === null
          ? row.closedAt === null &&
            row.openedFor === followUp.openedFor &&
            row.variant === followUp.variant &&
            row.question === followUp.question
          : row.position === followUp.position,
      );
      if (!isThere) await this.openOne(manager, experiment, followUp, opening);
    }
  }

  private async openOne(
    manager: EntityManager,
    { projectId, id: experimentId, key, definition }: LaunchedExperiment,
    followUp: FollowUpToOpen,
    { decisionId, memberId, now }: Opening,
  ): Promise<void> {
    const { question, people, dueAt, openedFor } = followUp;
    const { questionId, studyId } = await this.evidence.askWhy(manager, {
      projectId,
      actor: memberId ?? 'system',
      question,
      tags: ['follow-up', key],
      studyName: `Follow-up of ${key}`,
      population: populationOf(definition.audience),
      people,
      now,
    });
    const id = newId();
    const of = { projectId, experimentId };
    const row = { ...followUp, id, decisionId, questionId, studyId, openedAt: now };
    await this.rows.add(manager, of, row);
    const entry = { projectId, id: experimentId };
    await this.lifecycle.note(manager, entry, 'open_follow_up', now, memberId, {
      followUpId: id,
      openedFor,
      questionId,
      studyId,
      people,
      dueAt: dueAt.toISOString(),
    });
  }
}
