import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsString, Matches } from 'class-validator';
import { UNIT_KINDS, type UnitKind } from '../../../domain/experiments/definition.js';
import { EnumOf, Maybe, Name, Texts } from '../../../platform/http/fields.js';

/** The second is for the time in which a secret is exchanged. */
export const SIGNING_SECRETS_MAX = 2;
const SIGNING_SECRET = /^whsec_[A-Za-z0-9+/=_-]{16,128}$/;
/** What Stripe allows as a name of metadata, without the brackets it refuses. */
const METADATA_NAME = /^[^[\]\p{Cc}]{1,40}$/u;

/** How Stripe is connected. What GET answers can be sent back, edited. */
export class ConnectStripeDto {
  /**
   * Signing secrets of the webhook endpoint, as Stripe shows them: one, or two while they are
   * exchanged. Never answered. The ones that are stored stay when it is absent.
   */
  @Maybe()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(SIGNING_SECRETS_MAX)
  @IsString({ each: true })
  @Matches(SIGNING_SECRET, { each: true })
  @ApiProperty({
    type: 'array',
    items: { type: 'string', pattern: SIGNING_SECRET.source },
    minItems: 1,
    maxItems: SIGNING_SECRETS_MAX,
    writeOnly: true,
  })
  signingSecrets?: string[];

  /** What kind of unit the metadata name. */
  @EnumOf(UNIT_KINDS, 'UnitKind')
  unit: UnitKind;

  /** The member of Stripe’s metadata that holds the id of the unit; `user_id` when absent. */
  @Maybe()
  @IsString()
  @Matches(METADATA_NAME)
  @ApiProperty({ type: 'string', minLength: 1, maxLength: 40 })
  unitMetadata?: string;

  /** Read-only. */
  @Maybe()
  @Texts()
  secretEndings?: string[];

  /** Read-only. */
  @Maybe()
  @Name()
  changedAt?: string;
}

/** How Stripe is connected, without the secrets. */
export class StripeConnectionDto {
  /** What kind of unit the metadata name. */
  @ApiProperty({ enum: UNIT_KINDS, enumName: 'UnitKind' })
  unit: UnitKind;

  /** The member of Stripe’s metadata that holds the id of the unit. */
  unitMetadata: string;

  /** The last four characters of each signing secret that is in force, to tell them apart. */
  secretEndings: string[];

  /** When it was connected or changed last. */
  @ApiProperty({ format: 'date-time' })
  changedAt: string;
}
