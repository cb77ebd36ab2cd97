import fc from 'fast-check';
import type { StrengthFacts } from './strength-facts.js';
import {
  STRENGTH_COMPONENTS,
  STRENGTH_RATINGS,
  type StrengthComponent,
} from './strength-ratings.js';
import { STRENGTH_LABELS, type StrengthLowering, strengthOf } from './strength.js';

/** A claim without a concern. */
const sound: StrengthFacts = {
  directness: { observed: 2, live: 8, written: 0, proxy: 0, liveDoubted: 0 },
  people: { supporting: 10, asked: 12, accounts: 6, roles: 3 },
  richness: { medianWords: 3000, pastSpecificShare: 0.8, opinionShare: 0.1, quotesPerPerson: 2.5 },
  coherence: { supports: 10, contradicts: 0, qualifies: 0, silentAsked: 2, answered: 0 },
  relevanceWho: { exact: 10, adjacent: 0, other: 0, rolesUnheard: 0 },
  relevanceWhen: {
    newestAgeDays: 10,
    medianAgeDays: 40,
    limitDays: 180,
    shiftSinceNewest: false,
  },
  method: { verbatimShare: 1, leadingShare: 0, oneInterviewerOnly: false, preregistered: true },
  triangulation: { methodsAgreeing: 2, independentPeople: 10, signals: 'agree' },
  diagnosticity: { tests: [{ type: 'smoking_gun', outcome: 'passed' }] },
  reliability: { readers: 2, alpha: 0.85 },
  trackRecord: { outcomes: ['understood_win'] },
  allWithdrawn: false,
};

type Part = Exclude<keyof StrengthFacts, 'allWithdrawn'>;

function changed<P extends Part>(part: P, change: Partial<StrengthFacts[P]>): StrengthFacts {
  return { ...sound, [part]: { ...sound[part], ...change } };
}

function ratingOf(facts: StrengthFacts, component: StrengthComponent) {
  return strengthOf(facts).components.find((one) => one.component === component);
}

describe('strengthOf a claim without a concern', () => {
  it('is high, with one step and every component', () => {
    const strength = strengthOf(sound);
    expect(strength.components.map(({ component }) => component)).toEqual(STRENGTH_COMPONENTS);
    expect(new Set(strength.components.map(({ rating }) => rating))).toEqual(new Set(['no']));
    expect(strength).toMatchObject({
      label: 'high',
      steps: [{ because: 'start', by: [], label: 'high' }],
      vetoes: [],
    });
  });

  it.each([
    ['nobody for it', { supports: 0 }, 'Nobody supports it.'],
    ['one unanswered', { contradicts: 2, answered: 1 }, 'Some contradict it, 1 without an answer.'],
    ['all answered', { contradicts: 2, answered: 2 }, 'Some contradict it.'],
  ])('says so with %s', (_name, change, why) => {
    expect(ratingOf(changed('coherence', change), 'coherence')?.why).toBe(why);
  });

  it('says how many could still disagree', () => {
    expect(ratingOf(sound, 'coherence')?.why).toContain('22%');
  });
});

