import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize } from 'class-validator';
import {
  type Disposition,
  DISPOSITIONS,
  type Population,
  POPULATIONS,
} from '../../../domain/evidence/dossier.js';
import {
  Count,
  EnumOf,
  EnumsOf,
  Id,
  Maybe,
  Name,
  Nested,
  NestedList,
  Text,
  Texts,
} from '../../../platform/http/fields.js';
import type { InsightEntity } from './insight.entity.js';

/** Whom a claim is about. */
export class InsightAudienceDto {
  @EnumsOf(POPULATIONS, 'Population')
  populations: Population[];

  @Maybe()
  @Texts()
  stages?: string[];

  @Maybe()
  @Name()
  segment?: string;
}

/** A claim about people, without a solution in it. */
export class CreateInsightDto {
  @Text()
  statement: string;

  @Nested(() => InsightAudienceDto)
  audience: InsightAudienceDto;

  @Maybe()
  @Id()
  questionId?: string;

  /** What they are trying to get done. */
  @Maybe()
  @Text()
  job?: string;

  /** What they gave up for it. */
  @Maybe()
  @Text()
  firedSolution?: string;

  /** What they will want next. */
  @Maybe()
  @Text()
  nextJob?: string;

  @Maybe()
  @Texts()
  tags?: string[];
}

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

  @Maybe()
  @Text()
  reason?: string;
}

export class EvidenceEntryDto {
  id: string;
  quoteId?: string;
  interviewId?: string;
  @ApiProperty({ enum: DISPOSITIONS, enumName: 'Disposition' })
  disposition: Disposition;
  response?: string;
  reason?: string;
  /** Member who read it. */
  readerId: string;
  @ApiProperty({ format: 'date-time' })
  readAt: string;
}

export class EvidenceListDto {
  evidence: EvidenceEntryDto[];
}

export class InsightDto {
  id: string;
  statement: string;
  audience: InsightAudienceDto;
  questionId?: string;
  job?: string;
  firedSolution?: string;
  nextJob?: string;
  tags: string[];
  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  static from(insight: InsightEntity): InsightDto {
    return {
      id: insight.id,
      statement: insight.statement,
      audience: insight.audience as InsightAudienceDto,
      ...(insight.questionId === null ? {} : { questionId: insight.questionId }),
      ...(insight.job === null ? {} : { job: insight.job }),
      ...(insight.firedSolution === null ? {} : { firedSolution: insight.firedSolution }),
      ...(insight.nextJob === null ? {} : { nextJob: insight.nextJob }),
      tags: insight.tags,
      createdAt: insight.createdAt.toISOString(),
    };
  }
}

export class InsightWithEvidenceDto extends InsightDto {
  /** Every disposition given so far. */
  evidence: EvidenceEntryDto[];
}

/** Words people would use if the claim were wrong. */
export class RunNegativeSearchDto {
  @Texts()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  queries: string[];
}

export class SearchHitDto {
  interviewId: string;
  @ApiProperty({ type: 'integer' })
  turn: number;
  /** `query`: your words; `nearest`: added by us because it is near the claim. */
  @ApiProperty({ enum: ['query', 'nearest'], enumName: 'SearchHitSource' })
  source: string;
  /** The turn's words; absent when they were erased. */
  text?: string;
  @ApiProperty({ enum: DISPOSITIONS, enumName: 'Disposition' })
  disposition?: Disposition;
  response?: string;
}

export class NegativeSearchDto {
  id: string;
  insightId: string;
  queries: string[];
  @ApiProperty({ format: 'date-time' })
  ranAt: string;
  /** How many interviews were searched. */
  @ApiProperty({ type: 'integer' })
  interviewsSearched: number;
  hits: SearchHitDto[];
}

export class HitDispositionDto {
  @Id()
  interviewId: string;

  @Count(0, 1_000_000)
  turn: number;

  @EnumOf(DISPOSITIONS, 'Disposition')
  disposition: Disposition;

  /** Needed where the hit contradicts. */
  @Maybe()
  @Text()
  response?: string;
}

/** What each hit says about the claim. */
export class DispositionHitsDto {
  @NestedList(() => HitDispositionDto)
  hits: HitDispositionDto[];
}

export class InsightPageDto {
  data: InsightDto[];
  /** Send it as `cursor` for the next page; absent on the last one. */
  nextCursor?: string;
}
