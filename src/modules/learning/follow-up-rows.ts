import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { FollowUpReason, FollowUpToOpen } from '../../domain/verdict/learning/follow-up.js';
import type { SurpriseCode } from '../../domain/verdict/learning/surprise.js';

/** Which experiment. */
interface Of {
  projectId: string;
  experimentId: string;
}

export interface FollowUpRow {
  id: string;
  openedFor: FollowUpReason;
  position: number | null;
  surprise: SurpriseCode | null;
  subject: string | null;
  variant: string | null;
  questionId: string;
  /** As it stands in the question. */
  question: string;
  studyId: string;
  people: number;
  dueAt: Date;
  openedAt: Date;
  /** People have been told that too few were heard. */
  toldAt: Date | null;
  closedAt: Date | null;
  closeReason: string | null;
}

/** An experiment with follow-ups to look after. */
export interface ExperimentToFollow {
  projectId: string;
  key: string;
}

const SELECT = `
  SELECT follow_up.id, follow_up.opened_for AS "openedFor", follow_up.position, follow_up.surprise,
    follow_up.subject, follow_up.variant, follow_up.question_id AS "questionId",
    question.text AS question, follow_up.study_id AS "studyId", follow_up.people,
    follow_up.due_at AS "dueAt", follow_up.opened_at AS "openedAt", follow_up.told_at AS "toldAt",
    follow_up.closed_at AS "closedAt", follow_up.close_reason AS "closeReason"
  FROM follow_up
  JOIN question ON question.project_id = follow_up.project_id
    AND question.id = follow_up.question_id
  WHERE follow_up.project_id = $1 AND follow_up.experiment_id = $2`;

/** Launched tests whose plan asks people something, with the instant it is to be asked. */
const PLANNED = `
  SELECT experiment.project_id, experiment.key, experiment.id AS experiment_id,
    planned.place - 1 AS position,
    experiment.launched_at + (planned.body ->> 'afterDays')::numeric * interval '24 hours' AS opens_at
  FROM experiment
  CROSS JOIN LATERAL jsonb_array_elements(experiment.definition #> '{rationale,followUps}')
    WITH ORDINALITY AS planned (body, place)
  WHERE experiment.kind = 'ab' AND experiment.launched_at IS NOT NULL
    AND experiment.status IN ('running', 'paused', 'maturing', 'decided')`;

@Injectable()
export class FollowUpRows {
  /** Of an experiment, in the order they were opened. */
  async all(manager: EntityManager, of: Of): Promise<FollowUpRow[]> {
    return (await manager.query(`${SELECT} ORDER BY follow_up.opened_at, follow_up.id`, [
      of.projectId,
      of.experimentId,
    ])) as FollowUpRow[];
  }

  async byId(manager: EntityManager, of: Of, id: string): Promise<FollowUpRow | null> {
    const [row] = (await manager.query(`${SELECT} AND follow_up.id = $3`, [
      of.projectId,
      of.experimentId,
      id,
    ])) as FollowUpRow[];
    return row ?? null;
  }

  async add(
    manager: EntityManager,
    of: Of,
    row: FollowUpToOpen & {
      id: string;
      decisionId: string | null;
      questionId: string;
      studyId: string;
      openedAt: Date;
    },
  ): Promise<void> {
    await manager.query(
      `INSERT INTO follow_up (project_id, id, experiment_id, decision_id, opened_for, position,
         surprise, subject, variant, question_id, study_id, people, due_at, opened_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        of.projectId,
        row.id,
        of.experimentId,
        row.decisionId,
        row.openedFor,
        row.position,
        row.surprise,
        row.subject,
        row.variant,
        row.questionId,
        row.studyId,
        row.people,
        row.dueAt,
        row.openedAt,
      ],
    );
  }

  async setTold(manager: EntityManager, of: Of, id: string, toldAt: Date | null): Promise<void> {
    await manager.query(
      `UPDATE follow_up SET told_at = $4 WHERE follow_up.project_id = $1
         AND follow_up.experiment_id = $2 AND follow_up.id = $3`,
      [of.projectId, of.experimentId, id, toldAt],
    );
  }

  async close(
    manager: EntityManager,
    of: Of,
    closed: { id: string; at: Date; by: string; reason: string },
  ): Promise<void> {
    await manager.query(
      `UPDATE follow_up SET closed_at = $4, closed_by = $5, close_reason = $6, told_at = NULL
       WHERE follow_up.project_id = $1 AND follow_up.experiment_id = $2 AND follow_up.id = $3`,
      [of.projectId, of.experimentId, closed.id, closed.at, closed.by, closed.reason],
    );
  }

  /** The first instant in (after, until] at which one is due, or one that was planned opens. */
  async nextDue(manager: EntityManager, after: Date, until: Date): Promise<Date | null> {
    const [row] = (await manager.query(
      `SELECT min(instants.at) AS due FROM (
         SELECT follow_up.due_at AS at FROM follow_up WHERE follow_up.closed_at IS NULL
         UNION ALL SELECT planned.opens_at FROM (${PLANNED}) AS planned) AS instants
       WHERE instants.at > $1 AND instants.at <= $2`,
      [after, until],
    )) as { due: Date | null }[];
    return row?.due ?? null;
  }

  /** Experiments with an open follow-up, or a planned one whose time has come. */
  async toFollow(manager: EntityManager, now: Date): Promise<ExperimentToFollow[]> {
    return (await manager.query(
      `SELECT experiment.project_id AS "projectId", experiment.key FROM experiment
       WHERE EXISTS (SELECT 1 FROM follow_up WHERE follow_up.project_id = experiment.project_id
           AND follow_up.experiment_id = experiment.id AND follow_up.closed_at IS NULL)
       UNION
       SELECT planned.project_id, planned.key FROM (${PLANNED}) AS planned
       WHERE planned.opens_at <= $1 AND planned.opens_at > $1::timestamptz - interval '720 hours'
         AND NOT EXISTS (SELECT 1 FROM follow_up
           WHERE follow_up.project_id = planned.project_id
             AND follow_up.experiment_id = planned.experiment_id
             AND follow_up.position = planned.position)
       ORDER BY 1, 2`,
      [now],
    )) as ExperimentToFollow[];
  }
}
