import {
  Check,
  Column,
  Entity,
  ForeignKey,
  Index,
  PrimaryColumn,
  Unique,
  VersionColumn,
} from 'typeorm';
import type { ExperimentDefinition, ExperimentKind } from '../../domain/experiments/definition.js';
import type { ExperimentState } from '../../domain/experiments/lifecycle.js';
import { ProjectEntity } from '../projects/project.entity.js';
import { GateDecisionEntity } from './gate-decision.entity.js';

/** No because, no row: an `ab` experiment points at its own passed create decision. */
@Entity('experiment')
@Unique('experiment_key_uq', ['projectId', 'key'])
@Index('experiment_status_ix', ['status'])
@Check('experiment_kind_ck', `kind IN ('ab', 'aa')`)
@Check(
  'experiment_status_ck',
  `status IN ('draft', 'running', 'paused', 'maturing', 'decided', 'stopped', 'archived')`,
)
@Check('experiment_because_ck', `kind = 'aa' OR create_decision_id IS NOT NULL`)
@Check('experiment_passed_ck', `create_gate = 'create' AND create_outcome = 'pass'`)
@ForeignKey(
  () => GateDecisionEntity,
  ['projectId', 'createDecisionId', 'id', 'createGate', 'createOutcome'],
  ['projectId', 'id', 'subjectId', 'gate', 'outcome'],
  { name: 'experiment_decision_fk' },
)
export class ExperimentEntity {
  @ForeignKey(() => ProjectEntity, 'id', { name: 'experiment_project_fk' })
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'experiment_pk' })
  projectId: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'experiment_pk' })
  id: string;

  @Column({ type: 'text' })
  key: string;

  @Column({ type: 'text' })
  kind: ExperimentKind;

  @Column({ type: 'text' })
  status: ExperimentState;

  @Column({ type: 'jsonb' })
  definition: ExperimentDefinition;

  @Column({ type: 'uuid', nullable: true })
  createDecisionId: string | null;

  @Column({ type: 'text', default: 'create' })
  createGate: string;

  @Column({ type: 'text', default: 'pass' })
  createOutcome: string;

  @Column({ type: 'timestamptz', nullable: true })
  launchedAt: Date | null;

  /** When enrolment ends by itself. */
  @Column({ type: 'timestamptz', nullable: true })
  enrolmentEndsAt: Date | null;

  /** When it ended: exposures from then on are outside the cohort. */
  @Column({ type: 'timestamptz', nullable: true })
  enrolmentEndedAt: Date | null;

  @VersionColumn()
  version: number;

  @Column({ type: 'uuid' })
  createdBy: string;

  @Column({ type: 'timestamptz' })
  createdAt: Date;
}
