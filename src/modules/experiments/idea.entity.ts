import { Column, Entity, ForeignKey, PrimaryColumn, VersionColumn } from 'typeorm';
import { ProjectEntity } from '../projects/project.entity.js';
import type { IdeaBodyDto } from './dto/experiment-body.dto.js';

@Entity('idea')
export class IdeaEntity {
  @ForeignKey(() => ProjectEntity, 'id', { name: 'idea_project_fk' })
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'idea_pk' })
  projectId: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'idea_pk' })
  id: string;

  @Column({ type: 'jsonb' })
  body: IdeaBodyDto;

  @VersionColumn()
  version: number;

  @Column({ type: 'uuid' })
  createdBy: string;

  @Column({ type: 'timestamptz' })
  createdAt: Date;
}
