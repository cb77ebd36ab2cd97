import { ApiProperty } from '@nestjs/swagger';
import {
  BUYING_ROLES,
  CONFLICTS,
  type ConflictOfInterest,
  CONSENT_SCOPES,
  CONSENT_WAYS,
  type ConsentScope,
  PARTICIPANT_KINDS,
  type ParticipantKind,
  type Population,
  POPULATIONS,
} from '../../../domain/evidence/dossier.js';
import {
  EnumOf,
  EnumsOf,
  Id,
  Instant,
  Maybe,
  Name,
  Nested,
} from '../../../platform/http/fields.js';
import type { ConsentEntity } from './consent.entity.js';
import type { ParticipantEntity } from './participant.entity.js';

/** Who the person really is. Kept sealed in the vault and shown nowhere. */
export class IdentityDto {
  @Maybe()
  @Name()
  name?: string;

  @Maybe()
  @Name()
  email?: string;

  @Maybe()
  @Name()
  phone?: string;
}

/** What somebody agreed to. Citing their words takes `product_decisions` and `quote_internal`. */
export class CreateConsentDto {
  @EnumsOf(CONSENT_SCOPES, 'ConsentScope')
  scopes: ConsentScope[];

  @Instant()
  givenAt: string;

  /** How they agreed. */
  @EnumOf(CONSENT_WAYS, 'ConsentWay')
  how: string;

  /** Version of the notice they were shown. */
  @Name()
  noticeVersion: string;

  /** Until when their words may be kept, ten years at most; the project's default when absent. */
  @Maybe()
  @Instant()
  retainUntil?: string;
}

/** Somebody we heard, under a pseudonym. */
export class CreateParticipantDto {
  /** The name they go by everywhere; never their real one. */
  @Name()
  pseudonym: string;

  /** `synthetic` people are made by a model and never count. */
  @EnumOf(PARTICIPANT_KINDS, 'ParticipantKind')
  kind: ParticipantKind;

  /** What they are to us today. What they have lived through is said per interview (speaksFor). */
  @EnumOf(POPULATIONS, 'Population')
  population: Population;

  /** Pseudonymous reference of their company or household. */
  @Maybe()
  @Name()
  accountRef?: string;

  @Maybe()
  @EnumsOf(BUYING_ROLES, 'BuyingRole')
  buyingRoles?: string[];

  /** Who they really are: goes to the vault only. */
  @Maybe()
  @Nested(() => IdentityDto)
  identity?: IdentityDto;

  /** What ties them to us; anything but `none` keeps them from counting for an outside audience. */
  @Maybe()
  @EnumOf(CONFLICTS, 'ConflictOfInterest')
  conflict?: ConflictOfInterest;

  /** Id of the member who found this person. */
  @Maybe()
  @Id()
  recruitedBy?: string;

  /** What they agreed to, where it is known already; more can be recorded later. */
  @Maybe()
  @Nested(() => CreateConsentDto)
  consent?: CreateConsentDto;
}

export class ParticipantDto {
  id: string;
  pseudonym: string;
  @ApiProperty({ enum: PARTICIPANT_KINDS, enumName: 'ParticipantKind' })
  kind: ParticipantKind;
  @ApiProperty({ enum: POPULATIONS, enumName: 'Population' })
  population: Population;
  accountRef?: string;
  buyingRoles: string[];
  @ApiProperty({ enum: CONFLICTS, enumName: 'ConflictOfInterest' })
  conflict: ConflictOfInterest;
  /** Id of the member who found this person. */
  recruitedBy?: string;
  /** Whether the vault knows who they are. */
  identityKnown: boolean;
  /** Id of the pseudonym a member found to be the same person, known longer. */
  mergedInto?: string;
  /** Other pseudonyms that may be the same person and wait for a decision; absent when there are none. */
  @ApiProperty({ type: 'integer' })
  undecidedPairs?: number;
  /** When their words were erased, at their request or because their retention ended. */
  @ApiProperty({ format: 'date-time' })
  erasedAt?: string;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  static from(person: ParticipantEntity, undecidedPairs = 0): ParticipantDto {
    return {
      id: person.id,
      pseudonym: person.pseudonym,
      kind: person.kind,
      population: person.population,
      ...(person.accountRef === null ? {} : { accountRef: person.accountRef }),
      buyingRoles: person.buyingRoles,
      conflict: person.conflict,
      ...(person.recruitedBy === null ? {} : { recruitedBy: person.recruitedBy }),
      identityKnown: person.identitySealed !== null,
      ...(person.mergedInto === null ? {} : { mergedInto: person.mergedInto }),
      ...(undecidedPairs === 0 ? {} : { undecidedPairs }),
      ...(person.erasedAt === null ? {} : { erasedAt: person.erasedAt.toISOString() }),
      createdAt: person.createdAt.toISOString(),
    };
  }
}

export class ConsentDto {
  id: string;
  participantId: string;
  @ApiProperty({ enum: CONSENT_SCOPES, enumName: 'ConsentScope', isArray: true })
  scopes: ConsentScope[];
  @ApiProperty({ format: 'date-time' })
  givenAt: string;
  how: string;
  noticeVersion: string;
  @ApiProperty({ format: 'date-time' })
  retainUntil?: string;
  @ApiProperty({ format: 'date-time' })
  withdrawnAt?: string;

  static from(consent: ConsentEntity): ConsentDto {
    return {
      id: consent.id,
      participantId: consent.participantId,
      scopes: consent.scopes,
      givenAt: consent.givenAt.toISOString(),
      how: consent.how,
      noticeVersion: consent.noticeVersion,
      ...(consent.retainUntil === null ? {} : { retainUntil: consent.retainUntil.toISOString() }),
      ...(consent.withdrawnAt === null ? {} : { withdrawnAt: consent.withdrawnAt.toISOString() }),
    };
  }
}

export class CreatedParticipantDto extends ParticipantDto {
  /** The consent that was sent along, with its id. */
  consent?: ConsentDto;
}

/** A place in something a member wrote; never the words. */
export class FreeTextPlaceDto {
  /** What sort of thing it is, such as experiment, idea or insight. */
  objectType: string;
  objectId: string;
  /** JSON Pointer into the thing. */
  pointer: string;
}

export class ErasureReceiptDto {
  participantId: string;
  /** Their key is destroyed: nothing sealed with it can be read again, in back-ups either. */
  @ApiProperty({ format: 'date-time' })
  erasedAt: string;
  /** Turns and observations that can no longer be read. */
  @ApiProperty({ type: 'integer' })
  passages: number;
  /** Quotes that can no longer be read; what rests on them no longer passes a gate. */
  @ApiProperty({ type: 'integer' })
  quotes: number;
  /** Other pseudonyms found to be the same person, whose words are still kept: erase them too. */
  @ApiProperty({ type: 'string', isArray: true, format: 'uuid' })
  otherPseudonyms: string[];
  /**
   * Where members wrote six or more words of theirs into texts of their own, to be cleaned by hand; no
   * more than 500 places. Only in the first receipt: nobody can look for words that are gone.
   */
  freeText?: FreeTextPlaceDto[];
}
