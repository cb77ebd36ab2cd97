import fc from 'fast-check';
import { DECISION_ACTIONS } from '../experiments/decision.js';
import { DECIDE_GATE_CODES, type DecideGateInput } from './decide-case.js';
import { evaluateDecideGate } from './decide-gate.js';
import { LEARNING_CODES } from './decide-learning-checks.js';
import type { AnsweredSurprise, LearningCase } from './learning/learning-case.js';

const NOW = new Date('2026-06-01T00:00:00Z');
const LATER = new Date('2026-07-01T00:00:00Z');

const held = {
  from: 'change',
  to: 'metric:signup',
  verdict: 'held',
  by: 'numbers',
  note: null,
  saidInstead: null,
} as const;
const unjudged = { ...held, to: 'experience:calm', verdict: null, by: null };
const support = { department: 'support', expectedEffect: 'fewer questions', reason: 'fees shown' };
const noticed = { department: 'support', observed: 'none', note: 'Nothing.' } as const;
const surprise: AnsweredSurprise = {
  code: 'GUARDRAIL_MOVED',
  subject: 'tickets',
  variant: 'short',
  sentence: 'The guardrail tickets went up, and no declared side effect names it.',
  answer: null,
};
const answered = (answer: object): AnsweredSurprise => ({
  ...surprise,
  answer: { code: 'GUARDRAIL_MOVED', ...answer },
});
const why = { state: 'explained', text: 'They saw the total.' } as const;
const quote = { id: 'q1', inForce: true, postHoc: false };

const LEARNED: LearningCase = {
  said: { why, links: [], surprises: [], sideEffects: [noticed] },
  links: [held],
  surprises: [],
  impacts: [support],
  quotes: [quote],
  experienceMeasured: false,
  postHocPriors: [],
};
const said = (change: Partial<LearningCase['said']>) => ({ said: { ...LEARNED.said, ...change } });

const ITERATE: DecideGateInput = {
  experimentKey: 'short form',
  kind: 'ab',
  state: 'maturing',
  policy: { profile: 'standard', version: 1 },
  counts: {
    people: 3,
    accounts: 3,
    liveFirstHand: 2,
    writtenFirstHand: 1,
    hearsay: 0,
    interviews: 3,
    supports: 4,
    contradicts: 1,
    qualifies: 0,
  },
  action: 'iterate',
  variant: 'short',
  reason: 'Not yet.',
  holdBack: null,
  rereadAt: null,
  override: null,
  verdict: null,
  killedVariants: [],
  leadingMetric: 'signup',
  auditedProxies: [],
  overrideBySecond: { asked: false, possible: true },
  plannedGuardrails: [],
  guardrailAnswers: [],
  provisionalLossCap: null,
  expectedLossOfShipping: null,
  evidenceWithdrawn: false,
  evidenceGapAnswered: false,
  learning: LEARNED,
  now: NOW,
};
const reportOf = (change: Partial<LearningCase>, input: Partial<DecideGateInput> = {}) =>
  evaluateDecideGate({ ...ITERATE, ...input, learning: { ...LEARNED, ...change } });
const unmetOf = (change: Partial<LearningCase>) => reportOf(change).unmet.map(({ code }) => code);

