import { isWellFormed } from './is-well-formed.js';

describe('well-formed UTF-16', () => {
  it.each([
    ['', true],
    ['plain', true],
    ['\ud83d\ude42', true],
    ['a\ud83d\ude42\ud83d\ude42b', true],
    ['\ud83d', false],
    ['\ude42', false],
    ['a\ud83db', false],
    ['\ude42\ud83d', false],
    ['\ud83d\ud83d\ude42', false],
    ['\ud83d\ude42\ude42', false],
  ])('%j: %s', (text, wellFormed) => {
    expect(isWellFormed(text)).toBe(wellFormed);
  });
});
