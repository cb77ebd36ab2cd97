import type { LearnedFacts, LinkFacts, MovedMetric } from './learned-facts.js';
import { insightEffectOf, judgeLearned } from './learned.js';
import type { InsightEffect, LearningOutcome, MechanismVerdict } from './outcome.js';

const link = (to: string, changes: Partial<LinkFacts> = {}): LinkFacts => ({
  from: 'change',
  to,
  verdict: 'held',
  by: 'people',
  ...changes,
});
const calm = (move: MovedMetric['move'], matured = true): MovedMetric => ({
  key: 'calm',
  move,
  matured,
  good: 'increase',
});
const NOBODY = { heard: 0, needed: 3, described: 0, contradicted: 0 };

/** Sign-ups went up as predicted, the money is in, and nothing is known of the reason. */
const facts = (changes: Partial<LearnedFacts> = {}): LearnedFacts => ({
  variant: 'short',
  state: 'profit_win',
  metric: {
    key: 'signup',
    move: 'up',
    matured: true,
    good: 'increase',
    expected: 'increase',
    isPredicted: true,
  },
  links: [],
  experience: [],
  wrongIfMet: null,
  people: NOBODY,
  ...changes,
});
const moved = (changes: Partial<LearnedFacts['metric']>) => ({
  metric: { ...facts().metric, ...changes },
});
const HELD = [link('experience:calm')];
const BROKEN = [link('experience:calm', { verdict: 'broken' })];

describe('the metric verdict', () => {
  it.each<[string, Partial<LearnedFacts>, string, boolean | undefined]>([
    ['up, and up is good', {}, 'better', true],
    ['down, and up is good', moved({ move: 'down' }), 'worse', false],
    [
      'down, and down is good and predicted',
      moved({ move: 'down', good: 'decrease', expected: 'decrease' }),
      'better',
      true,
    ],
    ['worse, as it was predicted', moved({ move: 'down', expected: 'decrease' }), 'worse', true],
    ['flat, and all time is over', moved({ move: 'flat' }), 'no_detectable_change', false],
    ['flat so far', moved({ move: 'flat', matured: false }), 'not_computed', undefined],
    ['no number', moved({ move: 'not_computed' }), 'not_computed', undefined],
    [
      'before any evaluation',
      { state: null, ...moved({ move: 'not_computed' }) },
      'not_computed',
      undefined,
    ],
    ['faulty data', { state: 'invalid' }, 'invalid', undefined],
  ])('%s', (_name, changes, metric, asPredicted) => {
    const judged = judgeLearned(facts(changes));
    expect([judged.metric, judged.asPredicted]).toEqual([metric, asPredicted]);
  });

  it('says which metric it is of, and whether it was predicted', () => {
    expect(judgeLearned(facts()).metricReasons).toEqual(['signup went up, as predicted.']);
    const unpredicted = facts(moved({ key: 'profit', isPredicted: false }));
    expect(judgeLearned(unpredicted).metricReasons).toEqual(['profit went up.']);
  });
});

describe('the mechanism', () => {
  it.each<[string, Partial<LearnedFacts>, MechanismVerdict, boolean]>([
    ['nothing known', {}, 'unknown', false],
    ['a link held, as people say', { links: HELD }, 'supported', false],
    ['a link broken, as people say', { links: BROKEN }, 'not_supported', false],
    [
      'a link broken, by the numbers',
      { links: [link('metric:calm', { verdict: 'broken', by: 'numbers' })] },
      'not_supported',
      true,
    ],
    [
      'one held and one broken',
      { links: [...HELD, link('metric:seen', { verdict: 'broken' })] },
      'not_supported',
      false,
    ],
    [
      'links nobody measured',
      { links: [link('experience:calm', { verdict: 'not_measured' })] },
      'unknown',
      false,
    ],
    [
      'links nobody judged',
      { links: [link('experience:calm', { verdict: null, by: null })] },
      'unknown',
      false,
    ],
    [
      'the metric moved, which is no witness of why',
      { links: [link('metric:signup', { by: 'numbers' })] },
      'unknown',
      false,
    ],
    [
      'the metric moved although its cause went the other way',
      { links: [link('metric:signup', { verdict: 'broken', by: 'numbers' })] },
      'not_supported',
      true,
    ],
    [
      'the metric did not move: the link that failed',
      {
        ...moved({ move: 'flat' }),
        links: [...HELD, link('metric:signup', { verdict: 'broken', by: 'numbers' })],
      },
      'supported',
      false,
    ],
    ['a better experience', { experience: [calm('up')] }, 'supported', false],
    ['a worse experience', { experience: [calm('down')] }, 'not_supported', true],
    ['an experience that did not change', { experience: [calm('flat')] }, 'not_supported', false],
    [
      'an experience that has not changed so far',
      { experience: [calm('flat', false)] },
      'unknown',
      false,
    ],
    ['an experience nobody measured', { experience: [calm('not_computed')] }, 'unknown', false],
    [
      'a held link and a worse experience',
      { links: HELD, experience: [calm('down')] },
      'not_supported',
      true,
    ],
    ['the falsifier was met', { links: HELD, wrongIfMet: true }, 'not_supported', true],
    [
      'the falsifier was not met, and a link held',
      { links: HELD, wrongIfMet: false },
      'supported',
      false,
    ],
    ['the falsifier was not met, and that is all', { wrongIfMet: false }, 'unknown', false],
    [
      'people describe it unprompted',
      { people: { heard: 3, needed: 3, described: 2, contradicted: 1 } },
      'supported',
      false,
    ],
    [
      'people contradict it',
      { people: { heard: 3, needed: 3, described: 1, contradicted: 2 } },
      'not_supported',
      true,
    ],
    [
      'people are divided',
      { people: { heard: 4, needed: 3, described: 2, contradicted: 2 } },
      'unknown',
      false,
    ],
    [
      'people say nothing of it',
      { people: { heard: 4, needed: 3, described: 0, contradicted: 0 } },
      'unknown',
      false,
    ],
    [
      'too few people',
      { people: { heard: 2, needed: 3, described: 2, contradicted: 0 } },
      'unknown',
      false,
    ],
    [
      'people contradict what people had judged',
      { links: HELD, people: { heard: 3, needed: 3, described: 0, contradicted: 2 } },
      'not_supported',
      true,
    ],
  ])('%s', (_name, changes, mechanism, shownWrong) => {
    const judged = judgeLearned(facts(changes));
    expect([judged.mechanism, judged.shownWrong]).toEqual([mechanism, shownWrong]);
    expect(judged.reasons.length).toBeGreaterThan(0);
  });

  it('says what spoke, by whom, in the order it is read', () => {
    const judged = judgeLearned(
      facts({
        links: [
          ...HELD,
          link('metric:seen', { from: 'experience:calm', verdict: 'broken', by: 'numbers' }),
        ],
        experience: [calm('up')],
        wrongIfMet: false,
        people: { heard: 1, needed: 3, described: 1, contradicted: 0 },
      }),
    );
    expect(judged.reasons).toEqual([
      'The link change -> experience:calm held, as people judged it.',
      'The link experience:calm -> metric:seen is broken, by the numbers.',
      "People's experience got better: calm.",
      'What would show the reason wrong has not happened.',
      '1 of the 3 people who are to be heard after the change have been heard.',
    ]);
  });
});

