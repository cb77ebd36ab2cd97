import { Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import type { Metric } from '../../domain/metrics/metric.js';
import { ProjectEntity } from '../projects/project.entity.js';

@Entity('metric')
@Unique('metric_key_uq', ['projectId', 'key'])
export class MetricEntity {
  @ForeignKey(() => ProjectEntity, 'id', { name: 'metric_project_fk' })
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'metric_pk' })
  projectId: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'metric_pk' })
  id: string;

  @Column({ type: 'text' })
  key: string;

  /** As declared; a running test has its own copy in the frozen plan. */
  @Column({ type: 'jsonb' })
  definition: Metric;

  @Column({ type: 'timestamptz' })
  createdAt: Date;
}
