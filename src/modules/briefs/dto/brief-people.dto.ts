import { ApiProperty } from '@nestjs/swagger';
import type {
  BriefAmendment,
  BriefDecision,
  BriefFollowUp,
  BriefGap,
  BriefGuardrail,
  BriefGuardrailAnswer,
  BriefLearning,
  BriefReread,
} from '../../../domain/brief/brief.js';
import { DECISION_ACTIONS, type DecisionAction } from '../../../domain/experiments/decision.js';
import {
  CONTROL_FATES,
  type ControlFate,
  REREAD_KINDS,
  REREAD_OUTCOMES,
  REREAD_STATES,
  type RereadKind,
  type RereadOutcome,
  type RereadState,
} from '../../../domain/rereads/reread.js';
import { GUARDRAIL_STATES, type GuardrailState } from '../../../domain/verdict/classify.js';
import { ANSWER_STANDINGS, type AnswerStanding } from '../../../domain/verdict/guardrail-answer.js';
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
import { VERDICT_STATES, type VerdictState } from '../../../domain/verdict/verdict.js';
import { BriefRangeDto } from './brief-money.dto.js';

/** How a guardrail stands in one variant. */
export class BriefGuardrailStateDto {
  variant: string;
  @ApiProperty({ enum: GUARDRAIL_STATES, enumName: 'GuardrailState' })
  state: GuardrailState;
  /** What its owner's answer is worth today. */
  @ApiProperty({ enum: ANSWER_STANDINGS, enumName: 'AnswerStanding' })
  standing: AnswerStanding;
  /** Both in words. */
  sentence: string;
}

/** What the owner of a guardrail said to its state. */
export class BriefGuardrailAnswerDto implements BriefGuardrailAnswer {
  variant: string;
  /** Whether the owner lets the change go on. */
  accepted: boolean;
  /** In the owner's words. */
  answer: string;
  /** Name of the member who answered. */
  by: string;
  @ApiProperty({ format: 'date-time' })
  at: string;
}

/** What must not get worse, whose it is, and what was said to it. */
export class BriefGuardrailDto implements BriefGuardrail {
  /** Key of the metric. */
  metric: string;
  name: string;
  department?: string;
  /** Name of the member who answers for it, where the metric names one. */
  owner?: string;
  /** Who answers for a breach, in words. */
  answerer: string;
  /** One for each variant but the control; empty before the first evaluation. */
  states: BriefGuardrailStateDto[];
  /** Oldest first; the last one for a variant holds. */
  answers: BriefGuardrailAnswerDto[];
}

/** What no metric watches yet, so somebody looks by hand. */
export class BriefGapDto implements BriefGap {
  department: string;
  expectedEffect: string;
  /** Who looks at what, and by when. */
  observationPlan: string;
}

export class BriefDecisionDto implements BriefDecision {
  @ApiProperty({ enum: DECISION_ACTIONS, enumName: 'DecisionAction' })
  action: DecisionAction;
  variant?: string;
  /** Name of the member who decided. */
  by: string;
  @ApiProperty({ format: 'date-time' })
  at: string;
  sentence: string;
  holdBack?: number;
  /** When a provisional ship is looked at again. */
  @ApiProperty({ format: 'date-time', required: false })
  rereadAt?: string;
  /** Why it was decided against the gate. */
  overrideReason?: string;
  /** Name of the member who asked for that first, where it took two. */
  overrideRequestedBy?: string;
  /** What was said to be learned when it was taken: why, link by link, surprises, side effects. */
  learned: string[];
}

/** Money of a variant against the control, with the time over which it is summed. */
export class BriefClaimDto {
  /** Of one unit. */
  perUnit: BriefRangeDto;
  /** Of the variant in the cohort. */
  @ApiProperty({ type: 'integer' })
  units: number;
  /** Of all these units. */
  total: BriefRangeDto;
  /** Days since its exposure over which each unit's money is summed. */
  windowDays: number;
}

/** What a re-read found of one variant. */
export class BriefFindingDto {
  variant: string;
  /** The verdict that was decided on. */
  @ApiProperty({ enum: VERDICT_STATES, enumName: 'VerdictState' })
  before: VerdictState;
  /** The verdict now. */
  @ApiProperty({ enum: VERDICT_STATES, enumName: 'VerdictState' })
  now: VerdictState;
  @ApiProperty({ enum: REREAD_OUTCOMES, enumName: 'RereadOutcome' })
  outcome: RereadOutcome;
  /** What the decision believed. */
  claimed?: BriefClaimDto;
  /** What has come in since. */
  realised?: BriefClaimDto;
  sentence: string;
}

/** Profit read again after the decision. */
export class BriefRereadDto implements BriefReread {
  @ApiProperty({ enum: REREAD_KINDS, enumName: 'RereadKind' })
  kind: RereadKind;
  /** After the decision; absent for a provisional ship, which says its own date. */
  @ApiProperty({ type: 'integer', required: false })
  days?: number;
  /** When it is due. */
  @ApiProperty({ format: 'date-time' })
  dueAt: string;
  @ApiProperty({ enum: REREAD_STATES, enumName: 'RereadState' })
  status: RereadState;
  currency: string;
  /** When it was done. */
  @ApiProperty({ format: 'date-time', required: false })
  doneAt?: string;
  /** What the decision did to the control since. */
  @ApiProperty({ enum: CONTROL_FATES, enumName: 'ControlFate', required: false })
  controlFate?: ControlFate;
  /** Whether a difference is still due to the change alone. */
  stillCausal?: boolean;
  /** What the re-read proposes by itself. */
  @ApiProperty({ enum: ['roll_back'], enumName: 'RereadProposal', required: false })
  proposal?: 'roll_back';
  /** What was done, and what the rollout did to the control. */
  sentence: string;
  /** One for each variant; empty until it is done. */
  findings: BriefFindingDto[];
}

/** What the test did to one claim it rested on. */
export class BriefInsightEffectDto {
  insightId: string;
  /** What the test did to the claim. */
  @ApiProperty({ enum: INSIGHT_EFFECTS, enumName: 'InsightEffect' })
  effect: InsightEffect;
  sentence: string;
}

/** Two verdicts side by side: whether the metric moved, and whether the reason was right. */
export class BriefLearningDto implements BriefLearning {
  variant: string;
  @ApiProperty({ enum: METRIC_VERDICTS, enumName: 'MetricVerdict' })
  metric: MetricVerdict;
  metricKey: string;
  /** Whether the reason held. */
  @ApiProperty({ enum: MECHANISM_VERDICTS, enumName: 'MechanismVerdict' })
  mechanism: MechanismVerdict;
  @ApiProperty({ enum: LEARNING_OUTCOMES, enumName: 'LearningOutcome' })
  outcome: LearningOutcome;
  sentence: string;
  reasons: string[];
  /** What it did to each claim the test rests on. */
  insights: BriefInsightEffectDto[];
}

/** A question that a decision promised to ask. */
export class BriefFollowUpDto implements BriefFollowUp {
  question: string;
  /** By when it is to be asked. */
  @ApiProperty({ format: 'date-time' })
  dueAt: string;
  sentence: string;
}

/** A change of the plan while data was coming in. */
export class BriefAmendmentDto implements BriefAmendment {
  @ApiProperty({ type: 'integer' })
  planVersion: number;
  @ApiProperty({ format: 'date-time' })
  at: string;
  /** Name of the member who changed it. */
  by: string;
  reason: string;
  /** What was changed, by whom and why. */
  sentence: string;
}
