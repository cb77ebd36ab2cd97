import fc from 'fast-check';
import { codePointLength, sliceCodePoints } from '../text.js';
import { placeInTurns, turnsOfSource } from './turns-of-source.js';

const said = (text: string) => turnsOfSource(text).map((turn) => [turn.speaker, turn.text]);

function placeOf(text: string, words: string) {
  const turns = turnsOfSource(text);
  const start = codePointLength(text.slice(0, text.indexOf(words)));
  const lengths = turns.map((turn) => codePointLength(turn.text));
  return placeInTurns(turns, lengths, { start, end: start + codePointLength(words) });
}

describe('turnsOfSource', () => {
  it.each<[name: string, text: string, turns: [string | null, string][]]>([
    ['nothing', '', []],
    ['white space', ' \r\n\t\n', []],
    [
      'questions and answers',
      'Q: Why?\nA: Because.\nA: And so.\n',
      [
        ['Q', 'Why?'],
        ['A', 'Because.'],
        ['A', 'And so.'],
      ],
    ],
    [
      'CRLF',
      'Q: Why?\r\nA: Because.\r\n',
      [
        ['Q', 'Why?'],
        ['A', 'Because.'],
      ],
    ],
    [
      'old line breaks',
      'Q: Why?\rA: Because.',
      [
        ['Q', 'Why?'],
        ['A', 'Because.'],
      ],
    ],
    [
      'a question without a label on the answer',
      'Interviewer: Why?\nIt broke.\nTwice.',
      [
        ['Interviewer', 'Why?'],
        [null, 'It broke.'],
        [null, 'Twice.'],
      ],
    ],
    [
      'lines that go on with a named speaker',
      'Mo: Why\nexactly?\nAnna: It\nbroke.\n\nTwice.',
      [
        ['Mo', 'Why\nexactly?'],
        ['Anna', 'It\nbroke.'],
        ['Anna', 'Twice.'],
      ],
    ],
    [
      'names on their own lines',
      'Mo:\nWhy\nexactly?\n\nAnna:\n\nIt broke.',
      [
        ['Mo', 'Why\nexactly?'],
        ['Anna', 'It broke.'],
      ],
    ],
    [
      'paragraphs of nobody',
      'One\nline.\n\nTwo.',
      [
        [null, 'One\nline.'],
        [null, 'Two.'],
      ],
    ],
    [
      'lines of nobody',
      'One.\nTwo.',
      [
        [null, 'One.'],
        [null, 'Two.'],
      ],
    ],
    [
      'times before and after a name',
      '[00:01:02] Anna: Yes.\nMo (0:03): No.',
      [
        ['Anna', 'Yes.'],
        ['Mo', 'No.'],
      ],
    ],
    [
      'names of several words and other scripts',
      'Anna de Vries 2: Hm.\nAnna de Vries 2: Ja.\n\u8a2a\u554f\u8005\uff1a\u306f\u3044',
      [
        ['Anna de Vries 2', 'Hm.'],
        ['Anna de Vries 2', 'Ja.'],
        ['\u8a2a\u554f\u8005', '\u306f\u3044'],
      ],
    ],
    [
      'a heading',
      'Talk one\n\nQ: Why?\nA: Because.\nQ: And?',
      [
        [null, 'Talk one'],
        ['Q', 'Why?'],
        ['A', 'Because.'],
        ['Q', 'And?'],
      ],
    ],
    [
      'colons that name nobody',
      'It was like this: broken.\nSee http://x.invalid at 10:30 too',
      [
        [null, 'It was like this: broken.'],
        [null, 'See http://x.invalid at 10:30 too'],
      ],
    ],
    [
      'a sentence with a colon in answers',
      'Q: Why?\nA: One thing: money.',
      [
        ['Q', 'Why?'],
        ['A', 'One thing: money.'],
      ],
    ],
  ])('splits %s', (_case, text, turns) => {
    expect(said(text)).toEqual(turns);
  });

  it('keeps where each turn stands, word for word, in order', () => {
    const line = fc.constantFrom(
      'Q: a\u{1F600}b',
      'A: c d',
      'Anna:',
      'e \u{1F600}',
      '',
      '  ',
      ' f: g',
      '\u00e9:h',
    );
    const text = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 12 });
    fc.assert(
      fc.property(text, (lines) => {
        const source = lines.map((parts) => parts.join('')).join('');
        let end = 0;
        for (const turn of turnsOfSource(source)) {
          const length = codePointLength(turn.text);
          expect(sliceCodePoints(source, turn.start, turn.start + length)).toBe(turn.text);
          expect(turn.text).toBe(turn.text.trim());
          expect(turn.text).not.toBe('');
          expect(turn.labelStart).toBeGreaterThanOrEqual(end);
          expect(turn.start).toBeGreaterThanOrEqual(turn.labelStart);
          end = turn.start + length;
        }
      }),
      { seed: 20260402, numRuns: 500 },
    );
  });
});

describe('placeInTurns', () => {
  const TEXT = 'Q: \u{1F600} Why now?\r\nA: Because \u{1F600} it broke.\r\n\r\nA: And so.\r\n';

  it.each<[what: string, words: string, place: [number, number, number] | null]>([
    ['words inside a turn', '\u{1F600} it', [1, 8, 12]],
    ['a whole turn', 'And so.', [2, 0, 7]],
    ['a turn with its label', 'A: Because', [1, 0, 7]],
    ['a turn with the break after it', 'it broke.\r\n\r\n', [1, 10, 19]],
    ['words of two turns', 'broke.\r\n\r\nA: And', null],
    ['words and the next label', 'broke.\r\n\r\nA', null],
    ['a label alone', 'Q: ', null],
    ['the end of the text', '\r\n\r\nA: And so.\r\n', [2, 0, 7]],
  ])('places %s', (_case, words, place) => {
    const found = placeOf(TEXT, words);
    expect(found && [found.turn, found.start, found.end]).toEqual(place);
  });

  it('has no place after the last word, nor without turns', () => {
    expect(placeInTurns(turnsOfSource('a'), [1], { start: 1, end: 2 })).toBeNull();
    expect(placeInTurns([], [], { start: 0, end: 1 })).toBeNull();
  });
});
