import { Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { ProjectEntity } from './project.entity.js';

@Entity('department')
@Unique('department_key_uq', ['projectId', 'key'])
export class DepartmentEntity {
  @ForeignKey(() => ProjectEntity, 'id', { name: 'department_project_fk' })
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'department_pk' })
  projectId: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'department_pk' })
  id: string;

  @Column({ type: 'text' })
  key: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text', array: true })
  stages: string[];

  @Column({ type: 'text', array: true })
  touchpoints: string[];

  @Column({ type: 'timestamptz' })
  createdAt: Date;
}
