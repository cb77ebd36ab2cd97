import type { ChainLink, Sign } from '../experiments/definition.js';
import { judgeChain, type LinkVerdict, type NodeMovements } from './chain.js';
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
