import { isPrintable } from './is-printable.js';

describe('printable text', () => {
  it.each([
    ['', true],
    ['order 1 ~', true],
    ['Größe 数 😀', true],
    ['a\0', false],
    ['tab\t', false],
    ['\u007f', false],
    ['ö\u0085', false],
    ['\ud800', false],
    ['\udc00x', false],
  ])('%j: %s', (text, expected) => {
    expect(isPrintable(text)).toBe(expected);
  });
});
