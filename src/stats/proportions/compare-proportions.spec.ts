import fc from 'fast-check';

import { readFixture } from '../../../test/fixtures/stats/read-golden.js';
import type { Conversions } from '../beta-binomial.js';
import { normal } from '../distributions.js';
import { contains } from '../outcome.js';
import { pValueOfLog } from '../p-value.js';
import {
  compareProportions,
  type ProportionComparison,
  SMALL_CELL,
} from './compare-proportions.js';
import { equivalentZ } from './equivalent-z.js';

interface StatisticCase {
  treatment: Conversions;
  control: Conversions;
  criticalValue: number;
  /** Pooled z·√((N-1)/N) in 40-digit arithmetic; null without variance. */
  statistic: number | null;
}

const golden = readFixture<{ intervals: StatisticCase[] }>('proportions.json').intervals;
const z = -normal.quantile(0.025);
const RUNS = 1500;

function of(x: number, n: number): Conversions {
  return { successes: x, n };
}

function compare(
  treatment: Conversions,
  control: Conversions,
  criticalZ: number = z,
): ProportionComparison {
  const result = compareProportions({ treatment, control, criticalZ });
  if (!result.ok) throw new Error(result.detail);
  return result;
}

const arm = fc
  .oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 200_000 }))
  .chain((n) =>
    fc.record({
      successes: fc.oneof(
        fc.integer({ min: 0, max: n }),
        fc.integer({ min: 0, max: Math.min(n, 15) }),
        fc.integer({ min: Math.max(0, n - 3), max: n }),
      ),
      n: fc.constant(n),
    }),
  );
/** Any two arms, and for verdicts that are not clear two arms of one size with similar counts. */
const alike = arm.chain(({ successes, n }) =>
  fc
    .integer({ min: Math.max(0, successes - 12), max: Math.min(n, successes + 12) })
    .map((other): [Conversions, Conversions] => [
      { successes, n },
      { successes: other, n },
    ]),
);
const tables = fc.oneof(fc.tuple(arm, arm), alike).filter(([treatment, control]) => {
  const converted = treatment.successes + control.successes;
  return converted > 0 && converted < treatment.n + control.n;
});
/** Levels .5 to 1e-6, as normal quantiles: also what a sequential or Dunnett bound looks like. */
const bound = fc.double({ min: 0.67, max: 4.9, noNaN: true });

