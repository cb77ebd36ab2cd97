import fc from 'fast-check';
import {
  codePointLength,
  countWords,
  foldedWordsOf,
  foldForMatching,
  foldWithPositions,
  isCountableLength,
  sliceCodePoints,
  wordsOf,
} from './text.js';

/** Text with what makes positions hard: marks, Hangul pieces, emoji, every kind of space. */
const awkwardText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom('e', '\u0301', '\u0323', '\u1100', '\u1161', '\u11a8', '😀', '👩‍💻', ' '),
    maxLength: 40,
  }),
  fc.string({
    unit: fc.constantFrom('a', '\r\n', '\u00a0', '\t', '\u2003', '\u0308'),
    maxLength: 40,
  }),
);

describe('code points', () => {
  it('counts an emoji as one and slices around it', () => {
    expect(codePointLength('a😀b')).toBe(3);
    expect(sliceCodePoints('a😀b', 1, 2)).toBe('😀');
    expect(sliceCodePoints('a😀b', 2, 3)).toBe('b');
  });
});

describe('foldWithPositions', () => {
  it('folds exactly as foldForMatching does, whatever the text', () => {
    fc.assert(
      fc.property(awkwardText, (text) => {
        expect(foldWithPositions(text).text).toBe(foldForMatching(text));
      }),
    );
  });

  it('leads every whole cluster back to original words that fold to it', () => {
    fc.assert(
      fc.property(awkwardText, (text) => {
        const folded = foldWithPositions(text);
        for (const [unit, start] of folded.starts.entries()) {
          const last = folded.ends.findIndex((end, at) => at >= unit && end !== -1);
          if (start === -1) continue;
          const original = sliceCodePoints(text, start, folded.ends[last] ?? 0);
          const wanted = folded.text.slice(unit, last + 1);
          expect(original.trim() === '' ? ' ' : original.normalize('NFC')).toBe(wanted);
        }
      }),
    );
  });

  it('remembers where the words stood before folding', () => {
    const { text, starts, ends } = foldWithPositions(' \r\nCafe\u0301  ok ');
    expect(text).toBe('Café ok');
    expect(starts).toEqual([3, 4, 5, 6, 8, 10, 11]);
    expect(ends).toEqual([4, 5, 6, 8, 10, 11, 12]);
  });
});

describe('countWords', () => {
  it.each([
    ['', 0],
    [' - ... ! ', 0],
    ["I don't know, 3 times", 5],
    ['sign-up form', 3],
    ['naïve café, Zürich', 3],
    ['o\u0301la', 1],
    ['я не знаю', 3],
  ])('of %j is %i', (text, count) => {
    expect(countWords(text)).toBe(count);
  });
});

describe('isCountableLength', () => {
  it.each([
    ['five words are not enough', false],
    ['six words are enough to count', true],
    ['- - - - - - - -', false],
    ['我不想留下电话号码因为他们会一直打电话给我推销', false],
    ['我不想留下电话号码因为他们会一直打电话给我推销产品', true],
    ['ฉันไม่อยากให้เบอร์โทรศัพท์เพราะกลัวถูกโทรขาย', true],
    ['ฉันไม่อยากให้', false],
  ])('of %j is %s', (text, countable) => {
    expect(isCountableLength(text)).toBe(countable);
  });
});

describe('foldedWordsOf', () => {
  it.each([
    ["I DON'T know, 12 times", ['i', "don't", 'know', '12', 'times']],
    ['ÜBER den E\u0301tat', ['über', 'den', 'état']],
    ['ΣΟΦΟΣ.ΑΛΛΟΣ', ['σοφο\u03c2', 'αλλο\u03c2']],
    ['', []],
  ])('folds each word of %j', (text, words) => {
    expect(foldedWordsOf(text)).toEqual(words);
  });

  it('gives the words of wordsOf, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(awkwardText, fc.string({ maxLength: 40 })), (text) => {
        expect(foldedWordsOf(text)).toEqual(wordsOf(text).map(({ folded }) => folded));
      }),
    );
  });
});
