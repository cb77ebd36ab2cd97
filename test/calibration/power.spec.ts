/** @jest-environment <rootDir>/../test/calibration/quick-globals.mjs */
import { normal } from '../../src/stats/distributions.js';
import { powerOfDesign } from '../../src/stats/group-sequential/power.js';
import { stageWise } from '../../src/stats/group-sequential/stage-wise.js';
import { expectAtLeast, expectNear, expectWithin, rateOf, replicates } from './proof.js';
import { seededNormal, seededUniform } from './seeded-random.js';
import { ALPHA, equalLooks, sequenceMultipliers, sequentialTests } from './sequential-tests.js';
import { crossings } from './z-paths.js';

const { abs, sqrt } = Math;

const z = -normal.quantile(ALPHA / 2);

describe('power of 14 looks at the size a single look needs', () => {
  it.each([
    { power: 0.8, planned: 0.784, bonferroni: 0.543, sequence: { low: 0.46, high: 0.49 } },
    { power: 0.9, planned: 0.889, bonferroni: 0.703, sequence: { low: 0.63, high: 0.66 } },
  ])('planned for $power', ({ power, planned, bonferroni, sequence }) => {
    const looks = 14;
    const units = 28_000;
    const fractions = equalLooks(looks);
    const drift = z + normal.quantile(power);
    const [, late, even] = sequentialTests({ looks, unitsAtEnd: units });
    const tests = {
      single: fractions.map((t) => (t === 1 ? z : Infinity)),
      late: late?.criticalZ ?? [],
      even: even?.criticalZ ?? [],
      tuned: sequenceMultipliers(fractions, units),
      untuned: sequenceMultipliers(fractions, units, units / 5),
      bonferroni: fractions.map(() => -normal.quantile(ALPHA / 2 / looks)),
    };
    const names = Object.keys(tests) as (keyof typeof tests)[];
    const runs = replicates(200_000);
    const draw = seededNormal(seededUniform(20_240_611));
    const bounds = names.map((name) => tests[name]);
    const found = crossings({ bounds, fractions, drift, sides: 1, runs, draw });
    const countOf = (name: keyof typeof tests): number => found[names.indexOf(name)] ?? NaN;
    const foundBy = (name: keyof typeof tests) => rateOf(countOf(name), runs);
    /** What the plan of such a test promises, by integration. */
    const plannedFor = (name: keyof typeof tests): number =>
      powerOfDesign({ criticalZ: tests[name], fractions, sides: 2, drift });
    const at = `power ${power}`;
    expectNear(`${at}, one look`, foundBy('single'), power);
    expectNear(`${at}, O'Brien-Fleming as published`, foundBy('late'), planned, 0.001);
    expectNear(`${at}, O'Brien-Fleming as planned for`, foundBy('late'), plannedFor('late'));
    // Both were found in the same runs, so chance takes little from their difference.
    const lost = rateOf(countOf('single') - countOf('late'), runs);
    expectWithin(`${at}, lost by O'Brien-Fleming looks`, lost, 0.008, 0.02);
    expectNear(`${at}, Pocock as planned for`, foundBy('even'), plannedFor('even'));
    const { low, high } = sequence;
    expectNear(`${at}, sequence as planned for`, foundBy('tuned'), plannedFor('tuned'));
    expectWithin(`${at}, sequence tuned to the end`, foundBy('tuned'), low, high);
    expectWithin(`${at}, sequence tuned to a fifth`, foundBy('untuned'), low - 0.02, high);
    expectNear(`${at}, Bonferroni over the looks`, foundBy('bonferroni'), bonferroni, 0.006);
  });
});

