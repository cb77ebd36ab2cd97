import { ApiProperty } from '@nestjs/swagger';
import {
  LINK_BASES,
  type LinkBasis,
  type Sign,
  SIGNS,
} from '../../../domain/experiments/definition.js';
import { type Direction, DIRECTIONS, type Scale, SCALES } from '../../../domain/metrics/metric.js';
import {
  Count,
  EnumOf,
  Flag,
  Key,
  Maybe,
  Name,
  Nested,
  NestedList,
  Quantity,
  Text,
  Texts,
} from '../../../platform/http/fields.js';

/** One part of the because: it cites what people said, or admits to be an assumption. */
export class BecauseClauseDto {
  @Text()
  text: string;

  /** Quotes that say so. */
  @Maybe()
  @Texts()
  quoteIds?: string[];

  /** Nobody said so; at most one part may be assumed. */
  @Maybe()
  @Flag()
  assumption?: boolean;
}

/** The mechanism, part by part. */
export class BecauseDto {
  /** The situation people are in. */
  @Maybe()
  @Nested(() => BecauseClauseDto)
  context?: BecauseClauseDto;

  /** Who they are. */
  @Maybe()
  @Nested(() => BecauseClauseDto)
  who?: BecauseClauseDto;

  /** What they struggle with now. */
  @Maybe()
  @Nested(() => BecauseClauseDto)
  struggle?: BecauseClauseDto;

  /** What we change. */
  @Maybe()
  @Nested(() => BecauseClauseDto)
  change?: BecauseClauseDto;

  /** What pushes, pulls or holds them back. */
  @Maybe()
  @Nested(() => BecauseClauseDto)
  force?: BecauseClauseDto;

  /** What they will live through instead. */
  @Maybe()
  @Nested(() => BecauseClauseDto)
  expectedExperience?: BecauseClauseDto;
}

/** Who is better off, and who may be worse off. */
export class ExperienceDto {
  @Maybe()
  @Text()
  betterOff?: string;

  /** Always answered: "nobody, because ..." is an answer. */
  @Maybe()
  @Text()
  worseOff?: string;
}

/** One step on the way from the change to the money. */
export class ChainLinkDto {
  /** `change`, `experience:NAME` or `metric:KEY`. */
  @Name()
  from: string;

  /** `experience:NAME` or `metric:KEY`. */
  @Name()
  to: string;

  /** Whether more of the first means more (+) or less (-) of the second. */
  @EnumOf(SIGNS, 'Sign')
  sign: Sign;

  /** Days until it shows. */
  @Quantity(0, 3_650)
  lagDays: number;

  /** How we know. */
  @EnumOf(LINK_BASES, 'LinkBasis')
  basis: LinkBasis;

  /** Quotes, or earlier experiments, that say so. */
  @Maybe()
  @Texts()
  support?: string[];
}

/** What we expect to see, before we look. */
export class PredictionDto {
  @Key()
  metric: string;

  @EnumOf(DIRECTIONS, 'Direction')
  direction: Direction;

  @Maybe()
  @Quantity(-1e12, 1e12)
  low?: number;

  @Maybe()
  @Quantity(-1e12, 1e12)
  high?: number;

  @EnumOf(SCALES, 'Scale')
  scale: Scale;
}

/** A sign by which another explanation can be told from ours. */
export class ExplanationTestDto {
  /** What was looked for in what people said and did. */
  @Text()
  sign: string;

  /** The other explanation cannot be true without it. */
  @Flag()
  mustSeeIfTrue: boolean;

  /** It could be there although the other explanation is false. */
  @Flag()
  couldSeeIfFalse: boolean;

  /** Whether it was there. */
  @Flag()
  seen: boolean;

  /** Quotes that show it. */
  @Maybe()
  @Texts()
  quoteIds?: string[];
}

export class OtherExplanationDto {
  @Text()
  explanation: string;

  /** What was looked for to tell it from ours. */
  @Maybe()
  @NestedList(() => ExplanationTestDto, 20)
  tests?: ExplanationTestDto[];
}

export class OtherChangeDto {
  @Text()
  change: string;

  @Text()
  whyNot: string;

  /** It would have served people better; where costs are cut, one such change is considered. */
  @Maybe()
  @Flag()
  improvesExperience?: boolean;
}

/** A question to people who met the change, asked when they can know. */
export class FollowUpDto {
  @Text()
  question: string;

  /** Days after they met it. */
  @Count(0, 730)
  afterDays: number;

  /** How many people are asked. */
  @Count(1, 1_000)
  people: number;
}

/** A running experiment that meets the same people at the same place. */
export class OverlapDto {
  /** Key of the other experiment. */
  @Key()
  experiment: string;

  /** Why both can run. */
  @Text()
  whyFine: string;
}

/** What the change may do to a department. */
export class ImpactDto {
  @Key()
  department: string;

  @Text()
  expectedEffect: string;

  @Text()
  reason: string;

  /** Metric that watches it. */
  @Maybe()
  @Key()
  guardrail?: string;

  /** How it is watched where it cannot be measured yet. */
  @Maybe()
  @Text()
  observationPlan?: string;
}

/** Why this change should work. What is missing, the gate says. */
export class RationaleDto {
  /** Insights it rests on. */
  @Maybe()
  @Texts()
  insightIds?: string[];

  @Maybe()
  @Nested(() => BecauseDto)
  because?: BecauseDto;

  @Maybe()
  @Nested(() => ExperienceDto)
  experience?: ExperienceDto;

  /** From the change through an experience to the money. */
  @Maybe()
  @NestedList(() => ChainLinkDto, 50)
  chain?: ChainLinkDto[];

  @Maybe()
  @Nested(() => PredictionDto)
  prediction?: PredictionDto;

  /** What would show that the reason is wrong. */
  @Maybe()
  @Text()
  wrongIf?: string;

  @Maybe()
  @NestedList(() => OtherExplanationDto, 50)
  otherExplanations?: OtherExplanationDto[];

  @Maybe()
  @NestedList(() => OtherChangeDto, 50)
  otherChanges?: OtherChangeDto[];

  @Maybe()
  @NestedList(() => ImpactDto, 50)
  @ApiProperty({ type: () => ImpactDto, isArray: true })
  impacts?: ImpactDto[];

  /** What people who met the change will be asked, and when. */
  @Maybe()
  @NestedList(() => FollowUpDto, 20)
  followUps?: FollowUpDto[];

  /** Whose pay or praise moves with the leading metric, or why nobody's does. */
  @Maybe()
  @Text()
  incentive?: string;

  /** Key of the experiment that this one repeats on purpose; the reason may then read the same. */
  @Maybe()
  @Key()
  replicationOf?: string;

  /** Running experiments that meet the same people at the same place. */
  @Maybe()
  @NestedList(() => OverlapDto, 50)
  overlaps?: OverlapDto[];
}
