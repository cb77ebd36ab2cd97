import { findRoot } from './find-root.js';
import { gaussLegendre, integrate } from './gauss-legendre.js';

describe('gaussLegendre', () => {
  it('has the published nodes and weights for five points', () => {
    // Abramowitz and Stegun, table 25.4.
    const { nodes, weights } = gaussLegendre(5);
    [-0.9061798459, -0.5384693101, 0, 0.5384693101, 0.9061798459].forEach((node, i) => {
      expect(nodes[i]).toBeCloseTo(node, 10);
    });
    [0.2369268851, 0.4786286705, 0.5688888889, 0.4786286705, 0.2369268851].forEach((weight, i) => {
      expect(weights[i]).toBeCloseTo(weight, 10);
    });
  });

  it('is exact up to degree 2n - 1 and not beyond', () => {
    const power = (degree: number) => integrate((x) => x ** degree, [0, 1], 4) * (degree + 1);
    expect(power(7)).toBeCloseTo(1, 14);
    expect(Math.abs(power(8) - 1)).toBeGreaterThan(1e-8);
  });

  it('sums panels, skips empty ones, and takes a kink between two', () => {
    expect(integrate(Math.abs, [-1, 0, 0, 2], 3)).toBeCloseTo(2.5, 14);
    expect(integrate(Math.exp, [0, 1], 20)).toBeCloseTo(Math.E - 1, 14);
    const total = gaussLegendre(200).weights.reduce((sum, weight) => sum + weight, 0);
    expect(total).toBeCloseTo(2, 12);
  });

  it('refuses a count that is none', () => {
    expect(() => gaussLegendre(0)).toThrow(RangeError);
    expect(() => gaussLegendre(1.5)).toThrow(RangeError);
  });
});

describe('findRoot', () => {
  it.each<[string, (x: number) => number, number, number, number]>([
    ['a line', (x) => 3 * x - 1, 0, 1, 1 / 3],
    ['a falling curve', (x) => Math.exp(-x) - 0.25, 0, 50, Math.log(4)],
    ['a flat start', (x) => x ** 9 - 1e-9, -1, 10, 0.1],
    ['a step', (x) => (x < Math.SQRT2 ? -1 : 1), 0, 7, Math.SQRT2],
    ['an infinite end', (x) => (x === 0 ? -Infinity : Math.log(x)), 0, 5, 1],
    ['a root at the low end', (x) => x, 0, 1, 0],
    ['a root at the high end', (x) => x - 1, 0, 1, 1],
  ])('finds the zero of %s', (_name, f, low, high, root) => {
    expect(findRoot(f, { low, high }, 1e-12)).toBeCloseTo(root, 9);
  });

  it('refuses a bracket without a sign change, or a tolerance that is none', () => {
    expect(() => findRoot((x) => x + 2, { low: 0, high: 1 }, 1e-9)).toThrow(RangeError);
    expect(() => findRoot((x) => x, { low: -1, high: 1 }, 0)).toThrow(RangeError);
  });
});
