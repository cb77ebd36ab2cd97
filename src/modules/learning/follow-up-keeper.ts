import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { followUpsOfPlan, followUpState } from '../../domain/verdict/learning/follow-up.js';
import { Transactions } from '../../platform/database/transactions.js';
import { ExposedPeopleReader } from '../evidence/exposed-people.reader.js';
import { ExperimentLifecycleWriter } from '../experiments/experiment-lifecycle.writer.js';
import { ExperimentsReader, type LaunchedExperiment } from '../experiments/experiments.reader.js';
import { NotificationsWriter } from '../notifications/notifications.writer.js';
import { FollowUpOpener } from './follow-up-opener.js';
import { type FollowUpRow, FollowUpRows } from './follow-up-rows.js';
import { LearningWriter } from './learning.writer.js';

const ENDED: readonly string[] = ['stopped', 'archived'];

/** Keeps the follow-ups of an experiment as time and interviews have them. */
@Injectable()
export class FollowUpKeeper {
  constructor(
    private readonly transactions: Transactions,
    private readonly experiments: ExperimentsReader,
    private readonly lifecycle: ExperimentLifecycleWriter,
    private readonly people: ExposedPeopleReader,
    private readonly notifications: NotificationsWriter,
    private readonly learning: LearningWriter,
    private readonly opener: FollowUpOpener,
    private readonly rows: FollowUpRows,
  ) {}

  /**
   * Brings the follow-ups of an experiment up to now: opens what was planned, tells who is overdue, ends
   * what has been answered, and judges again what the people said. Safe to repeat.
   */
  async bringUpToDate(projectId: string, key: string, now: Date): Promise<void> {
    await this.transactions.run(async (manager) => {
      await this.lifecycle.lock(manager, projectId, key);
      const experiment = await this.experiments.launched(projectId, key, manager);
      await this.openPlanned(manager, experiment, now);
      const all = await this.rows.all(manager, { projectId, experimentId: experiment.id });
      const open = all.filter(({ closedAt }) => closedAt === null);
      const studyIds = open.map(({ studyId }) => studyId);
      const heard = await this.people.heardIn(manager, experiment, { studyIds, now });
      for (const row of open) {
        await this.tell(manager, experiment, row, heard.get(row.studyId) ?? 0, now);
      }
      await this.learning.heard(manager, experiment, now);
    });
  }

  private async openPlanned(
    manager: EntityManager,
    experiment: LaunchedExperiment,
    now: Date,
  ): Promise<void> {
    if (ENDED.includes(experiment.status)) return;
    const planned = experiment.definition.rationale?.followUps ?? [];
    const { launchedAt } = experiment;
    const due = followUpsOfPlan(planned, { launchedAt, now });
    await this.opener.open(manager, experiment, due, { decisionId: null, memberId: null, now });
  }

  private async tell(
    manager: EntityManager,
    experiment: LaunchedExperiment,
    row: FollowUpRow,
    heard: number,
    now: Date,
  ): Promise<void> {
    const { projectId, id: experimentId, key: experimentKey } = experiment;
    const of = { projectId, experimentId };
    const { id, people, dueAt, toldAt } = row;
    const state = followUpState({ isClosed: false, heard, people, dueAt, now });
    if (state === 'overdue' && toldAt === null) {
      const facts = { followUpId: id, heard, people, dueAt: dueAt.toISOString() };
      await this.rows.setTold(manager, of, id, now);
      await this.notifications.raise(
        manager,
        { ...of, experimentKey },
        {
          kind: 'follow_up_due',
          subject: id,
          severity: 'warning',
          sentence: `${heard} of ${people} people who met the change have been heard, and the day to have heard them has come.`,
          facts,
        },
      );
      const entry = { projectId, id: experimentId };
      await this.lifecycle.note(manager, entry, 'follow_up_due', now, null, facts);
    }
    if (state === 'answered' && toldAt !== null) {
      await this.rows.setTold(manager, of, id, null);
      await this.notifications.end(manager, { ...of, experimentKey }, 'follow_up_due', id);
    }
  }
}
