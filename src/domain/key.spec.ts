import { isKey } from './key.js';

describe('keys', () => {
  it.each([
    ['a', true],
    ['A1._-z', true],
    ['0', true],
    ['a'.repeat(64), true],
    ['a'.repeat(65), false],
    ['', false],
    ['.a', false],
    ['a..b', false],
    ['a b', false],
    ['a/b', false],
    ['a\n', false],
    ['é', false],
    ['\u212a', false],
  ])('%j: %s', (key, valid) => {
    expect(isKey(key)).toBe(valid);
  });
});
