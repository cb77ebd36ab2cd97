import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { InterviewMethod, Population } from '../../../domain/evidence/dossier.js';
import type { GuideQuestion, PlannedPeople } from '../../../domain/evidence/study.js';
import { ProjectEntity } from '../../projects/project.entity.js';
import { QuestionEntity } from './question.entity.js';

@Entity('study')
@ForeignKey(() => QuestionEntity, ['projectId', 'questionId'], ['projectId', 'id'], {
  name: 'study_question_fk',
})
export class StudyEntity {
  @ForeignKey(() => ProjectEntity, 'id', { name: 'study_project_fk' })
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'study_pk' })
  projectId: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'study_pk' })
  id: string;

  @Column({ type: 'uuid', nullable: true })
  questionId: string | null;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text' })
  method: InterviewMethod;

  @Column({ type: 'text' })
  population: Population;

  @Column({ type: 'integer' })
  plannedInterviews: number;

  @Column({ type: 'text', nullable: true })
  anchorEvent: string | null;

  @Column({ type: 'text', nullable: true })
  guide: string | null;

  /** Key of the template it was made from. */
  @Column({ type: 'text', nullable: true })
  template: string | null;

  /** Typed questions of the guide. */
  @Column({ type: 'jsonb', nullable: true })
  guideQuestions: GuideQuestion[] | null;

  /** Who is to be heard. */
  @Column({ type: 'jsonb', nullable: true })
  peoplePlan: PlannedPeople[] | null;

  /** When enough has been heard, as it was written before the first talk. */
  @Column({ type: 'text', nullable: true })
  stoppingRule: string | null;

  @Column({ type: 'timestamptz' })
  createdAt: Date;
}
