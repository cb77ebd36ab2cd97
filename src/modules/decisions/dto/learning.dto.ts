import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsUUID } from 'class-validator';
import { LINK_VERDICTS, type LinkVerdict } from '../../../domain/verdict/chain.js';
import { LINK_JUDGES, type LinkJudge } from '../../../domain/verdict/learning/judged-links.js';
import type { Learning } from '../../../domain/verdict/learning/learning.js';
import {
  OBSERVED_EFFECTS,
  type ObservedEffect,
  WHY_STATES,
  type WhyState,
} from '../../../domain/verdict/learning/said.js';
import { SURPRISE_CODES, type SurpriseCode } from '../../../domain/verdict/learning/surprise.js';
import {
  EnumOf,
  Flag,
  Instant,
  Key,
  LIST_MAX,
  Maybe,
  Name,
  Nested,
  Text,
} from '../../../platform/http/fields.js';

/** One decorator, because the description would take the format of the entries for that of the list. */
function QuoteIds(): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    ArrayMaxSize(LIST_MAX),
    IsUUID(undefined, { each: true }),
    ApiProperty({ type: 'array', items: { type: 'string', format: 'uuid' } }),
  );
}

/** Why the result came out as it did, in the words of whoever decides. */
export class SaidWhyDto {
  /** `unexplained` is an honest end. `explained` takes quotes, or a metric of people's experience. */
  @EnumOf(WHY_STATES, 'WhyState')
  state: WhyState;

  /** What you think happened, or what you looked at and could not explain. */
  @Text()
  text: string;

  /** Quotes that say so; those heard after the launch are marked. Cite words here, never in `text`. */
  @Maybe()
  @QuoteIds()
  quoteIds?: string[];
}

/** Your judgement of one link of the frozen chain; where the numbers judge it, they stand. */
export class SaidLinkDto {
  @Name()
  from: string;

  @Name()
  to: string;

  @EnumOf(LINK_VERDICTS, 'LinkVerdict')
  verdict: LinkVerdict;

  /** What it rests on. */
  @Maybe()
  @Text()
  note?: string;
}

/** A question that will be put to people who met the change. */
export class FollowUpQuestionDto {
  /** What they will be asked. */
  @Text()
  question: string;

  /** By when; in the future. */
  @Instant()
  dueAt: string;
}

/** Your answer to a surprise: somebody is asked, or it is closed with a reason. */
export class SaidSurpriseDto {
  @EnumOf(SURPRISE_CODES, 'SurpriseCode')
  code: SurpriseCode;

  /** The metric or department it is about; without it, every surprise with this code. */
  @Maybe()
  @Key()
  subject?: string;

  /** Anything else about it. */
  @Maybe()
  @Text()
  note?: string;

  @Maybe()
  @Nested(() => FollowUpQuestionDto)
  followUp?: FollowUpQuestionDto;

  /** Why nobody will look into it. */
  @Maybe()
  @Text()
  closedUnexplained?: string;
}

/** What a department noticed, beside what it was to notice. */
export class SaidSideEffectDto {
  @Key()
  department: string;

  /** What it noticed; `not_measured` where nobody could tell. */
  @EnumOf(OBSERVED_EFFECTS, 'ObservedEffect')
  observed: ObservedEffect;

  /** In its own words. */
  @Text()
  note: string;
}

/** Whether what you said would show the reason wrong has happened. */
export class SaidFalsifierDto {
  /** True: it has happened, and the reason counts as not supported whatever the metric did. */
  @Flag()
  met: boolean;

  /** What was looked at. */
  @Text()
  note: string;
}

/** A quote that a `why` cites. */
export class QuoteInWhyDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  /** Heard after the launch: it may explain the result and was not the reason for the test. */
  postHoc: boolean;
}

export class WhyDto {
  @ApiProperty({ enum: WHY_STATES, enumName: 'WhyState' })
  state: WhyState;

  text: string;

  /** The quotes that say so, without their words. */
  quotes: QuoteInWhyDto[];
}

export class LearnedLinkDto {
  from: string;

  to: string;

  /** Absent while nobody has judged it. */
  @ApiProperty({ enum: LINK_VERDICTS, enumName: 'LinkVerdict' })
  verdict?: LinkVerdict;

  /** Who judged it. */
  @ApiProperty({ enum: LINK_JUDGES, enumName: 'LinkJudge' })
  by?: LinkJudge;

  /** What the judgement rests on. */
  note?: string;

  /** What people said where the numbers say otherwise. */
  @ApiProperty({ enum: LINK_VERDICTS, enumName: 'LinkVerdict' })
  saidInstead?: LinkVerdict;
}

/** Something that came out other than was said before, with what is done about it. */
export class LearnedSurpriseDto {
  @ApiProperty({ enum: SURPRISE_CODES, enumName: 'SurpriseCode' })
  code: SurpriseCode;

  /** The metric or department it is about. */
  subject?: string;

  variant?: string;

  /** What was computed; absent where only people were surprised. */
  sentence?: string;

  /** Anything else about it. */
  note?: string;

  /** Who will be asked what, and by when. */
  followUp?: FollowUpQuestionDto;

  /** Why nobody will look into it. */
  closedUnexplained?: string;
}

export class LearnedSideEffectDto {
  department: string;

  /** What had been declared; absent where nobody had. */
  expectedEffect?: string;

  /** What the department noticed. */
  @ApiProperty({ enum: OBSERVED_EFFECTS, enumName: 'ObservedEffect' })
  observed: ObservedEffect;

  /** In its own words. */
  note: string;
}

/** What was learned: why, link by link, what surprised, and who else felt it. */
export class LearningDto implements Learning {
  /** Absent when nobody said why. */
  why?: WhyDto;

  /** Every link of the frozen chain. */
  links: LearnedLinkDto[];

  /** Those that were computed, and those that people added. */
  surprises: LearnedSurpriseDto[];

  /** What departments noticed, beside what they were to notice. */
  sideEffects: LearnedSideEffectDto[];

  /** Whether what was to show the reason wrong has happened; absent when nobody said. */
  wrongIf?: SaidFalsifierDto;
}
