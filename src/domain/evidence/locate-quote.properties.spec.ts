import fc from 'fast-check';
import { locateQuote, verifySpan } from './locate-quote.js';

/** Letters, spaces, line ends, emoji of several code points, and marks that compose with what is before. */
const PIECES = ['a', 'é', 'e\u0301', 'ß', '字', '😬', '👩🏽‍💻', '𝒜', '\u0323', ' ', '\r\n', '.', 'z'];

const transcripts = fc
  .array(fc.array(fc.constantFrom(...PIECES), { minLength: 8, maxLength: 60 }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((texts) =>
    texts.map((pieces, index) => ({
      index,
      participantId: 'p',
      text: `word${pieces.join('')}end`,
    })),
  );

const placed = transcripts.chain((turns) =>
  fc
    .record({
      turn: fc.nat(turns.length - 1),
      from: fc.nat(200),
      length: fc.integer({ min: 3, max: 40 }),
    })
    .map(({ turn, from, length }) => {
      const points = Array.from(turns[turn]?.text ?? '');
      const start = from % Math.max(1, points.length - 3);
      return { turns, turn, start, end: Math.min(points.length, start + length), points };
    }),
);

describe('random transcripts', () => {
  it('a quote made from a position verifies and reads as it stands there', () => {
    fc.assert(
      fc.property(placed, ({ turns, turn, start, end, points }) => {
        const exact = points.slice(start, end).join('');
        fc.pre(exact.trim() !== '');
        expect(verifySpan({ turns, turn, start, end })).toEqual({
          ok: true,
          exact,
          participantId: 'p',
        });
      }),
      { numRuns: 500, seed: 20_261_122 },
    );
  });

  it('the words of a whole turn are found again', () => {
    fc.assert(
      fc.property(transcripts, (turns) => {
        for (const { text } of turns) {
          const found = locateQuote({ text, turns });
          expect(found.found).toBe(true);
          if (!found.found) continue;
          const fold = (words: string) => words.normalize('NFC').replace(/\s+/gu, ' ').trim();
          expect(fold(found.exact)).toBe(fold(text));
        }
      }),
      { numRuns: 300, seed: 20_261_122 },
    );
  });

  it('any one changed character is refused', () => {
    fc.assert(
      fc.property(transcripts, fc.nat(400), (turns, at) => {
        const [turn] = turns;
        const points = Array.from(turn?.text ?? '');
        const index = at % points.length;
        const old = points[index] ?? '';
        fc.pre(old.trim() !== '');
        // Nobody in these transcripts says a capital Q.
        const changed = [...points.slice(0, index), 'Q', ...points.slice(index + 1)].join('');
        expect(locateQuote({ text: changed, turns })).toMatchObject({ found: false });
      }),
      { numRuns: 500, seed: 20_261_122 },
    );
  });

  it('any one missing or added character is refused, unless it is white space beside white space', () => {
    fc.assert(
      fc.property(transcripts, fc.nat(400), (turns, at) => {
        const [turn] = turns;
        const text = turn?.text ?? '';
        const points = Array.from(text);
        const index = 4 + (at % (points.length - 7));
        const added = [...points.slice(0, index), 'Q', ...points.slice(index)].join('');
        expect(locateQuote({ text: added, turns })).toMatchObject({ found: false });
      }),
      { numRuns: 500, seed: 20_261_122 },
    );
  });
});
