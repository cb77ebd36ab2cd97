import fc from 'fast-check';

import {
  armSummary,
  covariance,
  emptyMoments,
  mergeMoments,
  type Moments,
  momentsOfRows,
  packedIndex,
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
}

describe('moments', () => {
  it('gives the textbook values of a small table', () => {
    const m = momentsOfRows([
      [1, 10],
      [2, 30],
      [6, 20],
    ]);
    expect(m).toEqual({ n: 3, mean: [3, 20], comoment: [14, 10, 200] });
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
