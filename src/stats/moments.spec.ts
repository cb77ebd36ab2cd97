import fc from 'fast-check';

import { readAdjustment, relative, rowsOfArm } from '../../test/fixtures/stats/read-adjustment.js';
import {
  armSummary,
  covariance,
  emptyMoments,
  mergeMoments,
  type Moments,
  momentsFromSums,
  momentsOfRows,
  packedIndex,
  remainingSquares,
  variance,
} from './moments.js';

function expectClose(a: Moments, b: Moments, scale: number): void {
  expect(a.n).toBe(b.n);
  a.mean.forEach((mean, i) => {
    expect(Math.abs(mean - (b.mean[i] ?? NaN))).toBeLessThanOrEqual(1e-12 * scale);
  });
  a.comoment.forEach((cell, i) => {
    const bound = 1e-12 * scale * scale * Math.max(1, a.n);
    expect(Math.abs(cell - (b.comoment[i] ?? NaN))).toBeLessThanOrEqual(bound);
  });
  a.third.forEach((cube, i) => {
    const bound = 1e-12 * scale ** 3 * Math.max(1, a.n);
    expect(Math.abs(cube - (b.third[i] ?? NaN))).toBeLessThanOrEqual(bound);
  });
}

describe('moments', () => {
  it('gives the textbook values of a small table', () => {
    const m = momentsOfRows([
      [1, 10],
      [2, 30],
      [6, 20],
    ]);
    expect(m).toEqual({ n: 3, mean: [3, 20], comoment: [14, 10, 200], third: [18, 0] });
    expect(variance(m, 0)).toBe(7);
    expect(covariance(m, 0, 1)).toBe(5);
    expect(covariance(m, 1, 0)).toBe(5);
    expect(armSummary(m, 1)).toEqual({ n: 3, mean: 20, variance: 100 });
  });

  it('has no variance below two rows, rather than a variance of 0', () => {
    expect(variance(emptyMoments(1), 0)).toBeNull();
    expect(variance(momentsOfRows([[4]]), 0)).toBeNull();
    expect(armSummary(momentsOfRows([[4]]), 0)).toEqual({ n: 1, mean: 4, variance: null });
    expect(momentsOfRows([], 2)).toEqual(emptyMoments(2));
  });

  // Raw sums of squares give 0 for the first and -4.4e8 for the second.
  it.each([
    { mean: 1e9, sd: 10 },
    { mean: 1.7e12, sd: 1000 },
  ])('keeps the variance of values near $mean', ({ mean, sd }) => {
    const rows = Array.from({ length: 1000 }, (_unused, i) => [mean + (i % 2 === 0 ? sd : -sd)]);
    const expected = (sd * sd * 1000) / 999;
    expect((variance(momentsOfRows(rows), 0) ?? NaN) / expected).toBeCloseTo(1, 6);
    const halves = mergeMoments(momentsOfRows(rows.slice(0, 300)), momentsOfRows(rows.slice(300)));
    expect((variance(halves, 0) ?? NaN) / expected).toBeCloseTo(1, 6);
  });

  it('refuses ragged rows, values that are not finite, and columns that are not there', () => {
    expect(() => momentsOfRows([[1, 2], [3]])).toThrow(RangeError);
    expect(() => momentsOfRows([[NaN]])).toThrow(RangeError);
    expect(() => emptyMoments(-1)).toThrow(RangeError);
    expect(() => mergeMoments(emptyMoments(1), emptyMoments(2))).toThrow(RangeError);
    expect(() => variance(momentsOfRows([[1], [2]]), 1)).toThrow(RangeError);
    expect(() => covariance(momentsOfRows([[1], [2]]), 0, 0.5)).toThrow(RangeError);
  });

  const fixture = readAdjustment();

  it('agrees with NumPy on rows, streamed and merged', () => {
    const treatment = momentsOfRows(rowsOfArm(fixture, 1));
    const control = momentsOfRows(rowsOfArm(fixture, 0));
    for (const [got, expected] of [
      [treatment, fixture.moments.treatment],
      [control, fixture.moments.control],
      [mergeMoments(treatment, control), fixture.moments.all],
    ] as const) {
      expect(got.n).toBe(expected.n);
      for (const part of ['mean', 'comoment', 'third'] as const) {
        expect(got[part]).toHaveLength(expected[part].length);
        got[part].forEach((value, i) => {
          expect(relative(value, expected[part][i] ?? NaN)).toBeLessThan(1e-11);
        });
      }
    }
  });

  it.each(fixture.exact)('rounds exact sums once: $name', (example) => {
    const m = momentsFromSums({
      n: example.n,
      sums: example.sums.map(BigInt),
      products: example.products.map(BigInt),
      cubes: example.cubes.map(BigInt),
      scale: example.scale,
    });
    // Not close to the exact fraction but the double nearest to it.
    const { n, mean, comoment, third } = example;
    expect(m).toEqual({ n, mean, comoment, third });
    const streamed = momentsOfRows(
      example.rows.map((row) => row.map((value) => value / example.scale)),
    );
    streamed.comoment.forEach((cell, i) => {
      const size = Math.sqrt((comoment[0] ?? NaN) * (comoment[2] ?? NaN));
      expect(Math.abs(cell - (comoment[i] ?? NaN)) / size).toBeLessThan(1e-5);
    });
  });

  it('turns sums in minor units into major ones, column by column', () => {
    const rows = [
      [1999, 2],
      [-550, 0],
      [12345, 7],
    ];
    const sumOf = (f: (row: number[]) => number): bigint =>
      rows.reduce((sum, row) => sum + BigInt(f(row)), 0n);
    const x = (row: number[]): number => row[0] ?? NaN;
    const y = (row: number[]): number => row[1] ?? NaN;
    const m = momentsFromSums({
      n: 3,
      sums: [sumOf(x), sumOf(y)],
      products: [sumOf((r) => x(r) ** 2), sumOf((r) => x(r) * y(r)), sumOf((r) => y(r) ** 2)],
      cubes: [sumOf((r) => x(r) ** 3), sumOf((r) => y(r) ** 3)],
      scale: [100, 1],
    });
    expectClose(m, momentsOfRows(rows.map((row) => [x(row) / 100, y(row)])), 1e3);
  });

  it('refuses sums that no rows can have, and shapes and scales that do not fit', () => {
    const sums = { n: 2, sums: [4n], products: [10n], cubes: [28n] };
    expect(momentsFromSums(sums)).toEqual(momentsOfRows([[1], [3]]));
    expect(momentsFromSums({ n: 0, sums: [0n], products: [0n], cubes: [0n] })).toEqual(
      emptyMoments(1),
    );
    for (const wrong of [
      { n: -1 },
      { n: 1.5 },
      { n: 0 },
      { products: [7n] },
      { products: [10n, 1n] },
      { cubes: [] },
      { scale: 0 },
      { scale: 0.1 },
      { scale: [] },
    ]) {
      expect(() => momentsFromSums({ ...sums, ...wrong })).toThrow(RangeError);
    }
  });

  it('any shards of whole numbers, merged in any order, give the exact moments', () => {
    const row = fc.tuple(fc.integer({ min: -5000, max: 5000 }), fc.integer({ min: 0, max: 900 }));
    const shards = fc.array(fc.array(row, { maxLength: 12 }), { maxLength: 6 });
    const exact = (rows: [number, number][]): Moments => {
      const sum = (f: (r: [number, number]) => number): bigint =>
        rows.reduce((total, r) => total + BigInt(f(r)), 0n);
      return momentsFromSums({
        n: rows.length,
        sums: [sum((r) => r[0]), sum((r) => r[1])],
        products: [sum((r) => r[0] ** 2), sum((r) => r[0] * r[1]), sum((r) => r[1] ** 2)],
        cubes: [sum((r) => r[0] ** 3), sum((r) => r[1] ** 3)],
      });
    };
    fc.assert(
      fc.property(shards, (parts) => {
        const whole = exact(parts.flat());
        const pieces = parts.map(exact);
        expectClose(pieces.reduce(mergeMoments, emptyMoments(2)), whole, 5e3);
        expectClose(pieces.reduceRight(mergeMoments, emptyMoments(2)), whole, 5e3);
        expectClose(momentsOfRows(parts.flat(), 2), whole, 5e3);
      }),
      { seed: 5 },
    );
  });

  it('keeps what is left of squares, but not their rounding', () => {
    expect(remainingSquares(10, 4)).toBe(6);
    expect(remainingSquares(1, 1 - 1e-15)).toBe(0);
    expect(remainingSquares(1, 1 + 1e-15)).toBe(0);
    expect(remainingSquares(NaN, 1)).toBeNaN();
    expect(remainingSquares(Infinity, 1)).toBe(Infinity);
  });

  it('numbers the packed triangle row by row', () => {
    const cells = [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => packedIndex(3, i, j)));
    expect(cells).toEqual([0, 1, 2, 1, 3, 4, 2, 4, 5]);
  });

  it('any order of merging and any order of rows gives the whole', () => {
    const row = fc.tuple(
      fc.double({ min: -1e3, max: 1e3, noNaN: true }),
      fc.double({ min: -1e3, max: 1e3, noNaN: true }),
    );
    const shards = fc.array(fc.array(row, { maxLength: 20 }), { maxLength: 6 });
    fc.assert(
      fc.property(shards, (parts) => {
        const whole = momentsOfRows(parts.flat(), 2);
        const pieces = parts.map((part) => momentsOfRows(part, 2));
        const empty = emptyMoments(2);
        expectClose(pieces.reduce(mergeMoments, empty), whole, 1e3);
        expectClose(
          pieces.reduceRight((sum, part) => mergeMoments(part, sum), empty),
          whole,
          1e3,
        );
        expectClose(momentsOfRows(parts.flat().reverse(), 2), whole, 1e3);
      }),
      { seed: 3 },
    );
  });
});
