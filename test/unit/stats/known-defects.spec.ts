import { seededNormal, seededUniform } from '../../calibration/seeded-random.js';
import { betaBinomialChances } from '../../../src/stats/beta-binomial.js';
import { normal, studentT } from '../../../src/stats/distributions.js';
import { relativeLift } from '../../../src/stats/fieller.js';
import { momentsFromSums, momentsOfRows, variance } from '../../../src/stats/moments.js';
import { nonInferiority } from '../../../src/stats/non-inferiority.js';
import { normalNormal } from '../../../src/stats/normal-normal.js';
import { type ArmSummary, contains } from '../../../src/stats/outcome.js';
import {
  compareProportions,
  type ProportionComparison,
} from '../../../src/stats/proportions/compare-proportions.js';
import { sampleRatio } from '../../../src/stats/sample-ratio.js';
import { contrastOfMeans, welch } from '../../../src/stats/welch.js';
import { meanOf } from './comparison-checkers.js';
import { deltaLift, sequenceP } from './delta-lift.js';
import { armOf } from './rate-arm.js';
import { computed, ends } from './require-computed.js';

/** Faults found in other engines. Each is shown here beside the answer that ours gives. */

const z = normal.quantile(0.975);

interface Counts {
  control: number;
  treatment: number;
  n: number;
}

function ratesOf({ control, treatment, n }: Counts): ProportionComparison {
  return computed(
    compareProportions({
      treatment: { successes: treatment, n },
      control: { successes: control, n },
      criticalZ: z,
    }),
  );
}

/** Two-sided p of an effect with the degrees of freedom of the difference. */
function pOf({ estimate, se }: { estimate: number; se: number }, df: number): number {
  return 2 * studentT.survival(Math.abs(estimate / se), df);
}

function deltaP({ control, treatment, n }: Counts): number {
  const arms = [armOf(treatment, n), armOf(control, n)] as const;
  return pOf(deltaLift(...arms), computed(contrastOfMeans(...arms)).df);
}

describe('a delta-method lift as a test statistic', () => {
  it('is far too certain at 10/1000 against 1/1000', () => {
    const counts = { control: 10, treatment: 1, n: 1000 };
    const arms = { treatment: armOf(1, 1000), control: armOf(10, 1000) };
    const absolute = computed(welch({ ...arms, alpha: 0.05 }));
    expect(absolute.pValue).toBeCloseTo(0.006528, 6);
    expect(sequenceP(absolute, 2000, 5000)).toBeCloseTo(0.1214, 4);
    const ours = ratesOf(counts);
    expect(ours).toMatchObject({ ok: true, method: 'exact' });
    expect(ours.exact?.fisherP).toBeCloseTo(0.011505, 6);
    expect(ours.pValue).toBeCloseTo(0.008866, 6);
    const [low, high] = ends(ours.ratio.interval);
    expect([low, high]).toEqual([expect.closeTo(-0.9844, 4), expect.closeTo(-0.3609, 4)]);

    const wrong = deltaLift(arms.treatment, arms.control);
    expect(deltaP(counts)).toBeLessThan(3e-17);
    expect(wrong.estimate - z * wrong.se).toBeCloseTo(-1.1055, 4);
    expect(sequenceP(wrong, 2000, 5000)).toBeCloseTo(1.4e-12, 13);
  });

  it('does not see 3/1000 against 12/1000', () => {
    const counts = { control: 3, treatment: 12, n: 1000 };
    const arms = { treatment: armOf(12, 1000), control: armOf(3, 1000) };
    expect(computed(welch({ ...arms, alpha: 0.05 })).pValue).toBeCloseTo(0.0197, 5);
    const ours = ratesOf(counts);
    expect(ours.exact?.fisherP).toBeCloseTo(0.03449, 5);
    expect(ours.pValue).toBeCloseTo(0.02766, 5);
    expect(contains(ours.interval, 0)).toBe(false);
    expect(contains(ours.ratio.interval, 0)).toBe(false);
    const lift = deltaLift(arms.treatment, arms.control);
    expect(lift.interval).toEqual({ shape: 'lower-only', low: expect.closeTo(0.3074, 4) });

    expect(deltaP(counts)).toBeCloseTo(0.2446, 4);
    expect(lift.estimate - z * lift.se).toBeCloseTo(-2.051, 3);
    expect(lift.estimate + z * lift.se).toBeCloseTo(8.051, 3);
  });

  it('has nothing to say at 0/1000 against 12/1000, where we have a limit', () => {
    const ours = ratesOf({ control: 0, treatment: 12, n: 1000 });
    expect(ours.exact?.fisherP).toBeCloseTo(4.7234e-4, 8);
    expect(ours.pValue).toBeCloseTo(5.134e-4, 7);
    expect(ends(ours.interval)).toEqual([expect.closeTo(0.00688, 5), expect.closeTo(0.02086, 5)]);
    expect(ours.ratio).toEqual({
      estimate: null,
      interval: { shape: 'lower-only', low: expect.closeTo(2.1314, 4) },
    });
    const lift = relativeLift({
      treatment: meanOf(armOf(12, 1000)),
      control: meanOf(armOf(0, 1000)),
      criticalValue: z,
      canBeNegative: false,
    });
    expect(lift).toMatchObject({ ok: false, reason: 'no-control-events' });
  });

  // The largest error of a reference number is its rounding.
  it.each([
    { conversions: 5, delta: 0.091, absolute: 0.043 },
    { conversions: 10, delta: 0.082, absolute: 0.051 },
    { conversions: 20, delta: 0.064, absolute: 0.048 },
    { conversions: 50, delta: 0.054, absolute: 0.049 },
  ])('alarms in $delta of A/A tests of $conversions conversions', (reference) => {
    const n = 2000;
    const chances = binomial(n, reference.conversions / n);
    let delta = 0;
    let absolute = 0;
    let ours = 0;
    chances.forEach((ofControl, control) => {
      chances.forEach((ofTreatment, treatment) => {
        const chance = ofControl * ofTreatment;
        if (chance < 1e-7 || control + treatment === 0) return;
        const arms = [armOf(treatment, n), armOf(control, n)] as const;
        const difference = computed(contrastOfMeans(...arms));
        if (pOf(difference, difference.df) < 0.05) absolute += chance;
        // A lift from or to nothing has no standard error of its own.
        if (Math.min(control, treatment) > 0 && pOf(deltaLift(...arms), difference.df) < 0.05) {
          delta += chance;
        }
        // Both tests treat the arms alike, so one half is enough.
        if (control < treatment && ratesOf({ control, treatment, n }).pValue < 0.05) {
          ours += 2 * chance;
        }
      });
    });
    expect(Math.abs(delta - reference.delta)).toBeLessThan(1e-3);
    expect(Math.abs(absolute - reference.absolute)).toBeLessThan(1e-3);
    expect(ours).toBeLessThan(0.05);
    expect(ours).toBeGreaterThan(0.02);
  });
});

