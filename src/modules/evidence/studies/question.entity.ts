import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
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

  @Column({ type: 'timestamptz' })
  createdAt: Date;
}
