import type { GuardrailState } from '../../src/domain/verdict/classify.js';
import type { DecideGateInput } from '../../src/domain/verdict/decide-case.js';
import type { AnswerFacts } from '../../src/domain/verdict/guardrail-answer.js';
import type { LearningCase } from '../../src/domain/verdict/learning/learning-case.js';
import type { Verdict, VerdictState } from '../../src/domain/verdict/verdict.js';

/** Decisions that pass, to be changed by one thing at a time. */

export const NOW = new Date('2026-06-01T00:00:00Z');
export const COUNTS = {
  people: 3,
  accounts: 3,
  liveFirstHand: 2,
  writtenFirstHand: 1,
  hearsay: 0,
  interviews: 3,
  supports: 4,
  contradicts: 1,
  qualifies: 0,
};
export const aVerdict = (
  state: VerdictState,
  guardrail: GuardrailState = 'non_inferior',
): Verdict => ({
  perVariant: [
    {
      variant: 'short',
      state,
      reasons: [],
      chain: [],
      guardrails: [{ key: 'tickets', state: guardrail, sequentialHarm: false }],
    },
  ],
  profitCoverage: 'full',
  unknownCosts: [],
});
/** What was learned, with nothing left open. */
export const LEARNED: LearningCase = {
  said: {
    why: { state: 'unexplained', text: 'We looked and cannot tell.' },
    links: [],
    surprises: [],
    sideEffects: [],
  },
  links: [],
  surprises: [],
  impacts: [],
  quotes: [],
  experienceMeasured: false,
  postHocPriors: [],
};
export const answerTo = (
  state: GuardrailState,
  changes: Partial<AnswerFacts> = {},
): AnswerFacts => ({
  metric: 'tickets',
  variant: 'short',
  accepted: true,
  state,
  sequentialHarm: false,
  ...changes,
});
export const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });

export const SHIP: DecideGateInput = {
  experimentKey: 'short-form',
  kind: 'ab',
  state: 'maturing',
  policy: { profile: 'standard', version: 1 },
  counts: COUNTS,
  action: 'ship',
  variant: 'short',
  reason: 'Profit won.',
  holdBack: null,
  rereadAt: null,
  override: null,
  verdict: aVerdict('profit_win'),
  killedVariants: [],
  leadingMetric: 'signup',
  auditedProxies: [],
  overrideBySecond: { asked: false, possible: true },
  plannedGuardrails: [{ key: 'tickets', answerer: 'Head of support' }],
  guardrailAnswers: [],
  provisionalLossCap: null,
  expectedLossOfShipping: null,
  evidenceWithdrawn: false,
  evidenceGapAnswered: false,
  learning: LEARNED,
  now: NOW,
};
export const PROVISIONAL: DecideGateInput = {
  ...SHIP,
  state: 'running',
  action: 'ship_provisional',
  verdict: aVerdict('proxy_win_pending_profit'),
  holdBack: 0.05,
  rereadAt: new Date('2026-07-01T00:00:00Z'),
  provisionalLossCap: eur(100_000),
  expectedLossOfShipping: eur(40_000.5),
};