describe('numbers that leave double precision', () => {
  it('keeps the p-value of a difference of 11 standard errors', () => {
    const arm = (mean: number): ArmSummary => ({ n: 100_000, mean, variance: 25 });
    const test = computed(welch({ treatment: arm(0.25), control: arm(0), alpha: 0.05 }));
    expect(test.pValue / 5.19e-29).toBeCloseTo(1, 3);
    expect(2 * (1 - studentT.cdf(test.statistic, test.df))).toBe(0);
  });

  it.each([
    { mean: 1e9, sd: 10 },
    { mean: 1.7e12, sd: 1000 },
  ])('keeps the variance of values around $mean', ({ mean, sd }) => {
    const draw = seededNormal(seededUniform(3));
    const values = Array.from({ length: 1000 }, () => Math.round(mean + sd * draw()));
    const sums = [0n, 0n, 0n];
    const naive = { sum: 0, squares: 0 };
    for (const value of values) {
      sums.forEach((sum, power) => (sums[power] = sum + BigInt(value) ** BigInt(power + 1)));
      naive.sum += value;
      naive.squares += value * value;
    }
    const [sum = 0n, square = 0n, cube = 0n] = sums;
    const exact = momentsFromSums({ n: 1000, sums: [sum], products: [square], cubes: [cube] });
    const truth = variance(exact, 0) ?? NaN;
    expect(Math.sqrt(truth) / sd).toBeCloseTo(1, 1);
    const ofRows = variance(momentsOfRows(values.map((value) => [value])), 0) ?? NaN;
    expect(Math.abs(ofRows / truth - 1)).toBeLessThan(1e-6);
    const wrong = (naive.squares - naive.sum ** 2 / 1000) / 999;
    expect(Math.abs(wrong / truth - 1)).toBeGreaterThan(0.2);
  });
});

