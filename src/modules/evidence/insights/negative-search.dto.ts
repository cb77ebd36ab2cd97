import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize } from 'class-validator';
import { type Disposition, DISPOSITIONS } from '../../../domain/evidence/dossier.js';
import {
  Count,
  EnumOf,
  Id,
  Maybe,
  NestedList,
  Text,
  Texts,
} from '../../../platform/http/fields.js';

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
