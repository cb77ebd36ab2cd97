import fc from 'fast-check';

import { readAdjustment, relative, rowsOfArm } from '../../test/fixtures/stats/read-adjustment.js';
import { type Moments, momentsOfRows } from './moments.js';
import { normalApproximationIsUnsafe, skewnessOfDifference, skewnessOfMean } from './skewness.js';

function column(values: readonly number[]): Moments {
  return momentsOfRows(
    values.map((value) => [value]),
    1,
  );
}

function valueOf(result: ReturnType<typeof skewnessOfMean>): number {
  if (!result.ok) throw new Error(result.detail);
  return result.skewness;
}

const fixture = readAdjustment();

describe('skewness of a sampling distribution', () => {
  it("agrees with SciPy's unbiased cumulants", () => {
    const treatment = momentsOfRows(rowsOfArm(fixture, 1));
    const control = momentsOfRows(rowsOfArm(fixture, 0));
    const expected = fixture.skewness;
    expect(relative(valueOf(skewnessOfMean(treatment, 1)), expected.treatment)).toBeLessThan(1e-11);
    expect(relative(valueOf(skewnessOfMean(control, 1)), expected.control)).toBeLessThan(1e-11);
    const difference = valueOf(skewnessOfDifference({ treatment, control, column: 1 }));
    expect(relative(difference, expected.difference)).toBeLessThan(1e-10);
  });

  it('is unsafe for one mean exactly when n < 355·skewness²', () => {
    // 20 buyers among n units: the skewness of the values is near (1 - 2p)/√(p(1 - p)).
    const buyers = (n: number): Moments => column(Array.from({ length: n }, (_, i) => +(i < 20)));
    for (const n of [60, 200, 2000]) {
      const skewness = valueOf(skewnessOfMean(buyers(n), 0));
      const ofValues = skewness * Math.sqrt(n);
      expect(normalApproximationIsUnsafe(skewness)).toBe(n < 355 * ofValues ** 2);
    }
    expect(normalApproximationIsUnsafe(valueOf(skewnessOfMean(buyers(41), 0)))).toBe(false);
    expect(normalApproximationIsUnsafe(valueOf(skewnessOfMean(buyers(2000), 0)))).toBe(true);
    expect(normalApproximationIsUnsafe(-0.06)).toBe(true);
    expect(normalApproximationIsUnsafe(NaN)).toBe(true);
  });

  it('does not warn on the difference of two balanced arms, however skewed they are', () => {
    const arm = column(Array.from({ length: 2000 }, (_, i) => (i < 11 ? 80 + i : 0)));
    expect(normalApproximationIsUnsafe(valueOf(skewnessOfMean(arm, 0)))).toBe(true);
    const difference = skewnessOfDifference({ treatment: arm, control: arm, column: 0 });
    expect(valueOf(difference)).toBe(0);
    const tenth = column(Array.from({ length: 200 }, (_, i) => (i < 1 ? 80 : 0)));
    const uneven = valueOf(skewnessOfDifference({ treatment: tenth, control: arm, column: 0 }));
    expect(normalApproximationIsUnsafe(uneven)).toBe(true);
  });

  it('answers with a reason instead of a number', () => {
    const reason = (m: Moments): string => {
      const result = skewnessOfMean(m, 0);
      return result.ok ? 'ok' : result.reason;
    };
    expect(reason(column([]))).toBe('empty-arm');
    expect(reason(column([1, 2]))).toBe('too-few');
    expect(reason(column([4, 4, 4]))).toBe('no-variance');
    expect(reason({ ...column([1, 2, 4]), third: [NaN] })).toBe('bad-input');
    expect(reason({ ...column([1, 2, 4]), comoment: [-1] })).toBe('bad-input');
    expect(reason({ ...column([1, 2, 4]), n: NaN })).toBe('bad-input');
    const good = column([1, 2, 4]);
    for (const bad of [column([]), column([1])]) {
      expect(skewnessOfDifference({ treatment: good, control: bad, column: 0 }).ok).toBe(false);
      expect(skewnessOfDifference({ treatment: bad, control: good, column: 0 }).ok).toBe(false);
    }
    expect(() => skewnessOfMean(good, 1)).toThrow(RangeError);
  });

  it('changes sign when the arms are swapped, and not with the unit', () => {
    const values = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 4, maxLength: 30 });
    fc.assert(
      fc.property(values, values, (one, zero) => {
        const treatment = column([...one, 0, 1]);
        const control = column(zero);
        const there = valueOf(skewnessOfDifference({ treatment, control, column: 0 }));
        const back = valueOf(
          skewnessOfDifference({ treatment: control, control: treatment, column: 0 }),
        );
        expect(back).toBeCloseTo(-there, 12);
        const cents = valueOf(
          skewnessOfDifference({
            treatment: column([...one, 0, 1].map((v) => v * 100)),
            control: column(zero.map((v) => v * 100)),
            column: 0,
          }),
        );
        expect(cents).toBeCloseTo(there, 9);
      }),
      { seed: 11 },
    );
  });
});
