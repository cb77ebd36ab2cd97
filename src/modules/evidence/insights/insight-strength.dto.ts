import { ApiProperty } from '@nestjs/swagger';
import type { InsightStrength } from '../../../domain/evidence/insight-strength.js';
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

/** One concern about the claim, with the facts it was rated by. */
export class InsightConcernDto {
  /** What the concern is about. */
  @ApiProperty({ enum: STRENGTH_COMPONENTS, enumName: 'StrengthComponent' })
  component: StrengthComponent;
  /** How serious it is. */
  @ApiProperty({ enum: STRENGTH_RATINGS, enumName: 'StrengthRating' })
  rating: StrengthRating;
  /** One plain sentence. */
  why: string;
  /** What it was rated by; null where it is not known. */
  @ApiProperty({ type: 'object', additionalProperties: true })
  facts: object;
}

/** One step from the start to the label, so that anybody can retrace it. */
export class InsightStrengthStepDto {
  /** `start`, `serious`, `two_moderate` or `veto`. */
  because: string;
  /** The components, or the veto, that caused it. */
  @ApiProperty({ type: [String] })
  by: string[];
  /** Where it stands after this step. */
  @ApiProperty({ enum: STRENGTH_LABELS, enumName: 'StrengthLabel' })
  label: StrengthLabel;
}

export class SmallNNotComputedDto {
  /** Stable reason, such as too-few. */
  reason: string;
  /** The same in words. */
  detail: string;
}

/** What so few people can and cannot show. */
export class InsightSmallNDto {
  /** Different people who were asked about it. */
  @ApiProperty({ type: 'integer' })
  asked?: number;
  /** Different accounts among them; absent where people buy for themselves. */
  @ApiProperty({ type: 'integer' })
  accounts?: number;
  /** Different stages they speak for. */
  @ApiProperty({ type: 'integer' })
  stages?: number;
  /** Chance that a concern of one person in five would have been heard, 0 to 1. */
  heardChance?: number;
  /** Share of all people that may disagree although none of those asked did, 0 to 1. */
  dissentBound?: number;
  /** The same in words, with its assumption. */
  sentence?: string;
  /** There instead of everything else when nobody was asked. */
  notComputed?: SmallNNotComputedDto;
}

/** How likely the claim reflects what people live through: components and steps, never a score. */
export class InsightStrengthDto {
  insightId: string;
  /** The end of the steps. */
  @ApiProperty({ enum: STRENGTH_LABELS, enumName: 'StrengthLabel' })
  label: StrengthLabel;
  /** Every concern, serious or not. */
  components: InsightConcernDto[];
  /** From the start to the label, in order. */
  steps: InsightStrengthStepDto[];
  /** What sets the label very low whatever else is there. */
  @ApiProperty({ enum: STRENGTH_VETOES, enumName: 'StrengthVeto', isArray: true })
  vetoes: StrengthVeto[];
  /** What so few people can and cannot show. */
  smallN: InsightSmallNDto;

  static from(insightId: string, { strength, smallN }: InsightStrength): InsightStrengthDto {
    return {
      insightId,
      label: strength.label,
      components: strength.components.map(({ component, rating, why, facts }) => ({
        component,
        rating,
        why,
        facts,
      })),
      steps: strength.steps.map(({ because, by, label }) => ({ because, by: [...by], label })),
      vetoes: [...strength.vetoes],
      smallN: smallNDto(smallN),
    };
  }
}

function smallNDto(panel: InsightStrength['smallN']): InsightSmallNDto {
  if (!panel.ok) return { notComputed: { reason: panel.reason, detail: panel.detail } };
  const { asked, accounts, stages, heardChance, dissentBound, sentence } = panel;
  return {
    asked,
    ...(accounts === null ? {} : { accounts }),
    stages,
    heardChance,
    dissentBound,
    sentence,
  };
}
