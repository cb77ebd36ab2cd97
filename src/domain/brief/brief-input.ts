import type { EvaluationResult } from '../evaluation/result.js';
import type { Amendment } from '../experiments/amendments.js';
import type { Rationale } from '../experiments/definition.js';
import type { DecisionAction } from '../experiments/decision.js';
import type { ExperimentState } from '../experiments/lifecycle.js';
import type { AnalysisPlan } from '../experiments/plan.js';
import type { Reread } from '../rereads/reread.js';
import type { GuardrailAnswer } from '../verdict/guardrail-answer.js';
import type { Learning } from '../verdict/learning/learning.js';
import type { Learned } from '../verdict/learning/outcome.js';
import type { BriefVoice } from './brief.js';

/** A decision as it was stored; `by` is a name. */
export interface DecisionRecord {
  action: DecisionAction;
  variant: string | null;
  reason: string;
  holdBack: number | null;
  rereadAt: string | null;
  overrideReason: string | null;
  overrideRequestedBy: string | null;
  learning: Learning | null;
  by: string;
  at: string;
}

/** A version of the plan after the first; `change` is null where the timeline does not say. */
export interface AmendmentRecord {
  planVersion: number;
  change: AmendedMember | null;
  reason: string;
  by: string;
  at: string;
}

/** An amendment as the timeline keeps it: plain JSON. */
export type AmendedMember =
  Exclude<Amendment, { kind: 'endEnrolmentAt' }> | { kind: 'endEnrolmentAt'; at: string };

export interface BriefInput {
  experiment: {
    key: string;
    name: string;
    kind: 'ab' | 'aa';
    status: ExperimentState;
    rationale: Rationale | undefined;
  };
  /** Absent for a draft. */
  plan: AnalysisPlan | null;
  /** The claims it rests on. */
  insights: readonly { id: string; statement: string }[];
  voices: readonly BriefVoice[];
  evaluation: EvaluationResult | null;
  /** Oldest first. */
  decisions: readonly DecisionRecord[];
  /** `answeredBy` is a name. */
  guardrailAnswers: readonly GuardrailAnswer[];
  /** Who answers for each guardrail of the plan. */
  answerers: readonly { key: string; answerer: string }[];
  rereads: readonly Reread[];
  learned: readonly Learned[];
  amendments: readonly AmendmentRecord[];
  /** What the last gate that passed warned of. */
  gateNotes: readonly string[];
  /** Who earlier cited words took them back. */
  evidenceWithdrawn: boolean;
  /** Somebody has answered in writing what that leaves open. */
  evidenceGapAnswered: boolean;
  costs: { coverage: 'full' | 'partial'; unknown: readonly string[] };
  sandbox: boolean;
}
