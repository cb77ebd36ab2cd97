import fc from 'fast-check';

import { readAdjustment, relative } from '../../../test/fixtures/stats/read-adjustment.js';
import { armSummary, momentsOfRows } from '../moments.js';
import type { ArmSummary } from '../outcome.js';
import { contrastOfMeans } from '../welch.js';
import {
  mergeSmallStrata,
  postStratified,
  type PostStratifiedResult,
  type Stratum,
} from './post-stratified.js';

function arm(values: readonly number[]): ArmSummary {
  return armSummary(
    momentsOfRows(
      values.map((value) => [value]),
      1,
    ),
    0,
  );
}

function stratum(treatment: readonly number[], control: readonly number[]): Stratum {
  return { treatment: arm(treatment), control: arm(control) };
}

function solve(strata: readonly Stratum[]): PostStratifiedResult {
  const result = postStratified(strata);
  if (!result.ok) throw new Error(result.detail);
  return result;
}

function reasonOf(strata: readonly Stratum[]): string {
  const result = postStratified(strata);
  return result.ok ? 'ok' : result.reason;
}

const BIG = stratum([1, 4, 6], [2, 3, 9, 4]);

describe('postStratified', () => {
  it('agrees with a regression on cells', () => {
    const fixture = readAdjustment();
    const cell = (s: number, a: number): number[] =>
      fixture.rows
        .filter((_row, i) => fixture.stratum[i] === s && fixture.arm[i] === a)
        .map((row) => row[0] ?? NaN);
    const result = solve([0, 1, 2].map((s) => stratum(cell(s, 1), cell(s, 0))));
    const expected = fixture.postStratified;
    expect(relative(result.estimate, expected.estimate)).toBeLessThan(1e-11);
    expect(relative(result.se, expected.se)).toBeLessThan(1e-11);
    expect(relative(result.df, expected.df)).toBeLessThan(1e-11);
    const { treatment, control } = result;
    expect(treatment.mean - control.mean).toBeCloseTo(result.estimate, 12);
    expect(treatment.varianceOfMean + control.varianceOfMean).toBeCloseTo(result.se ** 2, 12);
    expect(result.weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 14);
  });

  it("is Welch's difference in a single stratum, also beside an empty one", () => {
    const plain = contrastOfMeans(BIG.treatment, BIG.control);
    if (!plain.ok) throw new Error(plain.detail);
    for (const strata of [[BIG], [stratum([], []), BIG]]) {
      const result = solve(strata);
      expect(result.estimate).toBeCloseTo(plain.estimate, 14);
      expect(result.se).toBeCloseTo(plain.se, 14);
      expect(result.df).toBeCloseTo(plain.df, 12);
    }
    expect(solve([stratum([], []), BIG]).weights).toEqual([0, 1]);
  });

  it('allows a stratum without spread beside one that has some', () => {
    const result = solve([stratum([5, 5], [3, 3]), BIG]);
    expect(result.weights).toEqual([4 / 11, 7 / 11]);
    expect(result.estimate).toBeCloseTo((4 * 2 + 7 * (11 / 3 - 4.5)) / 11, 12);
  });

  it('refuses small strata and answers with a reason instead of a number', () => {
    expect(reasonOf([BIG, stratum([1], [2, 3])])).toBe('too-few');
    expect(reasonOf([BIG, stratum([1, 2], [])])).toBe('too-few');
    expect(reasonOf([])).toBe('empty-arm');
    expect(reasonOf([stratum([], [])])).toBe('empty-arm');
    expect(reasonOf([stratum([5, 5], [3, 3]), stratum([1, 1], [2, 2])])).toBe('no-variance');
    for (const bad of [{ mean: NaN }, { variance: -1 }, { variance: null }, { n: NaN }]) {
      expect(reasonOf([{ ...BIG, control: { ...BIG.control, ...bad } }])).toBe('bad-input');
    }
  });
});

describe('mergeSmallStrata', () => {
  it('pools the small ones, and adds them to the smallest other when that is not enough', () => {
    const enough = mergeSmallStrata([stratum([7], [1, 2]), BIG, stratum([9, 10], [5])]);
    expect(enough).toHaveLength(2);
    expect(enough[0]).toEqual(BIG);
    expect(enough[1]?.treatment.n).toBe(3);
    expect(enough[1]?.treatment.variance).toBeCloseTo(arm([7, 9, 10]).variance ?? NaN, 12);
    const larger = stratum([1, 2, 3, 4], [5, 6, 7, 8, 9]);
    const joined = mergeSmallStrata([larger, BIG, stratum([7], [])]);
    expect(joined).toHaveLength(2);
    expect(joined[0]).toEqual(larger);
    expect(joined[1]?.treatment.n).toBe(4);
    expect(joined[1]?.treatment.mean).toBeCloseTo(4.5, 12);
    expect(joined[1]?.control).toEqual(BIG.control);
    expect(mergeSmallStrata([BIG, larger])).toEqual([BIG, larger]);
    expect(mergeSmallStrata([])).toEqual([]);
    expect(reasonOf(mergeSmallStrata([stratum([7], []), stratum([], [2])]))).toBe('too-few');
  });

  it('keeps all units, and leaves none too small while there are enough', () => {
    const values = fc.array(fc.integer({ min: -20, max: 20 }), { maxLength: 5 });
    const cells = fc.array(fc.tuple(values, values), { minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(cells, (pairs) => {
        const merged = mergeSmallStrata(pairs.map(([t, c]) => stratum(t, c)));
        for (const [i, name] of (['treatment', 'control'] as const).entries()) {
          const all = pairs.flatMap((pair) => pair[i] ?? []);
          const n = merged.reduce((sum, one) => sum + one[name].n, 0);
          const total = merged.reduce((sum, one) => sum + one[name].n * one[name].mean, 0);
          expect(n).toBe(all.length);
          expect(total).toBeCloseTo(
            all.reduce((sum, value) => sum + value, 0),
            9,
          );
        }
        const small = merged.filter((one) => one.treatment.n < 2 || one.control.n < 2);
        expect(small.length).toBe(small.length === 0 ? 0 : merged.length);
      }),
      { seed: 19 },
    );
  });
});
