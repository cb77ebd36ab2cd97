import type { GateCounts, GateItem, Remedy } from '../evidence/gate-report.js';
import type { DecisionAction } from '../experiments/decision.js';
import type { Amount, ExperimentKind, PolicyProfile } from '../experiments/definition.js';
import type { ExperimentState } from '../experiments/lifecycle.js';
import type { LearningCase } from './learning/learning-case.js';
import type { Verdict } from './verdict.js';

/** What the decide gate reads, and the checks it is made of. */

export const DECIDE_GATE_CODES = [
  'STATE_NOT_DECIDABLE',
  'REASON_MISSING',
  'OVERRIDE_REASON_MISSING',
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
  override: { reason: string } | null;
  /** The latest verdict; null before the first evaluation. */
  verdict: Verdict | null;
  killedVariants: readonly string[];
  leadingMetric: string;
  /** Proxies whose past wins were checked against profit. */
  auditedProxies: readonly string[];
  /** Guardrails whose owner has answered in writing. */
  answeredGuardrails: readonly string[];
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
