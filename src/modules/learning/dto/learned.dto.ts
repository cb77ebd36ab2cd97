import { ApiProperty } from '@nestjs/swagger';
import {
  INSIGHT_EFFECTS,
  type InsightEffect,
  LEARNED_FROM,
  type Learned,
  type LearnedFrom,
  LEARNING_OUTCOMES,
  type LearningOutcome,
  MECHANISM_VERDICTS,
  type MechanismVerdict,
  METRIC_VERDICTS,
  type MetricVerdict,
} from '../../../domain/verdict/learning/outcome.js';
import { LINK_VERDICTS, type LinkVerdict } from '../../../domain/verdict/chain.js';
import { LINK_JUDGES, type LinkJudge } from '../../../domain/verdict/learning/judged-links.js';
import type { LinkFacts } from '../../../domain/verdict/learning/learned-facts.js';
import type { KeptSurprise } from '../../../domain/verdict/learning/learning.js';
import { SURPRISE_CODES, type SurpriseCode } from '../../../domain/verdict/learning/surprise.js';

/** What the test did to one claim that it rested on. */
export class LearnedInsightDto {
  @ApiProperty({ format: 'uuid' })
  insightId: string;

  /** `contested`: the reason that rests on it was refuted. `weakened`: it won, and not for this reason. */
  @ApiProperty({ enum: INSIGHT_EFFECTS, enumName: 'InsightEffect' })
  effect: InsightEffect;
}

/** Two verdicts of one variant, side by side: whether the metric moved, and whether the reason was right. */
export class LearnedDto implements Learned {
  variant: string;

  /** Whether it moved; `not_computed` while there is no number, or its time is not over. */
  @ApiProperty({ enum: METRIC_VERDICTS, enumName: 'MetricVerdict' })
  metric: MetricVerdict;

  /** The metric this is about: the predicted one, else the one that decides. */
  metricKey: string;

  /** Whether it went where it was predicted to go; absent while that cannot be said. */
  asPredicted?: boolean;

  /** Whether the reason was right; `unknown` where nothing tells. */
  @ApiProperty({ enum: MECHANISM_VERDICTS, enumName: 'MechanismVerdict' })
  mechanism: MechanismVerdict;

  /**
   * Both together. `understood_win`: it moved, for the reason given. `lucky_win`: it moved for another
   * reason; it may ship and cannot be cited. `broken_chain`: the reason was right and the metric did
   * not follow. `refuted`: neither. `open`: one of the two is not known.
   */
  @ApiProperty({ enum: LEARNING_OUTCOMES, enumName: 'LearningOutcome' })
  outcome: LearningOutcome;

  /** Why the metric counts as it does. */
  metricReasons: string[];

  /** Why the reason counts as it does: links, experience, the falsifier, people who met the change. */
  reasons: string[];

  /** What it did to each insight the test rested on. */
  insights: LearnedInsightDto[];

  /** What brought this state: the decision, a re-read, or people who were heard since. */
  @ApiProperty({ enum: LEARNED_FROM, enumName: 'LearnedFrom' })
  from: LearnedFrom;

  /** Since when this holds. */
  @ApiProperty({ format: 'date-time' })
  learnedAt: string;
}

/** One link on the way before the money, as this variant has it. */
export class TestedLinkDto {
  from: string;

  to: string;

  /** Absent while nobody has judged it. */
  @ApiProperty({ enum: LINK_VERDICTS, enumName: 'LinkVerdict' })
  verdict?: LinkVerdict;

  /** Who judged it. */
  @ApiProperty({ enum: LINK_JUDGES, enumName: 'LinkJudge' })
  by?: LinkJudge;
}

/** Something that came out other than was said before; what people answered is with the decision. */
export class FoundSurpriseDto {
  @ApiProperty({ enum: SURPRISE_CODES, enumName: 'SurpriseCode' })
  code: SurpriseCode;

  /** The metric or department it is about. */
  subject?: string;

  /** What was computed; absent where only people were surprised. */
  sentence?: string;
}

/** What one variant taught. */
export class LearnedVariantDto extends LearnedDto {
  /** The links from the change on, without those to the money. */
  links: TestedLinkDto[];

  /** Those of this variant, and those of no variant in particular. */
  surprises: FoundSurpriseDto[];
}

/** What an experiment taught, as it stands now. */
export class ExperimentLearningDto {
  /** By variant; empty before a decision. */
  variants: LearnedVariantDto[];
}

export function learnedVariant(
  learned: Learned,
  links: readonly LinkFacts[],
  surprises: readonly KeptSurprise[],
): LearnedVariantDto {
  return {
    ...learned,
    metricReasons: [...learned.metricReasons],
    reasons: [...learned.reasons],
    insights: [...learned.insights],
    links: links.map(({ from, to, verdict, by }) => ({
      from,
      to,
      ...(verdict === null ? {} : { verdict }),
      ...(by === null ? {} : { by }),
    })),
    surprises: surprises
      .filter(({ variant }) => variant === undefined || variant === learned.variant)
      .map(({ code, subject, sentence }) => ({
        code,
        ...(subject === undefined ? {} : { subject }),
        ...(sentence === undefined ? {} : { sentence }),
      })),
  };
}
