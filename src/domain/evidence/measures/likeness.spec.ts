import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describeWith, sharedFile } from '../../../../test/support/shared-data.js';
import { countWords } from '../text.js';
import {
  jaccard,
  LIKENESS_WORDS_MIN,
  likelyPairs,
  SAME_PERSON_LIKENESS,
  shinglesOf,
  type Sketch,
} from './likeness.js';

/** Tests may look at what a shingle says. */
const plain = (shingle: string): string => shingle;

function sketchOf(id: string, texts: readonly string[]): Sketch {
  const words = texts.reduce((sum, text) => sum + countWords(text), 0);
  return { id, words, shingles: shinglesOf(texts, plain) };
}

describe('shinglesOf', () => {
  it.each([
    ['pairs of neighbouring words', ['one two three'], ['one two', 'two three']],
    ['folded case and Unicode form', ['CAFE\u0301 Nero', 'café nero'], ['café nero']],
    ['no pair across texts', ['one two', 'three'], ['one two']],
    ['punctuation left out', ['Well -- yes, really!'], ['well yes', 'yes really']],
    ['nothing for a single word', ['no', 'yes'], []],
    ['nothing for no text', [], []],
  ])('has %s', (_name, texts, expected) => {
    expect([...shinglesOf(texts, plain)].sort()).toEqual([...expected].sort());
  });

  it('keeps only what the hash lets through', () => {
    const keyed = shinglesOf(['my secret name'], (shingle) => `h${shingle.length}`);
    expect([...keyed].sort()).toEqual(['h11', 'h9']);
  });
});

describe('jaccard', () => {
  const set = (text: string): Set<string> => new Set(text);

  it.each([
    ['abcd', 'abcd', 1],
    ['abcd', 'cdef', 2 / 6],
    ['abc', 'xyz', 0],
    ['', 'abc', 0],
    ['', '', null],
  ])('of %j and %j is %p', (one, other, expected) => {
    expect(jaccard(set(one), set(other))).toBe(expected);
    expect(jaccard(set(other), set(one))).toBe(expected);
  });
});

