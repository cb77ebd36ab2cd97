import { ApiProperty } from '@nestjs/swagger';
import {
  STRENGTH_LABELS,
  STRENGTH_VETOES,
  type StrengthLabel,
  type StrengthVeto,
} from '../../../domain/evidence/measures/strength.js';
import {
  STRENGTH_COMPONENTS,
  STRENGTH_RATINGS,
  type StrengthComponent,
  type StrengthRating,
} from '../../../domain/evidence/measures/strength-ratings.js';

/** A member found a concern more serious than the facts say. */
export class StrengthLoweringDto {
  @ApiProperty({
    enum: STRENGTH_COMPONENTS,
    enumName: 'StrengthComponent',
    description: 'What the concern is about.',
  })
  component: StrengthComponent;
  /** What the member found. */
  @ApiProperty({ enum: STRENGTH_RATINGS, enumName: 'StrengthRating' })
  rating: StrengthRating;
  reason: string;
  /** The member. */
  by: string;
}

/** One concern about the evidence, with the facts it was rated by. */
export class StrengthItemDto {
  @ApiProperty({
    enum: STRENGTH_COMPONENTS,
    enumName: 'StrengthComponent',
    description: 'What the concern is about.',
  })
  component: StrengthComponent;
  @ApiProperty({
    enum: STRENGTH_RATINGS,
    enumName: 'StrengthRating',
    description: 'How serious the concern is.',
  })
  rating: StrengthRating;
  /** What the facts alone say. */
  @ApiProperty({ enum: STRENGTH_RATINGS, enumName: 'StrengthRating' })
  computed: StrengthRating;
  /** One plain sentence. */
  why: string;
  /** The numbers it was rated by. */
  @ApiProperty({ type: 'object', additionalProperties: true })
  facts: object;
  /** Present when a person found it more serious. */
  @ApiProperty({ type: StrengthLoweringDto, nullable: true })
  lowered: StrengthLoweringDto | null;
}

/** One step from the start to the label, so that anybody can retrace it. */
export class StrengthStepDto {
  /** `start`, `serious`, `two_moderate` or `veto`. */
  because: string;
  /** The components, or the veto, that caused it. */
  @ApiProperty({ type: [String] })
  by: readonly string[];
  /** Where it stands after this step. */
  @ApiProperty({ enum: STRENGTH_LABELS, enumName: 'StrengthLabel' })
  label: StrengthLabel;
}

/** How likely the claim reflects what people live through: components and steps, never a score. */
export class StrengthDto {
  /** The end of the steps. */
  @ApiProperty({ enum: STRENGTH_LABELS, enumName: 'StrengthLabel' })
  label: StrengthLabel;
  /** Every concern, serious or not. */
  @ApiProperty({ type: [StrengthItemDto] })
  components: readonly StrengthItemDto[];
  /** From the start to the label, in order. */
  @ApiProperty({ type: [StrengthStepDto] })
  steps: readonly StrengthStepDto[];
  /** What sets the label very low whatever else is there. */
  @ApiProperty({ enum: STRENGTH_VETOES, enumName: 'StrengthVeto', isArray: true })
  vetoes: readonly StrengthVeto[];
  /** Lowerings that were not applied: they would raise, change nothing, or give no reason. */
  @ApiProperty({ type: [StrengthLoweringDto] })
  ignored: readonly StrengthLoweringDto[];
}

/** What so few people can and cannot show; where nobody was asked, only why nothing can be said. */
export class SmallNDto {
  /** Whether there are numbers. */
  ok: boolean;
  /** Distinct people who were asked. */
  @ApiProperty({ type: 'integer', required: false })
  asked?: number;
  /** Distinct accounts among them; null where people buy for themselves. */
  @ApiProperty({ type: 'integer', nullable: true, required: false })
  accounts?: number | null;
  /** Distinct stages of the journey among them. */
  @ApiProperty({ type: 'integer', required: false })
  stages?: number;
  /** Chance that a concern of one person in five would have been heard. */
  heardChance?: number;
  /** The share of all people that may disagree although none of those asked did. */
  dissentBound?: number;
  /** The same in words, with its assumption. */
  sentence?: string;
  /** Why there are no numbers. */
  reason?: string;
  /** The reason in a sentence. */
  detail?: string;
}
