import { ApiProperty } from '@nestjs/swagger';
import { type Disposition, DISPOSITIONS } from '../../../domain/evidence/dossier.js';
import { EnumOf, Id, Maybe, NestedList, Text } from '../../../platform/http/fields.js';

/** How one quote, or one whole interview, bears on the claim. */
export class EvidenceInputDto {
  @Maybe()
  @Id()
  quoteId?: string;

  /** Instead of a quote: the interview as a whole, e.g. asked and not mentioned. */
  @Maybe()
  @Id()
  interviewId?: string;

  @EnumOf(DISPOSITIONS, 'Disposition')
  disposition: Disposition;

  /** The written answer; a contradiction without one blocks the gate. */
  @Maybe()
  @Text()
  response?: string;

  /** Needed where a whole interview is `excluded`, and then from the closed list of the ledger. */
  @Maybe()
  @Text()
  reason?: string;
}

/** One entry, or many in `evidence`. */
export class AttachEvidenceDto {
  @Maybe()
  @NestedList(() => EvidenceInputDto)
  evidence?: EvidenceInputDto[];

  @Maybe()
  @Id()
  quoteId?: string;

  @Maybe()
  @Id()
  interviewId?: string;

  @Maybe()
  @EnumOf(DISPOSITIONS, 'Disposition')
  disposition?: Disposition;

  @Maybe()
  @Text()
  response?: string;

  /** Needed where a whole interview is `excluded`, and then from the closed list of the ledger. */
  @Maybe()
  @Text()
  reason?: string;
}

export class EvidenceEntryDto {
  id: string;
  quoteId?: string;
  interviewId?: string;
  /** Absent, with the answer and the reader, while the caller reads blind and it is not theirs. */
  @ApiProperty({ enum: DISPOSITIONS, enumName: 'Disposition', required: false })
  disposition?: Disposition;
  response?: string;
  reason?: string;
  /** Member who read it. */
  readerId?: string;
  @ApiProperty({ format: 'date-time' })
  readAt: string;
}

export class EvidenceListDto {
  evidence: EvidenceEntryDto[];
}