describe('after a group-sequential test of five looks has stopped', () => {
  const looks = 5;
  const fractions = equalLooks(looks);

  /** Where a value that grows with the last z passes a target; infinite when it never does. */
  function zWhere(value: (z: number) => number, target: number, low: number, high: number): number {
    if (value(low) > target) return -Infinity;
    if (value(high) < target) return Infinity;
    let from = low;
    let to = high;
    while (to - from > 1e-6) {
      const middle = (from + to) / 2;
      if (value(middle) > target) to = middle;
      else from = middle;
    }
    return (from + to) / 2;
  }

  /** Of one look where the test may stop: the z above which each number is above the true drift. */
  interface Limits {
    estimate: number;
    low: number;
    high: number;
  }

  /** The same stop is judged alike each time, so the stage-wise answers are turned into limits once. */
  function limitsOf(criticalZ: readonly number[], drift: number): Limits[] {
    return fractions.map((information, k) => {
      const past = fractions
        .slice(0, k)
        .map((t, j) => ({ information: t, criticalZ: criticalZ[j] ?? Infinity }));
      const bound = criticalZ[k] ?? Infinity;
      if (bound > 8) return { estimate: Infinity, low: Infinity, high: Infinity };
      const from = k === looks - 1 ? -4 : bound;
      const limit = (what: 'medianUnbiasedDrift' | 'driftLow' | 'driftHigh'): number => {
        const value = (seen: number): number => {
          const found = stageWise({ past, information, z: seen, fullInformation: 1, level: 0.95 });
          if (!found.ok) throw new Error(found.detail);
          return found[what];
        };
        return zWhere(value, drift, from, 9);
      };
      return {
        estimate: limit('medianUnbiasedDrift'),
        low: limit('driftLow'),
        high: limit('driftHigh'),
      };
    });
  }

  /** Draws one test until it stops. */
  function run(
    criticalZ: readonly number[],
    drift: number,
    draw: () => number,
  ): { look: number; z: number } {
    let sum = 0;
    for (let look = 0; ; look += 1) {
      sum += drift / looks + draw() / sqrt(looks);
      const seen = sum / sqrt((look + 1) / looks);
      if (look === looks - 1 || abs(seen) > (criticalZ[look] ?? Infinity)) return { look, z: seen };
    }
  }

  it.each([
    { spending: "O'Brien-Fleming" as const, drift: 0.8 },
    { spending: "O'Brien-Fleming" as const, drift: 2.8 },
    { spending: "O'Brien-Fleming" as const, drift: 4 },
    { spending: 'Pocock' as const, drift: 2.8 },
  ])('$spending, drift $drift: the estimate is in the middle, its interval covers', (design) => {
    const { spending, drift } = design;
    const test = sequentialTests({ looks, unitsAtEnd: 1000 }).find(({ name }) => name === spending);
    const criticalZ = test?.criticalZ ?? [];
    const limits = limitsOf(criticalZ, drift);
    const runs = replicates(100_000);
    const draw = seededNormal(seededUniform(5 + drift * 10));
    const count = { above: 0, naiveAbove: 0, covered: 0, early: 0, naiveSum: 0 };
    for (let i = 0; i < runs; i += 1) {
      const stop = run(criticalZ, drift, draw);
      const isEarly = stop.look < looks - 1;
      const naive = stop.z / sqrt((stop.look + 1) / looks);
      if (isEarly) count.early += 1;
      if (naive > drift) count.naiveAbove += 1;
      count.naiveSum += naive;
      const limit = limits[stop.look];
      // An early stop on the wrong side puts the estimate and its interval below the truth.
      if (limit === undefined || (isEarly && stop.z < 0)) continue;
      if (stop.z > limit.estimate) count.above += 1;
      if (stop.z <= limit.low && stop.z >= limit.high) count.covered += 1;
    }
    const at = `${spending}, drift ${drift}`;
    expectNear(`${at}, median-unbiased above the truth`, rateOf(count.above, runs), 0.5);
    expectNear(`${at}, stage-wise interval covers`, rateOf(count.covered, runs), 0.95);
    if (drift >= 2) {
      // The last estimate as it stands is too large on average, and above the truth too often.
      expect(count.naiveSum / runs).toBeGreaterThan(1.03 * drift);
      expectAtLeast(`${at}, naive above the truth`, rateOf(count.naiveAbove, runs), 0.52);
      expectAtLeast(`${at}, stopped early`, rateOf(count.early, runs), 0.3);
    }
  });
});
