import type { ChainLink, Sign } from '../experiments/definition.js';
import { judgeChain, type LinkVerdict, type NodeEffect, type NodeMovements } from './chain.js';
import type { Move } from './classify.js';

const link = (from: string, to: string, sign: Sign = '+'): ChainLink => ({
  from,
  to,
  sign,
  lagDays: 0,
  basis: 'interview',
});
const verdictOf = (from: string, to: string, sign: Sign, movements: NodeMovements) =>
  judgeChain([link(from, to, sign)], movements)[0]?.verdict;

describe('a link between two metrics', () => {
  it.each<[Move, Sign, Move, boolean, LinkVerdict]>([
    ['up', '+', 'up', true, 'held'],
    ['up', '+', 'up', false, 'held'],
    ['up', '+', 'down', true, 'broken'],
    ['up', '+', 'down', false, 'broken'],
    ['up', '+', 'flat', true, 'broken'],
    ['up', '+', 'flat', false, 'not_measured'],
    ['up', '-', 'down', true, 'held'],
    ['up', '-', 'up', true, 'broken'],
    ['up', '-', 'flat', true, 'broken'],
    ['down', '+', 'down', true, 'held'],
    ['down', '+', 'up', true, 'broken'],
    ['down', '-', 'up', true, 'held'],
    ['down', '-', 'down', true, 'broken'],
    ['down', '+', 'flat', true, 'broken'],
    ['flat', '+', 'up', true, 'not_measured'],
    ['flat', '-', 'flat', true, 'not_measured'],
    ['not_computed', '+', 'up', true, 'not_measured'],
    ['up', '+', 'not_computed', true, 'not_measured'],
  ])('%s, sign %s, %s (matured: %s): %s', (cause, sign, effect, matured, verdict) => {
    const movements = {
      'metric:a': { move: cause, matured: true },
      'metric:b': { move: effect, matured },
    };
    expect(verdictOf('metric:a', 'metric:b', sign, movements)).toBe(verdict);
  });
});

describe('links from the change and through experiences', () => {
  const rise = { move: 'up', matured: true } as const;
  it.each<[string, string, string, NodeMovements, LinkVerdict]>([
    ['unmeasured experience', 'change', 'experience:calm', { 'metric:a': rise }, 'not_measured'],
    ['measured experience', 'change', 'experience:calm', { 'experience:calm': rise }, 'held'],
    [
      'from an unmeasured experience',
      'experience:calm',
      'metric:a',
      { 'metric:a': rise },
      'not_measured',
    ],
    ['the change straight to a metric', 'change', 'metric:a', { 'metric:a': rise }, 'held'],
    [
      'the change to a metric that fell',
      'change',
      'metric:a',
      { 'metric:a': { move: 'down', matured: false } },
      'broken',
    ],
    ['an unknown metric', 'change', 'metric:toString', {}, 'not_measured'],
    ['a node named like a built-in', 'change', 'constructor', {}, 'not_measured'],
  ])('%s', (_name, from, to, movements, verdict) => {
    expect(verdictOf(from, to, '+', movements)).toBe(verdict);
  });

  it('judges every link and says why', () => {
    const chain = [
      link('change', 'experience:calm'),
      link('experience:calm', 'metric:signup'),
      link('metric:signup', 'metric:profit'),
    ];
    const movements: NodeMovements = {
      'metric:signup': rise,
      'metric:profit': { move: 'down', matured: true },
    };
    expect(judgeChain(chain, movements)).toEqual([
      {
        from: 'change',
        to: 'experience:calm',
        verdict: 'not_measured',
        why: 'experience:calm was not measured.',
      },
      {
        from: 'experience:calm',
        to: 'metric:signup',
        verdict: 'not_measured',
        why: 'experience:calm was not measured.',
      },
      {
        from: 'metric:signup',
        to: 'metric:profit',
        verdict: 'broken',
        why: 'metric:signup went up and metric:profit went down, against what the chain says.',
      },
    ]);
  });
});

