import type { EvaluationResult } from '../evaluation/result.js';
import type { VerdictState } from '../verdict/verdict.js';

/** Profit read again after the decision, on the cohort as it was. */

/** Days after the decision. */
export const REREAD_DAYS = [30, 90, 180, 365] as const;

export const REREAD_KINDS = ['horizon', 'provisional'] as const;
/** `horizon`: at one of REREAD_DAYS; `provisional`: on the date that a provisional ship promised. */
export type RereadKind = (typeof REREAD_KINDS)[number];

export const REREAD_STATES = ['due', 'done', 'failed', 'cancelled'] as const;
/** `cancelled`: another decision came before its time. */
export type RereadState = (typeof REREAD_STATES)[number];

export const REREAD_OUTCOMES = ['confirmed', 'revised', 'not_computed'] as const;
export type RereadOutcome = (typeof REREAD_OUTCOMES)[number];

export const CONTROL_FATES = ['held_out', 'hold_back', 'treated', 'nobody_treated'] as const;
/**
 * What the decision did to the control since: `held_out` it stayed as it was; `hold_back` a share did;
 * `treated` it got the change too, so that a difference is the carry-over of the time before;
 * `nobody_treated` the variants got the control, with the same consequence.
 */
export type ControlFate = (typeof CONTROL_FATES)[number];

/** Money per unit and of the whole cohort, in major units of the reporting currency. */
export interface ProfitClaim {
  perUnit: { estimate: number; lower: number; upper: number };
  /** Units of the variant in the cohort. */
  units: number;
  total: { estimate: number; lower: number; upper: number };
}

export interface RereadFinding {
  variant: string;
  before: VerdictState;
  now: VerdictState;
  outcome: RereadOutcome;
  /** Absent where the profit of the variant was not computed. */
  claimed?: ProfitClaim;
  realised?: ProfitClaim;
  sentence: string;
}

export interface Reread {
  id: string;
  decisionId: string;
  kind: RereadKind;
  /** Of a horizon. */
  days?: number;
  dueAt: string;
  status: RereadState;
  /** Once it is done: days since the exposure over which each unit's profit is summed. */
  windowDays?: number;
  controlFate?: ControlFate;
  /** Whether a difference is still due to the change alone. */
  stillCausal?: boolean;
  findings: RereadFinding[];
  /** What the re-read proposes by itself. */
  proposal?: 'roll_back';
  /** What the rollout did to the control, in a sentence. */
  sentence?: string;
  result?: EvaluationResult;
  doneAt?: string;
  error?: string;
}
