import type { GuardrailState } from './classify.js';
import {
  decisionLabels,
  LABEL_CODES,
  type LabelCode,
  type LabelledDecision,
  type StandingCase,
  standingLabels,
} from './standing.js';
import type { Verdict } from './verdict.js';

const QUIET: StandingCase = {
  kind: 'ab',
  proxy: null,
  auditedProxies: [],
  planVersion: 1,
  costs: { coverage: 'full', unknown: [] },
  evidence: { withdrawn: false, answered: false, erased: false },
  immature: null,
  verdict: null,
  guardrailAnswers: [],
  gaps: [],
  decision: null,
};
const verdictWith = (state: GuardrailState, sequentialHarm = false): StandingCase['verdict'] => {
  const perVariant: Partial<Verdict['perVariant'][number]>[] = [
    { variant: 'short', guardrails: [{ key: 'tickets', state, sequentialHarm }] },
  ];
  return { perVariant: perVariant as Verdict['perVariant'] };
};
const answered = (accepted: boolean, state: GuardrailState = 'breached') => [
  { metric: 'tickets', variant: 'short', accepted, state, sequentialHarm: false },
];
const SHIP: LabelledDecision = {
  action: 'ship',
  overrideReason: null,
  by: 'Ada',
  overrideRequestedBy: null,
  rereadAt: null,
};

describe('standingLabels', () => {
  it.each<[string, Partial<StandingCase>, LabelCode[], string]>([
    ['nothing', {}, [], ''],
    ['a decision that the gate let pass, without a word about it', { decision: SHIP }, [], ''],
    [
      'withdrawn evidence',
      { evidence: { withdrawn: true, answered: false, erased: false } },
      ['EVIDENCE_WITHDRAWN'],
      'cannot ship until',
    ],
    [
      'an answered gap in place of a withdrawal',
      { evidence: { withdrawn: true, answered: true, erased: false } },
      ['EVIDENCE_GAP_ANSWERED'],
      'answered in writing',
    ],
    [
      'an erasure beside the withdrawal it is',
      { evidence: { withdrawn: true, answered: false, erased: true } },
      ['EVIDENCE_WITHDRAWN', 'EVIDENCE_ERASED'],
      'asked to be forgotten',
    ],
    [
      'an override with who and why',
      { decision: { ...SHIP, overrideReason: 'The season ends. ' } },
      ['OVERRIDDEN'],
      'by Ada alone, because: The season ends.',
    ],
    [
      'an override by two',
      { decision: { ...SHIP, overrideReason: 'Why.', overrideRequestedBy: 'Ben' } },
      ['OVERRIDDEN'],
      'by Ben and Ada, because: Why.',
    ],
    [
      'a provisional ship with its day, and that it is no win',
      {
        decision: {
          ...SHIP,
          action: 'ship_provisional',
          rereadAt: new Date('2026-05-01T10:00:00Z'),
        },
      },
      ['SHIPPED_PROVISIONALLY'],
      'profit unknown; it is read again on 2026-05-01. This is not a win.',
    ],
    [
      'the kinds of cost nobody knows',
      { costs: { coverage: 'partial', unknown: ['cogs', 'support'] } },
      ['PARTIAL_PROFIT'],
      'cogs, support',
    ],
    ['money that still comes in', { immature: 'profit' }, ['NOT_FINAL'], 'profit has not matured'],
    ['a proxy nobody has audited', { proxy: 'signups' }, ['PROXY_UNAUDITED'], 'signups'],
    ['an audited proxy without a word', { proxy: 'signups', auditedProxies: ['signups'] }, [], ''],
    [
      'a breach nobody answered',
      { verdict: verdictWith('breached') },
      ['GUARDRAIL_BREACH_OPEN'],
      'tickets is worse than its margin in short, and its owner has not answered.',
    ],
    [
      'harm before maturity',
      { verdict: verdictWith('unresolved', true) },
      ['GUARDRAIL_BREACH_OPEN'],
      'tickets',
    ],
    [
      'an accepted breach',
      { verdict: verdictWith('breached'), guardrailAnswers: answered(true) },
      ['GUARDRAIL_BREACH_ANSWERED'],
      'its owner accepts that',
    ],
    [
      'a declined breach',
      { verdict: verdictWith('breached'), guardrailAnswers: answered(false) },
      ['GUARDRAIL_BREACH_OPEN'],
      'does not accept',
    ],
    [
      'a breach that was answered before it was one',
      { verdict: verdictWith('breached'), guardrailAnswers: answered(true, 'unresolved') },
      ['GUARDRAIL_BREACH_OPEN'],
      'has not answered',
    ],
    ['no breach where none is shown', { verdict: verdictWith('unresolved') }, [], ''],
    [
      'what is observed by hand',
      { gaps: [{ department: 'sales', plan: 'Count', dueOn: '2026-05-01', isOver: false }] },
      ['OBSERVED_BY_HAND'],
      'sales observes by hand until 2026-05-01',
    ],
    ['an amended plan', { planVersion: 3 }, ['PLAN_AMENDED'], 'version 3'],
    [
      'an A/A test, and nothing that belongs to a result',
      {
        kind: 'aa',
        proxy: 'signups',
        immature: 'profit',
        costs: { coverage: 'partial', unknown: ['cogs'] },
        evidence: null,
        verdict: verdictWith('breached'),
      },
      ['AA_HEALTH_ONLY', 'NOT_FINAL'],
      'never a result',
    ],
  ])('says %s', (_name, change, codes, words) => {
    const labels = standingLabels({ ...QUIET, ...change });
    expect(labels.map(({ code }) => code)).toEqual(codes);
    expect(labels.map(({ sentence }) => sentence).join(' ')).toContain(words);
  });

  it('says everything at once, what makes the result void first', () => {
    const labels = standingLabels({
      ...QUIET,
      proxy: 'signups',
      planVersion: 2,
      costs: { coverage: 'partial', unknown: ['cogs'] },
      evidence: { withdrawn: true, answered: false, erased: true },
      immature: 'profit',
      verdict: verdictWith('breached'),
      gaps: [{ department: 'sales', plan: 'Count', dueOn: '2026-05-01', isOver: true }],
      decision: { ...SHIP, action: 'ship_provisional', overrideReason: 'Why.' },
    });
    const codes = labels.map(({ code }) => code);
    const others: readonly LabelCode[] = [
      'AA_HEALTH_ONLY',
      'EVIDENCE_GAP_ANSWERED',
      'GUARDRAIL_BREACH_ANSWERED',
    ];
    expect(codes).toEqual(LABEL_CODES.filter((code) => !others.includes(code)));
  });
});

describe('decisionLabels', () => {
  it('says of every decision what it is, whatever became of the test since', () => {
    const provisional = { ...SHIP, action: 'ship_provisional' as const, overrideReason: 'Why.' };
    expect(decisionLabels(provisional).map(({ code }) => code)).toEqual([
      'OVERRIDDEN',
      'SHIPPED_PROVISIONALLY',
    ]);
    expect(decisionLabels(SHIP)).toEqual([]);
  });
});