describe('likelyPairs', () => {
  const numbers = (from: number, to: number): string =>
    Array.from({ length: to - from }, (_, at) => `w${from + at}`).join(' ');

  it('never compares what is too short, however alike', () => {
    const short = numbers(0, LIKENESS_WORDS_MIN - 1);
    const enough = numbers(0, LIKENESS_WORDS_MIN);
    expect(likelyPairs([sketchOf('a', [short]), sketchOf('b', [short])])).toEqual([]);
    expect(likelyPairs([sketchOf('a', [enough]), sketchOf('b', [short])])).toEqual([]);
    expect(likelyPairs([sketchOf('b', [enough]), sketchOf('a', [enough])])).toEqual([
      { one: 'a', other: 'b', likeness: 1 },
    ]);
  });

  it('flags from the line on and not below it', () => {
    // 110 word pairs each, 20 shared: exactly 20 / 200.
    const on = [sketchOf('a', [numbers(0, 111)]), sketchOf('b', [numbers(90, 201)])];
    expect(likelyPairs(on)).toEqual([{ one: 'a', other: 'b', likeness: SAME_PERSON_LIKENESS }]);
    const below = [sketchOf('a', [numbers(0, 111)]), sketchOf('b', [numbers(91, 202)])];
    expect(likelyPairs(below)).toEqual([]);
  });

  it('puts the most alike first and equal ones in the order of their ids', () => {
    const people = [
      sketchOf('d', [numbers(0, 40)]),
      sketchOf('c', [numbers(0, 40)]),
      sketchOf('b', [numbers(10, 50)]),
      sketchOf('a', [numbers(0, 40)]),
    ];
    const pairs = likelyPairs(people).map(({ one, other }) => one + other);
    expect(pairs).toEqual(['ac', 'ad', 'cd', 'ab', 'bc', 'bd']);
  });

  it('looks only at pairs that have a newcomer when there are any', () => {
    const people = ['a', 'b', 'c'].map((id) => sketchOf(id, [numbers(0, 40)]));
    const pairs = likelyPairs(people, new Set(['b'])).map(({ one, other }) => one + other);
    expect(pairs).toEqual(['ab', 'bc']);
    expect(likelyPairs(people, new Set(['unknown']))).toEqual([]);
  });

  it('finds what comparing every pair of sets finds', () => {
    const words = fc.array(fc.constantFrom(...'abcdefgh'), { minLength: 25, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(words, { maxLength: 8 }), (people) => {
        const sketches = people.map((said, at) => sketchOf(`p${at}`, [said.join(' ')]));
        const expected = sketches.flatMap((one, at) =>
          sketches.slice(at + 1).flatMap((other) => {
            const likeness = jaccard(one.shingles, other.shingles) ?? 0;
            return likeness >= SAME_PERSON_LIKENESS ? [`${one.id}${other.id}:${likeness}`] : [];
          }),
        );
        const found = likelyPairs(sketches).map((p) => `${p.one}${p.other}:${p.likeness}`);
        expect(found.sort()).toEqual(expected.sort());
      }),
    );
  });

  it('compares five hundred long interviews while somebody waits', () => {
    const people: Sketch[] = [];
    for (let person = 0; person < 500; person += 1) {
      const shingles = new Set<string>();
      // A third of the pairs are common phrases that a twelfth of the people share.
      for (let at = 0; at < 2000; at += 1) shingles.add(`c${(at * 7 + person * 131) % 24_000}`);
      for (let at = 0; at < 4000; at += 1) shingles.add(`${person}:${at}`);
      people.push({ id: `p${person}`, words: 6000, shingles });
    }
    people.push({ ...(people[7] as Sketch), id: 'p7-again' });
    const began = process.cpuUsage();
    const pairs = likelyPairs(people);
    const seconds = process.cpuUsage(began).user / 1_000_000;
    expect(pairs.filter(({ likeness }) => likeness === 1)).toEqual([
      { one: 'p7', other: 'p7-again', likeness: 1 },
    ]);
    // Two seconds of work; the allowance is for a slower machine.
    expect(seconds).toBeLessThan(8);
  });
});

interface SurveySession {
  participantRef: string;
  turns: { speaker: string; text: string }[];
}

describeWith(
  sharedFile('evidence', 'jupyter-cc0', 'sessions.jsonl'),
  'likelyPairs of sixty real respondents',
  (file) => {
    const sessions = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as SurveySession);
    const said = sessions.map(({ participantRef, turns }) => ({
      id: participantRef,
      texts: turns.filter(({ speaker }) => speaker === 'participant').map(({ text }) => text),
    }));
    const known = (
      JSON.parse(readFileSync(join(dirname(file), 'negative-cases.json'), 'utf8')) as {
        probable_same_person: { participantRefs: string[]; jaccard2: number }[];
      }
    ).probable_same_person;

    it('finds the three who answered twice, and nobody else, at the published likeness', () => {
      // The published figures take all answers of a person as one text.
      const pairs = likelyPairs(said.map(({ id, texts }) => sketchOf(id, [texts.join(' ')])));
      expect(said).toHaveLength(60);
      expect(pairs).toHaveLength(3);
      for (const [at, { participantRefs, jaccard2 }] of known.entries()) {
        expect([pairs[at]?.one, pairs[at]?.other]).toEqual(participantRefs);
        expect(Math.abs((pairs[at]?.likeness ?? 0) - jaccard2)).toBeLessThan(0.001);
      }
    });

    it('finds the same three when every answer stands alone', () => {
      const pairs = likelyPairs(said.map(({ id, texts }) => sketchOf(id, texts)));
      expect(pairs.map(({ one, other }) => [one, other])).toEqual(
        known.map(({ participantRefs }) => participantRefs),
      );
      const rounded = pairs.map(({ likeness }) => Number(likeness.toFixed(4)));
      expect(rounded).toEqual([0.5217, 0.1333, 0.1308]);
    });
  },
);
