import fc from 'fast-check';

import { readFixture } from '../../../test/fixtures/stats/read-golden.js';
import { spentAlpha, type Spending } from './spending.js';

interface SpendingCase {
  spending: Spending;
  alpha: number;
  fraction: number;
  spent: number;
}

const { spending: cases } = readFixture<{ spending: SpendingCase[] }>('group-sequential.json');

const spendings = fc.oneof(
  fc.constant<Spending>({ kind: 'obrien_fleming' }),
  fc.constant<Spending>({ kind: 'pocock' }),
  fc
    .double({ min: 0.2, max: 6, noNaN: true })
    .map((phi): Spending => ({ kind: 'kim_demets', phi })),
  fc
    .double({ min: -900, max: 900, noNaN: true })
    .map((gamma): Spending => ({ kind: 'hwang_shih_decani', gamma })),
);
const levels = fc.double({ min: 1e-6, max: 0.5, noNaN: true });
const fractions = fc.double({ min: 0, max: 1.5, noNaN: true });

describe('spentAlpha', () => {
  it.each(cases)('$spending at $fraction of $alpha', ({ spending, alpha, fraction, spent }) => {
    expect(spentAlpha(spending, alpha, fraction) / spent).toBeCloseTo(1, 12);
  });

  it('starts at 0, never falls, and has spent all at 1 and beyond', () => {
    fc.assert(
      fc.property(spendings, levels, fractions, fractions, (spending, alpha, a, b) => {
        const [early, late] = [Math.min(a, b), Math.max(a, b)];
        const spent = spentAlpha(spending, alpha, early);
        expect(spent).toBeGreaterThanOrEqual(0);
        expect(spentAlpha(spending, alpha, late)).toBeGreaterThanOrEqual(spent * (1 - 1e-12));
        expect(spentAlpha(spending, alpha, 0)).toBe(0);
        expect(spentAlpha(spending, alpha, 1)).toBe(alpha);
        expect(spentAlpha(spending, alpha, 1.3)).toBe(alpha);
      }),
      { seed: 41 },
    );
  });

  it('refuses what is no level, no fraction or no shape', () => {
    expect(() => spentAlpha({ kind: 'pocock' }, 1, 0.5)).toThrow(RangeError);
    expect(() => spentAlpha({ kind: 'pocock' }, 0.05, -0.1)).toThrow(RangeError);
    expect(() => spentAlpha({ kind: 'pocock' }, 0.05, NaN)).toThrow(RangeError);
    expect(() => spentAlpha({ kind: 'kim_demets', phi: 0 }, 0.05, 0.5)).toThrow(RangeError);
    expect(() => spentAlpha({ kind: 'hwang_shih_decani', gamma: NaN }, 0.05, 0.5)).toThrow(
      RangeError,
    );
  });
});
