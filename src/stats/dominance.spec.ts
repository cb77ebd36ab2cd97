import fc from 'fast-check';
import { dominanceOf } from './dominance.js';
import { emptyMoments, momentsOfRows } from './moments.js';

const of = (values: readonly number[]) => dominanceOf(momentsOfRows(values.map((v) => [v])), 0);

/** The same from the rows themselves, for the row farthest from the mean. */
function fromRows(values: readonly number[]): { ofSum: number; ofSquares: number } {
  const sum = values.reduce((total, value) => total + value, 0);
  const mean = sum / values.length;
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  const largest = values.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
  const farthest = values.reduce((most, value) => Math.max(most, (value - mean) ** 2), 0);
  return { ofSum: largest / Math.abs(sum), ofSquares: farthest / squares };
}

describe('dominanceOf', () => {
  it('of one row beside nothing is all of it, but for what few rows hide', () => {
    // n = 100 rows, one of them W: mean W/100, and the bound is W·(1 - 1/100).
    const found = of([...Array<number>(99).fill(0), 1e6]);
    expect(found?.ofSum).toBeCloseTo(0.99, 12);
    // (98/100)² over 99/100.
    expect(found?.ofSquares).toBeCloseTo(0.98 ** 2 / 0.99, 12);
  });

  it('finds the one customer with 99% of the revenue, and one refund of it all', () => {
    const others = Array.from({ length: 200 }, (_, n) => (n % 2 === 0 ? 0 : 1 + (n % 5)));
    const whale = 99 * others.reduce((sum, value) => sum + value, 0);
    expect(of([...others, whale])?.ofSum).toBeGreaterThan(0.98);
    expect(of([...others, -whale])?.ofSum).toBeGreaterThan(0.98);
    expect(of(others.map((value) => -value).concat(-whale))?.ofSum).toBeGreaterThan(0.98);
  });

  it('says nothing where rows are alike, or beyond double precision', () => {
    expect(of([3, 3, 3])).toBeNull();
    expect(dominanceOf(emptyMoments(1), 0)).toBeNull();
    expect(dominanceOf({ n: 9, mean: [1], comoment: [1e-320], third: [1e300] }, 0)).toBeNull();
    expect(of([1, 2, 3, 4])).toEqual({ ofSum: 0, ofSquares: 0 });
  });

  it('never says more than the rows do', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1000, max: 100_000 }), { minLength: 2, maxLength: 40 }),
        (values) => {
          const found = of(values);
          if (found === null) return;
          const exact = fromRows(values);
          if (Number.isFinite(exact.ofSum)) {
            expect(found.ofSum).toBeLessThanOrEqual(exact.ofSum * (1 + 1e-9) + 1e-9);
          }
          expect(found.ofSquares).toBeLessThanOrEqual(exact.ofSquares + 1e-9);
        },
      ),
      { seed: 7 },
    );
  });

  it('sees one column among others', () => {
    const rows = Array.from({ length: 50 }, (_, n) => [n % 2, n === 7 ? 9 : 0]);
    const moments = momentsOfRows(rows);
    expect(dominanceOf(moments, 1)?.ofSum).toBeCloseTo(0.98, 12);
    expect(dominanceOf(moments, 0)?.ofSum).toBeLessThan(0.1);
    expect(() => dominanceOf(moments, 2)).toThrow(RangeError);
  });
});
