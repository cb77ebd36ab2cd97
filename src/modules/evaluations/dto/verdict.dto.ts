import { ApiProperty } from '@nestjs/swagger';
import type { EvaluationResult } from '../../../domain/evaluation/result.js';
import { LINK_BASES, type LinkBasis } from '../../../domain/experiments/definition.js';
import { PROFIT_COVERAGES, type ProfitCoverage } from '../../../domain/money/costs.js';
import { LINK_VERDICTS, type LinkVerdict } from '../../../domain/verdict/chain.js';
import { GUARDRAIL_STATES, type GuardrailState } from '../../../domain/verdict/classify.js';
import { REASON_CODES, type ReasonCode } from '../../../domain/verdict/reasons.js';
import { VERDICT_STATES, type VerdictState } from '../../../domain/verdict/verdict.js';
import { LabelDto } from '../../../platform/http/label.dto.js';
import { NotComputedDto } from './not-computed.dto.js';

/** Why a verdict is what it is. */
export class ReasonDto {
  @ApiProperty({ enum: REASON_CODES, enumName: 'ReasonCode' })
  code: ReasonCode;

  /** The numbers behind it, as they were computed. */
  @ApiProperty({
    type: 'object',
    additionalProperties: {
      oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }, { type: 'null' }],
    },
  })
  facts: Record<string, string | number | boolean | null>;

  /** For people. */
  sentence: string;
}

/** By how much a metric changed, as a share of the control's; without the limits the data do not set. */
export class NodeLiftDto {
  estimate?: number;
  lower?: number;
  upper?: number;
}

/** The effect at one end of a link: variant minus control, with the interval that was read. */
export class NodeEffectDto {
  estimate: number;
  lower: number;
  upper: number;
  /** Variant over control, minus 1; absent where there is no lift. */
  relative?: NodeLiftDto;
}

/** How much of the effect at the start of a link arrived at its end. */
export class LinkEstimateDto {
  /** At the start; absent where that is the change itself, or was not measured. */
  from?: NodeEffectDto;

  /** At the end; absent where it was not measured. */
  to?: NodeEffectDto;

  /**
   * Relative change at the end over relative change at the start: 0.5 says that a rise by 10% came
   * with a rise by 5%. It describes this experiment and holds no promise for another.
   */
  elasticity?: number;

  /** Why there is no elasticity between two metrics, for example because the start may not have moved. */
  notComputed?: NotComputedDto;
}

/** One link of the because, checked. */
export class JudgedLinkDto {
  from: string;
  to: string;

  /** Before its lag is over for the last unit a link can be held, and cannot be broken. */
  @ApiProperty({ enum: LINK_VERDICTS, enumName: 'LinkVerdict' })
  verdict: LinkVerdict;
  why: string;

  /** What the link was argued from. Absent in older verdicts, as everything below. */
  @ApiProperty({ enum: LINK_BASES, enumName: 'LinkBasis', required: false })
  basis?: LinkBasis;

  /** Days after the exposure at which the effect was expected, as declared. */
  lagDays?: number;

  /** When the lag is over and both ends are complete for the last unit exposed so far. */
  @ApiProperty({ format: 'date-time', required: false })
  readableAt?: string;

  /** The effects at both ends and how they compare; absent where neither was measured. */
  estimate?: LinkEstimateDto;
}

/** One guardrail, judged beside the state. */
export class JudgedGuardrailDto {
  /** Key of the metric. */
  key: string;
  @ApiProperty({ enum: GUARDRAIL_STATES, enumName: 'GuardrailState' })
  state: GuardrailState;
  /** So much worse that waiting longer does harm. */
  sequentialHarm: boolean;
}

/** What the numbers say of one variant. */
export class VariantVerdictDto {
  variant: string;
  @ApiProperty({ enum: VERDICT_STATES, enumName: 'VerdictState' })
  state: VerdictState;
  reasons: ReasonDto[];
  chain: JudgedLinkDto[];
  guardrails: JudgedGuardrailDto[];
}

/** What the numbers say. People then decide. */
export class VerdictDto {
  perVariant: VariantVerdictDto[];

  /** Absent when no variant has won. */
  winner?: string;

  /** `partial` while any kind of cost is unknown: profit is then called partial profit. */
  @ApiProperty({ enum: PROFIT_COVERAGES, enumName: 'ProfitCoverage' })
  profitCoverage: ProfitCoverage;

  /** The kinds of cost nobody knows. */
  unknownCosts: string[];
}

/** The verdict of the latest evaluation, with where it comes from. */
export class VerdictPageDto extends VerdictDto {
  experimentKey: string;

  /** The evaluation it is taken from. */
  @ApiProperty({ format: 'uuid' })
  evaluationId: string;

  /** Everything that happened before this instant was counted. */
  @ApiProperty({ format: 'date-time' })
  asOf: string;

  @ApiProperty({ type: 'integer' })
  planVersion: number;

  /** What must be said wherever the verdict is shown. */
  labels: LabelDto[];

  static of(result: EvaluationResult, labels: LabelDto[]): VerdictPageDto {
    return {
      experimentKey: result.experimentKey,
      evaluationId: result.id,
      asOf: result.asOf,
      planVersion: result.planVersion,
      labels,
      ...result.verdict,
    };
  }
}
