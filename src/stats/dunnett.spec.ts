import fc from 'fast-check';

import { readGolden } from '../../test/fixtures/stats/read-golden.js';
import { dunnettAdjustedP, dunnettCriticalZ } from './dunnett.js';
import { normal } from './distributions.js';

describe('dunnett', () => {
  it.each(readGolden().examples.dunnett)(
    'agrees with 25-digit quadrature for $treatments against $control',
    ({ control, treatments, criticalZ, pAt3 }) => {
      const sizes = { control, treatments };
      expect(dunnettCriticalZ(sizes, 0.05)).toBeCloseTo(criticalZ, 10);
      expect(dunnettAdjustedP(3, sizes) / pAt3).toBeCloseTo(1, 9);
    },
  );

  it('reproduces the published critical values for arms of equal size', () => {
    const published = [2.2121277, 2.3489706];
    const [two, three] = [
      [1000, 1000],
      [1000, 1000, 1000],
    ].map((treatments) => dunnettCriticalZ({ control: 1000, treatments }, 0.05));
    expect(two).toBeCloseTo(published[0] ?? NaN, 6);
    expect(three).toBeCloseTo(published[1] ?? NaN, 6);
  });

  it('is the plain two-sided test for one arm', () => {
    const sizes = { control: 300, treatments: [100] };
    expect(dunnettCriticalZ(sizes, 0.05)).toBe(-normal.quantile(0.025));
    expect(dunnettAdjustedP(-2, sizes)).toBe(2 * normal.survival(2));
  });

  it('keeps the digits of a tiny p and gives 1 for no effect', () => {
    const sizes = { control: 1000, treatments: [1000, 1000] };
    // Far out the arms hardly ever pass together, so the p-values add.
    expect(dunnettAdjustedP(12, sizes) / (4 * normal.survival(12))).toBeCloseTo(1, 6);
    expect(dunnettAdjustedP(0, sizes)).toBe(1);
  });

  it.each([1e-17, 1e-12, 1e-9, 1e-6])('is a probability for a z of %d', (z) => {
    const p = dunnettAdjustedP(z, { control: 1000, treatments: [1000, 1000] });
    expect(p).toBeLessThanOrEqual(1);
    expect(p).toBeGreaterThan(0.99999);
  });

  it('refuses empty arms and levels outside (0, 1)', () => {
    expect(() => dunnettCriticalZ({ control: 0, treatments: [1, 1] }, 0.05)).toThrow(RangeError);
    expect(() => dunnettCriticalZ({ control: 1, treatments: [] }, 0.05)).toThrow(RangeError);
    expect(() => dunnettCriticalZ({ control: 1, treatments: [1, 1] }, 1)).toThrow(RangeError);
    expect(() => dunnettAdjustedP(NaN, { control: 1, treatments: [1, 1] })).toThrow(RangeError);
  });

  it('lies between one comparison and Bonferroni, and agrees with its own critical value', () => {
    const units = fc.integer({ min: 10, max: 1e6 });
    const arms = fc.array(units, { minLength: 2, maxLength: 6 });
    const alphas = fc.double({ min: 1e-6, max: 0.2, noNaN: true });
    fc.assert(
      fc.property(units, arms, alphas, (control, treatments, alpha) => {
        const sizes = { control, treatments };
        const critical = dunnettCriticalZ(sizes, alpha);
        expect(critical).toBeGreaterThanOrEqual(-normal.quantile(alpha / 2) - 1e-9);
        expect(critical).toBeLessThanOrEqual(
          -normal.quantile(alpha / (2 * treatments.length)) + 1e-9,
        );
        expect(dunnettAdjustedP(critical, sizes) / alpha).toBeCloseTo(1, 7);
      }),
      { seed: 23, numRuns: 12 },
    );
  });
});
