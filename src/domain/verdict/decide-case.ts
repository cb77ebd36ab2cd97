import type { GateCounts, GateItem, Remedy } from '../evidence/gate-report.js';
import type { DecisionAction } from '../experiments/decision.js';
import type { Amount, ExperimentKind, PolicyProfile } from '../experiments/definition.js';
import type { ExperimentState } from '../experiments/lifecycle.js';
import type { AnswerFacts } from './guardrail-answer.js';
import type { LearningCase } from './learning/learning-case.js';
import type { Verdict } from './verdict.js';

/** What the decide gate reads, and the checks it is made of. */

export const DECIDE_GATE_CODES = [
  'STATE_NOT_DECIDABLE',
  'REASON_MISSING',
  'OVERRIDE_REASON_MISSING',
  'OVERRIDE_NEEDS_SECOND',
  'VARIANT_UNKNOWN',
  'VARIANT_KILLED',
  'AA_CANNOT_SHIP',
  'EXPLORE_CANNOT_SHIP',
  'EVIDENCE_WITHDRAWN',
  'RESULT_INVALID',
  'PROFIT_NOT_MATURED',
  'PROFIT_NOT_WON',
  'PROXY_UNAUDITED',
  'PROXY_NOT_WON',
  'PROFIT_ALREADY_KNOWN',
  'GUARDRAIL_BREACHED',
  'GUARDRAIL_UNRESOLVED',
  'LOSS_CAP_MISSING',
  'LOSS_NOT_COMPUTED',
  'LOSS_OVER_CAP',
  'HOLD_BACK_OUT_OF_RANGE',
  'REREAD_MISSING',
  'WHY_MISSING',
  'LINKS_UNJUDGED',
  'SURPRISE_OPEN',
  'SIDE_EFFECTS_UNREAD',
  'POST_HOC_AS_PRIOR',
  'PARTIAL_PROFIT',
  'EVIDENCE_GAP_ANSWERED',
  'LINK_JUDGED_BY_NUMBERS',
  'AA_TEACHES_NOTHING',
  'OVERRIDDEN',
] as const;
export type DecideGateCode = (typeof DECIDE_GATE_CODES)[number];

export interface DecideGateInput {
  experimentKey: string;
  kind: ExperimentKind;
  state: ExperimentState;
  policy: { profile: PolicyProfile; version: number };
  /** Counts of the evidence behind the experiment, as its create gate found them. */
  counts: GateCounts;
  action: DecisionAction;
  variant: string | null;
  reason: string;
  /** Share of units that keep the control, 0 to 1; null when none was asked for. */
  holdBack: number | null;
  rereadAt: Date | null;
  /** Present when the caller asks to override; that the caller may is checked by the caller. */
  override: AskedOverride | null;
  /** Whether the policy at launch asks for two members, and whether there are two. */
  overrideBySecond: { asked: boolean; possible: boolean };
  /** The latest verdict; null before the first evaluation. */
  verdict: Verdict | null;
  killedVariants: readonly string[];
  leadingMetric: string;
  /** Proxies whose past wins were checked against profit. */
  auditedProxies: readonly string[];
  /** Guardrails of the plan as it is today, with who answers for each. */
  plannedGuardrails: readonly PlannedGuardrail[];
  /** What owners have answered in writing, oldest first. */
  guardrailAnswers: readonly AnswerFacts[];
  /** Declared at launch; null when none was. */
  provisionalLossCap: Amount | null;
  /** Expected loss of shipping this variant, minor units (not rounded); null when not computed. */
  expectedLossOfShipping: Amount | null;
  /** Evidence was withdrawn and has not been replaced. */
  evidenceWithdrawn: boolean;
  /** The gap that a withdrawal left has been answered in writing. */
  evidenceGapAnswered: boolean;
  learning: LearningCase;
  now: Date;
}

/** A decision against the gate, as one member asks for it. */
export interface AskedOverride {
  reason: string;
  /** The member who decides. */
  by: string;
  /** The request of somebody else that it carries out; null when the body names none. */
  request: OverrideRequestFacts | null;
}

export const OVERRIDE_REQUEST_STATES = ['open', 'used', 'overtaken'] as const;
/** `used`: a decision was taken on it. `overtaken`: another decision was taken since. */
export type OverrideRequestState = (typeof OVERRIDE_REQUEST_STATES)[number];

export interface OverrideRequestFacts {
  /** As the body names it. */
  id: string;
  /** null: the experiment has no such request. */
  found: {
    action: DecisionAction;
    variant: string | null;
    requestedBy: string;
    state: OverrideRequestState;
  } | null;
}

export interface PlannedGuardrail {
  key: string;
  /** Who must answer for it, in words. */
  answerer: string;
}

/** One check, met or not; `why` is the sentence for what was found. */
export interface DecideCheck {
  code: DecideGateCode;
  met: boolean;
  pointer: string;
  expected: GateItem['expected'];
  actual: GateItem['actual'];
  subjects?: readonly string[];
  why: string;
  remedy?: Remedy;
}
