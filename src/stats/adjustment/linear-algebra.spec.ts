import fc from 'fast-check';

import { momentsOfRows } from '../moments.js';
import { dot, factorise, inverseForm, quadraticForm, solve } from './linear-algebra.js';

// 4 2 1 / 2 3 0 / 1 0 2 times (1, -2, 3).
const MATRIX = [4, 2, 1, 3, 0, 2];
const X = [1, -2, 3];
const RIGHT = [3, -4, 7];

function expectAll(got: readonly number[], expected: readonly number[], digits = 12): void {
  expect(got).toHaveLength(expected.length);
  got.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, digits));
}

describe('small symmetric systems', () => {
  it('solves one that is known', () => {
    const factor = factorise(MATRIX, [0, 0, 0]);
    expect(factor.kept).toEqual([true, true, true]);
    expectAll(solve(factor, RIGHT), X);
    expect(quadraticForm(MATRIX, X)).toBe(dot(X, RIGHT));
    expect(inverseForm(factor, RIGHT)).toBeCloseTo(dot(X, RIGHT), 12);
    expect(factorise([], [])).toEqual({ lower: [], kept: [] });
    expect(solve(factorise([], []), [])).toEqual([]);
  });

  it('leaves out a later column that earlier ones explain, or one it is told to', () => {
    // The third column is the sum of the first two.
    const collinear = [4, 2, 6, 3, 5, 11];
    const factor = factorise(collinear, [1e-9, 1e-9, 1e-9]);
    expect(factor.kept).toEqual([true, true, false]);
    expectAll(solve(factor, [8, 7, 15]), [1.25, 1.5, 0]);
    const told = factorise(MATRIX, [0, Infinity, 0]);
    expect(told.kept).toEqual([true, false, true]);
    // What is left is 4 1 / 1 2.
    expectAll(solve(told, [7, 99, 7]), [1, 0, 3]);
    expect(inverseForm(told, [7, 99, 7])).toBeCloseTo(28, 12);
  });

  it('gives back the vector of any well-posed system', () => {
    const entry = fc.integer({ min: -9, max: 9 });
    const rows = fc.array(fc.tuple(entry, entry, entry, entry), { minLength: 8, maxLength: 15 });
    fc.assert(
      fc.property(rows, fc.tuple(entry, entry, entry, entry), (data, x) => {
        const matrix = momentsOfRows(data).comoment;
        const floors = [0, 4, 7, 9].map((cell) => 1e-3 * (matrix[cell] ?? NaN));
        const factor = factorise(matrix, floors);
        fc.pre(factor.kept.every((kept) => kept));
        const right = x.map((_value, i) => {
          const unit = x.map((_other, j) => (i === j ? 1 : 0));
          const sum = x.map((value, j) => value + (unit[j] ?? NaN));
          // The bilinear form by polarisation, so that no second way to read the triangle is needed.
          return (
            (quadraticForm(matrix, sum) - quadraticForm(matrix, x) - quadraticForm(matrix, unit)) /
            2
          );
        });
        expectAll(solve(factor, right), x, 6);
      }),
      { seed: 13 },
    );
  });
});
