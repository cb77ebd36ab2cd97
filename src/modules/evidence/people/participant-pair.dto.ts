import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import {
  PAIR_DECISIONS,
  PAIR_SOURCES,
  type PairDecision,
  type PairSource,
} from '../../../domain/evidence/people/merges.js';
import { EnumOf, Maybe, Text } from '../../../platform/http/fields.js';
import { PageQueryDto } from '../../../platform/http/page-query.dto.js';

const PAIR_STATES = ['undecided', ...PAIR_DECISIONS] as const;
export type PairState = (typeof PAIR_STATES)[number];

/** Which pairs of people. */
export class PairQueryDto extends PageQueryDto {
  /** Only those that wait for a decision, or were decided so; all when absent. */
  @Maybe()
  @EnumOf(PAIR_STATES, 'PairState')
  state?: PairState;
}

/** What a member found out about two pseudonyms. */
export class DecidePairDto {
  /** One person under two names, or two people. */
  @EnumOf(PAIR_DECISIONS, 'PairDecision')
  decision: PairDecision;

  /** How you know. */
  @Text()
  @Matches(/\S/u)
  reason: string;
}

export class PairPersonDto {
  participantId: string;
  pseudonym: string;
  accountRef?: string;
  /** Whether this person asked to be forgotten: then nothing can be decided any more. */
  erased: boolean;
  /** The interviews this person took part in: read them to tell. */
  @ApiProperty({ type: 'string', isArray: true, format: 'uuid' })
  interviewIds: string[];
}

/** Two pseudonyms that may be one person. */
export class PairDto {
  id: string;
  /** The two, by id. */
  people: PairPersonDto[];
  /** `identity`: the same e-mail address or telephone number; `likeness`: they talk alike. */
  @ApiProperty({ enum: PAIR_SOURCES, enumName: 'PairSource' })
  foundBy: PairSource;
  /** Share of the word pairs that both used, from 0.1 on; two people hardly ever reach 0.04. */
  likeness?: number;
  /** When it was noticed. */
  @ApiProperty({ format: 'date-time' })
  foundAt: string;
  /** Absent while nobody has decided; the gate counts the two as one until then. */
  @ApiProperty({ enum: PAIR_DECISIONS, enumName: 'PairDecision' })
  decision?: PairDecision;
  /** How they knew who decided. */
  reason?: string;
  /** Id of the member who decided. */
  decidedBy?: string;
  @ApiProperty({ format: 'date-time' })
  decidedAt?: string;
}

export class PairPageDto {
  data: PairDto[];
  /** Send it as `cursor` for the next page; absent on the last one. */
  nextCursor?: string;
}
