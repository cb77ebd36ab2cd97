/** @jest-environment <rootDir>/../test/calibration/quick-globals.mjs */
import { lookNow, type TakenLook } from '../../src/domain/evaluation/planned-looks.js';
import type { Analysis } from '../../src/domain/experiments/definition.js';
import { crossingProbabilities } from '../../src/stats/group-sequential/crossing.js';
import type { ArmSummary } from '../../src/stats/outcome.js';
import { expectAtLeast, expectAtMost, expectNear, rateOf, replicates } from './proof.js';
import { seededGamma, seededNormal, seededUniform } from './seeded-random.js';
import {
  ALPHA,
  AlarmCounter,
  equalLooks,
  readMeans,
  sequenceMultipliers,
  sequentialTests,
} from './sequential-tests.js';
import { crossings } from './z-paths.js';

const { sqrt } = Math;

describe('A/A experiments of normal outcomes with known variance', () => {
  it.each([
    { looks: 5, runs: 200_000, naive: 0.142, sequence: null },
    { looks: 10, runs: 200_000, naive: 0.193, sequence: null },
    { looks: 14, runs: 100_000, naive: 0.218, sequence: 0.01 },
    { looks: 28, runs: 200_000, naive: 0.273, sequence: null },
    { looks: 100, runs: 20_000, naive: 0.373, sequence: 0.015 },
  ])('under $looks looks', ({ looks, runs: atLeast, naive, sequence }) => {
    const tests = sequentialTests({ looks, unitsAtEnd: 28_000 }).slice(0, 4);
    const fractions = equalLooks(looks);
    const bounds = tests.map(({ criticalZ }) => criticalZ);
    const runs = replicates(atLeast);
    const draw = seededNormal(seededUniform(20_240_117 + looks));
    const [repeated = NaN, late = NaN, even = NaN, always = NaN] = crossings({
      bounds,
      fractions,
      drift: 0,
      sides: 2,
      runs,
      draw,
    });
    // The walk that is simulated and the one that is integrated are two witnesses of each other.
    const { upper } = crossingProbabilities({
      upper: bounds[0] ?? [],
      lower: (bounds[0] ?? []).map((z) => -z),
      information: fractions,
      drift: 0,
    });
    const exactNaive = 2 * upper.reduce((sum, p) => sum + p, 0);
    expect(Math.abs(exactNaive - naive)).toBeLessThan(0.002);
    expectNear(`${looks} looks, test repeated at 5 %`, rateOf(repeated, runs), exactNaive);
    expectNear(`${looks} looks, O'Brien-Fleming`, rateOf(late, runs), ALPHA);
    expectNear(`${looks} looks, Pocock`, rateOf(even, runs), ALPHA);
    expectAtMost(`${looks} looks, confidence sequence`, rateOf(always, runs), ALPHA);
    // Not dead either: what the reference measured, to its printed digits.
    if (sequence !== null) {
      expectNear(`${looks} looks, sequence as published`, rateOf(always, runs), sequence, 0.002);
    }
  });

  it('under 1000 looks the confidence sequence still holds', () => {
    const runs = replicates(4000);
    const fractions = equalLooks(1000);
    const [count = NaN] = crossings({
      bounds: [sequenceMultipliers(fractions, 1_000_000)],
      fractions,
      drift: 0,
      sides: 2,
      runs,
      draw: seededNormal(seededUniform(1000)),
    });
    expectAtMost('1000 looks, confidence sequence', rateOf(count, runs), 0.02);
    expectAtLeast('1000 looks, confidence sequence, not dead', rateOf(count, runs), 0.012);
  });
});