describe('strengthOf each component', () => {
  const cases: [StrengthComponent, string, StrengthFacts, string][] = [
    ['directness', 'half live', changed('directness', { written: 10 }), 'minor'],
    ['directness', 'under half live', changed('directness', { written: 11 }), 'moderate'],
    ['directness', 'a proxy', changed('directness', { proxy: 1 }), 'minor'],
    ['directness', 'one certain', changed('directness', { liveDoubted: 9 }), 'no'],
    ['directness', 'all live in doubt', changed('directness', { liveDoubted: 10 }), 'serious'],
    ['directness', 'nobody', changed('directness', { observed: 0, live: 0 }), 'serious'],
    ['people', 'two asked', changed('people', { asked: 2 }), 'serious'],
    ['people', 'three asked', changed('people', { asked: 3 }), 'moderate'],
    ['people', 'four asked', changed('people', { asked: 4 }), 'moderate'],
    ['people', 'five asked', changed('people', { asked: 5 }), 'minor'],
    ['people', 'ten of one account', changed('people', { asked: 10, accounts: 1 }), 'minor'],
    ['people', 'ten asked', changed('people', { asked: 10, accounts: null }), 'no'],
    ['richness', 'only opinions', changed('richness', { opinionShare: 1 }), 'serious'],
    ['richness', 'under half', changed('richness', { pastSpecificShare: 0.49 }), 'moderate'],
    ['richness', 'half', changed('richness', { pastSpecificShare: 0.5 }), 'no'],
    ['richness', 'unknown', changed('richness', { pastSpecificShare: null }), 'moderate'],
    ['richness', 'one quote each', changed('richness', { quotesPerPerson: 1 }), 'minor'],
    ['richness', 'two quotes each', changed('richness', { quotesPerPerson: 2 }), 'no'],
    ['richness', 'unknown length', changed('richness', { medianWords: null }), 'minor'],
    ['coherence', 'as many against', changed('coherence', { contradicts: 10 }), 'serious'],
    ['coherence', 'a third', changed('coherence', { supports: 9, contradicts: 3 }), 'moderate'],
    ['coherence', 'under a third', changed('coherence', { contradicts: 3, answered: 3 }), 'minor'],
    ['coherence', 'qualified', changed('coherence', { qualifies: 1 }), 'minor'],
    ['coherence', 'no support', changed('coherence', { supports: 0 }), 'serious'],
    ['relevance_who', 'adjacent', changed('relevanceWho', { exact: 0, adjacent: 3 }), 'moderate'],
    ['relevance_who', 'other only', changed('relevanceWho', { exact: 0, other: 3 }), 'serious'],
    ['relevance_who', 'nobody', changed('relevanceWho', { exact: 0 }), 'serious'],
    ['relevance_who', 'some other', changed('relevanceWho', { other: 1 }), 'minor'],
    ['relevance_who', 'a role unheard', changed('relevanceWho', { rolesUnheard: 1 }), 'minor'],
    ['relevance_when', 'shifted', changed('relevanceWhen', { shiftSinceNewest: true }), 'serious'],
    ['relevance_when', 'half of it', changed('relevanceWhen', { medianAgeDays: 90 }), 'no'],
    ['relevance_when', 'over half', changed('relevanceWhen', { medianAgeDays: 91 }), 'moderate'],
    ['relevance_when', 'unknown', changed('relevanceWhen', { medianAgeDays: null }), 'moderate'],
    ['relevance_when', 'no metric', changed('relevanceWhen', { shiftSinceNewest: null }), 'minor'],
    ['method', 'notes only', changed('method', { verbatimShare: 0 }), 'serious'],
    ['method', 'some notes', changed('method', { verbatimShare: 0.9 }), 'minor'],
    ['method', '20% leading', changed('method', { leadingShare: 0.2 }), 'minor'],
    ['method', 'over 20% leading', changed('method', { leadingShare: 0.21 }), 'moderate'],
    ['method', 'unknown words', changed('method', { verbatimShare: null }), 'moderate'],
    ['method', 'unknown questions', changed('method', { leadingShare: null }), 'moderate'],
    ['method', 'one interviewer', changed('method', { oneInterviewerOnly: true }), 'minor'],
    ['method', 'not written before', changed('method', { preregistered: false }), 'minor'],
    ['triangulation', 'disagree', changed('triangulation', { signals: 'disagree' }), 'serious'],
    ['triangulation', 'one method', changed('triangulation', { methodsAgreeing: 1 }), 'moderate'],
    ['triangulation', 'no numbers', changed('triangulation', { signals: 'none' }), 'minor'],
    ['reliability', 'under 0.4', changed('reliability', { alpha: 0.39 }), 'serious'],
    ['reliability', '0.4', changed('reliability', { alpha: 0.4 }), 'minor'],
    ['reliability', 'one', changed('reliability', { readers: 1, alpha: null }), 'moderate'],
    ['reliability', 'not computed', changed('reliability', { alpha: null }), 'minor'],
    ['reliability', '0.80', changed('reliability', { alpha: 0.8 }), 'no'],
    ['track_record', 'none', changed('trackRecord', { outcomes: [] }), 'moderate'],
    ['track_record', 'lucky', changed('trackRecord', { outcomes: ['lucky_win'] }), 'moderate'],
    ['track_record', 'broken', changed('trackRecord', { outcomes: ['broken_chain'] }), 'minor'],
    [
      'track_record',
      'refuted once',
      changed('trackRecord', { outcomes: ['understood_win', 'refuted'] }),
      'serious',
    ],
  ];

  it.each(cases)('%s: %s', (component, _name, facts, rating) => {
    expect(ratingOf(facts, component)?.rating).toBe(rating);
    const others = strengthOf(facts).components.filter((one) => one.component !== component);
    expect(others.every((one) => one.rating === 'no')).toBe(true);
  });

  it.each([
    ['no item at all', [], 'moderate'],
    ['straw only', [{ type: 'straw', outcome: 'passed' }], 'moderate'],
    ['one not looked at yet', [{ type: 'smoking_gun', outcome: null }], 'moderate'],
    ['a passed hoop', [{ type: 'hoop', outcome: 'passed' }], 'minor'],
    ['a smoking gun not found', [{ type: 'smoking_gun', outcome: 'failed' }], 'minor'],
    ['one that decides both ways', [{ type: 'doubly_decisive', outcome: 'passed' }], 'no'],
    ['a failed hoop', [{ type: 'hoop', outcome: 'failed' }], 'serious'],
    ['the decisive one failed', [{ type: 'doubly_decisive', outcome: 'failed' }], 'serious'],
  ] as const)('diagnosticity: %s', (_name, tests, rating) => {
    expect(ratingOf(changed('diagnosticity', { tests }), 'diagnosticity')?.rating).toBe(rating);
  });

  it('covers every component', () => {
    const covered = new Set([...cases.map(([component]) => component), 'diagnosticity']);
    expect(covered).toEqual(new Set(STRENGTH_COMPONENTS));
  });

  it('refuses a fact that would compare false and look sound', () => {
    const facts = changed('richness', { pastSpecificShare: Number.NaN });
    expect(() => strengthOf(facts)).toThrow('richness.pastSpecificShare');
  });

  it('gives the facts it judged', () => {
    const { facts } = ratingOf(sound, 'relevance_when') ?? {};
    expect(facts).toEqual(sound.relevanceWhen);
  });
});

