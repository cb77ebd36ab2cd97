import { ApiProperty } from '@nestjs/swagger';
import {
  MOMENTS,
  type Population,
  POPULATIONS,
  type TrackEntry,
} from '../../../domain/evidence/dossier.js';
import { type InsightForces, type SwitchMoment } from '../../../domain/evidence/insight.js';
import {
  INSIGHT_STATE_CODES,
  INSIGHT_STATES,
  type InsightState,
  type InsightStateCode,
} from '../../../domain/evidence/insight-state.js';
import {
  INSIGHT_EFFECTS,
  type InsightEffect,
  LEARNING_OUTCOMES,
  type LearningOutcome,
  MECHANISM_VERDICTS,
  type MechanismVerdict,
  METRIC_VERDICTS,
  type MetricVerdict,
} from '../../../domain/verdict/learning/outcome.js';
import {
  EnumOf,
  EnumsOf,
  Id,
  Instant,
  Maybe,
  Name,
  Nested,
  NestedList,
  Text,
  Texts,
} from '../../../platform/http/fields.js';
import { EvidenceEntryDto } from './evidence-entry.dto.js';
import type { InsightEntity } from './insight.entity.js';
import { ReadingDto } from './reading.dto.js';

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

/** What moves people from the old way to the new one, and what holds them; a sentence each. */
export class InsightForcesDto implements InsightForces {
  /** What drives them away from how it is. */
  @Maybe()
  @Text()
  push?: string;

  /** What draws them to the new. */
  @Maybe()
  @Text()
  pull?: string;

  /** What they fear about the new. */
  @Maybe()
  @Text()
  anxiety?: string;

  /** What keeps them with the old. */
  @Maybe()
  @Text()
  habit?: string;
}

/** One step from the first thought to the ongoing use. */
export class SwitchMomentDto implements SwitchMoment {
  /** Which step it is. */
  @EnumOf(MOMENTS, 'Moment')
  moment: (typeof MOMENTS)[number];

  /** An instant, or a date such as 2026-03-01; absent when nobody remembers. */
  @Maybe()
  @Name()
  at?: string;

  /** What happened then. */
  @Text()
  what: string;

  /** The words that tell of it. */
  @Maybe()
  @Texts()
  quoteIds?: string[];
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

  /** What pushes and pulls them, and what holds them back. */
  @Maybe()
  @Nested(() => InsightForcesDto)
  forces?: InsightForcesDto;

  /** What they gave up for it. */
  @Maybe()
  @Text()
  firedSolution?: string;

  /** What made them give it up. */
  @Maybe()
  @Text()
  firingTrigger?: string;

  /** What they will want next. */
  @Maybe()
  @Text()
  nextJob?: string;

  /** From the first thought to the ongoing use, step by step. */
  @Maybe()
  @NestedList(() => SwitchMomentDto)
  switchTimeline?: SwitchMomentDto[];

  /** After this the claim is to be looked at again. */
  @Maybe()
  @Instant()
  reviewBy?: string;

  @Maybe()
  @Texts()
  tags?: string[];
}

/** How a claim stands from now on. Its words never change: what was cited stays what it was. */
export class InsightStateDto {
  /** `contested`: something speaks against it that nobody has settled. */
  @EnumOf(INSIGHT_STATES, 'InsightState')
  state: InsightState;

  @Text()
  reason: string;

  /** With `superseded` only: the insight that says it better. */
  @Maybe()
  @Id()
  supersededBy?: string;
}

export class InsightDto {
  id: string;
  statement: string;
  audience: InsightAudienceDto;
  questionId?: string;
  job?: string;
  /** What pushes and pulls them, and what holds them back. */
  forces?: InsightForcesDto;
  firedSolution?: string;
  /** What made them give it up. */
  firingTrigger?: string;
  nextJob?: string;
  /** From the first thought to the ongoing use, step by step. */
  switchTimeline?: SwitchMomentDto[];
  /** Whether the claim stands: draft, asserted, contested, superseded or retired. */
  @ApiProperty({ enum: INSIGHT_STATES, enumName: 'InsightState' })
  state: InsightState;
  /** Why it stands so; absent while it stands as it was made. */
  stateReason?: string;
  /** What brought it there, where an experiment did and not a member. */
  @ApiProperty({ enum: INSIGHT_STATE_CODES, enumName: 'InsightStateCode' })
  stateCode?: InsightStateCode;
  /** The insight that says it better. */
  supersededBy?: string;
  /** After this the claim is to be looked at again. */
  @ApiProperty({ format: 'date-time' })
  reviewBy?: string;
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
      ...(insight.forces === null ? {} : { forces: insight.forces }),
      ...(insight.firedSolution === null ? {} : { firedSolution: insight.firedSolution }),
      ...(insight.firingTrigger === null ? {} : { firingTrigger: insight.firingTrigger }),
      ...(insight.nextJob === null ? {} : { nextJob: insight.nextJob }),
      ...(insight.switchTimeline === null
        ? {}
        : { switchTimeline: insight.switchTimeline as SwitchMomentDto[] }),
      ...standOf(insight),
      tags: insight.tags,
      createdAt: insight.createdAt.toISOString(),
    };
  }
}

function standOf(insight: InsightEntity) {
  return {
    state: insight.state,
    ...(insight.stateReason === null ? {} : { stateReason: insight.stateReason }),
    ...(insight.stateCode === null ? {} : { stateCode: insight.stateCode }),
    ...(insight.supersededBy === null ? {} : { supersededBy: insight.supersededBy }),
    ...(insight.reviewBy === null ? {} : { reviewBy: insight.reviewBy.toISOString() }),
  };
}

/** How the test of one variant ended that rested on the claim. */
export class InsightTrackDto {
  /** Key of the experiment. */
  experiment: string;

  variant: string;

  /** Whether the metric moved. */
  @ApiProperty({ enum: METRIC_VERDICTS, enumName: 'MetricVerdict' })
  metric: MetricVerdict;

  /** Whether the reason was right. */
  @ApiProperty({ enum: MECHANISM_VERDICTS, enumName: 'MechanismVerdict' })
  mechanism: MechanismVerdict;

  /** Both together. */
  @ApiProperty({ enum: LEARNING_OUTCOMES, enumName: 'LearningOutcome' })
  outcome: LearningOutcome;

  /** What it did to the claim. */
  @ApiProperty({ enum: INSIGHT_EFFECTS, enumName: 'InsightEffect' })
  effect: InsightEffect;

  /** Since when this holds. */
  @ApiProperty({ format: 'date-time' })
  learnedAt: string;

  static from({ at, ...entry }: TrackEntry): InsightTrackDto {
    const { experiment, variant, metric, mechanism, outcome, effect } = entry;
    return {
      experiment,
      variant,
      metric,
      mechanism,
      outcome,
      effect,
      learnedAt: at.toISOString(),
    };
  }
}

export class InsightWithEvidenceDto extends InsightDto {
  /**
   * Every disposition given so far. A member with passages open for a blind reading sees only their
   * own until the last of them is given.
   */
  evidence: EvidenceEntryDto[];
  /** True while the caller has passages open for a blind reading. */
  blind: boolean;
  /** What second readers thought, each before seeing the first opinion. */
  readings: ReadingDto[];
  /** How the experiments ended that rested on it, oldest first, as the last reading left them. */
  trackRecord: InsightTrackDto[];
}

export class InsightPageDto {
  data: InsightDto[];
  /** Send it as `cursor` for the next page; absent on the last one. */
  nextCursor?: string;
}
