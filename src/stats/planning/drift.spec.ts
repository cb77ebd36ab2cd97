import { readGolden } from '../../../test/fixtures/stats/read-golden.js';
import { normal } from '../distributions.js';
import { noncentralTSurvival } from '../noncentral-t.js';
import { meanDifferenceDrift, rateDifferenceDrift } from './drift.js';

const Z = 1.959963984540054;
const arms = { n0: 50, n1: 80, variance0: 1, variance1: 1 };

describe('drift', () => {
  it.each(readGolden().examples.noncentralT)(
    "agrees with SciPy's noncentral t at t = $t, df = $df",
    ({ t, df, ncp, upper }) => {
      expect(noncentralTSurvival(t, df, ncp) / upper).toBeCloseTo(1, 9);
    },
  );

  it('counts both tails of the t test where a table does', () => {
    // pwr.t2n.test of R: pooled variance, 398 degrees of freedom, both tails.
    const ncp = 0.3 * Math.sqrt(75);
    const critical = 1.965942324;
    const both = noncentralTSurvival(critical, 398, ncp) + noncentralTSurvival(critical, 398, -ncp);
    expect(both).toBeCloseTo(0.736256444965, 8);
  });

  it('is 0 without an effect and ignores the sign of a difference of means', () => {
    expect(meanDifferenceDrift(arms, 0, 0.05)).toBeCloseTo(0, 9);
    expect(meanDifferenceDrift(arms, -0.4, 0.05)).toBe(meanDifferenceDrift(arms, 0.4, 0.05));
    expect(rateDifferenceDrift(arms, 1, 0, 0.05)).toBe(0);
  });

  it('is effect / standard error for many units, and never NaN for a huge effect', () => {
    const many = { n0: 1e9, n1: 1e9, variance0: 1, variance1: 1 };
    const se = Math.sqrt(2e-9);
    expect(meanDifferenceDrift(many, 5 * se, 0.05)).toBeCloseTo(5, 6);
    expect(meanDifferenceDrift(many, 20 * se, 0.05)).toBeCloseTo(20, 5);
    expect(meanDifferenceDrift(many, 1, 0.05)).toBe(Infinity);
    expect(rateDifferenceDrift(arms, 1, 3 * Math.sqrt(1 / 50 + 1 / 80), 0.05)).toBeCloseTo(3, 9);
    const certain = { ...arms, variance0: 0, variance1: 0 };
    expect(rateDifferenceDrift(certain, 0.25, 1, 0.05)).toBe(Infinity);
    // Two units are too few even for 0 % against 100 %.
    expect(rateDifferenceDrift({ ...certain, n0: 1, n1: 1 }, 0.25, 1, 0.05)).toBe(0);
  });

  it('grows with the effect past the point where its power rounds to 1', () => {
    for (const effect of [0.01, 0.3, 0.6, 1.2, 2, 4]) {
      const drift = meanDifferenceDrift(arms, effect, 0.05);
      expect(meanDifferenceDrift(arms, effect * 1.01, 0.05)).toBeGreaterThan(drift);
    }
    // As SciPy has it: nct.sf(1.98300274, 104.155230, 3.32820118).
    const power = normal.survival(Z - meanDifferenceDrift(arms, 0.6, 0.05));
    expect(power).toBeCloseTo(0.9094531712882016, 9);
  });
});
