import { ApiProperty } from '@nestjs/swagger';
import type { EvaluationResult } from '../../../domain/evaluation/result.js';
import { PROFIT_COVERAGES, type ProfitCoverage } from '../../../domain/money/costs.js';
import { LINK_VERDICTS, type LinkVerdict } from '../../../domain/verdict/chain.js';
import { GUARDRAIL_STATES, type GuardrailState } from '../../../domain/verdict/classify.js';
import { REASON_CODES, type ReasonCode } from '../../../domain/verdict/reasons.js';
import { AA_VERDICTS, AB_VERDICTS, type VerdictState } from '../../../domain/verdict/verdict.js';

const VERDICT_STATES = [...new Set<VerdictState>([...AB_VERDICTS, ...AA_VERDICTS])];

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

/** One link of the because, checked. */
export class JudgedLinkDto {
  from: string;
  to: string;
  @ApiProperty({ enum: LINK_VERDICTS, enumName: 'LinkVerdict' })
  verdict: LinkVerdict;
  why: string;
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
  labels: string[];

  static of(result: EvaluationResult): VerdictPageDto {
    return {
      experimentKey: result.experimentKey,
      evaluationId: result.id,
      asOf: result.asOf,
      planVersion: result.planVersion,
      labels: labelsOf(result),
      ...result.verdict,
    };
  }
}

function labelsOf({ verdict, metrics, planVersion }: EvaluationResult): string[] {
  const deciding = metrics.find(({ role }) => role === 'deciding');
  const labels: string[] = [];
  if (verdict.profitCoverage === 'partial') {
    labels.push(`Partial profit: nobody knows the cost of ${verdict.unknownCosts.join(', ')}.`);
  }
  if (deciding !== undefined && !deciding.maturity.wholeCohort) {
    labels.push(`Not final: ${deciding.key} has not matured for the whole cohort.`);
  }
  if (planVersion > 1) labels.push(`The plan was amended while it ran (version ${planVersion}).`);
  return labels;
}
