import { ApiProperty } from '@nestjs/swagger';
import type { Brief, BriefEffect, BriefVerdict, BriefVoice } from '../../../domain/brief/brief.js';
import { DIRECTNESS, type Directness } from '../../../domain/evidence/dossier.js';
import { BECAUSE_PARTS, type BecausePart } from '../../../domain/experiments/definition.js';
import { EXPERIMENT_STATES, type ExperimentState } from '../../../domain/experiments/lifecycle.js';
import { PLANNED_ROLES, type PlannedRole } from '../../../domain/experiments/plan.js';
import { VERDICT_STATES, type VerdictState } from '../../../domain/verdict/verdict.js';
import { BriefMoneyDto } from './brief-money.dto.js';
import {
  BriefAmendmentDto,
  BriefDecisionDto,
  BriefFollowUpDto,
  BriefGapDto,
  BriefGuardrailDto,
  BriefLearningDto,
  BriefRereadDto,
} from './brief-people.dto.js';

export class BriefClauseDto {
  @ApiProperty({ enum: BECAUSE_PARTS, enumName: 'BecausePart' })
  part: BecausePart;
  text: string;
  /** Nobody said so. */
  assumption: boolean;
}

export class BriefWhyDto {
  /** The claims it rests on. */
  insights: string[];
  because: BriefClauseDto[];
  betterOff?: string;
  worseOff?: string;
  /** What would show that the reason is wrong. */
  wrongIf?: string;
  /** What the gate let pass and noted, e.g. that nobody else acknowledged. */
  gateNotes: string[];
}

export class BriefVoiceDto implements BriefVoice {
  quoteId: string;
  /** `supports`, `contradicts` or `qualifies`. */
  disposition: string;
  /** The words; null when they were erased at the person's request. */
  @ApiProperty({ type: 'string', nullable: true })
  words: string | null;
  pseudonym: string;
  /** How we heard it, e.g. interview. */
  how: string;
  /** How near the speaker is to what the audience lives through; hearsay never counts. */
  @ApiProperty({ enum: DIRECTNESS, enumName: 'Directness' })
  directness: Directness;
  @ApiProperty({ format: 'date-time' })
  heardAt: string;
  /** Our answer to a contradiction. */
  response?: string;
}

export class BriefVoicesDto {
  /** How many people. */
  @ApiProperty({ type: 'integer' })
  people: number;
  voices: BriefVoiceDto[];
}

export class BriefEffectDto implements BriefEffect {
  /** Key of the metric. */
  metric: string;
  name: string;
  @ApiProperty({ enum: PLANNED_ROLES, enumName: 'PlannedRole' })
  role: PlannedRole;
  variant: string;
  /** `matured` decides; `running` is for watching. */
  @ApiProperty({ enum: ['matured', 'running'], enumName: 'EffectBasis' })
  basis: 'matured' | 'running';
  /** The effect in words, with its interval. */
  sentence: string;
}

/** One link of the chain from the change to the money. */
export class BriefLinkDto {
  from: string;
  to: string;
  /** `held`, `broken` or `not_measured`. */
  verdict: string;
  why: string;
  /** Days after which it was expected to show. */
  lagDays?: number;
}

export class BriefVerdictDto implements BriefVerdict {
  variant: string;
  @ApiProperty({ enum: VERDICT_STATES, enumName: 'VerdictState' })
  state: VerdictState;
  sentence: string;
  reasons: string[];
  chain: BriefLinkDto[];
}

/** The page a stakeholder reads. */
export class BriefDto implements Brief {
  experimentKey: string;
  name: string;
  @ApiProperty({ enum: ['ab', 'aa'], enumName: 'ExperimentKind' })
  kind: 'ab' | 'aa';
  @ApiProperty({ enum: EXPERIMENT_STATES, enumName: 'ExperimentState' })
  status: ExperimentState;
  /** What must be said first, e.g. partial profit. */
  labels: string[];
  /** Why we test. */
  why: BriefWhyDto;
  /** Who said so, in their words. */
  whoSaidSo: BriefVoicesDto;
  /** Until when data is in; absent before the first evaluation. */
  @ApiProperty({ format: 'date-time' })
  asOf?: string;
  /** Whether the data can be trusted, sentence by sentence. */
  health: string[];
  /** What moved; empty for an A/A test, which is a health report. */
  whatMoved: BriefEffectDto[];
  /** What it earned. */
  whatItEarned: BriefEffectDto[];
  @ApiProperty({ enum: ['full', 'partial'], enumName: 'ProfitCoverage' })
  profitCoverage: 'full' | 'partial';
  /** Kinds of cost nobody has declared. */
  unknownCosts: string[];
  /** What it earned arm by arm; absent where no money decides or nothing was evaluated. */
  money?: BriefMoneyDto;
  guardrails: BriefGuardrailDto[];
  /** What no metric watches yet, with the plan to observe it by hand. */
  gaps: BriefGapDto[];
  verdicts: BriefVerdictDto[];
  winner?: string;
  /** What we decided: the last decision, which holds. */
  decision?: BriefDecisionDto;
  /** All decisions, oldest first. */
  decisions: BriefDecisionDto[];
  /** The money read again since, by due date. */
  afterDecision: BriefRereadDto[];
  /** What the numbers taught about the reason. */
  learned: string[];
  /** Whether the metric moved and whether the reason was right, side by side. */
  learning: BriefLearningDto[];
  /** Who will be asked what, as the decisions promised, by date. */
  followUps: BriefFollowUpDto[];
  /** What was changed in the plan on the way, with reasons. */
  amendments: BriefAmendmentDto[];
}
