import {
  adjustmentInput,
  readAdjustment,
  relative,
  rowsOfArm,
} from '../../../test/fixtures/stats/read-adjustment.js';
import { armSummary, emptyMoments, momentsOfRows } from '../moments.js';
import { contrastOfMeans } from '../welch.js';
import { linInteracted, type LinResult } from './lin-interacted.js';
import type { AdjustmentInput } from './regression-moments.js';

const fixture = readAdjustment();

function adjust(input: AdjustmentInput): LinResult {
  const result = linInteracted(input);
  if (!result.ok) throw new Error(result.detail);
  return result;
}

function reasonOf(input: AdjustmentInput): string {
  const result = linInteracted(input);
  return result.ok ? 'ok' : result.reason;
}

describe('linInteracted', () => {
  it.each(fixture.adjusted)('agrees with a regression in each arm: $name', (example) => {
    const result = adjust(adjustmentInput(fixture, example));
    const expected = example.lin;
    expect(relative(result.estimate, expected.estimate)).toBeLessThan(1e-10);
    expect(relative(result.se, expected.se)).toBeLessThan(1e-10);
    expect(relative(result.df, expected.df)).toBeLessThan(1e-10);
    expect(result.dropped).toEqual([]);
    for (const [i, arm] of (['treatment', 'control'] as const).entries()) {
      expect(relative(result[arm].mean, expected.means[i] ?? NaN)).toBeLessThan(1e-11);
      expect(relative(result[arm].varianceOfMean, expected.variances[i] ?? NaN)).toBeLessThan(
        1e-10,
      );
      result.slopes[arm].forEach((slope, j) => {
        expect(relative(slope, expected.slopes[i]?.[j] ?? NaN)).toBeLessThan(1e-10);
      });
    }
    // The standard error from moments is near the one from rows, and is not the same.
    expect(relative(result.se, expected.seHc2)).toBeLessThan(0.05);
    expect(relative(result.se, expected.seHc2)).toBeGreaterThan(1e-4);
  });

  it("is Welch's difference without covariates", () => {
    const input = adjustmentInput(fixture, { covariates: [] });
    const result = adjust(input);
    const plain = contrastOfMeans(armSummary(input.treatment, 0), armSummary(input.control, 0));
    if (!plain.ok) throw new Error(plain.detail);
    expect(result.estimate).toBe(plain.estimate);
    expect(relative(result.se, plain.se)).toBeLessThan(1e-14);
    expect(relative(result.df, plain.df)).toBeLessThan(1e-14);
  });

  it('leaves a column that one arm cannot use out in both', () => {
    const input = adjustmentInput(fixture, { covariates: [1] });
    const treatment = momentsOfRows(rowsOfArm(fixture, 1).map((row) => [...row, 0]));
    const control = momentsOfRows(rowsOfArm(fixture, 0).map((row, i) => [...row, i % 2]));
    const result = adjust({ treatment, control, outcome: 0, covariates: [6, 1] });
    expect(result.dropped).toEqual([6]);
    expect(result.slopes.control[0]).toBe(0);
    expect(relative(result.estimate, adjust(input).estimate)).toBeLessThan(1e-12);
    expect(relative(result.se, adjust(input).se)).toBeLessThan(1e-12);
    const swapped = adjust({
      treatment: control,
      control: treatment,
      outcome: 0,
      covariates: [6, 1],
    });
    expect(swapped.dropped).toEqual([6]);
    expect(swapped.estimate).toBeCloseTo(-result.estimate, 12);
    expect(swapped.se).toBeCloseTo(result.se, 12);
  });

  it('answers with a reason instead of a number', () => {
    const good = adjustmentInput(fixture, { covariates: [1, 2] });
    expect(reasonOf({ ...good, control: emptyMoments(6) })).toBe('empty-arm');
    const three = momentsOfRows(rowsOfArm(fixture, 1).slice(0, 3));
    expect(reasonOf({ ...good, treatment: three })).toBe('too-few');
    const line = momentsOfRows([1, 2, 4, 8].map((x) => [3 * x, x]));
    expect(reasonOf({ treatment: line, control: line, outcome: 0, covariates: [1] })).toBe(
      'no-variance',
    );
    const nan = { ...good.control, comoment: good.control.comoment.map(() => NaN) };
    expect(reasonOf({ ...good, control: nan })).toBe('bad-input');
    expect(() => linInteracted({ ...good, covariates: [0] })).toThrow(RangeError);
  });
});
