import {
  answerTo,
  aVerdict,
  COUNTS,
  eur,
  LEARNED,
  NOW,
  PROVISIONAL,
  SHIP,
} from '../../../test/support/decide-cases.js';
import type { DecideGateInput } from './decide-case.js';
import { evaluateDecideGate } from './decide-gate.js';
import type { Verdict } from './verdict.js';

const unmetOf = (input: DecideGateInput) => evaluateDecideGate(input).unmet.map(({ code }) => code);

describe('shipping', () => {
  it.each<[string, Partial<DecideGateInput>, string[]]>([
    ['a profit win', {}, []],
    ['a profit win with a hold-back', { holdBack: 0.1 }, []],
    ['a rigorous profit win', { policy: { profile: 'rigorous', version: 2 } }, []],
    ['from a pause', { state: 'paused' }, []],
    ['again, after a re-read', { state: 'decided' }, []],
    [
      'a flat profit on an audited proxy',
      { verdict: aVerdict('proxy_win_profit_flat'), auditedProxies: ['signup'] },
      [],
    ],
    [
      'a flat profit on an unaudited proxy',
      { verdict: aVerdict('proxy_win_profit_flat'), auditedProxies: ['visits'] },
      ['PROXY_UNAUDITED'],
    ],
    [
      'a pending proxy win',
      { verdict: aVerdict('proxy_win_pending_profit'), auditedProxies: ['signup'] },
      ['PROFIT_NOT_MATURED'],
    ],
    ['too early', { verdict: aVerdict('collecting') }, ['PROFIT_NOT_MATURED']],
    [
      'harm',
      { verdict: aVerdict('harm', 'breached') },
      ['PROFIT_NOT_MATURED', 'GUARDRAIL_BREACHED'],
    ],
    [
      'the trap',
      { verdict: aVerdict('proxy_trap'), auditedProxies: ['signup'] },
      ['PROFIT_NOT_WON'],
    ],
    ['a loss', { verdict: aVerdict('profit_loss') }, ['PROFIT_NOT_WON']],
    ['no change', { verdict: aVerdict('no_detectable_change') }, ['PROFIT_NOT_WON']],
    ['an invalid result', { verdict: aVerdict('invalid') }, ['RESULT_INVALID']],
    ['without a verdict', { verdict: null }, ['VARIANT_UNKNOWN']],
    ['without a variant', { variant: null }, ['VARIANT_UNKNOWN']],
    ['the control', { variant: 'long' }, ['VARIANT_UNKNOWN']],
    ['a killed arm', { killedVariants: ['short'] }, ['VARIANT_KILLED']],
    ['on one story', { policy: { profile: 'explore', version: 1 } }, ['EXPLORE_CANNOT_SHIP']],
    ['withdrawn evidence', { evidenceWithdrawn: true }, ['EVIDENCE_WITHDRAWN']],
    ['an answered gap', { evidenceWithdrawn: true, evidenceGapAnswered: true }, []],
    ['without a reason', { reason: ' ' }, ['REASON_MISSING']],
    ['a breach', { verdict: aVerdict('profit_win', 'breached') }, ['GUARDRAIL_BREACHED']],
    [
      'an open guardrail',
      { verdict: aVerdict('profit_win', 'unresolved') },
      ['GUARDRAIL_UNRESOLVED'],
    ],
    [
      'a guardrail without numbers',
      { verdict: aVerdict('profit_win', 'not_computed') },
      ['GUARDRAIL_UNRESOLVED'],
    ],
    [
      'an answered breach',
      { verdict: aVerdict('profit_win', 'breached'), guardrailAnswers: [answerTo('breached')] },
      [],
    ],
    [
      'a breach answered for another',
      {
        verdict: aVerdict('profit_win', 'breached'),
        guardrailAnswers: [answerTo('breached', { metric: 'churn' })],
      },
      ['GUARDRAIL_BREACHED'],
    ],
    [
      'a breach answered in another variant',
      {
        verdict: aVerdict('profit_win', 'breached'),
        guardrailAnswers: [answerTo('breached', { variant: 'long' })],
      },
      ['GUARDRAIL_BREACHED'],
    ],
    [
      'a breach its owner does not accept',
      {
        verdict: aVerdict('profit_win', 'breached'),
        guardrailAnswers: [answerTo('breached', { accepted: false })],
      },
      ['GUARDRAIL_BREACHED'],
    ],
    [
      'a breach answered while it was open',
      {
        verdict: aVerdict('profit_win', 'breached'),
        guardrailAnswers: [answerTo('unresolved')],
      },
      ['GUARDRAIL_BREACHED'],
    ],
    [
      'an answered open guardrail',
      {
        verdict: aVerdict('profit_win', 'unresolved'),
        guardrailAnswers: [answerTo('unresolved')],
      },
      [],
    ],
    [
      'a guardrail that was added and not evaluated since',
      {
        plannedGuardrails: [
          { key: 'tickets', answerer: 'Head of support' },
          { key: 'churn', answerer: 'Head of support' },
        ],
      },
      ['GUARDRAIL_UNRESOLVED'],
    ],
    [
      'an A/A test',
      { kind: 'aa', verdict: aVerdict('aa_healthy') },
      ['AA_CANNOT_SHIP', 'PROFIT_NOT_WON'],
    ],
    ['a draft', { state: 'draft', verdict: null }, ['STATE_NOT_DECIDABLE', 'VARIANT_UNKNOWN']],
    [
      'everything wrong at once',
      {
        state: 'archived',
        reason: '',
        kind: 'aa',
        policy: { profile: 'explore', version: 1 },
        evidenceWithdrawn: true,
        killedVariants: ['short'],
        verdict: aVerdict('no_detectable_change', 'breached'),
      },
      [
        'STATE_NOT_DECIDABLE',
        'REASON_MISSING',
        'AA_CANNOT_SHIP',
        'EXPLORE_CANNOT_SHIP',
        'EVIDENCE_WITHDRAWN',
        'VARIANT_KILLED',
        'PROFIT_NOT_WON',
        'GUARDRAIL_BREACHED',
      ],
    ],
  ])('%s', (_name, change, unmet) => {
    const input = { ...SHIP, ...change };
    expect(unmetOf(input)).toEqual(unmet);
    expect(evaluateDecideGate(input).outcome).toBe(unmet.length === 0 ? 'pass' : 'refused');
  });
});