const lowering = (
  component: StrengthComponent,
  rating: StrengthLowering['rating'],
  reason = 'they all know each other',
): StrengthLowering => ({ component, rating, reason, by: 'member-1' });

describe('strengthOf with several concerns', () => {
  it.each([
    [[], 'high'],
    [['people:moderate'], 'high'],
    [['people:moderate', 'method:moderate'], 'moderate'],
    [['people:moderate', 'method:moderate', 'richness:moderate'], 'moderate'],
    [['people:serious'], 'moderate'],
    [['people:serious', 'method:moderate'], 'moderate'],
    [['people:serious', 'method:moderate', 'richness:moderate'], 'low'],
    [['people:serious', 'method:serious', 'richness:serious'], 'very_low'],
    [['people:serious', 'method:serious', 'richness:serious', 'coherence:serious'], 'very_low'],
    [['people:minor', 'method:minor', 'richness:minor', 'coherence:minor'], 'high'],
  ])('%j is %s', (concerns, label) => {
    const lowerings = concerns.map((one) => {
      const [component, rating] = one.split(':') as [StrengthComponent, StrengthLowering['rating']];
      return lowering(component, rating);
    });
    expect(strengthOf(sound, lowerings).label).toBe(label);
  });

  it('returns every step with what caused it', () => {
    const lowerings = [
      lowering('people', 'serious'),
      lowering('method', 'moderate'),
      lowering('richness', 'moderate'),
    ];
    expect(strengthOf(sound, lowerings).steps).toEqual([
      { because: 'start', by: [], label: 'high' },
      { because: 'serious', by: ['people'], label: 'moderate' },
      { because: 'two_moderate', by: ['richness', 'method'], label: 'low' },
    ]);
  });

  it.each([
    ['no_live_first_hand', changed('directness', { observed: 0, live: 0 })],
    ['failed_hoop', changed('diagnosticity', { tests: [{ type: 'hoop', outcome: 'failed' }] })],
    ['all_withdrawn', { ...sound, allWithdrawn: true }],
  ] as const)('%s is a veto', (veto, facts) => {
    const { label, vetoes, steps } = strengthOf(facts);
    expect(label).toBe('very_low');
    expect(vetoes).toEqual([veto]);
    expect(steps.at(-1)).toEqual({ because: 'veto', by: [veto], label: 'very_low' });
  });
});

describe('strengthOf with a rating that a person lowered', () => {
  it('keeps what was computed beside it', () => {
    const [item] = strengthOf(sound, [lowering('directness', 'moderate')]).components;
    expect(item).toMatchObject({
      computed: 'no',
      rating: 'moderate',
      lowered: { reason: 'they all know each other', by: 'member-1' },
    });
  });

  it.each([
    ['would raise it', changed('people', { asked: 2 }), lowering('people', 'no')],
    ['changes nothing', changed('people', { asked: 2 }), lowering('people', 'serious')],
    ['gives no reason', sound, lowering('people', 'serious', '  ')],
  ])('ignores one that %s, and says so', (_name, facts, one) => {
    const strength = strengthOf(facts, [one]);
    expect(strength.ignored).toEqual([one]);
    expect(strength).toMatchObject({ label: strengthOf(facts).label });
    expect(strength.components.every(({ lowered }) => lowered === null)).toBe(true);
  });

  it('never becomes stronger, whatever anybody lowers', () => {
    const some = fc.record({
      component: fc.constantFrom(...STRENGTH_COMPONENTS),
      rating: fc.constantFrom(...STRENGTH_RATINGS),
      reason: fc.constantFrom('because', ''),
      by: fc.constant('member-1'),
    });
    const weak = changed('people', { asked: 3 });
    fc.assert(
      fc.property(fc.array(some, { maxLength: 6 }), (lowerings) => {
        const before = STRENGTH_LABELS.indexOf(strengthOf(weak).label);
        const after = STRENGTH_LABELS.indexOf(strengthOf(weak, lowerings).label);
        expect(after).toBeGreaterThanOrEqual(before);
      }),
    );
  });
});
