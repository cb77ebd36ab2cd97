/** Everything the create gate can hold against an experiment; each one blocks. */
export const CREATE_GATE_CODES = [
  'CHAIN_BROKEN',
  'CONSENT_MISSING',
  'EXPERIENCE_MISSING',
  'HEARSAY_ONLY',
  'MECHANISM_INCOMPLETE',
  'NO_LIVE_FIRST_HAND',
  'NO_NEGATIVE_SEARCH',
  'QUOTE_NOT_FOUND',
  'QUOTE_NOT_PARTICIPANT',
  'QUOTE_TOO_SHORT',
  'RATIONALE_MISSING',
  'SESSION_NOT_BEFORE',
  'STALE',
  'SYNTHETIC_CITED',
  'TOO_FEW_PEOPLE',
] as const;
export type CreateGateCode = (typeof CREATE_GATE_CODES)[number];
