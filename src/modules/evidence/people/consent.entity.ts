import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { ConsentScope } from '../../../domain/evidence/dossier.js';
import { ParticipantEntity } from './participant.entity.js';

@Entity('consent')
@ForeignKey(() => ParticipantEntity, ['projectId', 'participantId'], ['projectId', 'id'], {
  name: 'consent_participant_fk',
})
@Index('consent_participant_ix', ['projectId', 'participantId'])
export class ConsentEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'consent_pk' })
  projectId: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'consent_pk' })
  id: string;

  @Column({ type: 'uuid' })
  participantId: string;

  @Column({ type: 'text', array: true })
  scopes: ConsentScope[];

  @Column({ type: 'timestamptz' })
  givenAt: Date;

  @Column({ type: 'text' })
  how: string;

  @Column({ type: 'text' })
  noticeVersion: string;

  @Column({ type: 'timestamptz', nullable: true })
  retainUntil: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  withdrawnAt: Date | null;

  @Column({ type: 'timestamptz' })
  createdAt: Date;
}
