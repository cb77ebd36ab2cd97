import { ApiProperty } from '@nestjs/swagger';
import { DIRECTIONS, type Direction, SCALES, type Scale } from '../../../domain/metrics/metric.js';
import { GUARDRAIL_STATES, type GuardrailState } from '../../../domain/verdict/classify.js';
import {
  ANSWER_STANDINGS,
  type AnswerStanding,
  type GuardrailAnswer,
} from '../../../domain/verdict/guardrail-answer.js';
import type {
  GuardrailInVariant,
  GuardrailOnPanel,
} from '../../../domain/verdict/guardrail-panel.js';
import { Flag, Key, Maybe, Text } from '../../../platform/http/fields.js';

/** What the owner of a guardrail says to where it stands. */
export class AnswerGuardrailDto {
  /** Which variant; every variant in which it does not hold when left out. */
  @Maybe()
  @Key()
  variant?: string;

  /** Whether you take the damage into account and let the change go on. */
  @Flag()
  accepted: boolean;

  /** What you know of it, and what is done about it; shown with the results. */
  @Text()
  answer: string;
}

export class GuardrailAnswerDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  variant: string;

  /** Whether the owner lets the change go on. */
  accepted: boolean;

  /** What the owner knows of it, and what is done about it. */
  answer: string;

  /** The state that was answered. */
  @ApiProperty({ enum: GUARDRAIL_STATES, enumName: 'GuardrailState' })
  state: GuardrailState;

  /** It had become so much worse that waiting longer does harm. */
  sequentialHarm: boolean;

  /** The evaluation in which the owner saw it. */
  @ApiProperty({ format: 'uuid' })
  evaluationId: string;

  /** Whoever proposed the change answered: no second person stands for it. */
  byAuthor: boolean;

  /** Member who answered. */
  answeredBy: string;

  /** When it was answered. */
  @ApiProperty({ format: 'date-time' })
  answeredAt: string;

  static from({ metric: _metric, ...answer }: GuardrailAnswer): GuardrailAnswerDto {
    return answer;
  }
}

/** Where a guardrail stands in one variant, by the latest evaluation. */
export class GuardrailInVariantDto {
  variant: string;

  /** Absent where the latest evaluation says nothing of it. */
  @ApiProperty({ enum: GUARDRAIL_STATES, enumName: 'GuardrailState' })
  state?: GuardrailState;

  /** So much worse that waiting longer does harm. */
  sequentialHarm?: boolean;

  /** What its owner's answer is worth today. */
  @ApiProperty({ enum: ANSWER_STANDINGS, enumName: 'AnswerStanding' })
  standing?: AnswerStanding;

  /** Whether it keeps this variant from shipping. */
  blocksShip: boolean;

  static from({ variant, judged, blocksShip }: GuardrailInVariant): GuardrailInVariantDto {
    return { variant, ...judged, blocksShip };
  }
}

/** How much worse is still tolerable. */
export class MarginDto {
  value: number;

  @ApiProperty({ enum: SCALES, enumName: 'Scale' })
  scale: Scale;
}

/** The member who answers for a guardrail. */
export class GuardrailOwnerDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  name: string;
}

/** One guardrail of the plan: whose it is, where it stands, and what was said to it. */
export class GuardrailDto {
  /** Key of the metric. */
  metric: string;

  name: string;

  @ApiProperty({ enum: DIRECTIONS, enumName: 'Direction' })
  direction: Direction;

  /** Absent where none was declared: then nothing shows that it holds. */
  margin?: MarginDto;

  /** The plan version that brought it. */
  @ApiProperty({ type: 'integer' })
  sinceVersion: number;

  /** The member who answers for it; absent where its department does. */
  owner?: GuardrailOwnerDto;

  department?: string;

  variants: GuardrailInVariantDto[];

  /** Oldest first; the last one for a variant holds. */
  answers: GuardrailAnswerDto[];

  /** Whether it keeps any variant from shipping. */
  blocksShip: boolean;

  static from({ metric, owner, variants, answers, blocksShip }: GuardrailOnPanel): GuardrailDto {
    const { key, name, direction, margin } = metric.definition;
    return {
      metric: key,
      name,
      direction,
      ...(margin === undefined ? {} : { margin }),
      sinceVersion: metric.sinceVersion,
      ...(owner.member === null ? {} : { owner: owner.member }),
      ...(owner.department === null ? {} : { department: owner.department }),
      variants: variants.map((one) => GuardrailInVariantDto.from(one)),
      answers: answers.map((one) => GuardrailAnswerDto.from(one)),
      blocksShip,
    };
  }
}

/** Something no number watches: a department observes it by a date, and until then nobody sees it. */
export class ObservationGapDto {
  department: string;

  /** What will be observed, as it was written before the launch. */
  plan: string;

  /** The last day that it names. */
  @ApiProperty({ format: 'date' })
  dueOn: string;

  /** The day is over; what was seen is said with the decision. */
  isOver: boolean;
}

export class GuardrailListDto {
  data: GuardrailDto[];

  /** What is observed by hand in place of a number. */
  gaps: ObservationGapDto[];

  /** The evaluation that the states are taken from; absent before the first. */
  @ApiProperty({ format: 'uuid' })
  evaluationId?: string;
}
