import fc from 'fast-check';

import { readFixture, readSharedDesigns } from '../../../test/fixtures/stats/read-golden.js';
import { armSummary, momentsOfRows } from '../moments.js';
import { welch } from '../welch.js';
import { type Cap, pooledCap, type PooledCapInput, winsorise } from './winsorise.js';

interface CapExample {
  arms: number[][];
  quantile: number;
  low: number;
  high: number;
  means: number[];
}

function capOf(input: PooledCapInput): Cap {
  const result = pooledCap(input);
  if (!result.ok) throw new Error(result.detail);
  return result.cap;
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('winsorise', () => {
  it.each(readFixture<{ caps: CapExample[] }>('rows.json').caps)(
    'cuts at the pooled quantile $quantile as NumPy does',
    ({ arms, quantile, low, high, means }) => {
      const cap = capOf({ arms, quantile, sides: 'both' });
      expect(cap.low).toBeCloseTo(low, 12);
      expect(cap.high).toBeCloseTo(high, 12);
      expect(capOf({ arms, quantile, sides: 'upper' })).toEqual({ low: null, high: cap.high });
      arms.forEach((arm, i) => {
        expect(meanOf(winsorise(arm, cap))).toBeCloseTo(means[i] ?? NaN, 12);
      });
    },
  );

  it('gives the cap and the Welch test of the worked example', () => {
    const example = readSharedDesigns<
      { rows: number[][] },
      { winsorisedUpper90: { cap: number; difference: number; se: number; df: number; p: number } }
    >('rows-1');
    if (example === null) return;
    const expected = example.expected.winsorisedUpper90;
    const valuesOf = (arm: number): number[] =>
      example.input.rows.filter((row) => row[0] === arm).map((row) => row[1] ?? NaN);
    const cap = capOf({ arms: [valuesOf(0), valuesOf(1)], quantile: 0.9, sides: 'upper' });
    expect(cap.high).toBeCloseTo(expected.cap, 11);
    const arm = (which: number) =>
      armSummary(momentsOfRows(winsorise(valuesOf(which), cap).map((value) => [value])), 0);
    const result = welch({ treatment: arm(1), control: arm(0), alpha: 0.05 });
    if (!result.ok) throw new Error(result.detail);
    expect(result.estimate / expected.difference).toBeCloseTo(1, 9);
    expect(result.se / expected.se).toBeCloseTo(1, 9);
    expect(result.df / expected.df).toBeCloseTo(1, 9);
    expect(result.pValue / expected.p).toBeCloseTo(1, 9);
  });

  it('is blind to the arm and touches only what lies beyond', () => {
    const arm = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(arm, arm, fc.double({ min: 0.51, max: 0.999, noNaN: true }), (a, b, quantile) => {
        const cap = capOf({ arms: [a, b], quantile, sides: 'both' });
        expect(capOf({ arms: [b, a], quantile, sides: 'both' })).toEqual(cap);
        expect(capOf({ arms: [[...a, ...b]], quantile, sides: 'both' })).toEqual(cap);
        const cut = winsorise(a, cap);
        expect(winsorise(cut, cap)).toEqual(cut);
        a.forEach((value, i) => {
          if (value <= cap.high && value >= (cap.low ?? -Infinity)) expect(cut[i]).toBe(value);
          else expect([cap.low, cap.high]).toContain(cut[i]);
        });
      }),
      { seed: 11 },
    );
  });

  it('answers with a reason without values or with a value that is no number', () => {
    const upper = { quantile: 0.9, sides: 'upper' as const };
    expect(pooledCap({ arms: [[], []], ...upper })).toMatchObject({ reason: 'too-few' });
    expect(pooledCap({ arms: [], ...upper })).toMatchObject({ reason: 'too-few' });
    expect(pooledCap({ arms: [[1, NaN]], ...upper })).toMatchObject({ reason: 'bad-input' });
    expect(pooledCap({ arms: [[1], [Infinity]], ...upper })).toMatchObject({ reason: 'bad-input' });
    // An arm without rows is no reason not to cut the other.
    expect(capOf({ arms: [[3], []], ...upper })).toEqual({ low: null, high: 3 });
  });

  it('refuses quantiles that are none', () => {
    expect(() => capOf({ arms: [[1]], quantile: 1, sides: 'upper' })).toThrow(RangeError);
    expect(() => capOf({ arms: [[1]], quantile: 0.5, sides: 'both' })).toThrow(RangeError);
  });
});
