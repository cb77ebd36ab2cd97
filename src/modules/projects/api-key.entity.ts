import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { KeyKind, Scope } from '../../platform/security/scopes.js';
import { MemberEntity } from './member.entity.js';
import { ProjectEntity } from './project.entity.js';

@Entity('api_key')
@Check('api_key_kind_ck', `kind IN ('secret', 'write', 'public')`)
@Check('api_key_member_ck', `(kind = 'secret') = (member_id IS NOT NULL)`)
@ForeignKey(() => MemberEntity, ['projectId', 'memberId'], ['projectId', 'id'], {
  name: 'api_key_member_fk',
})
export class ApiKeyEntity {
  @ForeignKey(() => ProjectEntity, 'id', { name: 'api_key_project_fk' })
  @Column({ type: 'uuid' })
  projectId: string;

  /** The public part of the secret, e.g. `sk_0123456789abcdef`. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'api_key_pk' })
  id: string;

  @Column({ type: 'text' })
  kind: KeyKind;

  @Column({ type: 'bytea' })
  digest: Buffer;

  @Column({ type: 'text', array: true })
  scopes: Scope[];

  @Column({ type: 'uuid', nullable: true })
  memberId: string | null;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'timestamptz' })
  createdAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  revokedAt: Date | null;
}
