import { Column, Entity, PrimaryColumn, Unique, VersionColumn } from 'typeorm';
import type { CostDeclarations } from '../../domain/money/costs.js';

@Entity('project')
@Unique('project_key_uq', ['key'])
export class ProjectEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'project_pk' })
  id: string;

  @Column({ type: 'text' })
  key: string;

  @Column({ type: 'text' })
  name: string;

  /** IANA zone: days and cron are read in it. */
  @Column({ type: 'text' })
  timezone: string;

  /** ISO 4217: the currency profit is reported in. */
  @Column({ type: 'text' })
  currency: string;

  @Column({ type: 'jsonb' })
  stages: string[];

  @Column({ type: 'jsonb' })
  costs: CostDeclarations;

  @VersionColumn()
  version: number;

  @Column({ type: 'timestamptz' })
  createdAt: Date;
}