describe('a link with a lag', () => {
  const lagged = { ...link('metric:a', 'metric:b'), lagDays: 30 };
  /** The last unit met the change 10 days into the month; it is looked at on some day. */
  const seen = (move: Move, matured: boolean, asOf: string): NodeMovements => ({
    change: { move: 'up', matured: true, met: { lastAt: '2026-01-10T00:00:00.000Z', asOf } },
    'metric:a': { move: 'up', matured: true, closesAt: '2026-01-17T00:00:00.000Z' },
    'metric:b': { move, matured, closesAt: '2026-01-24T00:00:00.000Z' },
  });
  const BEFORE = '2026-02-08T23:59:59.999Z';
  const OVER = '2026-02-09T00:00:00.000Z';

  it.each<[string, Move, boolean, string, LinkVerdict]>([
    ['has held before it is over', 'up', true, BEFORE, 'held'],
    ['is not broken before it is over by standing still', 'flat', true, BEFORE, 'not_measured'],
    ['is not broken before it is over by the opposite', 'down', true, BEFORE, 'not_measured'],
    ['nor while money is on its way', 'down', false, BEFORE, 'not_measured'],
    ['is broken once it is over', 'flat', true, OVER, 'broken'],
    ['and by the opposite', 'down', false, OVER, 'broken'],
    ['waits for the window too', 'flat', false, OVER, 'not_measured'],
  ])('%s', (_name, move, matured, asOf, verdict) => {
    const [judged] = judgeChain([lagged], seen(move, matured, asOf));
    expect(judged).toMatchObject({ verdict, basis: 'interview', lagDays: 30 });
    expect(judged?.readableAt).toBe(OVER);
    if (verdict === 'not_measured' && asOf === BEFORE) expect(judged?.why).toContain('30 days');
  });

  it('can be read when the lag and the windows of both ends are over', () => {
    const short = { ...lagged, lagDays: 1 };
    const [judged] = judgeChain([short], seen('up', true, OVER));
    expect(judged?.readableAt).toBe('2026-01-24T00:00:00.000Z');
  });

  it('says nothing of time before anybody met the change', () => {
    const movements: NodeMovements = {
      ...seen('flat', true, OVER),
      change: { move: 'up', matured: true, met: { lastAt: null, asOf: OVER } },
    };
    const [judged] = judgeChain([lagged], movements);
    expect(judged).not.toHaveProperty('readableAt');
    expect(judged?.verdict).toBe('not_measured');
  });

  it('says what it said where nothing is known of time', () => {
    const { change: _change, ...movements } = seen('flat', true, BEFORE);
    expect(judgeChain([lagged], movements)).toEqual([
      {
        from: 'metric:a',
        to: 'metric:b',
        verdict: 'broken',
        why: 'metric:a went up and metric:b did not follow.',
      },
    ]);
  });
});

describe('the estimate of a link', () => {
  const met = { lastAt: '2026-01-10T00:00:00.000Z', asOf: '2026-02-10T00:00:00.000Z' };
  const change = { move: 'up', matured: true, met } as const;
  const moved = (relative?: NodeEffect['relative']): NodeMovements[string] => ({
    move: 'up',
    matured: true,
    effect: {
      estimate: 2,
      lower: 1,
      upper: 3,
      ...(relative === undefined ? {} : { relative }),
    },
  });
  const estimateOf = (from?: NodeEffect['relative'], to?: NodeEffect['relative']) => {
    const nodes = { change, 'metric:a': moved(from), 'metric:b': moved(to) };
    return judgeChain([link('metric:a', 'metric:b')], nodes)[0]?.estimate;
  };
  const rise = { estimate: 0.2, lower: 0.1, upper: 0.3 };

  it.each<[string, NodeEffect['relative'], NodeEffect['relative'], number]>([
    ['half of a rise', rise, { estimate: 0.1, lower: -0.1, upper: 0.3 }, 0.5],
    ['a fall for a rise', rise, { estimate: -0.4 }, -2],
    ['a start without an upper limit', { estimate: 0.2, lower: 0.01 }, rise, 1],
    ['a start that fell', { estimate: -0.1, lower: -0.2, upper: -0.05 }, rise, -2],
  ])('is the ratio of lifts: %s', (_name, from, to, elasticity) => {
    expect(estimateOf(from, to)?.elasticity).toBeCloseTo(elasticity, 12);
    expect(estimateOf(from, to)).not.toHaveProperty('notComputed');
  });

  it.each<[string, NodeEffect['relative'], NodeEffect['relative']]>([
    ['the start may not have moved', { estimate: 0.2, lower: -0.1, upper: 0.5 }, rise],
    ['its interval touches nothing at all', { estimate: 0.2, lower: 0, upper: 0.5 }, rise],
    ['its limits are not known', { estimate: 0.2 }, rise],
    ['the start has no lift', undefined, rise],
    ['the end has no lift', rise, undefined],
    ['the end has no estimate', rise, { lower: 0.1 }],
  ])('is no ratio where %s', (_name, from, to) => {
    const estimate = estimateOf(from, to);
    expect(estimate).not.toHaveProperty('elasticity');
    expect(estimate?.notComputed?.reason).toBe('not-identified');
    expect(estimate).toMatchObject({ from: { estimate: 2 }, to: { estimate: 2 } });
  });

  it('of the change is the effect at its end, and of an experience nothing', () => {
    const nodes: NodeMovements = { change, 'metric:a': moved(rise) };
    const chain = [
      link('change', 'metric:a'),
      link('change', 'experience:calm'),
      link('experience:calm', 'metric:a'),
    ];
    const [first, second, third] = judgeChain(chain, nodes);
    const effect = { estimate: 2, lower: 1, upper: 3, relative: rise };
    expect(first?.estimate).toEqual({ to: effect });
    expect(second).not.toHaveProperty('estimate');
    expect(third?.estimate).toEqual({ to: effect });
  });
});
