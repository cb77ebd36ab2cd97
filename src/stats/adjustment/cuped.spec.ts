import fc from 'fast-check';

import {
  adjustmentInput,
  readAdjustment,
  relative,
  rowsOfArm,
} from '../../../test/fixtures/stats/read-adjustment.js';
import { relativeLift } from '../fieller.js';
import { armSummary, emptyMoments, type Moments, momentsOfRows } from '../moments.js';
import { ratioSummary } from '../ratio-metric.js';
import { welch, type WelchResult } from '../welch.js';
import { cuped, type CupedResult } from './cuped.js';
import type { AdjustmentInput } from './regression-moments.js';

const fixture = readAdjustment();
const TREATMENT = rowsOfArm(fixture, 1);
const CONTROL = rowsOfArm(fixture, 0);

function adjust(input: AdjustmentInput): CupedResult {
  const result = cuped(input);
  if (!result.ok) throw new Error(result.detail);
  return result;
}

function adjustRows(
  treatment: readonly (readonly number[])[],
  control: readonly (readonly number[])[],
  covariates: number[],
): CupedResult {
  return adjust({
    treatment: momentsOfRows(treatment),
    control: momentsOfRows(control),
    outcome: 0,
    covariates,
  });
}

function test({ treatment, control }: CupedResult): WelchResult {
  const result = welch({ treatment, control, alpha: 0.05 });
  if (!result.ok) throw new Error(result.detail);
  return result;
}

function reasonOf(input: AdjustmentInput): string {
  const result = cuped(input);
  return result.ok ? 'ok' : result.reason;
}

/** A column added to every row. */
function extend(rows: readonly (readonly number[])[], f: (row: number[]) => number): number[][] {
  return rows.map((row) => [...row, f([...row])]);
}