describe('what a test teaches', () => {
  const flat = moved({ move: 'flat' });
  it.each<[string, Partial<LearnedFacts>, LearningOutcome, InsightEffect]>([
    ['moved, for the reason given', { links: HELD }, 'understood_win', 'supported'],
    ['moved, and the reason is judged wrong', { links: BROKEN }, 'lucky_win', 'none'],
    [
      'moved, and the reason is shown wrong',
      { experience: [calm('down')] },
      'lucky_win',
      'weakened',
    ],
    ['not moved, though the reason was right', { ...flat, links: HELD }, 'broken_chain', 'none'],
    ['neither', { ...flat, links: BROKEN }, 'refuted', 'contested'],
    [
      'the other way, and the reason wrong',
      { ...moved({ move: 'down' }), links: BROKEN },
      'refuted',
      'contested',
    ],
    ['moved, and nothing known of the reason', {}, 'open', 'none'],
    ['not moved, and nothing known of the reason', flat, 'open', 'none'],
    ['faulty data, whatever else', { state: 'invalid', links: BROKEN }, 'open', 'none'],
    [
      'no number, whatever else',
      { ...moved({ move: 'not_computed' }), links: BROKEN },
      'open',
      'none',
    ],
    [
      'moved as predicted, and the money is lost',
      { state: 'proxy_trap', links: HELD },
      'broken_chain',
      'none',
    ],
    [
      'the same, and the reason wrong',
      { state: 'profit_loss', links: BROKEN },
      'refuted',
      'contested',
    ],
    [
      'moved as predicted, and harm is done',
      { state: 'harm', links: HELD },
      'broken_chain',
      'none',
    ],
    [
      'moved, and the money stands',
      { state: 'proxy_win_profit_flat', links: HELD },
      'understood_win',
      'supported',
    ],
    [
      'moved, and no change of money can be seen',
      { state: 'no_detectable_change', links: HELD },
      'understood_win',
      'supported',
    ],
    [
      'moved, and the money has not matured',
      { state: 'proxy_win_pending_profit', links: HELD },
      'open',
      'none',
    ],
    ['moved while it collects', { state: 'collecting', links: BROKEN }, 'open', 'none'],
    [
      'the other way while it collects',
      { state: 'collecting', ...moved({ move: 'down' }), links: BROKEN },
      'refuted',
      'contested',
    ],
    [
      'worse as predicted, for the reason given',
      { ...moved({ move: 'down', expected: 'decrease' }), links: HELD },
      'understood_win',
      'supported',
    ],
  ])('%s', (_name, changes, outcome, effect) => {
    const judged = judgeLearned(facts(changes));
    expect([judged.outcome, insightEffectOf(judged)]).toEqual([outcome, effect]);
  });

  it('says why a metric that moved is no win', () => {
    expect(judgeLearned(facts({ state: 'proxy_trap', links: HELD })).metricReasons).toEqual([
      'signup went up, as predicted.',
      'The money was lost, so it does not count as a win.',
    ]);
    expect(judgeLearned(facts({ state: 'proxy_win_pending_profit' })).metricReasons[1]).toBe(
      'The money has not matured, so it does not count as a win.',
    );
  });
});
