import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { QuestionState } from '../../../domain/evidence/study.js';
import { ProjectEntity } from '../../projects/project.entity.js';

@Entity('question')
export class QuestionEntity {
  @ForeignKey(() => ProjectEntity, 'id', { name: 'question_project_fk' })
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'question_pk' })
  projectId: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'question_pk' })
  id: string;

  @Column({ type: 'text' })
  text: string;

  /** The number that moved: what, never why. */
  @Column({ type: 'jsonb', nullable: true })
  signal: object | null;

  @Column({ type: 'text', array: true })
  tags: string[];

  @Column({ type: 'text' })
  state: QuestionState;

  /** What the interviews answered; null while it is open. */
  @Column({ type: 'text', nullable: true })
  answer: string | null;

  @Column({ type: 'timestamptz' })
  stateChangedAt: Date;

  @Column({ type: 'timestamptz' })
  createdAt: Date;
}