describe('what was learned', () => {
  it.each<[string, Partial<LearningCase>, string[]]>([
    ['all said', {}, []],
    ['no why', said({ why: null }), ['WHY_MISSING']],
    ['a why without words', said({ why: { ...why, text: ' \n' } }), ['WHY_MISSING']],
    ['explained by a quote', { quotes: [quote] }, []],
    ['explained by a quote from after the launch', { quotes: [{ ...quote, postHoc: true }] }, []],
    ['explained by nothing', { quotes: [] }, ['WHY_MISSING']],
    ['explained by an experience metric', { quotes: [], experienceMeasured: true }, []],
    ['a quote out of force', { quotes: [{ ...quote, inForce: false }] }, ['WHY_MISSING']],
    [
      'one of two quotes out of force',
      { quotes: [quote, { ...quote, id: 'q2', inForce: false }], experienceMeasured: true },
      ['WHY_MISSING'],
    ],
    ['partly, without quotes', { ...said({ why: { ...why, state: 'partly' } }), quotes: [] }, []],
    [
      'partly, with a quote out of force',
      { ...said({ why: { ...why, state: 'partly' } }), quotes: [{ ...quote, inForce: false }] },
      ['WHY_MISSING'],
    ],
    ['unexplained', { ...said({ why: { ...why, state: 'unexplained' } }), quotes: [] }, []],
    ['no chain', { links: [] }, []],
    ['a link nobody judged', { links: [held, unjudged] }, ['LINKS_UNJUDGED']],
    ['a link not measured', { links: [{ ...held, verdict: 'not_measured', by: 'people' }] }, []],
    ['a broken link', { links: [{ ...held, verdict: 'broken' }] }, []],
    ['a surprise without an answer', { surprises: [surprise] }, ['SURPRISE_OPEN']],
    ['a surprise with a note only', { surprises: [answered({ note: 'Odd.' })] }, ['SURPRISE_OPEN']],
    [
      'a surprise followed up',
      { surprises: [answered({ followUp: { question: 'Why did you call?', dueAt: LATER } })] },
      [],
    ],
    [
      'a follow-up that is due now',
      { surprises: [answered({ followUp: { question: 'Why did you call?', dueAt: NOW } })] },
      ['SURPRISE_OPEN'],
    ],
    [
      'a follow-up that asks nothing',
      { surprises: [answered({ followUp: { question: ' ', dueAt: LATER } })] },
      ['SURPRISE_OPEN'],
    ],
    ['a surprise closed', { surprises: [answered({ closedUnexplained: 'Too few calls.' })] }, []],
    [
      'a surprise closed without a reason',
      { surprises: [answered({ closedUnexplained: '' })] },
      ['SURPRISE_OPEN'],
    ],
    [
      'two surprises, one answered',
      {
        surprises: [
          answered({ closedUnexplained: 'Too few calls.' }),
          { ...surprise, subject: 'churn' },
        ],
      },
      ['SURPRISE_OPEN'],
    ],
    ['a department nobody asked', said({ sideEffects: [] }), ['SIDE_EFFECTS_UNREAD']],
    [
      'another department asked instead',
      said({ sideEffects: [{ ...noticed, department: 'sales' }] }),
      ['SIDE_EFFECTS_UNREAD'],
    ],
    [
      'a department that could not tell',
      said({ sideEffects: [{ ...noticed, observed: 'not_measured' }] }),
      [],
    ],
    ['nothing declared', { ...said({ sideEffects: [] }), impacts: [] }, []],
    ['a reason that names later words', { postHocPriors: ['q9'] }, ['POST_HOC_AS_PRIOR']],
    [
      'nothing said at all',
      {
        said: { why: null, links: [], surprises: [], sideEffects: [] },
        links: [unjudged],
        surprises: [surprise],
        quotes: [],
        postHocPriors: ['q9'],
      },
      [
        'WHY_MISSING',
        'LINKS_UNJUDGED',
        'SURPRISE_OPEN',
        'SIDE_EFFECTS_UNREAD',
        'POST_HOC_AS_PRIOR',
      ],
    ],
  ])('%s', (_name, change, unmet) => {
    expect(unmetOf(change)).toEqual(unmet);
  });

  it('names what is missing by ids, never by words', () => {
    const { unmet } = reportOf({
      links: [held, unjudged],
      surprises: [surprise],
      quotes: [{ ...quote, inForce: false }],
      said: { ...LEARNED.said, sideEffects: [] },
    });
    expect(unmet.map(({ code, pointer, subjects }) => [code, pointer, subjects])).toEqual([
      ['WHY_MISSING', '/why/quoteIds', ['q1']],
      ['LINKS_UNJUDGED', '/links', ['change -> experience:calm']],
      ['SURPRISE_OPEN', '/surprises', ['tickets']],
      ['SIDE_EFFECTS_UNREAD', '/sideEffects', ['support']],
    ]);
  });

  it('points each unmet item at a request, and says which of them one request clears', () => {
    const { unmet, nextBest } = reportOf({
      ...said({ why: null, sideEffects: [] }),
      surprises: [surprise],
      postHocPriors: ['q9'],
    });
    expect(unmet.every(({ remedies }) => remedies.length === 1)).toBe(true);
    expect(nextBest).toEqual({
      code: 'WHY_MISSING',
      why: 'It is not said why the result came out as it did. The same request can clear SURPRISE_OPEN, SIDE_EFFECTS_UNREAD.',
      remedy: expect.objectContaining({
        method: 'POST',
        path: '/v1/experiments/short%20form/decide',
      }),
      clears: ['SURPRISE_OPEN', 'SIDE_EFFECTS_UNREAD'],
    });
  });

  it('is asked after the facts: they are repaired first', () => {
    const { nextBest, unmet } = reportOf(said({ why: null }), { action: 'ship' });
    expect(unmet.map(({ code }) => code)).toEqual(['VARIANT_UNKNOWN', 'WHY_MISSING']);
    expect(nextBest?.code).toBe('VARIANT_UNKNOWN');
    expect(nextBest?.why).not.toContain('WHY_MISSING');
  });

  it('may be overruled in writing, and stays in sight', () => {
    const { outcome, warnings } = reportOf(
      { ...said({ why: null }), postHocPriors: ['q9'] },
      { override: { reason: 'The season ends tomorrow.', by: 'm1', request: null } },
    );
    expect([outcome, warnings.map(({ code }) => code)]).toEqual([
      'pass',
      ['OVERRIDDEN', 'WHY_MISSING', 'POST_HOC_AS_PRIOR'],
    ]);
  });

  it('is not asked of an A/A test, which says so when it is told something', () => {
    const told = reportOf(said({ sideEffects: [] }), { kind: 'aa' });
    expect([told.outcome, told.warnings.map(({ code }) => code)]).toEqual([
      'pass',
      ['AA_TEACHES_NOTHING'],
    ]);
    const silent = reportOf(said({ why: null, sideEffects: [] }), { kind: 'aa' });
    expect(silent.warnings).toEqual([]);
  });

  it('lets the numbers stand against a note, and says so', () => {
    const links = [{ ...held, saidInstead: 'broken' as const }];
    expect(reportOf({ links })).toMatchObject({
      outcome: 'pass',
      warnings: [{ code: 'LINK_JUDGED_BY_NUMBERS', subjects: ['change -> metric:signup'] }],
    });
  });

  it('warns of an answered gap in the evidence', () => {
    const gap = { evidenceWithdrawn: true, evidenceGapAnswered: true } as const;
    const warned = (action: DecideGateInput['action']) =>
      reportOf({}, { ...gap, action }).warnings.map(({ code }) => code);
    expect(warned('ship')).toEqual(['EVIDENCE_GAP_ANSWERED']);
    expect(warned('iterate')).toEqual([]);
  });

  it('lists real codes, in the order of the gate', () => {
    const codes: readonly string[] = LEARNING_CODES;
    expect(DECIDE_GATE_CODES.filter((code) => codes.includes(code))).toEqual(codes);
  });
});

