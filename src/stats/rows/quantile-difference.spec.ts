import fc from 'fast-check';

import { seededNormal, seededUniform } from '../../../test/calibration/seeded-random.js';
import { readFixture } from '../../../test/fixtures/stats/read-golden.js';
import { contains } from '../outcome.js';
import {
  type ArmQuantile,
  quantileDifference,
  type QuantileDifferenceInput,
  type RowsOfArm,
} from './quantile-difference.js';

interface QuantileExample {
  input: QuantileDifferenceInput;
  treatment: ArmQuantile;
  control: ArmQuantile;
  estimate: number;
  se: number;
  p: number;
  low: number;
  high: number;
}

function solve(input: QuantileDifferenceInput) {
  const result = quantileDifference(input);
  if (!result.ok) throw new Error(result.detail);
  return result;
}

describe('quantileDifference', () => {
  it.each(readFixture<{ quantiles: QuantileExample[] }>('rows.json').quantiles)(
    'agrees with NumPy at quantile $input.quantile, p = $p',
    (example) => {
      const result = solve(example.input);
      for (const arm of ['treatment', 'control'] as const) {
        expect(result[arm].estimate).toBeCloseTo(example[arm].estimate, 12);
        expect(result[arm].se / example[arm].se).toBeCloseTo(1, 9);
        expect(result[arm]).toMatchObject({ rows: example[arm].rows, units: example[arm].units });
      }
      expect(result.estimate).toBeCloseTo(example.estimate, 12);
      expect(result.se / example.se).toBeCloseTo(1, 9);
      expect(result.pValue / example.p).toBeCloseTo(1, 8);
      expect(result.interval).toEqual({
        shape: 'interval',
        low: expect.closeTo(example.low, 9),
        high: expect.closeTo(example.high, 9),
      });
    },
  );

  it('one row per unit is nearly the same as independent rows', () => {
    const normalNumber = seededNormal(seededUniform(3));
    const values = (): number[] => Array.from({ length: 2000 }, normalNumber);
    const [treatment, control] = [values(), values()];
    const units = treatment.map((_value, i) => i);
    const plain = solve({
      treatment: { values: treatment },
      control: { values: control },
      quantile: 0.8,
      alpha: 0.05,
    });
    const clustered = solve({
      treatment: { values: treatment, units },
      control: { values: control, units },
      quantile: 0.8,
      alpha: 0.05,
    });
    expect(clustered.se / plain.se).toBeCloseTo(1, 2);
  });

  it('covers 95 % with units of several rows, where rows taken as independent do not', () => {
    // Half of the variance belongs to the unit, so rows of one unit correlate by .5. The three
    // standard errors of a simulated rate near .95 over 500 runs are .029.
    const uniform = seededUniform(4711);
    const normalNumber = seededNormal(uniform);
    const arm = (): Required<RowsOfArm> => {
      const values: number[] = [];
      const units: number[] = [];
      for (let unit = 0; unit < 200; unit += 1) {
        const level = normalNumber();
        const rows = 1 + Math.floor(uniform() * 9);
        for (let row = 0; row < rows; row += 1) {
          values.push(level + normalNumber());
          units.push(unit);
        }
      }
      return { values, units };
    };
    let naive = 0;
    let clustered = 0;
    const runs = 500;
    for (let run = 0; run < runs; run += 1) {
      const [treatment, control] = [arm(), arm()];
      const options = { quantile: 0.75, alpha: 0.05 };
      const covers = (t: RowsOfArm, c: RowsOfArm): number =>
        contains(solve({ treatment: t, control: c, ...options }).interval, 0) ? 1 : 0;
      clustered += covers(treatment, control);
      naive += covers({ values: treatment.values }, { values: control.values });
    }
    expect(Math.abs(clustered / runs - 0.95)).toBeLessThan(0.03);
    expect(naive / runs).toBeLessThan(0.87);
  });

  it('swapping arms turns the sign, rescaling keeps p, and p agrees with the interval', () => {
    const rows = fc.array(fc.double({ min: 0.1, max: 1000, noNaN: true }), {
      minLength: 30,
      maxLength: 80,
    });
    fc.assert(
      fc.property(rows, rows, (treatment, control) => {
        const input = { quantile: 0.5, alpha: 0.05 };
        const one = solve({
          treatment: { values: treatment },
          control: { values: control },
          ...input,
        });
        const swapped = solve({
          treatment: { values: control },
          control: { values: treatment },
          ...input,
        });
        expect(swapped.estimate).toBeCloseTo(-one.estimate, 9);
        expect(swapped.log10p).toBeCloseTo(one.log10p, 9);
        const scaled = solve({
          treatment: { values: treatment.map((value) => value * 1024) },
          control: { values: control.map((value) => value * 1024) },
          ...input,
        });
        expect(scaled.log10p).toBeCloseTo(one.log10p, 9);
        if (Math.abs(one.pValue / 0.05 - 1) > 1e-9) {
          expect(contains(one.interval, 0)).toBe(one.pValue > 0.05);
        }
      }),
      { seed: 12, numRuns: 50 },
    );
  });

  const hundred = { values: Array.from({ length: 100 }, (_value, i) => i) };
  it.each<[string, Partial<QuantileDifferenceInput>, string]>([
    ['no rows', { control: { values: [] } }, 'empty-arm'],
    ['a row that is NaN', { treatment: { values: [1, NaN] } }, 'bad-input'],
    ['fewer units than rows', { treatment: { values: [1, 2], units: [1] } }, 'bad-input'],
    ['one unit', { control: { values: [1, 2, 3], units: ['a', 'a', 'a'] } }, 'too-few'],
    ['one row', { control: { values: [1] } }, 'too-few'],
    ['too few rows beyond the quantile', { quantile: 0.99 }, 'too-few'],
    [
      'values that are all equal',
      {
        treatment: { values: hundred.values.map(() => 4) },
        control: { values: hundred.values.map(() => 4) },
      },
      'no-variance',
    ],
  ])('answers with a reason for %s', (_name, change, reason) => {
    const input = { treatment: hundred, control: hundred, quantile: 0.5, alpha: 0.05, ...change };
    expect(quantileDifference(input)).toMatchObject({ ok: false, reason });
  });

  it('refuses a quantile or a level that is none', () => {
    const arms = { treatment: hundred, control: hundred };
    expect(() => solve({ ...arms, quantile: 0, alpha: 0.05 })).toThrow(RangeError);
    expect(() => solve({ ...arms, quantile: 0.5, alpha: 1 })).toThrow(RangeError);
  });
});
