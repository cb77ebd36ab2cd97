import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { InterviewMethod, Population } from '../../../domain/evidence/dossier.js';
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

  @Column({ type: 'timestamptz' })
  createdAt: Date;
}
