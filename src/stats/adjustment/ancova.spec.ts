import {
  adjustmentInput,
  readAdjustment,
  relative,
  rowsOfArm,
} from '../../../test/fixtures/stats/read-adjustment.js';
import { armSummary, emptyMoments, momentsOfRows } from '../moments.js';
import { contrastOfMeans } from '../welch.js';
import { ancova, type AncovaResult } from './ancova.js';
import type { AdjustmentInput } from './regression-moments.js';

const fixture = readAdjustment();

function adjust(input: AdjustmentInput): AncovaResult {
  const result = ancova(input);
  if (!result.ok) throw new Error(result.detail);
  return result;
}

function reasonOf(input: AdjustmentInput): string {
  const result = ancova(input);
  return result.ok ? 'ok' : result.reason;
}

describe('ancova', () => {
  it.each(fixture.adjusted)('agrees with one regression of both arms: $name', (example) => {
    const result = adjust(adjustmentInput(fixture, example));
    const expected = example.ancova;
    expect(relative(result.estimate, expected.estimate)).toBeLessThan(1e-10);
    expect(relative(result.se, expected.se)).toBeLessThan(1e-10);
    expect(relative(result.df, expected.df)).toBeLessThan(1e-10);
    result.slopes.forEach((slope, i) => {
      expect(relative(slope, expected.slopes[i] ?? NaN)).toBeLessThan(1e-10);
    });
    expect(relative(result.se, expected.seHc2)).toBeLessThan(0.03);
  });

  it("is Welch's difference without a usable covariate", () => {
    const input = adjustmentInput(fixture, { covariates: [] });
    const plain = contrastOfMeans(armSummary(input.treatment, 0), armSummary(input.control, 0));
    if (!plain.ok) throw new Error(plain.detail);
    // The same in all units of an arm: it would take the effect away.
    const result = adjust({
      treatment: momentsOfRows(rowsOfArm(fixture, 1).map((row) => [...row, 1])),
      control: momentsOfRows(rowsOfArm(fixture, 0).map((row) => [...row, 0])),
      outcome: 0,
      covariates: [6],
    });
    expect(result.dropped).toEqual([6]);
    expect(result.estimate).toBe(plain.estimate);
    expect(relative(result.se, plain.se)).toBeLessThan(1e-14);
    expect(relative(result.df, plain.df)).toBeLessThan(1e-14);
  });

  it('answers with a reason instead of a number', () => {
    const good = adjustmentInput(fixture, { covariates: [1, 2] });
    expect(reasonOf({ ...good, control: emptyMoments(6) })).toBe('empty-arm');
    const two = momentsOfRows(rowsOfArm(fixture, 1).slice(0, 2));
    expect(reasonOf({ ...good, treatment: two, control: two })).toBe('too-few');
    const line = momentsOfRows([1, 2, 4, 8].map((x) => [3 * x, x]));
    expect(reasonOf({ treatment: line, control: line, outcome: 0, covariates: [1] })).toBe(
      'no-variance',
    );
    const nan = { ...good.control, mean: good.control.mean.map(() => NaN) };
    expect(reasonOf({ ...good, control: nan })).toBe('bad-input');
  });
});
