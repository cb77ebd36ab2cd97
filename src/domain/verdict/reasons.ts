import type { ProfitCoverage } from '../money/costs.js';

/** Why a verdict is what it is: a code for programs, facts for both, a sentence for people. */

export const REASON_CODES = [
  'SRM_FAILED',
  'SRM_NOT_COMPUTED',
  'CROSSOVERS',
  'DATA_FAULT',
  'PROFIT_HARM_BOUND',
  'GUARDRAIL_HARM_BOUND',
  'PROFIT_NOT_MATURED',
  'LEADING_WON',
  'LEADING_LOST',
  'LEADING_FLAT',
  'LEADING_NOT_COMPUTED',
  'PROFIT_WON',
  'PROFIT_LOST',
  'PROFIT_NON_INFERIOR',
  'PROFIT_FLAT',
  'PROFIT_NOT_COMPUTED',
  'AA_DIFFERENCE',
  'AA_NO_DIFFERENCE',
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

export type ReasonFacts = Readonly<Record<string, string | number | boolean | null>>;

export interface Reason {
  code: ReasonCode;
  /** Numbers as they were computed, never rounded here. */
  facts: ReasonFacts;
  sentence: string;
}

/** Always says *partial* while a kind of cost is unknown. */
export function profitWord(coverage: ProfitCoverage): 'Profit' | 'Partial profit' {
  return coverage === 'full' ? 'Profit' : 'Partial profit';
}

export function reason(code: ReasonCode, sentence: string, facts: ReasonFacts = {}): Reason {
  return { code, facts, sentence };
}
