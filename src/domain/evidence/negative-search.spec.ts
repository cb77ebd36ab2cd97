import fc from 'fast-check';
import { HITS_MAX, searchTurns, type SearchedTurn } from './negative-search.js';

const turn = (index: number, text: string, participantId: string | null = 'ann'): SearchedTurn => ({
  interviewId: 'i-1',
  turn: index,
  participantId,
  text,
});

const turns = [
  turn(0, 'Did the phone number bother you?', null),
  turn(1, 'The phone number scared me, I left.'),
  turn(2, 'Honestly I never minded giving my number.'),
  turn(3, 'The colours were lovely and the page was quick.'),
  turn(4, 'CANCELLING\n was easy for us.'),
  turn(5, '...'),
];

const claim = 'people leave because of the phone number';

function search(queries: string[], nearestCount = 0) {
  return searchTurns({ queries, claim, turns, nearestCount }).hits;
}

describe('searchTurns', () => {
  it.each([
    ['a phrase, whatever its case and spaces', ['cancelling was  EASY'], [4]],
    ['the beginning of a word', ['cancel'], [4]],
    ['all words of a query in any order', ['number minded'], [2]],
    ['any of several queries', ['lovely', 'minded'], [2, 3]],
    ['not some words of a query', ['lovely cancelling'], []],
    ["not the interviewer's words", ['bother'], []],
    ['not punctuation', ['...', ' ', '?'], []],
  ])('finds %s', (_name, queries, expected) => {
    expect(search(queries).map((hit) => hit.turn)).toEqual(expected);
  });

  it('adds the turns nearest to the claim and says which those are', () => {
    expect(search(['lovely'], 2)).toEqual([
      { interviewId: 'i-1', turn: 1, source: 'nearest' },
      { interviewId: 'i-1', turn: 2, source: 'nearest' },
      { interviewId: 'i-1', turn: 3, source: 'query' },
    ]);
  });

  it('names a turn once, as the author’s when both find it', () => {
    expect(search(['scared'], 1)).toEqual([{ interviewId: 'i-1', turn: 1, source: 'query' }]);
  });

  it('finds somebody for nonsense, whenever people said anything', () => {
    const words = fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { maxLength: 3 });
    fc.assert(
      fc.property(words, fc.string(), (queries, anyClaim) => {
        const hits = searchTurns({ queries, claim: anyClaim, turns, nearestCount: 3 }).hits;
        expect(hits.length).toBeGreaterThanOrEqual(3);
        expect(hits.every((hit) => turns[hit.turn]?.participantId !== null)).toBe(true);
        expect(new Set(hits.map((hit) => hit.turn)).size).toBe(hits.length);
      }),
    );
  });

  it('finds nothing where no participant said a word', () => {
    const silent = [turn(0, 'Hello?', null), turn(1, '...')];
    expect(searchTurns({ queries: ['hello'], claim, turns: silent, nearestCount: 5 })).toEqual({
      hits: [],
      omitted: 0,
    });
  });

  it('stops at a number a person can judge and says how many it left out', () => {
    const many = Array.from({ length: HITS_MAX + 20 }, (_, index) => turn(index, 'it was fine'));
    const last = turn(HITS_MAX + 20, 'fine, but people leave because of the phone number');
    const result = searchTurns({
      queries: ['fine'],
      claim,
      turns: [...many, last],
      nearestCount: 1,
    });
    expect(result.hits).toHaveLength(HITS_MAX);
    expect(result.hits.at(-1)).toMatchObject({ turn: HITS_MAX + 20 });
    expect(result.omitted).toBe(21);
  });
});
