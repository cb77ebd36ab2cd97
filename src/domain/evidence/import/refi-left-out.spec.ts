import type { RefiProject, RefiSelection } from '../refi/refi-project.js';
import { refiLeftOut } from './refi-left-out.js';

const NOTHING = { asked: [], blank: [] };

const selection = (guid: string, changes: Partial<RefiSelection> = {}): RefiSelection => ({
  guid,
  start: 0,
  end: 1,
  exact: 'I',
  checked: true,
  place: { turn: 0, start: 0, end: 1 },
  codeGuids: [],
  ...changes,
});

const project = (
  changes: Partial<Pick<RefiProject, 'cases' | 'codes' | 'sources'>> = {},
): Pick<RefiProject, 'cases' | 'codes' | 'sources'> => ({
  cases: [],
  codes: [],
  sources: [],
  ...changes,
});

const source = (guid: string, selections: RefiSelection[] = []) => ({
  guid,
  name: guid,
  text: 'I left',
  turns: [],
  positions: { unit: 'code-points', first: 0, end: 'exclusive', lineBreaks: 'as-written' },
  selections,
});

const aCase = (guid: string, changes: object = {}) => ({
  guid,
  name: guid,
  variables: {},
  sourceGuids: ['s1'],
  selectionGuids: [],
  ...changes,
});

describe('what of a REFI-QDA project is stored nowhere', () => {
  it.each([
    ['nothing', project(), NOTHING, []],
    [
      'what whoever asks said',
      project(),
      { asked: ['q1', 'q2'], blank: [] },
      [['asked-selections', 2, ['q1', 'q2']]],
    ],
    ['white space', project(), { asked: [], blank: ['b1'] }, [['blank-selections', 1, ['b1']]]],
    [
      'comments and coders of selections',
      project({
        sources: [
          source('s1', [
            selection('x', { note: 'loud' }),
            selection('y', { creatingUser: 'coder' }),
          ]) as never,
        ],
      }),
      NOTHING,
      [
        ['selection-notes', 1, ['x']],
        ['selection-coders', 1, ['y']],
      ],
    ],
    [
      'variables, selections and people without a text',
      project({
        sources: [source('s1') as never],
        cases: [
          aCase('p1', { variables: { plan: 'solo', seats: '7' } }),
          aCase('p2', { sourceGuids: ['away'], selectionGuids: ['x'] }),
        ],
      }),
      NOTHING,
      [
        ['case-variables', 2, ['p1']],
        ['cases-without-text', 1, ['p2']],
        ['case-selections', 1, ['x']],
      ],
    ],
    [
      'descriptions of codes',
      project({
        codes: [
          { guid: 'c1', name: 'push', parentGuid: null, isCodable: true, description: 'Why' },
          { guid: 'c2', name: 'pull', parentGuid: null, isCodable: true },
        ],
      }),
      NOTHING,
      [['code-descriptions', 1, ['c1']]],
    ],
  ])('%s', (_, read, unquoted, left) => {
    const found = refiLeftOut(read, unquoted);
    expect(found.map(({ kind, count, examples }) => [kind, count, examples])).toEqual(left);
    expect(found.every(({ what }) => what.endsWith('.'))).toBe(true);
  });

  it('names at most fifty, and counts all', () => {
    const asked = Array.from({ length: 60 }, (_, at) => `q${at}`);
    const [found] = refiLeftOut(project(), { asked, blank: [] });
    expect([found?.count, found?.examples.length]).toEqual([60, 50]);
  });
});
