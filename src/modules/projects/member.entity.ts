import { Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { ProjectEntity } from './project.entity.js';

@Entity('member')
@Unique('member_name_uq', ['projectId', 'name'])
export class MemberEntity {
  @ForeignKey(() => ProjectEntity, 'id', { name: 'member_project_fk' })
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'member_pk' })
  projectId: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'member_pk' })
  id: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text', array: true })
  departments: string[];

  @Column({ type: 'timestamptz' })
  createdAt: Date;
}
