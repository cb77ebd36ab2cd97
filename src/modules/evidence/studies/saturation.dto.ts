import { ApiProperty } from '@nestjs/swagger';
import type { NotComputed } from '../../../stats/outcome.js';
import {
  type Saturation,
  SATURATION_ADVICE,
  type SaturationAdvice,
  type SaturationLevel,
  type SaturationRule,
} from '../../../domain/evidence/measures/saturation.js';

/** What the order of the interviews did to the answer. */
export class SaturationOrdersDto {
  /** Share of random orders that reached it, 0 to 1. */
  reachedShare: number;
  /** Interviews it took in the middle of those orders; absent when none reached it. */
  @ApiProperty({ type: 'integer' })
  median?: number;
  /** The same at the 5th percentile. */
  @ApiProperty({ type: 'integer' })
  p5?: number;
  /** The same at the 95th percentile. */
  @ApiProperty({ type: 'integer' })
  p95?: number;
}

/** One variant of Guest's rule: how many confirming interviews, and how much may still be new. */
export class SaturationRuleDto {
  /** Interviews that have to confirm. */
  @ApiProperty({ type: 'integer' })
  run: number;
  /** Share of the base that may still be new. */
  threshold: number;
  /** False while there are too few interviews for one run. */
  judged: boolean;
  /** Interviews before the run that confirmed; absent when it was not reached. */
  @ApiProperty({ type: 'integer' })
  after?: number;
  /** The same over random orders of the same interviews. */
  orders: SaturationOrdersDto;
}

export class DiscoveryPointDto {
  /** After how many interviews. */
  @ApiProperty({ type: 'integer' })
  interviews: number;
  /** Different codes found by then, in the order the talks ended. */
  @ApiProperty({ type: 'integer' })
  found: number;
  /** The average over all orders. */
  expected: number;
}

/** Saturation at one level of the codebook. */
export class SaturationLevelDto {
  /** Different codes used. */
  @ApiProperty({ type: 'integer' })
  codes: number;
  /** Share of the codes that one interview alone has, 0 to 1. */
  singletonShare: number;
  /** The four variants of the rule. */
  rules: SaturationRuleDto[];
  /** How many codes were found after each interview. */
  discovery: DiscoveryPointDto[];
  /** New codes that two more interviews of the same kind would bring. */
  expectedNew: number;
}

/** Whether later talks were shorter, which alone can look like saturation. */
export class SaturationWordsDto {
  /** Median words of the first half. */
  early: number;
  /** Median words of the last half. */
  late: number;
  /** Whether the late ones are much shorter. */
  shortened: boolean;
}

export class SaturationNotComputedDto {
  /** Stable reason, such as too-few. */
  reason: string;
  /** The same in words. */
  detail: string;
}

/** Whether interviews still bring anything new. Shown, never a condition to pass. */
export class SaturationDto {
  /** Interviews of the study with at least one coded quote. */
  @ApiProperty({ type: 'integer' })
  interviews: number;
  /** Interviews of the study without any; they are left out. */
  @ApiProperty({ type: 'integer' })
  uncoded: number;
  /** With the codes as they were given. */
  fine?: SaturationLevelDto;
  /** With each code's parent: merging codes reaches saturation sooner, so both are shown. */
  oneLevelUp?: SaturationLevelDto;
  /** Whether later talks were shorter. */
  wordsPerInterview?: SaturationWordsDto;
  /** What to do next. */
  @ApiProperty({ enum: SATURATION_ADVICE, enumName: 'SaturationAdvice', required: false })
  advice?: SaturationAdvice;
  /** The same in words. */
  sentence?: string;
  /** There instead of everything else when it cannot be computed. */
  notComputed?: SaturationNotComputedDto;

  static from(
    found: Saturation | NotComputed,
    counts: { interviews: number; uncoded: number },
  ): SaturationDto {
    if (!found.ok) {
      return { ...counts, notComputed: { reason: found.reason, detail: found.detail } };
    }
    const { fine, oneLevelUp, words, advice, sentence } = found;
    return {
      ...counts,
      fine: levelDto(fine),
      ...(oneLevelUp === null ? {} : { oneLevelUp: levelDto(oneLevelUp) }),
      ...(words === null ? {} : { wordsPerInterview: words }),
      advice,
      sentence,
    };
  }
}

function levelDto(level: SaturationLevel): SaturationLevelDto {
  const { codes, singletonShare, discovery, expectedNew } = level;
  return {
    codes,
    singletonShare,
    rules: level.rules.map(ruleDto),
    discovery: [...discovery],
    expectedNew,
  };
}

function ruleDto({ run, threshold, judged, after, orders }: SaturationRule): SaturationRuleDto {
  const { reachedShare, median, p5, p95 } = orders;
  return {
    run,
    threshold,
    judged,
    ...(after === null ? {} : { after }),
    orders: {
      reachedShare,
      ...(median === null ? {} : { median }),
      ...(p5 === null ? {} : { p5 }),
      ...(p95 === null ? {} : { p95 }),
    },
  };
}
