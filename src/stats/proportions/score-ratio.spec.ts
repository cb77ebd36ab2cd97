import fc from 'fast-check';

import { readFixture, readSharedDesigns } from '../../../test/fixtures/stats/read-golden.js';
import type { Conversions } from '../beta-binomial.js';
import { normal } from '../distributions.js';
import type { Interval } from '../outcome.js';
import { scoreRatio, type ScoreRatioInput } from './score-ratio.js';

type Limits = [number, number | null];

interface RatioCase {
  treatment: Conversions;
  control: Conversions;
  criticalValue: number;
  ratio: Limits | null;
  ratioWithoutFactor: Limits | null;
}

const golden = readFixture<{ intervals: RatioCase[] }>('proportions.json').intervals;
const z = -normal.quantile(0.025);

function of(x: number, n: number): Conversions {
  return { successes: x, n };
}

function ratioSet(input: ScoreRatioInput): Interval {
  const result = scoreRatio(input);
  if (!result.ok) throw new Error(result.detail);
  return result.interval;
}

function expectSet(actual: Interval, expected: Limits | null, relative: number): void {
  if (expected === null) {
    expect(actual).toEqual({ shape: 'unbounded' });
    return;
  }
  const [low, high] = expected;
  if (actual.shape !== 'interval' && actual.shape !== 'lower-only') throw new Error(actual.shape);
  expect(Math.abs(actual.low - low)).toBeLessThanOrEqual(relative * low);
  expect(actual.shape).toBe(high === null ? 'lower-only' : 'interval');
  if (actual.shape === 'interval' && high !== null) {
    expect(Math.abs(actual.high / high - 1)).toBeLessThanOrEqual(relative);
  }
}

describe('scoreRatio', () => {
  it.each(golden)(
    '$treatment.successes/$treatment.n against $control.successes/$control.n at $criticalValue',
    (row) => {
      expectSet(ratioSet(row), row.ratio, 1e-11);
      expectSet(ratioSet({ ...row, correction: false }), row.ratioWithoutFactor, 1e-11);
    },
  );

  it.each(['prop-3-12', 'prop-10-1', 'prop-0-12', 'prop-560-620'])('agrees with %s', (id) => {
    const entry = readSharedDesigns<
      Record<'treatment' | 'control', { x: number; n: number }>,
      { scoreRatioCi: Limits }
    >(id);
    if (entry === null) return;
    const { treatment, control } = entry.input;
    const set = ratioSet({
      treatment: of(treatment.x, treatment.n),
      control: of(control.x, control.n),
      criticalValue: z,
    });
    expectSet(set, entry.expected.scoreRatioCi, 1e-8);
  });

  it('stays above 0 where a delta-method lift goes below -100 %: 1/1000 against 10/1000', () => {
    const result = scoreRatio({ treatment: of(1, 1000), control: of(10, 1000), criticalValue: z });
    expect(result).toEqual({
      ok: true,
      estimate: 0.1,
      interval: {
        shape: 'interval',
        low: expect.closeTo(1 - 0.9835, 4),
        high: expect.closeTo(1 - 0.3956, 4),
      },
    });
  });

  it('has an open end without conversions in control, and starts at 0 without any in treatment', () => {
    const [none, some] = [of(0, 1000), of(12, 1000)];
    expect(scoreRatio({ treatment: some, control: none, criticalValue: z })).toEqual({
      ok: true,
      estimate: null,
      interval: { shape: 'lower-only', low: expect.closeTo(3.1314, 4) },
    });
    expect(scoreRatio({ treatment: none, control: some, criticalValue: z })).toEqual({
      ok: true,
      estimate: 0,
      interval: { shape: 'interval', low: 0, high: expect.closeTo(1 / 3.1314, 4) },
    });
  });

  it('swapping the arms turns it upside down, and a larger critical value widens it', () => {
    const arm = fc
      .oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 1_000_000 }))
      .chain((n) =>
        fc.record({
          successes: fc.oneof(
            fc.integer({ min: 1, max: n }),
            fc.integer({ min: 1, max: Math.min(n, 6) }),
            fc.constant(n),
          ),
          n: fc.constant(n),
        }),
      );
    fc.assert(
      fc.property(arm, arm, fc.constantFrom(0.5, z, 5.5), (treatment, control, criticalValue) => {
        const set = ratioSet({ treatment, control, criticalValue });
        const swapped = ratioSet({ treatment: control, control: treatment, criticalValue });
        const wide = ratioSet({ treatment, control, criticalValue: criticalValue * 1.3 });
        if (set.shape !== 'interval' || swapped.shape !== 'interval' || wide.shape !== 'interval') {
          throw new Error('both arms converted, so the set is an interval');
        }
        expect(Math.abs(set.low * swapped.high - 1)).toBeLessThan(1e-12);
        expect(Math.abs(set.high * swapped.low - 1)).toBeLessThan(1e-12);
        expect(wide.low).toBeLessThan(set.low);
        expect(wide.high).toBeGreaterThan(set.high);
        const estimate = treatment.successes / treatment.n / (control.successes / control.n);
        expect(set.low).toBeLessThanOrEqual(estimate);
        expect(set.high).toBeGreaterThanOrEqual(estimate);
      }),
      { seed: 21, numRuns: 400 },
    );
  });

  it('refuses what is no table and what is no critical value', () => {
    const control = of(3, 10);
    expect(scoreRatio({ treatment: of(0, 0), control, criticalValue: z })).toMatchObject({
      reason: 'empty-arm',
    });
    expect(scoreRatio({ treatment: of(1.5, 4), control, criticalValue: z })).toMatchObject({
      reason: 'bad-input',
    });
    expect(() => scoreRatio({ treatment: control, control, criticalValue: 0 })).toThrow(RangeError);
  });
});
