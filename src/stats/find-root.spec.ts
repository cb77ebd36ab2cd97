import { findRoot } from './find-root.js';

describe('findRoot', () => {
  it.each<[string, (x: number) => number, number, number, number]>([
    ['a line', (x) => x - 2, 0, 10, 2],
    ['a falling curve', (x) => Math.exp(-x) - 0.5, 0, 50, Math.LN2],
    ['a flat cube', (x) => x ** 3, -1, 2, 0],
    ['a step', (x) => (x < 1 ? -1 : 1), 0, 4, 1],
    ['infinite ends', (x) => Math.log(x), 0, 9, 1],
    ['a root on the low end', (x) => x - 3, 3, 4, 3],
    // Rounding can leave a residue of the other sign at an end that is the root.
    ['a root on the low end up to rounding', (x) => (x === 3 ? 1e-17 : 3 - x), 3, 4, 3],
    ['a root on the high end up to rounding', (x) => (x === 4 ? -1e-17 : 4 - x), 3, 4, 4],
  ])('finds the root of %s', (_name, f, low, high, root) => {
    expect(Math.abs(findRoot(f, { low, high }, 1e-12) - root)).toBeLessThan(1e-6);
  });

  it('refuses a bracket without a change of sign', () => {
    expect(() => findRoot((x) => x * x + 1, { low: -1, high: 1 }, 1e-9)).toThrow(RangeError);
  });
});