describe('compareProportions', () => {
  it.each(golden.filter((row) => row.statistic !== null))(
    'the statistic of $treatment.successes/$treatment.n against $control.successes/$control.n',
    (row) => {
      const { statistic, estimate, se } = compare(row.treatment, row.control, row.criticalValue);
      const expected = row.statistic ?? NaN;
      expect(Math.abs(statistic - expected)).toBeLessThan(1e-10 * Math.max(1, Math.abs(expected)));
      expect(estimate / se).toBe(statistic);
    },
  );

  it('the p-value and both intervals never disagree', () => {
    let significant = 0;
    let exact = 0;
    fc.assert(
      fc.property(tables, bound, ([treatment, control], criticalZ) => {
        const result = compare(treatment, control, criticalZ);
        const alpha = 2 * normal.survival(criticalZ);
        // On the very edge rounding decides.
        fc.pre(Math.abs(result.pValue / alpha - 1) > 1e-9);
        const isSignificant = result.pValue < alpha;
        if (isSignificant) significant += 1;
        if (result.method === 'exact') exact += 1;
        expect(contains(result.interval, 0)).toBe(!isSignificant);
        expect(contains(result.ratio.interval, 0)).toBe(!isSignificant);
        expect(Math.abs(result.equivalentZ) > criticalZ).toBe(isSignificant);
      }),
      { seed: 31, numRuns: RUNS },
    );
    // Both answers and both branches were really met.
    expect(Math.min(significant, RUNS - significant, exact, RUNS - exact)).toBeGreaterThan(
      RUNS / 10,
    );
  });

  it('swapping the arms flips the sign and keeps the p-value', () => {
    fc.assert(
      fc.property(tables, bound, ([treatment, control], criticalZ) => {
        const one = compare(treatment, control, criticalZ);
        const other = compare(control, treatment, criticalZ);
        expect(other.estimate).toBe(0 - one.estimate);
        expect(Math.abs(other.log10p - one.log10p)).toBeLessThan(
          1e-9 * Math.max(1, Math.abs(one.log10p)),
        );
        expect(other.method).toBe(one.method);
        if (one.interval.shape !== 'interval' || other.interval.shape !== 'interval') {
          throw new Error('the difference always has two limits');
        }
        expect(other.interval.low).toBeCloseTo(-one.interval.high, 10);
        expect(other.interval.high).toBeCloseTo(-one.interval.low, 10);
      }),
      { seed: 32, numRuns: 200 },
    );
  });

  it('counting failures flips the difference and keeps the p-value', () => {
    fc.assert(
      fc.property(tables, ([treatment, control]) => {
        const one = compare(treatment, control);
        const turned = compare(
          of(treatment.n - treatment.successes, treatment.n),
          of(control.n - control.successes, control.n),
        );
        expect(turned.estimate).toBeCloseTo(-one.estimate, 14);
        expect(turned.method).toBe(one.method);
        expect(Math.abs(turned.log10p - one.log10p)).toBeLessThan(
          1e-9 * Math.max(1, Math.abs(one.log10p)),
        );
      }),
      { seed: 33, numRuns: 200 },
    );
  });

  it('the exact branch is never less careful than the score test, and says what it did', () => {
    fc.assert(
      fc.property(tables, bound, ([treatment, control], criticalZ) => {
        const result = compare(treatment, control, criticalZ);
        const score = pValueOfLog(Math.LN2 + normal.logSurvival(Math.abs(result.statistic)));
        const cells = [treatment, control].flatMap(({ successes, n }) => [
          successes,
          n - successes,
        ]);
        expect(result.method).toBe(Math.min(...cells) < SMALL_CELL ? 'exact' : 'score');
        expect(result.pValue).toBeCloseTo(Math.max(score.pValue, result.exact?.midP ?? 0), 12);
        expect(result.exact === undefined).toBe(result.method === 'score');
        expect(result.criticalValue).toBeGreaterThanOrEqual(criticalZ);
        if (result.method === 'score') expect(result.criticalValue).toBe(criticalZ);
      }),
      { seed: 34, numRuns: 200 },
    );
  });

  it('12/1000 against 3/1000: one verdict whatever is shown', () => {
    // A delta-method lift would say p = .245 and -205 % to +805 %.
    const result = compare(of(12, 1000), of(3, 1000));
    expect(result.method).toBe('exact');
    expect(result.exact?.fisherP).toBeCloseTo(0.03449142539805221, 12);
    expect(result.exact?.midP).toBeCloseTo(0.02766317702266699, 12);
    expect(result.pValue).toBeCloseTo(0.02766317702266699, 12);
    expect(result.equivalentZ).toBeCloseTo(-normal.quantile(0.02766317702266699 / 2), 10);
    expect(contains(result.interval, 0)).toBe(false);
    expect(contains(result.ratio.interval, 0)).toBe(false);
    expect(result.ratio.estimate).toBeCloseTo(3, 12);
  });

  it('1/1000 against 10/1000: neither surer than it is nor below -100 %', () => {
    // A delta-method lift would say p = 3e-17 and -111 % to -69 %.
    const result = compare(of(1, 1000), of(10, 1000));
    expect(result.pValue).toBeCloseTo(0.008866059360681664, 12);
    expect(result.equivalentZ).toBeLessThan(-z);
    if (result.ratio.interval.shape !== 'interval') throw new Error(result.ratio.interval.shape);
    expect(result.ratio.interval.low).toBeGreaterThan(-1);
    expect(result.ratio.interval.high).toBeLessThan(-0.3);
  });

  it('0/1000 against 12/1000 in either order is a clear difference, not p = 1', () => {
    const more = compare(of(12, 1000), of(0, 1000));
    expect(more.exact?.fisherP).toBeCloseTo(4.723406974635946e-4, 14);
    expect(more.pValue).toBeCloseTo(5.133878607117e-4, 13);
    expect(more.interval).toEqual({
      shape: 'interval',
      low: expect.closeTo(0.006876712663750923, 10),
      high: expect.closeTo(0.02086006485703873, 10),
    });
    expect(more.ratio).toEqual({
      estimate: null,
      interval: { shape: 'lower-only', low: expect.closeTo(2.1313604509788466, 10) },
    });
    const less = compare(of(0, 1000), of(12, 1000));
    expect(less.pValue).toBeCloseTo(more.pValue, 14);
    expect(less.ratio).toMatchObject({ estimate: -1, interval: { shape: 'interval', low: -1 } });
  });

  it('equal shares are p = 1 at the plain critical value', () => {
    const result = compare(of(3, 30), of(30, 300));
    expect(result).toMatchObject({ pValue: 1, log10p: 0, statistic: 0, equivalentZ: 0 });
    expect(result.criticalValue).toBe(z);
    expect(contains(result.interval, 0)).toBe(true);
  });

  it('a p-value below every double is a bound with a finite logarithm', () => {
    const result = compare(of(0, 1_000_000), of(500_000, 1_000_000));
    expect(result).toMatchObject({ method: 'exact', pValue: 1e-300, pValueIsBound: true });
    expect(result.log10p).toBeLessThan(-100_000);
    expect(result.equivalentZ).toBeLessThan(-500);
  });

  it.each([
    ['nobody converted', of(0, 10), of(0, 12), 'no-variance'],
    ['everybody converted', of(10, 10), of(12, 12), 'no-variance'],
    ['no treatment units', of(0, 0), of(3, 12), 'empty-arm'],
    ['no control units', of(3, 12), of(0, 0), 'empty-arm'],
    ['more conversions than units', of(13, 12), of(3, 12), 'bad-input'],
    ['a broken count', of(1.5, 12), of(3, 12), 'bad-input'],
    ['NaN', of(NaN, 12), of(3, 12), 'bad-input'],
    ['Infinity', of(1, Infinity), of(3, 12), 'bad-input'],
  ])('answers with a reason when %s', (_name, treatment, control, reason) => {
    expect(compareProportions({ treatment, control, criticalZ: z })).toMatchObject({
      ok: false,
      reason,
    });
  });

  it.each([0, -2, NaN, Infinity])('refuses a critical value of %s', (criticalZ) => {
    const control = of(3, 12);
    expect(() => compareProportions({ treatment: control, control, criticalZ })).toThrow(
      RangeError,
    );
  });
});

