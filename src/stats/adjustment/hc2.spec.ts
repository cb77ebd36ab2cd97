import { readAdjustment, relative } from '../../../test/fixtures/stats/read-adjustment.js';
import { hc2, type Hc2Result } from './hc2.js';

const fixture = readAdjustment();
const OUTCOME = fixture.rows.map((row) => row[0] ?? NaN);

function column(i: number): number[] {
  return fixture.rows.map((row) => row[i] ?? NaN);
}

function fitted(columns: number[][], outcome: number[]): Hc2Result {
  const result = hc2(columns, outcome);
  if (!result.ok) throw new Error(result.detail);
  return result;
}

function reasonOf(columns: number[][], outcome: number[]): string {
  const result = hc2(columns, outcome);
  return result.ok ? 'ok' : result.reason;
}

describe('hc2', () => {
  const ones = OUTCOME.map(() => 1);
  const arm: number[] = fixture.arm;

  it.each(fixture.adjusted.filter((example) => example.denominator === undefined))(
    'agrees with statsmodels: $name',
    (example) => {
      const centred = example.covariates.map((i) => {
        const values = column(i);
        const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
        return values.map((x) => x - mean);
      });
      const interacted = centred.map((values) => values.map((x, row) => x * (arm[row] ?? NaN)));
      const lin = fitted([ones, arm, ...centred, ...interacted], OUTCOME);
      lin.coefficients.forEach((value, i) => {
        expect(relative(value, example.lin.coefficients[i] ?? NaN)).toBeLessThan(1e-10);
      });
      lin.standardErrors.forEach((value, i) => {
        expect(relative(value, example.lin.standardErrors[i] ?? NaN)).toBeLessThan(1e-10);
      });
      const common = fitted([ones, arm, ...example.covariates.map(column)], OUTCOME);
      expect(relative(common.coefficients[1] ?? NaN, example.ancova.estimate)).toBeLessThan(1e-10);
      expect(relative(common.standardErrors[1] ?? NaN, example.ancova.seHc2)).toBeLessThan(1e-10);
    },
  );

  it('keeps its digits when a column has a large mean', () => {
    const far = column(1).map((x) => x + 1e9);
    const near = fitted([ones, arm, column(1)], OUTCOME);
    const moved = fitted([ones, arm, far], OUTCOME);
    expect(relative(moved.standardErrors[1] ?? NaN, near.standardErrors[1] ?? NaN)).toBeLessThan(
      1e-6,
    );
  });

  it('answers with a reason instead of a number', () => {
    expect(reasonOf([ones, [1, 2]], OUTCOME)).toBe('bad-input');
    expect(reasonOf([ones], OUTCOME.with(3, NaN))).toBe('bad-input');
    expect(
      reasonOf(
        [
          [1, 1],
          [0, 1],
        ],
        [3, 4],
      ),
    ).toBe('too-few');
    expect(reasonOf([ones, arm, arm.map((x) => 1 - x)], OUTCOME)).toBe('not-identified');
    expect(reasonOf([ones, ones.map((_one, i) => (i === 0 ? 1 : 0))], OUTCOME)).toBe(
      'not-identified',
    );
  });
});
