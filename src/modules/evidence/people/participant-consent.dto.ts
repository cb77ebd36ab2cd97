import { ApiProperty } from '@nestjs/swagger';
import { CONSENT_SCOPES, type ConsentScope } from '../../../domain/evidence/dossier.js';
import {
  RETENTION_REASONS,
  type RetentionReason,
} from '../../../domain/evidence/people/retention.js';
import { Maybe, Text } from '../../../platform/http/fields.js';
import { PageQueryDto } from '../../../platform/http/page-query.dto.js';

/** For which scopes. */
export class ReconsentQueryDto extends PageQueryDto {
  /** Scopes with commas between them; `product_decisions,quote_internal` when absent. */
  @Maybe()
  @Text()
  scopes?: string;
}

/** Somebody to be asked again. */
export class ReconsentDto {
  participantId: string;
  pseudonym: string;
  /** What no consent in force covers. */
  @ApiProperty({ enum: CONSENT_SCOPES, enumName: 'ConsentScope', isArray: true })
  missingScopes: ConsentScope[];
  /** The consent given last, in force or not; absent when there is none. */
  lastConsentId?: string;
  /** Interviews with words of theirs that wait for the consent. */
  @ApiProperty({ type: 'string', isArray: true, format: 'uuid' })
  interviewIds: string[];
}

export class ReconsentPageDto {
  data: ReconsentDto[];
  /** Send it as `cursor` for the next page; absent on the last one. */
  nextCursor?: string;
}

/** Somebody who will be erased unless they consent again. */
export class RetentionDto {
  participantId: string;
  pseudonym: string;
  /** From when on nothing entitles us to keep their words. */
  @ApiProperty({ format: 'date-time' })
  dueAt: string;
  /** The last consent ends by its date, or 30 days after it was withdrawn. */
  @ApiProperty({ enum: RETENTION_REASONS, enumName: 'RetentionReason' })
  why: RetentionReason;
}

export class RetentionPageDto {
  data: RetentionDto[];
  /** Send it as `cursor` for the next page; absent on the last one. */
  nextCursor?: string;
}