describe('cuped', () => {
  it.each(fixture.adjusted)('agrees with least squares on rows: $name', (example) => {
    const result = adjust(adjustmentInput(fixture, example));
    const expected = example.cuped;
    result.theta.forEach((theta, i) => {
      expect(relative(theta, expected.theta[i] ?? NaN)).toBeLessThan(1e-10);
    });
    expect(result.dropped).toEqual([]);
    expect(relative(result.treatment.mean, expected.adjustedMeans.treatment)).toBeLessThan(1e-11);
    expect(relative(result.control.mean, expected.adjustedMeans.control)).toBeLessThan(1e-11);
    const { estimate, se, df, pValue, interval } = test(result);
    expect(relative(estimate, expected.estimate)).toBeLessThan(1e-10);
    expect(relative(se, expected.se)).toBeLessThan(1e-10);
    expect(relative(df, expected.df)).toBeLessThan(1e-10);
    expect(relative(pValue, expected.p)).toBeLessThan(1e-9);
    if (interval.shape !== 'interval') throw new Error(interval.shape);
    expect(relative(interval.low, expected.low)).toBeLessThan(1e-9);
    expect(relative(interval.high, expected.high)).toBeLessThan(1e-9);
    expect(relative(result.correlation, expected.correlation)).toBeLessThan(1e-10);
    expect(relative(result.varianceReduction, expected.varianceReduction)).toBeLessThan(1e-10);
    const { treatment, control, covariance } = result.relative;
    const wanted = expected.relative;
    expect(relative(treatment.varianceOfMean, wanted.treatmentVariance)).toBeLessThan(1e-10);
    expect(relative(control.varianceOfMean, wanted.controlVariance)).toBeLessThan(1e-10);
    expect(relative(covariance, wanted.covariance)).toBeLessThan(1e-10);
    expect(treatment.mean).toBe(result.treatment.mean);
    expect(control.mean).toBe(result.control.mean);
    // What the relative interval is built on is the variance of the absolute difference.
    const total = treatment.varianceOfMean + control.varianceOfMean - 2 * covariance;
    expect(relative(total, se * se)).toBeLessThan(1e-11);
  });

  it('excludes no lift exactly when the absolute test does', () => {
    const result = adjust(adjustmentInput(fixture, { covariates: [1, 2] }));
    const { interval, criticalValue, estimate, se } = test(result);
    const lift = relativeLift({ ...result.relative, criticalValue, canBeNegative: true });
    if (!lift.ok || lift.interval.shape !== 'interval' || interval.shape !== 'interval') {
      throw new Error('no interval');
    }
    expect(Math.sign(lift.interval.low)).toBe(Math.sign(interval.low));
    const edge = relativeLift({
      ...result.relative,
      criticalValue: estimate / se,
      canBeNegative: true,
    });
    if (!edge.ok || edge.interval.shape !== 'interval') throw new Error('no interval');
    expect(edge.interval.low).toBeCloseTo(0, 10);
  });

  it('a missing value as 0 with an indicator is the same as the pooled mean with an indicator', () => {
    const all = [...TREATMENT, ...CONTROL];
    const known = all.filter((row) => row[4] === 0).map((row) => row[3] ?? NaN);
    const mean = known.reduce((sum, x) => sum + x, 0) / known.length;
    const fill = (row: number[]): number => (row[4] === 1 ? mean : (row[3] ?? NaN));
    const zero = adjustRows(TREATMENT, CONTROL, [3, 4]);
    const filled = adjustRows(extend(TREATMENT, fill), extend(CONTROL, fill), [6, 4]);
    expect(relative(test(zero).estimate, test(filled).estimate)).toBeLessThan(1e-12);
    expect(relative(test(zero).se, test(filled).se)).toBeLessThan(1e-12);
    expect(relative(zero.relative.covariance, filled.relative.covariance)).toBeLessThan(1e-11);
    // And not the same as the value 0 alone, which would claim that nothing is known to be nothing.
    const alone = adjustRows(TREATMENT, CONTROL, [3]);
    expect(relative(test(alone).estimate, test(zero).estimate)).toBeGreaterThan(1e-3);
  });

  it('a ratio is adjusted like the mean of its linearised rows', () => {
    const input = adjustmentInput(fixture, { covariates: [], denominator: 5 });
    const raw = adjust(input);
    for (const arm of ['treatment', 'control'] as const) {
      const delta = ratioSummary(input[arm], 0, 5);
      if (!delta.ok) throw new Error(delta.detail);
      expect(relative(raw[arm].mean, delta.mean)).toBeLessThan(1e-14);
      expect(relative(raw[arm].variance ?? NaN, delta.variance)).toBeLessThan(1e-14);
    }
    // A denominator of 1 everywhere is no denominator.
    const one = (rows: number[][]): Moments => momentsOfRows(extend(rows, () => 1));
    const ones = { treatment: one(TREATMENT), control: one(CONTROL), outcome: 0, covariates: [1] };
    expect(adjust({ ...ones, denominator: 6 })).toEqual(adjust(ones));
  });

  it('leaves out a later column that says the same as earlier ones', () => {
    const sum = (row: number[]): number => 3 * (row[1] ?? NaN) - (row[2] ?? NaN) + 7;
    const treatment = extend(TREATMENT, sum);
    const control = extend(CONTROL, sum);
    const both = adjustRows(treatment, control, [1, 2]);
    const three = adjustRows(treatment, control, [1, 2, 6]);
    expect(three.dropped).toEqual([6]);
    expect(three.theta[2]).toBe(0);
    expect(test(three).estimate).toBeCloseTo(test(both).estimate, 12);
    const first = adjustRows(treatment, control, [6, 1, 2]);
    expect(first.dropped).toEqual([2]);
    expect(test(first).estimate).toBeCloseTo(test(both).estimate, 9);
    expect(adjustRows(treatment, control, [1, 1]).dropped).toEqual([1]);
  });

  it('without a usable covariate it is the plain comparison and says so', () => {
    // A constant, and a column that only tells the arms apart: it would take the effect away.
    const treatment = TREATMENT.map((row) => [...row, 0.1, 1]);
    const control = CONTROL.map((row) => [...row, 0.1, 0]);
    const input = { treatment: momentsOfRows(treatment), control: momentsOfRows(control) };
    const result = adjust({ ...input, outcome: 0, covariates: [6, 7] });
    expect(result.dropped).toEqual([6, 7]);
    expect(result.theta).toEqual([0, 0]);
    expect(result.varianceReduction).toBe(0);
    expect(result.correlation).toBe(0);
    expect(result.relative.covariance).toBe(0);
    expect(result.treatment).toEqual(armSummary(input.treatment, 0));
    expect(result.control).toEqual(armSummary(input.control, 0));
    expect(adjust({ ...input, outcome: 0, covariates: [] })).toEqual({
      ...result,
      theta: [],
      dropped: [],
    });
  });

  it('takes the rounding of a constant for a constant', () => {
    const jitter = (row: number[]): number => 7e8 * (1 + 2e-16 * (row[5] ?? NaN));
    const result = adjustRows(extend(TREATMENT, jitter), extend(CONTROL, jitter), [6, 1]);
    expect(result.dropped).toEqual([6]);
  });

  it('answers with a reason instead of a number', () => {
    const good: AdjustmentInput = adjustmentInput(fixture, { covariates: [1] });
    const width = good.treatment.mean.length;
    expect(reasonOf(good)).toBe('ok');
    expect(reasonOf({ ...good, treatment: emptyMoments(width) })).toBe('empty-arm');
    expect(reasonOf({ ...good, control: momentsOfRows(CONTROL.slice(0, 1)) })).toBe('too-few');
    expect(reasonOf({ ...good, control: momentsOfRows([[1, 2]]) })).toBe('bad-input');
    expect(reasonOf({ ...good, treatment: { ...good.treatment, n: NaN } })).toBe('bad-input');
    for (const part of ['mean', 'comoment'] as const) {
      for (const value of [NaN, Infinity]) {
        const control = { ...good.control, [part]: good.control[part].map(() => value) };
        expect(reasonOf({ ...good, control })).toBe('bad-input');
      }
    }
    expect(reasonOf({ ...good, control: { ...good.control, comoment: Array(21).fill(-1) } })).toBe(
      'bad-input',
    );
    const flat = momentsOfRows([
      [5, 1],
      [5, 2],
      [5, 4],
    ]);
    expect(reasonOf({ treatment: flat, control: flat, outcome: 0, covariates: [1] })).toBe(
      'no-variance',
    );
    const two = (rows: number[][]): Moments => momentsOfRows(rows.slice(0, 2));
    const few = { treatment: two(TREATMENT), control: two(CONTROL), outcome: 0 };
    expect(reasonOf({ ...few, covariates: [1, 2] })).toBe('too-few');
    const noDenominator = momentsOfRows(CONTROL.map((row) => [...row, 0]));
    const pair = { treatment: noDenominator, control: noDenominator, outcome: 0, covariates: [1] };
    expect(reasonOf({ ...pair, denominator: 6 })).toBe('not-identified');
  });

  it('throws for columns that a program got wrong', () => {
    const good = adjustmentInput(fixture, { covariates: [1] });
    expect(() => cuped({ ...good, covariates: [9] })).toThrow(RangeError);
    expect(() => cuped({ ...good, outcome: 9 })).toThrow(RangeError);
    expect(() => cuped({ ...good, covariates: [0] })).toThrow(RangeError);
    expect(() => cuped({ ...good, covariates: [5], denominator: 5 })).toThrow(RangeError);
  });

  it('swapping the arms changes the sign; units and mixes of covariates change nothing', () => {
    const entry = fc.integer({ min: -50, max: 50 });
    const rows = fc.array(fc.tuple(entry, entry, entry), { minLength: 6, maxLength: 25 });
    fc.assert(
      fc.property(rows, rows, fc.integer({ min: 1, max: 9 }), (treatment, control, factor) => {
        const result = cuped({
          treatment: momentsOfRows(treatment),
          control: momentsOfRows(control),
          outcome: 0,
          covariates: [1, 2],
        });
        fc.pre(result.ok && result.dropped.length === 0);
        if (!result.ok) return;
        const back = adjustRows(control, treatment, [1, 2]);
        expect(test(back).estimate).toBeCloseTo(-test(result).estimate, 8);
        expect(test(back).pValue).toBeCloseTo(test(result).pValue, 8);
        const mix = ([y, a, b]: [number, number, number]): number[] => [
          factor * y,
          factor * a + 3,
          a - 2 * b,
        ];
        const mixed = adjustRows(treatment.map(mix), control.map(mix), [1, 2]);
        expect(test(mixed).estimate / factor).toBeCloseTo(test(result).estimate, 6);
        expect(mixed.varianceReduction).toBeCloseTo(result.varianceReduction, 8);
        const { relative: parts } = result;
        const total =
          parts.treatment.varianceOfMean + parts.control.varianceOfMean - 2 * parts.covariance;
        expect(total).toBeCloseTo(test(result).se ** 2, 8);
      }),
      { seed: 17 },
    );
  });
});
