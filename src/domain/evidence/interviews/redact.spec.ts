import { redact, spansWithin } from './redact.js';

describe('words that may not be read', () => {
  it.each([
    ['a name', 'Ask Anna about it', [{ start: 4, end: 8 }], 'Ask ████ about it'],
    ['spaces stay', 'card 4111 1111', [{ start: 5, end: 14 }], 'card ████ ████'],
    ['an emoji is one place', 'so 😬 then', [{ start: 3, end: 4 }], 'so █ then'],
    [
      'two spans',
      'ab cd ef',
      [
        { start: 0, end: 2 },
        { start: 6, end: 8 },
      ],
      '██ cd ██',
    ],
    ['past the end', 'abc', [{ start: 2, end: 99 }], 'ab█'],
    ['nothing', 'abc', [], 'abc'],
  ])('%s', (_, text, spans, left) => {
    expect(redact(text, spans)).toBe(left);
    expect(Array.from(redact(text, spans))).toHaveLength(Array.from(text).length);
  });

  it.each([
    ['inside', [{ start: 12, end: 14 }], [{ start: 2, end: 4 }]],
    ['over the start', [{ start: 5, end: 12 }], [{ start: 0, end: 2 }]],
    ['over the end', [{ start: 18, end: 30 }], [{ start: 8, end: 10 }]],
    [
      'beside',
      [
        { start: 0, end: 10 },
        { start: 20, end: 25 },
      ],
      [],
    ],
  ])('a quote of [10, 20) shares what is %s', (_, spans, shared) => {
    expect(spansWithin(spans, 10, 20)).toEqual(shared);
  });
});