describe('false positives of compareProportions at .05, summed over all tables', () => {
  // The lower bound is there because a test that never rejects would pass the upper one too.
  it.each([
    [30, 30, 0.01, 0],
    [30, 30, 0.05, 0],
    [30, 30, 0.2, 0.03],
    [100, 100, 0.01, 0],
    [100, 100, 0.05, 0.02],
    [100, 100, 0.2, 0.045],
    [500, 500, 0.01, 0.02],
    [500, 500, 0.05, 0.045],
    [500, 500, 0.2, 0.045],
    [90, 10, 0.05, 0.03],
    [450, 50, 0.02, 0.03],
  ])('%d against %d units, rate %d', (treatmentN, controlN, rate, atLeast) => {
    const rejected = chanceOfRejection(treatmentN, controlN, rate);
    expect(rejected.total).toBeGreaterThan(1 - 1e-4);
    expect(rejected.chance).toBeLessThanOrEqual(0.055);
    expect(rejected.chance).toBeGreaterThanOrEqual(atLeast);
  });
});

describe('equivalentZ', () => {
  it.each([1, 0.5, 0.05, 1e-10, 1e-290])('is the normal quantile of a two-sided p of %d', (p) => {
    const value = equivalentZ(pValueOfLog(Math.log(p)));
    expect(value).toBeCloseTo(p === 1 ? 0 : -normal.quantile(p / 2), 9);
  });

  it('goes on below the smallest double', () => {
    for (const point of [36.5, 37.2, 40, 120, 900]) {
      const p = pValueOfLog(Math.LN2 + normal.logSurvival(point));
      expect(Math.abs(equivalentZ(p) / point - 1)).toBeLessThan(1e-12);
    }
  });
});

/** Tables whose probability is below 1e-8 are left out: together they are below 1e-4. */
function chanceOfRejection(
  treatmentN: number,
  controlN: number,
  rate: number,
): { chance: number; total: number } {
  const rejected = { chance: 0, total: 0 };
  const treatments = binomial(treatmentN, rate);
  const controls = binomial(controlN, rate);
  treatments.forEach((ofTreatment, x1) => {
    controls.forEach((ofControl, x0) => {
      // With arms of one size a table and its mirror image have one verdict and one probability.
      const isMirrored = treatmentN === controlN && x1 !== x0;
      if (isMirrored && x1 < x0) return;
      if (ofTreatment * ofControl < 1e-8) return;
      const probability = ofTreatment * ofControl * (isMirrored ? 2 : 1);
      rejected.total += probability;
      const arms = { treatment: of(x1, treatmentN), control: of(x0, controlN) };
      const result = compareProportions({ ...arms, criticalZ: z });
      if (result.ok && result.pValue < 0.05) rejected.chance += probability;
    });
  });
  return rejected;
}

function binomial(n: number, rate: number): number[] {
  const chances = [(1 - rate) ** n];
  for (let x = 0; x < n; x += 1) {
    chances.push(((chances[x] ?? 0) * ((n - x) / (x + 1)) * rate) / (1 - rate));
  }
  return chances;
}
