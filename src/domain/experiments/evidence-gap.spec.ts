import { aVoice } from '../../../test/support/evidence-builders.js';
import type { Dossier } from '../evidence/dossier.js';
import type { GateItem } from '../evidence/gate-report.js';
import {
  evidenceGap,
  type GapInput,
  recountOf,
  standInsOf,
  strangersAmong,
  withoutReplaced,
  withStandIns,
} from './evidence-gap.js';

const at = (day: number) => new Date(Date.UTC(2026, 2, day));
const answer = (day: number, ...pairs: [string, string][]) => ({
  answeredAt: at(day),
  replacements: pairs.map(([quoteId, withQuoteId]) => ({ quoteId, withQuoteId })),
});
const unmet = (...codes: string[]) => ({ unmet: codes.map((code) => ({ code }) as GateItem) });

describe('evidenceGap', () => {
  const open: GapInput = {
    today: unmet('CONSENT_MISSING', 'STALE'),
    replaced: null,
    answers: [],
    latestWithdrawalAt: at(5),
  };
  it.each<[string, Partial<GapInput>, string[]]>([
    ['age alone is no withdrawal', { today: unmet('STALE', 'TOO_FEW_PEOPLE') }, []],
    ['words gone are a withdrawal', { today: unmet('QUOTE_NOT_FOUND') }, ['withdrawn']],
    ['nobody has answered', {}, ['withdrawn']],
    ['answered before the latest withdrawal', { answers: [answer(4)] }, ['withdrawn']],
    ['answered at the same instant', { answers: [answer(5)] }, ['withdrawn', 'answered']],
    ['answered after it', { answers: [answer(6), answer(2)] }, ['withdrawn', 'answered']],
    [
      'answered, and when it was withdrawn is not known',
      { answers: [answer(1)], latestWithdrawalAt: null },
      ['withdrawn', 'answered'],
    ],
    ['replaced', { replaced: unmet('TOO_FEW_PEOPLE'), answers: [answer(6)] }, ['replaced']],
    [
      'replaced by words that are gone too',
      { replaced: unmet('CONSENT_MISSING'), answers: [answer(4)] },
      ['withdrawn'],
    ],
  ])('%s', (_name, changes, expected) => {
    const gap = evidenceGap({ ...open, ...changes });
    expect(Object.entries(gap).flatMap(([name, is]) => (is ? [name] : []))).toEqual(expected);
  });
});

describe('standInsOf', () => {
  it.each<[string, [string, string][][], [string, string][]]>([
    ['one for one', [[['a', 'b']]], [['a', 'b']]],
    [
      'a stand-in may be replaced in turn',
      [[['a', 'b']], [['b', 'c']]],
      [
        ['a', 'c'],
        ['b', 'c'],
      ],
    ],
    ['a later answer wins', [[['a', 'b']], [['a', 'c']]], [['a', 'c']]],
    ['back to the first is no replacement', [[['a', 'b']], [['b', 'a']]], [['b', 'a']]],
  ])('%s', (_name, answers, expected) => {
    const standIns = standInsOf(answers.map((pairs, index) => answer(index + 1, ...pairs)));
    expect([...standIns]).toEqual(expected);
  });
});

describe('what stands in', () => {
  const standIns = new Map([['q1', 'q9']]);

  it('is named in every place, and once', () => {
    const rationale = {
      wrongIf: 'x',
      because: { who: { text: 'w', quoteIds: ['q1', 'q9', 'q2'] }, change: { text: 'c' } },
      chain: [
        {
          from: 'change',
          to: 'experience:a',
          sign: '+',
          lagDays: 0,
          basis: 'interview',
          support: ['q1'],
        },
        { from: 'experience:a', to: 'metric:b', sign: '+', lagDays: 0, basis: 'assumption' },
      ],
      otherExplanations: [
        { explanation: 'e' },
        {
          explanation: 'f',
          tests: [
            {
              sign: 's',
              mustSeeIfTrue: true,
              couldSeeIfFalse: false,
              seen: true,
              quoteIds: ['q1'],
            },
          ],
        },
      ],
    } as const;
    const swapped = JSON.stringify(withStandIns(rationale, standIns));
    expect(swapped).toBe(
      JSON.stringify(rationale)
        .replace('["q1","q9","q2"]', '["q9","q2"]')
        .replaceAll('["q1"]', '["q9"]'),
    );
  });

  it('takes the place of a quote in its insight only if it supports that itself', () => {
    const [gone, stays] = [aVoice('1'), aVoice('2')];
    const dossier = {
      quotes: [gone.quote, stays.quote],
      insights: [{ entries: [gone.entry, stays.entry] }],
    } as unknown as Dossier;
    const left = withoutReplaced(dossier, new Map([[gone.quote.id, stays.quote.id]]));
    expect(left.quotes).toEqual([stays.quote]);
    expect(left.insights[0]?.entries).toEqual([stays.entry]);
    expect(strangersAmong(left, [stays.quote.id, gone.quote.id])).toEqual([gone.quote.id]);
  });
});

describe('recountOf', () => {
  it('names what was met or warned of at launch and is unmet now', () => {
    const item = (code: string) => ({ code }) as GateItem;
    const atLaunch = {
      met: [item('TOO_FEW_PEOPLE'), item('STALE')],
      warnings: [item('NOT_ASKED')],
    };
    const now = unmet('NEW_RULE', 'NOT_ASKED', 'TOO_FEW_PEOPLE');
    expect(recountOf(atLaunch, now)).toEqual(['NOT_ASKED', 'TOO_FEW_PEOPLE']);
  });
});
