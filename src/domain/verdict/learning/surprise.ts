/** What came out other than was said before, found by a rule and not by an opinion. */

export const SURPRISE_CODES = [
  'PREDICTION_MISSED',
  'SIGN_REVERSED',
  'GUARDRAIL_MOVED',
  'UNDECLARED_SIDE_EFFECT',
  'FLAT_UNDER_STRONG_EVIDENCE',
] as const;
export type SurpriseCode = (typeof SURPRISE_CODES)[number];

export interface Surprise {
  code: SurpriseCode;
  /** Key of the metric or of the department. */
  subject: string;
  /** Null where it is about no variant in particular. */
  variant: string | null;
  sentence: string;
}
