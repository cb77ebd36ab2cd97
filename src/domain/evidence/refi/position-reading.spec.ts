import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { REPOSITORY } from '../../../../test/support/source-files.js';
import { anchorSelections, SPECIFIED_READING } from './position-reading.js';

interface CountedCase {
  text: string;
  hadMark: boolean;
  unit: string;
  lineBreak: string;
  end: string;
  mark: string;
  selections: {
    words: string;
    startPosition: number;
    endPosition: number;
    start: number;
    end: number;
  }[];
}

const CASES = JSON.parse(
  readFileSync(join(REPOSITORY, 'test', 'fixtures', 'refi', 'positions.json'), 'utf8'),
) as CountedCase[];

const named = (start: number, end: number, ...words: string[]) => ({ start, end, words });

describe('anchorSelections', () => {
  it.each(CASES.map((one, index) => [index, one] as const))(
    'finds the words however positions were counted (case %i)',
    (_index, one) => {
      const written = one.selections.map(({ startPosition, endPosition, words }) =>
        named(startPosition, endPosition, words),
      );
      const { anchors, confirmedBy } = anchorSelections(one.text, one.hadMark, written);
      expect(anchors).toEqual(
        one.selections.map(({ start, end, words }) => ({
          found: true,
          start,
          end,
          exact: words,
          checked: true,
        })),
      );
      expect(confirmedBy).toBe(one.selections.length);
    },
  );

  it('reads positions as the specification says when nothing tells otherwise', () => {
    const { anchors, reading, confirmedBy } = anchorSelections('a\u{1F600}\r\nbcd', false, [
      named(4, 6),
    ]);
    expect(reading).toEqual(SPECIFIED_READING);
    expect(anchors).toEqual([{ found: true, start: 4, end: 6, exact: 'bc', checked: false }]);
    expect(confirmedBy).toBe(0);
  });

  it('reads a selection without words as the others of its source confirm', () => {
    const text = '\u{1F600} one two three';
    const { anchors, reading } = anchorSelections(text, false, [
      named(3, 6, 'one'),
      named(7, 10, 'two'),
      named(11, 16),
    ]);
    expect(reading.unit).toBe('utf-16');
    expect(anchors[2]).toEqual({ found: true, start: 10, end: 15, exact: 'three', checked: false });
  });

  it('refuses the one whose words stand elsewhere and keeps the others', () => {
    const text = 'one two three four five';
    const { anchors } = anchorSelections(text, false, [
      named(0, 3, 'one'),
      named(4, 7, 'two'),
      named(9, 14, 'three'),
    ]);
    expect(anchors.map((anchor) => anchor.found)).toEqual([true, true, false]);
    expect(anchors[2]).toEqual({ found: false, reason: 'position-disagrees' });
  });

  it('refuses words that were edited after they were marked', () => {
    const text = 'I never understood what the second page wanted from me, honestly.';
    const { anchors } = anchorSelections(text, false, [
      named(0, 54, 'I never understood what the first pages asked from me'),
    ]);
    expect(anchors).toEqual([{ found: false, reason: 'position-disagrees' }]);
  });

  it.each([
    ['a label', 'great quote on price'],
    ['a label that is also a word of the source', 'bill'],
    ['a long label', 'this is what I would show to the board when we talk about pricing'],
  ])('does not take %s for the words', (_case, label) => {
    const { anchors } = anchorSelections('It was fine until the bill came.', false, [
      named(0, 11, label),
    ]);
    expect(anchors[0]).toMatchObject({ found: true, exact: 'It was fine', checked: false });
  });

  it.each([
    ['with an ellipsis', 'It was\u2026', true],
    ['with three dots', 'It was fine ...', true],
    ['without a mark, long enough', 'It was fine until the bill', true],
    ['without a mark, too short to tell', 'It was', false],
  ])('takes words that were cut %s', (_case, words, checked) => {
    const { anchors } = anchorSelections('It was fine until the bill came.', false, [
      named(0, 31, words),
    ]);
    expect(anchors[0]).toMatchObject({ found: true, start: 0, end: 31, checked });
  });

  it('is not led by the cut words to an end that the specification does not mean', () => {
    const { reading } = anchorSelections('one two three four five six seven', false, [
      named(0, 27, 'one two three four five six'),
    ]);
    expect(reading.end).toBe('half-open');
  });

  it('looks at the description too, and folds accents and white space', () => {
    const text = 'caf\u00e9 au\n  lait, s\u2019il vous pla\u00eet';
    const { anchors } = anchorSelections(text, false, [
      named(0, 14, 'Quote 1', 'cafe\u0301 au lait'),
    ]);
    expect(anchors[0]).toMatchObject({ found: true, checked: true, exact: 'caf\u00e9 au\n  lait' });
  });

  it.each([
    ['before the text', -1, 3],
    ['after the text', 2, 99],
    ['empty', 2, 2],
    ['backwards', 3, 2],
    ['far away', 1e15, 2e15],
  ])('refuses positions that are no place: %s', (_case, start, end) => {
    expect(anchorSelections('one two', false, [named(start, end)]).anchors).toEqual([
      { found: false, reason: 'position-outside-text' },
    ]);
  });

  it('never gives a checked selection other words than its own', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', ' ', '\n', '\r\n', '\u{1F600}', '\u00e9'),
      maxLength: 40,
    });
    const position = fc.integer({ min: -2, max: 45 });
    fc.assert(
      fc.property(
        text,
        fc.boolean(),
        fc.array(fc.tuple(position, position, text), { maxLength: 6 }),
        (source, hadMark, written) => {
          const selections = written.map(([start, end, words]) => named(start, end, words));
          const points = Array.from(source);
          anchorSelections(source, hadMark, selections).anchors.forEach((anchor, index) => {
            if (!anchor.found) return;
            expect(points.slice(anchor.start, anchor.end).join('')).toBe(anchor.exact);
            if (!anchor.checked) return;
            const words = (selections[index]?.words[0] ?? '').replace(/\s+/g, ' ').trim();
            expect(anchor.exact.replace(/\s+/g, ' ').trim().startsWith(words)).toBe(true);
          });
        },
      ),
      { seed: 20260402, numRuns: 500 },
    );
  });
});