const anyLearning: fc.Arbitrary<LearningCase> = fc.record({
  said: fc.record({
    why: fc.option(
      fc.record({
        state: fc.constantFrom('explained', 'partly', 'unexplained'),
        text: fc.constantFrom('', 'Because.'),
      }),
    ),
    links: fc.constant([]),
    surprises: fc.constant([]),
    sideEffects: fc.subarray([noticed, { ...noticed, department: 'sales' }]),
  }),
  links: fc.subarray([held, unjudged]),
  surprises: fc.subarray([surprise, answered({ closedUnexplained: 'No.' })]),
  impacts: fc.subarray([support, { ...support, department: 'sales' }]),
  quotes: fc.subarray([quote, { ...quote, id: 'q2', inForce: false }]),
  experienceMeasured: fc.boolean(),
  postHocPriors: fc.subarray(['q8', 'q9']),
});

describe('whatever was learned or not', () => {
  it('never keeps anybody from stopping or rolling back', () => {
    fc.assert(
      fc.property(anyLearning, fc.constantFrom('stop', 'roll_back'), (learning, action) => {
        expect(evaluateDecideGate({ ...ITERATE, action, learning }).outcome).toBe('pass');
      }),
    );
  });

  it('an item is met or unmet, in the order of the codes, with a pointer and a sentence', () => {
    fc.assert(
      fc.property(anyLearning, fc.constantFrom(...DECISION_ACTIONS), (learning, action) => {
        const { unmet, met, outcome } = evaluateDecideGate({ ...ITERATE, action, learning });
        const places = unmet.map(({ code }) =>
          (DECIDE_GATE_CODES as readonly string[]).indexOf(code),
        );
        const learned = places.slice(unmet.filter((item) => !isLearning(item.code)).length);
        expect(learned).toEqual(learned.toSorted((one, other) => one - other));
        expect(outcome === 'pass').toBe(unmet.length === 0);
        expect([...unmet, ...met].every(({ why: sentence }) => sentence.endsWith('.'))).toBe(true);
      }),
    );
  });

  it('saying more never opens a new gap', () => {
    fc.assert(
      fc.property(anyLearning, (learning) => {
        const before = evaluateDecideGate({ ...ITERATE, learning }).unmet.map(({ code }) => code);
        const more = {
          ...learning,
          said: {
            ...learning.said,
            why: { state: 'unexplained' as const, text: 'Nobody knows.' },
            sideEffects: [noticed, { ...noticed, department: 'sales' }],
          },
          quotes: [],
        };
        const after = evaluateDecideGate({ ...ITERATE, learning: more }).unmet;
        expect(before).toEqual(expect.arrayContaining(after.map(({ code }) => code)));
        expect(after.map(({ code }) => code)).not.toContain('WHY_MISSING');
        expect(after.map(({ code }) => code)).not.toContain('SIDE_EFFECTS_UNREAD');
      }),
    );
  });
});

function isLearning(code: string): boolean {
  return (LEARNING_CODES as readonly string[]).includes(code);
}
