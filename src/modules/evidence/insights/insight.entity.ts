import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { InsightForces, SwitchMoment } from '../../../domain/evidence/insight.js';
import type { InsightState, InsightStateCode } from '../../../domain/evidence/insight-state.js';
import { ProjectEntity } from '../../projects/project.entity.js';
import { QuestionEntity } from '../studies/question.entity.js';

/** Who an insight is about. */
export interface InsightAudience {
  populations: string[];
  stages?: string[];
  segment?: string;
}

@Entity('insight')
@ForeignKey(() => QuestionEntity, ['projectId', 'questionId'], ['projectId', 'id'], {
  name: 'insight_question_fk',
})
@ForeignKey(() => InsightEntity, ['projectId', 'supersededBy'], ['projectId', 'id'], {
  name: 'insight_superseded_fk',
})
@Check('insight_superseded_ck', 'superseded_by <> id')
// By its name: evidence is there before experiments and does not know them.
@ForeignKey('ExperimentEntity', ['projectId', 'stateExperimentId'], ['projectId', 'id'], {
  name: 'insight_state_experiment_fk',
})
@Check('insight_state_code_ck', `state_code IN ('refuted_by_experiment')`)
export class InsightEntity {
  @ForeignKey(() => ProjectEntity, 'id', { name: 'insight_project_fk' })
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'insight_pk' })
  projectId: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'insight_pk' })
  id: string;

  @Column({ type: 'text' })
  statement: string;

  @Column({ type: 'jsonb' })
  audience: InsightAudience;

  @Column({ type: 'uuid', nullable: true })
  questionId: string | null;

  @Column({ type: 'text', nullable: true })
  job: string | null;

  @Column({ type: 'text', nullable: true })
  firedSolution: string | null;

  @Column({ type: 'text', nullable: true })
  nextJob: string | null;

  /** What pushes and pulls them, and what holds them back. */
  @Column({ type: 'jsonb', nullable: true })
  forces: InsightForces | null;

  /** What made them give the old solution up. */
  @Column({ type: 'text', nullable: true })
  firingTrigger: string | null;

  /** From the first thought to the ongoing use, dated. */
  @Column({ type: 'jsonb', nullable: true })
  switchTimeline: SwitchMoment[] | null;

  @Column({ type: 'text' })
  state: InsightState;

  /** Why it stands so; null while it stands as it was made. */
  @Column({ type: 'text', nullable: true })
  stateReason: string | null;

  /** What brought it there, where an experiment did and not a member. */
  @Column({ type: 'text', nullable: true })
  stateCode: InsightStateCode | null;

  @Column({ type: 'uuid', nullable: true })
  stateExperimentId: string | null;

  /** The insight that says it better. */
  @Column({ type: 'uuid', nullable: true })
  supersededBy: string | null;

  /** After this the claim is to be looked at again. */
  @Column({ type: 'timestamptz', nullable: true })
  reviewBy: Date | null;

  @Column({ type: 'text', array: true })
  tags: string[];

  @Column({ type: 'uuid' })
  createdBy: string;

  @Column({ type: 'timestamptz' })
  createdAt: Date;
}
