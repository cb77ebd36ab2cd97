import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import type {
  ConflictOfInterest,
  ParticipantKind,
  Population,
} from '../../../domain/evidence/dossier.js';
import { MemberEntity } from '../../projects/member.entity.js';
import { ProjectEntity } from '../../projects/project.entity.js';

@Entity('participant')
@Unique('participant_pseudonym_uq', ['projectId', 'pseudonym'])
@ForeignKey(() => ParticipantEntity, ['projectId', 'mergedInto'], ['projectId', 'id'], {
  name: 'participant_merged_fk',
})
@ForeignKey(() => MemberEntity, ['projectId', 'recruitedBy'], ['projectId', 'id'], {
  name: 'participant_recruited_fk',
})
@Check('participant_merged_ck', 'merged_into <> id')
export class ParticipantEntity {
  @ForeignKey(() => ProjectEntity, 'id', { name: 'participant_project_fk' })
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'participant_pk' })
  projectId: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'participant_pk' })
  id: string;

  @Column({ type: 'text' })
  pseudonym: string;

  @Column({ type: 'text' })
  kind: ParticipantKind;

  @Column({ type: 'text' })
  population: Population;

  @Column({ type: 'text', nullable: true })
  accountRef: string | null;

  @Column({ type: 'text', array: true })
  buyingRoles: string[];

  @Column({ type: 'text' })
  conflict: ConflictOfInterest;

  /** Name, e-mail and phone, sealed with the person's key; read by nobody but its own route. */
  @Column({ type: 'bytea', nullable: true })
  identitySealed: Buffer | null;

  /** The pseudonym this person turned out to be known under before. */
  @Column({ type: 'uuid', nullable: true })
  mergedInto: string | null;

  /** The member who found this person; their own friends count less, and are shown. */
  @Column({ type: 'uuid', nullable: true })
  recruitedBy: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  erasedAt: Date | null;

  @Column({ type: 'timestamptz' })
  createdAt: Date;
}
