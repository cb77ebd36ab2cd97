import { ApiProperty } from '@nestjs/swagger';
import { EnumOf, EnumsOf, Id, Key, Maybe, Name, Texts } from '../../../platform/http/fields.js';
import { KEY_KINDS, type KeyKind, type Scope, SCOPES } from '../../../platform/security/scopes.js';
import type { ApiKeyEntity } from '../api-key.entity.js';
import type { DepartmentEntity } from '../department.entity.js';
import type { MemberEntity } from '../member.entity.js';

/** Somebody who acts in the project. */
export class CreateMemberDto {
  /** The name shown beside what they did. */
  @Name()
  name: string;

  /** Keys of the departments they belong to. */
  @Maybe()
  @Texts()
  departments?: string[];
}

export class MemberDto {
  id: string;
  name: string;
  departments: string[];
  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  static from(member: MemberEntity): MemberDto {
    return {
      id: member.id,
      name: member.name,
      departments: member.departments,
      createdAt: member.createdAt.toISOString(),
    };
  }
}

/** A department that owns stages, touchpoints and their side effects. */
export class CreateDepartmentDto {
  @Key()
  key: string;

  @Name()
  name: string;

  /** Stages of the funnel it owns. */
  @Maybe()
  @Texts()
  stages?: string[];

  /** Places where people meet it: demo, invoice, support ... */
  @Maybe()
  @Texts()
  touchpoints?: string[];
}

export class DepartmentDto {
  id: string;
  key: string;
  name: string;
  stages: string[];
  touchpoints: string[];
  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  static from(department: DepartmentEntity): DepartmentDto {
    return {
      id: department.id,
      key: department.key,
      name: department.name,
      stages: department.stages,
      touchpoints: department.touchpoints,
      createdAt: department.createdAt.toISOString(),
    };
  }
}

/** A key for a program (secret, write) or a page (public). */
export class CreateKeyDto {
  @EnumOf(KEY_KINDS, 'KeyKind')
  kind: KeyKind;

  /** What it is for, so that it can be found again. */
  @Name()
  name: string;

  /** What a secret key may do; never more than the key that creates it. Fixed for other kinds. */
  @Maybe()
  @EnumsOf(SCOPES, 'Scope')
  scopes?: Scope[];

  /** The member a secret key acts as. */
  @Maybe()
  @Id()
  member?: string;
}

export class KeyDto {
  /** The public part: it finds the key and does not open anything. */
  id: string;
  @ApiProperty({ enum: KEY_KINDS, enumName: 'KeyKind' })
  kind: KeyKind;
  name: string;
  @ApiProperty({ enum: SCOPES, enumName: 'Scope', isArray: true })
  scopes: Scope[];
  /** The member a secret key acts as. */
  member?: string;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  static from(key: ApiKeyEntity): KeyDto {
    return {
      id: key.id,
      kind: key.kind,
      name: key.name,
      scopes: key.scopes,
      ...(key.memberId === null ? {} : { member: key.memberId }),
      createdAt: key.createdAt.toISOString(),
    };
  }
}

export class CreatedKeyDto extends KeyDto {
  /** The whole key. Shown this once; only a digest is stored. */
  secret: string;
}
