import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { GateName, GateOutcome, GateReport } from '../../domain/evidence/gate-report.js';
import { ProjectEntity } from '../projects/project.entity.js';

/** Every answer of a gate, refusals too. Append-only. */
@Entity('gate_decision')
@Unique('gate_decision_answer_uq', ['projectId', 'id', 'subjectId', 'gate', 'outcome'])
@Index('gate_decision_subject_ix', ['projectId', 'subjectKey', 'decidedAt'])
@Check('gate_decision_gate_ck', `gate IN ('create', 'launch', 'decide')`)
@Check('gate_decision_outcome_ck', `outcome IN ('pass', 'refused')`)
export class GateDecisionEntity {
  @ForeignKey(() => ProjectEntity, 'id', { name: 'gate_decision_project_fk' })
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'gate_decision_pk' })
  projectId: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'gate_decision_pk' })
  id: string;

  @Column({ type: 'text' })
  gate: GateName;

  @Column({ type: 'text' })
  outcome: GateOutcome;

  /** The experiment it was asked for; after a refused create there is none with this id. */
  @Column({ type: 'uuid' })
  subjectId: string;

  @Column({ type: 'text' })
  subjectKey: string;

  @Column({ type: 'text' })
  policyProfile: string;

  @Column({ type: 'integer' })
  policyVersion: number;

  /** Digest of what the gate read, without anybody's words: equal input, equal answer. */
  @Column({ type: 'text' })
  inputDigest: string;

  @Column({ type: 'jsonb' })
  report: GateReport;

  @Column({ type: 'uuid' })
  decidedBy: string;

  @Column({ type: 'timestamptz' })
  decidedAt: Date;
}