/** A proxy win whose sample ratio nobody could check. */
function uncheckedVerdict(): Verdict {
  const verdict = aVerdict('proxy_win_pending_profit');
  const reasons = [{ code: 'SRM_NOT_COMPUTED' as const, facts: {}, sentence: 'Unchecked.' }];
  return { ...verdict, perVariant: verdict.perVariant.map((one) => ({ ...one, reasons })) };
}

describe('shipping before the money is in', () => {
  it.each<[string, Partial<DecideGateInput>, string[]]>([
    ['a pending proxy win', {}, []],
    ['a loss at the cap', { expectedLossOfShipping: eur(100_000) }, []],
    ['the largest hold-back', { holdBack: 0.1 }, []],
    ['before the proxy has won', { verdict: aVerdict('collecting') }, ['PROXY_NOT_WON']],
    ['harm', { verdict: aVerdict('harm') }, ['PROXY_NOT_WON']],
    ['a profit win', { verdict: aVerdict('profit_win') }, ['PROFIT_ALREADY_KNOWN']],
    ['the trap', { verdict: aVerdict('proxy_trap') }, ['PROFIT_ALREADY_KNOWN']],
    ['an invalid result', { verdict: aVerdict('invalid') }, ['RESULT_INVALID']],
    [
      'a breach',
      { verdict: aVerdict('proxy_win_pending_profit', 'breached') },
      ['GUARDRAIL_BREACHED'],
    ],
    [
      'an open guardrail',
      { verdict: aVerdict('proxy_win_pending_profit', 'unresolved') },
      ['GUARDRAIL_UNRESOLVED'],
    ],
    [
      'a breach its owner accepts, before anybody knows what it is weighed against',
      {
        verdict: aVerdict('proxy_win_pending_profit', 'breached'),
        guardrailAnswers: [answerTo('breached')],
      },
      ['GUARDRAIL_BREACHED'],
    ],
    [
      'a win on arms whose ratio could not be checked',
      { verdict: uncheckedVerdict() },
      ['RESULT_INVALID'],
    ],
    ['no cap', { provisionalLossCap: null }, ['LOSS_CAP_MISSING']],
    ['no loss computed', { expectedLossOfShipping: null }, ['LOSS_NOT_COMPUTED']],
    [
      'a loss that is no number',
      { expectedLossOfShipping: eur(Number.NaN) },
      ['LOSS_NOT_COMPUTED'],
    ],
    [
      'a loss in another currency',
      { expectedLossOfShipping: { amountMinor: 1, currency: 'USD' } },
      ['LOSS_NOT_COMPUTED'],
    ],
    ['a loss over the cap', { expectedLossOfShipping: eur(100_000.01) }, ['LOSS_OVER_CAP']],
    ['no hold-back', { holdBack: null }, ['HOLD_BACK_OUT_OF_RANGE']],
    ['too small a hold-back', { holdBack: 0.049 }, ['HOLD_BACK_OUT_OF_RANGE']],
    ['too large a hold-back', { holdBack: 0.11 }, ['HOLD_BACK_OUT_OF_RANGE']],
    ['a hold-back in percent', { holdBack: 5 }, ['HOLD_BACK_OUT_OF_RANGE']],
    ['no re-read', { rereadAt: null }, ['REREAD_MISSING']],
    ['a re-read now', { rereadAt: NOW }, ['REREAD_MISSING']],
    ['on one story', { policy: { profile: 'explore', version: 1 } }, ['EXPLORE_CANNOT_SHIP']],
    ['withdrawn evidence', { evidenceWithdrawn: true }, ['EVIDENCE_WITHDRAWN']],
    [
      'an A/A test',
      { kind: 'aa', verdict: aVerdict('collecting') },
      ['AA_CANNOT_SHIP', 'PROXY_NOT_WON'],
    ],
    ['no variant', { variant: null }, ['VARIANT_UNKNOWN']],
  ])('%s', (_name, change, unmet) => {
    expect(unmetOf({ ...PROVISIONAL, ...change })).toEqual(unmet);
  });
});

