import type { EvaluationResult } from '../evaluation/result.js';
import type { VerdictState } from '../verdict/verdict.js';

/** Profit read again after the decision, on the cohort as it was. */

/** Days after the decision. */
export const REREAD_DAYS = [30, 90, 180, 365] as const;

export const REREAD_KINDS = ['horizon', 'provisional'] as const;
/** `horizon`: at one of REREAD_DAYS; `provisional`: on the date that a provisional ship promised. */
export type RereadKind = (typeof REREAD_KINDS)[number];

export const REREAD_STATES = ['due', 'done', 'failed', 'cancelled'] as const;
/** `cancelled`: another decision came before it was made. */
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

/** Money of a variant against the control, with its interval, in major units of the currency. */
export interface MoneyEffect {
  estimate: number;
  lower: number;
  upper: number;
}

/** Money per unit and of the whole cohort. */
export interface ProfitClaim {
  perUnit: MoneyEffect;
  /** Units of the variant in the cohort. */
  units: number;
  total: MoneyEffect;
  /** Days since its exposure over which each unit's money is summed. */
  windowDays: number;
}

/** What the decision believed of a variant. */
export interface VariantClaim {
  variant: string;
  before: VerdictState;
  /** Absent where its profit had not been computed for the whole cohort: then nothing was claimed. */
  claimed?: ProfitClaim;
}

export interface RereadFinding extends VariantClaim {
  now: VerdictState;
  outcome: RereadOutcome;
  /** Absent where the profit of the variant was not computed. */
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
  /** ISO 4217, of all money in it. */
  currency: string;
  /** Once it is done: days since the exposure over which each unit's profit is summed. */
  windowDays?: number;
  /** Chance of an error that the intervals allow: a horizon has its share of the plan's. */
  alpha?: number;
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
  /** Code of the problem of the last attempt. */
  error?: string;
}
