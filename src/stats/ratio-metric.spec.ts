import fc from 'fast-check';

import { readAdjustment, relative, rowsOfArm } from '../../test/fixtures/stats/read-adjustment.js';
import { type Moments, momentsOfRows } from './moments.js';
import { ratioSummary, type RatioSummary } from './ratio-metric.js';
import { welch } from './welch.js';

function summarise(moments: Moments, numerator = 0, denominator = 1): RatioSummary {
  const result = ratioSummary(moments, numerator, denominator);
  if (!result.ok) throw new Error(result.detail);
  return result;
}

const fixture = readAdjustment();

describe('ratioSummary', () => {
  it('agrees with the variance of the linearised rows', () => {
    const treatment = summarise(momentsOfRows(rowsOfArm(fixture, 1)), 0, 5);
    const control = summarise(momentsOfRows(rowsOfArm(fixture, 0)), 0, 5);
    for (const [got, expected] of [
      [treatment, fixture.ratio.treatment],
      [control, fixture.ratio.control],
    ] as const) {
      expect(relative(got.mean, expected.ratio)).toBeLessThan(1e-12);
      expect(relative(got.variance, expected.variance)).toBeLessThan(1e-11);
      expect(relative(got.denominatorZ ?? NaN, expected.denominatorZ)).toBeLessThan(1e-12);
      expect(got.denominatorIsWeak).toBe(false);
    }
    const test = welch({ treatment, control, alpha: 0.05 });
    if (!test.ok) throw new Error(test.detail);
    const expected = fixture.ratio.welch;
    expect(relative(test.estimate, expected.estimate)).toBeLessThan(1e-11);
    expect(relative(test.se, expected.se)).toBeLessThan(1e-11);
    expect(relative(test.df, expected.df)).toBeLessThan(1e-11);
    expect(relative(test.pValue, expected.p)).toBeLessThan(1e-9);
  });

  it('is a plain mean over a denominator that is always 1', () => {
    const result = summarise(momentsOfRows([2, 5, 11].map((value) => [value, 1])));
    expect(result).toEqual({
      ok: true,
      n: 3,
      mean: 6,
      variance: 21,
      denominatorZ: null,
      denominatorIsWeak: false,
    });
  });

  it('has no variance where every unit has the same ratio, not a rounding of it', () => {
    const result = summarise(momentsOfRows([1, 4, 9, 7].map((d) => [0.3 * d, d])));
    expect(result.variance).toBe(0);
  });

  it('warns when the mean denominator is near 0 against its error', () => {
    const rows = [-3, 5, -2, 4, 6].map((d, i) => [i, d]);
    const result = summarise(momentsOfRows(rows));
    expect(result.denominatorZ).toBeCloseTo(2 / Math.sqrt(17.5 / 5), 12);
    expect(result.denominatorIsWeak).toBe(true);
  });

  it('answers with a reason instead of a number', () => {
    const reason = (rows: number[][], change: Partial<Moments> = {}): string => {
      const result = ratioSummary({ ...momentsOfRows(rows, 2), ...change }, 0, 1);
      return result.ok ? 'ok' : result.reason;
    };
    const rows = [
      [1, 2],
      [3, 4],
    ];
    expect(reason(rows)).toBe('ok');
    expect(reason([])).toBe('empty-arm');
    expect(reason([[1, 2]])).toBe('too-few');
    expect(
      reason([
        [1, -2],
        [3, 2],
      ]),
    ).toBe('not-identified');
    expect(reason(rows, { n: NaN })).toBe('bad-input');
    expect(reason(rows, { mean: [Infinity, 3] })).toBe('bad-input');
    expect(reason(rows, { comoment: [1, NaN, 1] })).toBe('bad-input');
    expect(reason(rows, { comoment: [-1, 0, 1] })).toBe('bad-input');
    expect(() => ratioSummary(momentsOfRows(rows), 0, 2)).toThrow(RangeError);
  });

  it('scales with the units of numerator and denominator', () => {
    const row = fc.tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: 1, max: 50 }));
    const factor = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(fc.array(row, { minLength: 3, maxLength: 20 }), factor, factor, (rows, a, b) => {
        const plain = summarise(momentsOfRows(rows));
        const scaled = summarise(momentsOfRows(rows.map(([x, y]) => [a * x, b * y])));
        const size = Math.max(Math.abs(plain.mean), 1);
        expect(Math.abs((scaled.mean * b) / a - plain.mean)).toBeLessThan(1e-11 * size);
        const spread = Math.max(plain.variance, 1);
        expect(Math.abs(scaled.variance * (b / a) ** 2 - plain.variance)).toBeLessThan(
          1e-9 * spread,
        );
      }),
      { seed: 7 },
    );
  });
});