describe('going back', () => {
  const worst: Partial<DecideGateInput> = {
    kind: 'aa',
    policy: { profile: 'explore', version: 1 },
    evidenceWithdrawn: true,
    verdict: null,
    variant: null,
    learning: { ...LEARNED, said: { ...LEARNED.said, why: null }, postHocPriors: ['q'] },
  };
  it.each(['stop', 'roll_back'] as const)('%s needs a reason and nothing else', (action) => {
    expect(unmetOf({ ...SHIP, ...worst, action })).toEqual([]);
    expect(unmetOf({ ...SHIP, ...worst, action, reason: '' })).toEqual(['REASON_MISSING']);
    expect(unmetOf({ ...SHIP, ...worst, action, state: 'stopped' })).toEqual([
      'STATE_NOT_DECIDABLE',
    ]);
  });
});

describe('the report', () => {
  it('names what to repair first, how, and what was met', () => {
    const report = evaluateDecideGate({ ...SHIP, verdict: aVerdict('proxy_win_pending_profit') });
    expect(report).toMatchObject({
      gate: 'decide',
      outcome: 'refused',
      policy: { profile: 'standard', version: 1 },
      unmet: [
        {
          code: 'PROFIT_NOT_MATURED',
          severity: 'blocks',
          pointer: '/action',
          actual: 'proxy_win_pending_profit',
          why: 'The money that follows is still coming in.',
        },
      ],
      warnings: [],
      nextBest: {
        code: 'PROFIT_NOT_MATURED',
        remedy: { method: 'POST', path: '/v1/experiments/short-form/evaluations' },
      },
      counts: COUNTS,
    });
    expect(report.met.map(({ code }) => code)).toEqual([
      'STATE_NOT_DECIDABLE',
      'REASON_MISSING',
      'AA_CANNOT_SHIP',
      'EXPLORE_CANNOT_SHIP',
      'EVIDENCE_WITHDRAWN',
      'VARIANT_UNKNOWN',
      'VARIANT_KILLED',
      'RESULT_INVALID',
      'GUARDRAIL_UNRESOLVED',
      'WHY_MISSING',
      'LINKS_UNJUDGED',
      'SIDE_EFFECTS_UNREAD',
      'POST_HOC_AS_PRIOR',
    ]);
    expect(report.met.every(({ remedies }) => remedies.length === 0)).toBe(true);
  });

  it('names the owner of an open guardrail and the request by which they answer', () => {
    const { unmet } = evaluateDecideGate({ ...SHIP, verdict: aVerdict('profit_win', 'breached') });
    expect(unmet[0]?.remedies).toMatchObject([
      {
        action: 'Ask Head of support to answer for tickets',
        method: 'POST',
        path: '/v1/experiments/short-form/guardrails/tickets/answers',
      },
    ]);
  });

  it('warns that profit is partial', () => {
    const verdict: Verdict = {
      ...aVerdict('profit_win'),
      profitCoverage: 'partial',
      unknownCosts: ['cogs', 'incentive'],
    };
    const report = evaluateDecideGate({ ...SHIP, verdict });
    expect(report).toMatchObject({
      outcome: 'pass',
      nextBest: null,
      warnings: [{ code: 'PARTIAL_PROFIT', severity: 'warns', subjects: ['cogs', 'incentive'] }],
    });
    expect(evaluateDecideGate({ ...SHIP, verdict, action: 'stop' }).warnings).toEqual([]);
  });
});
