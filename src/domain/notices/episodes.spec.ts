import {
  aVariantFound,
  judgedResult,
  type JudgedCase,
} from '../../../test/support/judged-result.js';
import { episodesAfter, type OpenEpisode } from './episodes.js';
import { noticesOf } from './notices-of.js';

const young = { matured: false } as const;
const breached = (changes: object = {}) => ({
  variants: [aVariantFound({ deciding: young, guardrails: [{ state: 'breached', ...changes }] })],
});
const matured = (outcome: 'won' | 'lost' | 'flat') => ({
  variants: [aVariantFound({ deciding: { outcome } })],
});

/** The episodes that are open once the results have been read one after another, and what was told. */
function read(...cases: JudgedCase[]): { open: string[]; told: string[] } {
  let open: OpenEpisode[] = [];
  const told: string[] = [];
  for (const one of cases) {
    const { opened, ended } = episodesAfter(judgedResult(one), open);
    const fresh = opened.map((notice) => ({ ...notice, id: `${told.length}-${notice.subject}` }));
    told.push(...opened.map(({ kind, severity }) => `${severity} ${kind}`));
    open = [...open.filter(({ id }) => !ended.includes(id)), ...fresh];
  }
  return { open: open.map(({ kind }) => kind), told };
}

describe('episodesAfter', () => {
  const broken: JudgedCase = { health: { srm: 'failed' } };
  const collecting: JudgedCase = { variants: [aVariantFound({ deciding: young })] };

  it.each<[string, JudgedCase[], { open: string[]; told: string[] }]>([
    [
      'is told once while it holds',
      [broken, broken, broken, broken, broken],
      { open: ['srm'], told: ['urgent srm'] },
    ],
    ['ends when it no longer holds', [broken, collecting], { open: [], told: ['urgent srm'] }],
    [
      'is told again when it comes back',
      [broken, collecting, broken],
      { open: ['srm'], told: ['urgent srm', 'urgent srm'] },
    ],
    [
      'stays open while nobody can tell',
      [broken, { health: { srm: 'not_computed' }, ...collecting }, broken],
      { open: ['srm'], told: ['urgent srm'] },
    ],
    [
      'of a guardrail outlasts a result that cannot be trusted',
      [breached(), { ...breached(), ...broken }, breached()],
      { open: ['guardrail_breach'], told: ['warning guardrail_breach', 'urgent srm'] },
    ],
    [
      'of a guardrail outlasts a result that has no number of it',
      [breached(), breached({ state: 'not_computed' }), breached()],
      { open: ['guardrail_breach'], told: ['warning guardrail_breach'] },
    ],
    [
      'of a guardrail ends when it is within its margin again',
      [breached(), breached({ state: 'non_inferior' })],
      { open: [], told: ['warning guardrail_breach'] },
    ],
    [
      'that becomes graver is a new one',
      [breached(), breached({ sequentialHarm: true }), breached()],
      { open: ['guardrail_breach'], told: ['warning guardrail_breach', 'urgent guardrail_breach'] },
    ],
    [
      'of a guardrail that the plan has given up ends',
      [breached(), collecting],
      { open: [], told: ['warning guardrail_breach'] },
    ],
    [
      'of matured money is told again with another verdict',
      [matured('won'), matured('won'), matured('lost')],
      { open: ['profit_matured'], told: ['info profit_matured', 'warning profit_matured'] },
    ],
    [
      'of matured money outlasts a result that cannot be trusted',
      [matured('flat'), { ...matured('flat'), ...broken }, matured('flat')],
      { open: ['profit_matured'], told: ['info profit_matured', 'urgent srm'] },
    ],
    [
      'of a waiting click ends when the money is in',
      [{ variants: [aVariantFound({ leading: 'won', deciding: young })] }, matured('flat')],
      { open: ['profit_matured'], told: ['info proxy_win_pending', 'info profit_matured'] },
    ],
  ])('an episode %s', (_name, cases, expected) => {
    expect(read(...cases)).toEqual(expected);
  });

  it('leaves episodes alone that do not follow from results', () => {
    const other: OpenEpisode = {
      id: 'other',
      kind: 'evidence_withdrawn',
      subject: 'experiment',
      severity: 'warning',
      facts: {},
    };
    expect(episodesAfter(judgedResult(collecting), [other])).toEqual({ opened: [], ended: [] });
  });

  it('once read, has open exactly what holds', () => {
    const result = judgedResult(breached({ sequentialHarm: true }));
    expect(episodesAfter(result, []).opened).toEqual(noticesOf(result));
  });
});
