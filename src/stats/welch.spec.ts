import fc from 'fast-check';

import { readGolden } from '../../test/fixtures/stats/read-golden.js';
import { armSummary, momentsOfRows } from './moments.js';
import { type ArmSummary, contains } from './outcome.js';
import { welch, type WelchInput, type WelchResult } from './welch.js';

function solve(input: Partial<WelchInput>): WelchResult {
  const arm = { n: 10, mean: 1, variance: 1 };
  const result = welch({ treatment: arm, control: arm, alpha: 0.05, ...input });
  if (!result.ok) throw new Error(result.detail);
  return result;
}

function summaryOf(values: readonly number[]): ArmSummary {
  return armSummary(momentsOfRows(values.map((value) => [value])), 0);
}

const anyArm = fc.record({
  n: fc.integer({ min: 2, max: 100_000 }),
  mean: fc.double({ min: -100, max: 100, noNaN: true }),
  variance: fc.double({ min: 0.01, max: 1e4, noNaN: true }),
});

describe('welch', () => {
  it.each(readGolden().examples.welch)("reproduces Student's sleep data", (example) => {
    const result = solve({
      treatment: summaryOf(example.treatment),
      control: summaryOf(example.control),
    });
    expect(result.statistic / example.statistic).toBeCloseTo(1, 11);
    expect(result.df / example.df).toBeCloseTo(1, 11);
    expect(result.pValue / example.p).toBeCloseTo(1, 11);
    expect(result.interval).toEqual({
      shape: 'interval',
      low: expect.closeTo(example.low, 10),
      high: expect.closeTo(example.high, 10),
    });
    // The digits printed in R's documentation of the data set.
    expect(result.statistic).toBeCloseTo(-1.8608, 4);
    expect(result.pValue).toBeCloseTo(0.07939, 5);
  });

  it.each(readGolden().examples.welchSummaries)('keeps a tail of 10^$log10p', (example) => {
    const result = solve({ treatment: example.treatment, control: example.control });
    expect(result.statistic / example.statistic).toBeCloseTo(1, 10);
    expect(result.df / example.df).toBeCloseTo(1, 10);
    expect(result.se / example.se).toBeCloseTo(1, 11);
    // Differences of means that are not exact doubles move a far tail by their rounding.
    expect(result.log10p / example.log10p).toBeCloseTo(1, 10);
    if (example.p > 0) {
      expect(result.pValue / example.p).toBeCloseTo(1, 8);
      expect(result.pValueIsBound).toBe(false);
    } else {
      expect(result).toMatchObject({ pValue: 1e-300, pValueIsBound: true });
    }
  });

  it.each<[string, Partial<WelchInput>, string]>([
    ['no units', { treatment: { n: 0, mean: 0, variance: null } }, 'empty-arm'],
    ['one unit', { control: { n: 1, mean: 3, variance: null } }, 'too-few'],
    [
      'no variance in both arms',
      { treatment: { n: 9, mean: 0, variance: 0 }, control: { n: 9, mean: 1, variance: 0 } },
      'no-variance',
    ],
    ['a mean that is NaN', { treatment: { n: 9, mean: NaN, variance: 1 } }, 'bad-input'],
    ['a negative variance', { treatment: { n: 9, mean: 1, variance: -1 } }, 'bad-input'],
    ['a negative n', { treatment: { n: -9, mean: 1, variance: 1 } }, 'bad-input'],
    ['an infinite variance', { control: { n: 9, mean: 1, variance: Infinity } }, 'bad-input'],
    ['a missing variance', { control: { n: 9, mean: 1, variance: null } }, 'bad-input'],
  ])('answers with a reason for %s', (_name, input, reason) => {
    const arm = { n: 10, mean: 1, variance: 1 };
    const result = welch({ treatment: arm, control: arm, alpha: 0.05, ...input });
    expect(result).toMatchObject({ ok: false, reason });
  });

  it('does not turn a far tail into p = 0, as 2(1 - cdf) does', () => {
    const arm = (mean: number) => ({ n: 100_000, mean, variance: 25 });
    const result = solve({ treatment: arm(0.25), control: arm(0) });
    expect(result.pValue / 5.19e-29).toBeCloseTo(1, 2);
  });

  it('takes the other arm alone when one arm does not vary', () => {
    // 0 of 1000 against 12 of 1000: a clear difference, not p = 1 and an interval (0, 0).
    const result = solve({
      treatment: { n: 1000, mean: 0.012, variance: (0.012 * 0.988 * 1000) / 999 },
      control: { n: 1000, mean: 0, variance: 0 },
    });
    expect(result.df).toBeCloseTo(999, 9);
    expect(result.pValue).toBeCloseTo(5.166806e-4, 9);
    expect(contains(result.interval, 0)).toBe(false);
  });

  it('gives p = 1 for equal means and refuses a level outside (0, 1)', () => {
    expect(solve({})).toMatchObject({ pValue: 1, log10p: 0, statistic: 0 });
    expect(() => solve({ alpha: 0 })).toThrow(RangeError);
    expect(() => solve({ alpha: NaN })).toThrow(RangeError);
  });

  it('swapping arms turns the sign and keeps p; rescaling the unit keeps p', () => {
    fc.assert(
      fc.property(anyArm, anyArm, (treatment, control) => {
        const one = solve({ treatment, control });
        const swapped = solve({ treatment: control, control: treatment });
        expect(swapped.estimate).toBe(-one.estimate);
        expect(swapped.log10p).toBeCloseTo(one.log10p, 10);
        const cents = (arm: ArmSummary): ArmSummary => ({
          n: arm.n,
          mean: arm.mean * 100,
          variance: (arm.variance ?? 0) * 1e4,
        });
        const scaled = solve({ treatment: cents(treatment), control: cents(control) });
        const size = Math.max(1, Math.abs(one.log10p));
        expect(Math.abs(scaled.log10p - one.log10p) / size).toBeLessThan(1e-9);
      }),
      { seed: 5 },
    );
  });

  it('p is below alpha exactly when the interval excludes 0; a larger alpha narrows it', () => {
    const alphas = fc.double({ min: 0.001, max: 0.4, noNaN: true });
    fc.assert(
      fc.property(anyArm, anyArm, alphas, (treatment, control, alpha) => {
        const result = solve({ treatment, control, alpha });
        if (Math.abs(result.pValue / alpha - 1) > 1e-9) {
          expect(contains(result.interval, 0)).toBe(result.pValue > alpha);
        }
        const narrow = solve({ treatment, control, alpha: alpha * 2 });
        expect(narrow.criticalValue).toBeLessThan(result.criticalValue);
      }),
      { seed: 5 },
    );
  });
});