describe('the p-value of a confidence sequence', () => {
  const n = 1e8;
  const arms = { treatment: armOf(660, 5e7), control: armOf(500, 5e7) };
  const seen = computed(welch({ ...arms, alpha: 0.05 }));

  it('is a closed form that does not know the unit of the effect', () => {
    expect(sequenceP(seen, n, 5000)).toBeCloseTo(0.0064, 4);
    for (const unit of [1e-6, 1, 1e6]) {
      const effect = { estimate: seen.estimate * unit, se: seen.se * unit };
      expect(sequenceP(effect, n, 5000) / sequenceP(seen, n, 5000)).toBeCloseTo(1, 10);
    }
  });

  it('has neither a floor nor a ceiling below 1', () => {
    expect(sequenceP({ estimate: 0.01, se: 0.001 }, n, n)).toBeLessThan(1e-15);
    expect(sequenceP({ estimate: 0, se: 0.001 }, n, n)).toBe(1);
  });
});

describe('a prior and an effect on different scales', () => {
  const arms = { treatment: armOf(1060, 10_000), control: armOf(1000, 10_000) };
  const lift = deltaLift(arms.treatment, arms.control);
  const posteriorMean = (sd: number): number =>
    computed(
      normalNormal({
        estimate: lift.estimate,
        se: lift.se,
        prior: { mean: 0, sd },
        direction: 'increase',
      }),
    ).posteriorMean;

  it('needs the absolute prior divided by the control mean', () => {
    expect(posteriorMean(0.005 / arms.control.mean)).toBeCloseTo(0.0336, 4);
    expect(posteriorMean(0.005)).toBeCloseTo(0.0008, 4);
  });
});

describe('an arm that is switched off', () => {
  it('does not count in the ratio check', () => {
    const off = computed(sampleRatio({ counts: [5000, 5200, 0], weights: [0.5, 0.5, 0] }));
    expect(off).toMatchObject({ df: 1, pValue: expect.closeTo(0.0477, 4) });
    const without = computed(sampleRatio({ counts: [5000, 5200], weights: [0.5, 0.5] }));
    expect(off.logBayesFactor).toBe(without.logBayesFactor);
  });

  it('is a fault, not a statistic, when it has units', () => {
    const result = sampleRatio({ counts: [5000, 5200, 1], weights: [0.5, 0.5, 0] });
    expect(result).toMatchObject({ ok: false, reason: 'bad-input' });
  });
});

describe('lower is better', () => {
  const MEANS = [3, 1, 4, 2];
  const losses = (direction: 'increase' | 'decrease'): number[] =>
    MEANS.map(
      (mean) =>
        computed(
          normalNormal({
            estimate: mean - 2.5,
            se: 0.5,
            prior: { mean: 0, sd: 1 },
            direction,
          }),
        ).expectedLossShip,
    );
  const ranked = (values: readonly number[]): number[] =>
    MEANS.toSorted((a, b) => (values[MEANS.indexOf(a)] ?? 0) - (values[MEANS.indexOf(b)] ?? 0));

  it('ranks arms with means 1, 2, 3, 4 from the lowest', () => {
    expect(ranked(losses('decrease'))).toEqual([1, 2, 3, 4]);
    expect(ranked(losses('increase'))).toEqual([4, 3, 2, 1]);
  });

  it('mirrors the chance to win and the losses of two rates', () => {
    const arms = {
      treatment: { successes: 120, n: 1500 },
      control: { successes: 145, n: 1490 },
      prior: { alpha: 1, beta: 1 },
    };
    const more = computed(betaBinomialChances({ ...arms, direction: 'increase' }));
    const less = computed(betaBinomialChances({ ...arms, direction: 'decrease' }));
    expect(less.chanceToWin).toBeGreaterThan(0.9);
    expect(less.chanceToWin + more.chanceToWin).toBeCloseTo(1, 12);
    expect(less.expectedLossShip).toBe(more.expectedLossKeep);
    expect(less.expectedLossKeep).toBe(more.expectedLossShip);
  });

  it('holds a guardrail when the metric falls', () => {
    const arms = {
      treatment: { n: 5000, mean: 9.5, variance: 16 },
      control: { n: 5000, mean: 10, variance: 16 },
      margin: { value: 0.02, scale: 'relative' },
    } as const;
    expect(nonInferiority({ ...arms, direction: 'decrease' })).toMatchObject({
      ok: true,
      nonInferior: true,
    });
    expect(nonInferiority({ ...arms, direction: 'increase' })).toMatchObject({
      ok: true,
      nonInferior: false,
    });
  });
});

/** Chances of 0, 1, 2, … successes, as far as they matter. */
function binomial(n: number, p: number): number[] {
  const chances: number[] = [];
  let log = n * Math.log1p(-p);
  for (let k = 0; k <= n && (k < n * p || log > -30); k += 1) {
    chances.push(Math.exp(log));
    log += Math.log((n - k) / (k + 1)) + Math.log(p) - Math.log1p(-p);
  }
  return chances;
}
