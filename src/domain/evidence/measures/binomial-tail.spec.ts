import { binomialAtLeast } from './binomial-tail.js';

describe('binomialAtLeast', () => {
  it.each([
    [0, 5, 0.3, 1],
    [6, 5, 0.3, 0],
    [1, 3, 0.5, 7 / 8],
    [3, 3, 0.5, 1 / 8],
    [8, 10, 0.5, 56 / 1024],
    [5, 5, 1, 1],
    [1, 5, 0, 0],
  ])('of %i or more of %i at %p is %p', (least, n, share, expected) => {
    expect(binomialAtLeast(least, n, share)).toBeCloseTo(expected, 14);
  });

  it('refuses what is no count', () => {
    expect(() => binomialAtLeast(1.5, 3, 0.5)).toThrow(RangeError);
    expect(() => binomialAtLeast(1, 3, 1.5)).toThrow(RangeError);
  });
});
