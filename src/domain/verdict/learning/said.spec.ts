import type { ChainLink } from '../../experiments/definition.js';
import { judgeLinks } from './judged-links.js';
import { faultsOfLearning, type SaidLearning } from './said.js';

const link = (from: string, to: string): ChainLink => ({
  from,
  to,
  sign: '+',
  lagDays: 0,
  basis: 'interview',
});
const CHAIN = [link('change', 'experience:calm'), link('experience:calm', 'metric:profit')];
const NOTHING: SaidLearning = { why: null, links: [], surprises: [], sideEffects: [] };
const first = { from: 'change', to: 'experience:calm', verdict: 'held' } as const;
const effect = { department: 'support', observed: 'none', note: '' } as const;

describe('faults of what was said', () => {
  it.each<[string, Partial<SaidLearning>, { pointer: string; code: string }[]]>([
    ['nothing', {}, []],
    ['a link of the chain', { links: [first] }, []],
    [
      'a link that nobody planned',
      { links: [first, { ...first, to: 'metric:profit' }] },
      [{ pointer: '/links/1', code: 'unknown-link' }],
    ],
    [
      'a link the wrong way round',
      { links: [{ ...first, from: 'experience:calm', to: 'change' }] },
      [{ pointer: '/links/0', code: 'unknown-link' }],
    ],
    [
      'two judgements of one link',
      { links: [first, { ...first, verdict: 'broken' }] },
      [{ pointer: '/links/1', code: 'repeated' }],
    ],
    [
      'two answers to one surprise',
      { surprises: [{ code: 'GUARDRAIL_MOVED' }, { code: 'GUARDRAIL_MOVED', note: 'Again.' }] },
      [{ pointer: '/surprises/1', code: 'repeated' }],
    ],
    [
      'answers to two guardrails',
      {
        surprises: [
          { code: 'GUARDRAIL_MOVED', subject: 'tickets' },
          { code: 'GUARDRAIL_MOVED', subject: 'churn' },
          { code: 'GUARDRAIL_MOVED' },
        ],
      },
      [],
    ],
    [
      'two reports of one department',
      { sideEffects: [effect, { ...effect, department: 'sales' }, { ...effect, note: 'b' }] },
      [{ pointer: '/sideEffects/2', code: 'repeated' }],
    ],
  ])('%s', (_name, said, faults) => {
    expect(faultsOfLearning({ ...NOTHING, ...said }, CHAIN)).toEqual(faults);
  });
});

describe('who judges a link', () => {
  const measured = (...verdicts: ('held' | 'broken' | 'not_measured')[]) =>
    verdicts.map((verdict) => ({
      chain: [{ from: 'change', to: 'experience:calm', verdict, why: 'So it is.' }],
    }));
  const judged = { from: 'change', to: 'experience:calm', note: null, saidInstead: null };

  it.each([
    ['nobody', [], [], { ...judged, verdict: null, by: null }],
    ['people, before any evaluation', [], [first], { ...judged, verdict: 'held', by: 'people' }],
    ['the numbers', measured('broken'), [], { ...judged, verdict: 'broken', by: 'numbers' }],
    [
      'the numbers, with a note',
      measured('held'),
      [{ ...first, note: 'Seen in talks.' }],
      { ...judged, verdict: 'held', by: 'numbers', note: 'Seen in talks.' },
    ],
    [
      'the numbers, against people',
      measured('broken'),
      [first],
      { ...judged, verdict: 'broken', by: 'numbers', saidInstead: 'held' },
    ],
    [
      'people, where the numbers do not reach',
      measured('not_measured'),
      [first],
      { ...judged, verdict: 'held', by: 'people' },
    ],
    [
      'people, where the variants disagree',
      measured('held', 'broken'),
      [first],
      { ...judged, verdict: 'held', by: 'people' },
    ],
    [
      'nobody, where one variant says nothing',
      measured('held', 'not_measured'),
      [],
      { ...judged, verdict: null, by: null },
    ],
    [
      'the numbers of all variants',
      measured('held', 'held'),
      [],
      { ...judged, verdict: 'held', by: 'numbers' },
    ],
  ])('%s', (_name, variants, said, expected) => {
    expect(judgeLinks(CHAIN.slice(0, 1), variants, said)).toEqual([expected]);
  });

  it('judges every link of the frozen chain, in its order', () => {
    expect(judgeLinks(CHAIN, [], [first]).map(({ to, by }) => [to, by])).toEqual([
      ['experience:calm', 'people'],
      ['metric:profit', null],
    ]);
  });
});
