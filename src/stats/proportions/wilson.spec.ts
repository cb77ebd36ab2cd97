import fc from 'fast-check';

import { readFixture, readSharedDesigns } from '../../../test/fixtures/stats/read-golden.js';
import { clopperPearson } from './clopper-pearson.js';
import type { RateInterval } from './rate-interval.js';
import { wilson } from './wilson.js';

interface SingleCase {
  successes: number;
  n: number;
  alpha: number;
  wilson: [number, number];
  clopperPearson: [number, number];
}

const { single } = readFixture<{ single: SingleCase[] }>('proportions.json');

function limits(result: RateInterval | { ok: false; detail: string }): [number, number] {
  if (!result.ok) throw new Error(result.detail);
  if (result.interval.shape !== 'interval') throw new Error(result.interval.shape);
  return [result.interval.low, result.interval.high];
}

function expectNear(
  actual: readonly number[],
  expected: readonly number[],
  relative: number,
): void {
  expected.forEach((value, i) => {
    expect(Math.abs((actual[i] ?? NaN) - value)).toBeLessThanOrEqual(relative * Math.abs(value));
  });
}

describe('intervals of one rate', () => {
  it.each(single)('$successes of $n at $alpha: relative 1e-12', (row) => {
    expectNear(limits(wilson(row, row.alpha)), row.wilson, 1e-12);
    expectNear(limits(clopperPearson(row, row.alpha)), row.clopperPearson, 1e-11);
  });

  it('the fixture has the edges 0 and n, and a million units', () => {
    expect(single.filter((row) => row.successes === 0).length).toBeGreaterThan(0);
    expect(single.filter((row) => row.successes === row.n).length).toBeGreaterThan(0);
    expect(single.filter((row) => row.n === 1_000_000).length).toBeGreaterThan(0);
  });

  it.each(['wilson-81-263', 'wilson-0-20', 'wilson-1-29'])('agrees with Newcombe: %s', (id) => {
    const entry = readSharedDesigns<
      { x: number; n: number },
      { wilson: [number, number]; clopperPearson: [number, number] }
    >(id);
    if (entry === null) return;
    const arm = { successes: entry.input.x, n: entry.input.n };
    const [wilsonLimits, exactLimits] = [
      limits(wilson(arm, 0.05)),
      limits(clopperPearson(arm, 0.05)),
    ];
    for (const i of [0, 1] as const) {
      expect(Math.abs(wilsonLimits[i] - entry.expected.wilson[i])).toBeLessThan(6e-5);
      expect(Math.abs(exactLimits[i] - entry.expected.clopperPearson[i])).toBeLessThan(6e-5);
    }
  });

  it('counting the failures instead mirrors both, and the exact one is never the narrower at an edge', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom(0.2, 0.05, 0.001),
        (n, share, alpha) => {
          const arm = { successes: Math.round(share * n), n };
          const rest = { successes: n - arm.successes, n };
          for (const method of [wilson, clopperPearson]) {
            const [low, high] = limits(method(arm, alpha));
            const [mirroredLow, mirroredHigh] = limits(method(rest, alpha));
            expect(low).toBeCloseTo(1 - mirroredHigh, 12);
            expect(high).toBeCloseTo(1 - mirroredLow, 12);
            expect(low).toBeGreaterThanOrEqual(0);
            expect(high).toBeLessThanOrEqual(1);
            expect(low).toBeLessThanOrEqual(arm.successes / n);
            expect(high).toBeGreaterThanOrEqual(arm.successes / n);
          }
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  it.each([
    ['no units', 0, 0, 'empty-arm'],
    ['half a conversion', 0.5, 3, 'bad-input'],
    ['more conversions than units', 4, 3, 'bad-input'],
    ['fewer than none', -1, 3, 'bad-input'],
    ['NaN', NaN, 3, 'bad-input'],
    ['infinitely many units', 3, Infinity, 'bad-input'],
  ])('answers with a reason for %s', (_name, successes, n, reason) => {
    expect(wilson({ successes, n }, 0.05)).toMatchObject({ ok: false, reason });
    expect(clopperPearson({ successes, n }, 0.05)).toMatchObject({ ok: false, reason });
  });

  it.each([0, 1, NaN])('refuses a level of %s', (alpha) => {
    expect(() => wilson({ successes: 1, n: 3 }, alpha)).toThrow(RangeError);
    expect(() => clopperPearson({ successes: 1, n: 3 }, alpha)).toThrow(RangeError);
  });
});
