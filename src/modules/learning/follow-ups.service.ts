import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Conflict, NotFound } from '../../domain/errors.js';
import { followUpState } from '../../domain/verdict/learning/follow-up.js';
import { Clock } from '../../platform/clock/clock.js';
import { Transactions } from '../../platform/database/transactions.js';
import type { Actor } from '../../platform/security/principal.js';
import { type Candidate, ExposedPeopleReader } from '../evidence/exposed-people.reader.js';
import { ExperimentLifecycleWriter } from '../experiments/experiment-lifecycle.writer.js';
import { ExperimentsReader, type LaunchedExperiment } from '../experiments/experiments.reader.js';
import { NotificationsWriter } from '../notifications/notifications.writer.js';
import type { FollowUpDto } from './dto/follow-up.dto.js';
import { type FollowUpRow, FollowUpRows } from './follow-up-rows.js';
import { LearningWriter } from './learning.writer.js';

/** People who met a change and are to be heard about it. */
@Injectable()
export class FollowUpsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly experiments: ExperimentsReader,
    private readonly lifecycle: ExperimentLifecycleWriter,
    private readonly people: ExposedPeopleReader,
    private readonly notifications: NotificationsWriter,
    private readonly learning: LearningWriter,
    private readonly rows: FollowUpRows,
  ) {}

  async list(projectId: string, key: string): Promise<FollowUpDto[]> {
    const { manager } = this.transactions;
    const experiment = await this.experiments.byKey(projectId, key, manager);
    if (experiment.plan === null) return [];
    const launched = await this.experiments.launched(projectId, key, manager);
    const now = await this.clock.now(manager);
    const rows = await this.rows.all(manager, { projectId, experimentId: launched.id });
    const heard = await this.heardIn(manager, launched, rows, now);
    return rows.map((row) => shown(row, heard.get(row.studyId) ?? 0, now));
  }

  /** @throws Conflict `already-closed` */
  async close(actor: Actor, key: string, id: string, reason: string): Promise<FollowUpDto> {
    const { projectId, memberId } = actor;
    return await this.transactions.run(async (manager) => {
      await this.lifecycle.lock(manager, projectId, key);
      const experiment = await this.experiments.launched(projectId, key, manager);
      const of = { projectId, experimentId: experiment.id };
      const row = await this.requireRow(manager, of, id);
      if (row.closedAt !== null) {
        throw new Conflict('already-closed', 'The follow-up has been closed before.');
      }
      const now = await this.clock.now(manager);
      const heard = await this.heardIn(manager, experiment, [row], now);
      const count = heard.get(row.studyId) ?? 0;
      await this.rows.close(manager, of, { id, at: now, by: memberId, reason });
      await this.endNotice(manager, experiment, id);
      await this.learning.heard(manager, experiment, now);
      const entry = { projectId, id: experiment.id };
      const facts = { followUpId: id, heard: count, people: row.people };
      await this.lifecycle.note(manager, entry, 'close_follow_up', now, memberId, facts);
      return shown({ ...row, closedAt: now, closeReason: reason }, count, now);
    });
  }

  /** Who may be asked, and how it is known that they met the change. */
  async candidates(projectId: string, key: string, id: string): Promise<Candidate[]> {
    const { manager } = this.transactions;
    const experiment = await this.experiments.launched(projectId, key, manager);
    const of = { projectId, experimentId: experiment.id };
    const { variant } = await this.requireRow(manager, of, id);
    const now = await this.clock.now(manager);
    return await this.people.candidates(manager, experiment, { variant, now });
  }

  private async endNotice(
    manager: EntityManager,
    { projectId, id: experimentId, key: experimentKey }: LaunchedExperiment,
    followUpId: string,
  ): Promise<void> {
    const of = { projectId, experimentId, experimentKey };
    await this.notifications.end(manager, of, 'follow_up_due', followUpId);
  }

  private async heardIn(
    manager: EntityManager,
    experiment: LaunchedExperiment,
    rows: readonly FollowUpRow[],
    now: Date,
  ): Promise<Map<string, number>> {
    const studyIds = rows.map(({ studyId }) => studyId);
    return await this.people.heardIn(manager, experiment, { studyIds, now });
  }

  private async requireRow(
    manager: EntityManager,
    of: { projectId: string; experimentId: string },
    id: string,
  ): Promise<FollowUpRow> {
    const row = await this.rows.byId(manager, of, id);
    if (row === null) throw new NotFound('not-found', 'There is no such follow-up.');
    return row;
  }
}

function shown(row: FollowUpRow, heard: number, now: Date): FollowUpDto {
  const { people, dueAt } = row;
  const isClosed = row.closedAt !== null;
  return {
    id: row.id,
    state: followUpState({ isClosed, heard, people, dueAt, now }),
    openedFor: row.openedFor,
    ...(row.surprise === null ? {} : { surprise: row.surprise }),
    ...(row.subject === null ? {} : { subject: row.subject }),
    ...(row.variant === null ? {} : { variant: row.variant }),
    question: row.question,
    questionId: row.questionId,
    studyId: row.studyId,
    people,
    heard,
    dueAt: dueAt.toISOString(),
    openedAt: row.openedAt.toISOString(),
    ...(row.closedAt === null ? {} : { closedAt: row.closedAt.toISOString() }),
    ...(row.closeReason === null ? {} : { closeReason: row.closeReason }),
  };
}