describe('A/A experiments of normal outcomes with estimated variances, 28 looks', () => {
  const looks = 28;
  /**
   * The bounds belong to z values. With t values at equal tail probability each look is exact, and all
   * together nearly so: the first looks, of few units, bring a little variance of their own.
   */
  const JOINT_SLACK = 0.002;
  const mean = 1;
  const sd = 2;

  /** Exact draws of a batch's sum and squares: no rows are needed. */
  function arm(perLook: number, uniform: () => number) {
    const draw = seededNormal(uniform);
    const chiSquareHalf = seededGamma((perLook - 1) / 2, uniform, draw);
    let sum = 0;
    let squares = 0;
    const summary = { n: 0, mean: 0, variance: 0 };
    return {
      now: summary as ArmSummary,
      restart(): void {
        summary.n = 0;
        sum = 0;
        squares = 0;
      },
      /** Values less their true mean, so that no digits are lost. */
      next(): ArmSummary {
        const batch = sqrt(perLook) * sd * draw();
        sum += batch;
        squares += 2 * sd * sd * chiSquareHalf() + (batch * batch) / perLook;
        summary.n += perLook;
        summary.mean = mean + sum / summary.n;
        summary.variance = (squares - (sum * sum) / summary.n) / (summary.n - 1);
        return summary;
      },
    };
  }

  it.each([
    { treated: 20, controls: 20 },
    { treated: 500, controls: 500 },
    { treated: 50, controls: 450 },
  ])('$treated and $controls units a look', ({ treated, controls }) => {
    const tests = sequentialTests({ looks, unitsAtEnd: looks * (treated + controls) }).slice(0, 4);
    const counter = new AlarmCounter(tests);
    const uniform = seededUniform(28_000 + treated);
    const treatment = arm(treated, uniform);
    const control = arm(controls, uniform);
    const arms = { treatment: treatment.now, control: control.now, lift: 0, nonZero: Infinity };
    const runs = replicates(10_000);
    for (let run = 0; run < runs; run += 1) {
      treatment.restart();
      control.restart();
      for (let look = 0; look < looks; look += 1) {
        arms.treatment = treatment.next();
        arms.control = control.next();
        readMeans(tests, look, arms, counter.now);
      }
      counter.endRun();
    }
    const at = `${treated}:${controls} a look`;
    for (const scale of ['absolute', 'relative'] as const) {
      for (const name of ["O'Brien-Fleming", 'Pocock', 'sequence, raw'] as const) {
        expectAtMost(`${at}, ${name}, ${scale}`, counter.rate(name, scale), ALPHA, JOINT_SLACK);
      }
      const naive = counter.rate('naive', scale);
      expectAtLeast(`${at}, test repeated at 5 %, ${scale}`, naive, 0.25);
    }
  });
});

describe('planned looks as evaluations take them', () => {
  const plan: Analysis = {
    alpha: ALPHA,
    test: 'group_sequential',
    adjustment: 'none',
    relativeQuantile: 'test',
    plannedLooks: 14,
    plannedUnits: 100_000,
  };

  /** Bounds of the looks that a series of evaluations takes at these numbers of matured units. */
  function takenAt(analysis: Analysis, matured: readonly number[]): TakenLook[] {
    const past: TakenLook[] = [];
    matured.forEach((maturedUnits, k) => {
      const wholeCohort = k === matured.length - 1;
      const now = lookNow({
        analysis,
        comparisons: 1,
        maturedUnits,
        wholeCohort,
        scheduled: true,
        past: [...past],
      });
      if (now.is === 'planned') past.push(now.taken);
    });
    return past;
  }

  it.each([
    {
      what: 'late and skipped looks',
      matured: [5000, 18_000, 21_500, 60_000, 61_000, 88_000, 1e5],
    },
    { what: 'a cohort half as large again', matured: [20_000, 45_000, 80_000, 99_000, 150_000] },
    { what: 'a cohort that stayed small', matured: [9000, 17_000, 26_000, 41_000] },
  ])('spend 5 % with $what', ({ what, matured }) => {
    for (const spending of ['obrien_fleming', 'pocock'] as const) {
      const taken = takenAt({ ...plan, spending }, matured);
      expect(taken.length).toBeGreaterThanOrEqual(3);
      const runs = replicates(200_000);
      const [count = NaN] = crossings({
        bounds: [taken.map(({ criticalZ }) => criticalZ)],
        fractions: taken.map(({ fraction }) => fraction),
        drift: 0,
        sides: 2,
        runs,
        draw: seededNormal(seededUniform(77)),
      });
      expectNear(`${what}, ${spending}`, rateOf(count, runs), ALPHA);
    }
  });
});
