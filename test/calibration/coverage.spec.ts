/** @jest-environment <rootDir>/../test/calibration/quick-globals.mjs */
import { normal } from '../../src/stats/distributions.js';
import { fiellerRatioSet, relativeLift } from '../../src/stats/fieller.js';
import { type ArmSummary, contains } from '../../src/stats/outcome.js';
import { compareProportions } from '../../src/stats/proportions/compare-proportions.js';
import { miettinenNurminen } from '../../src/stats/proportions/miettinen-nurminen.js';
import { newcombe } from '../../src/stats/proportions/newcombe.js';
import { welch } from '../../src/stats/welch.js';
import { expectAtLeast, expectAtMost, expectWithin, rateOf, replicates, tell } from './proof.js';
import { seededBinomial, seededGamma, seededNormal, seededUniform } from './seeded-random.js';

const { exp, log, log1p, sqrt } = Math;

const ALPHA = 0.05;
const z = normal.quantile(0.975);
/** Pairs of counts less likely than this are left out of the sums; together they weigh nothing. */
const MASS_MIN = 1e-10;

interface Rates {
  n: number;
  control: number;
  treatment: number;
}

interface Counts {
  treated: number;
  controls: number;
  mass: number;
}

function masses(n: number, p: number): number[] {
  const result: number[] = [];
  let logMass = n * log1p(-p);
  for (let k = 0; k <= n; k += 1) {
    const mass = exp(logMass);
    if (k > n * p && mass < MASS_MIN) break;
    result.push(mass);
    logMass += log((n - k) / (k + 1)) + log(p) - log1p(-p);
  }
  return result;
}

/** Exact chance of an outcome, added up over all pairs of counts that can come. */
function enumerated({ n, treatment, control }: Rates, holds: (counts: Counts) => boolean) {
  const second = masses(n, control);
  let total = 0;
  masses(n, treatment).forEach((one, treated) => {
    second.forEach((two, controls) => {
      const mass = one * two;
      if (mass >= MASS_MIN && holds({ treated, controls, mass })) total += mass;
    });
  });
  return { rate: total, replicates: null };
}

function meanOf(n: number, successes: number): { mean: number; varianceOfMean: number } {
  const mean = successes / n;
  return { mean, varianceOfMean: (mean * (1 - mean)) / (n - 1) };
}

describe('Fieller intervals of a relative lift, every pair of counts', () => {
  it.each([
    { n: 2000, control: 0.005, lift: 0 },
    { n: 2000, control: 0.005, lift: 0.5 },
    { n: 2000, control: 0.02, lift: 0.2 },
    { n: 10_000, control: 0.05, lift: 0.1 },
    { n: 10_000, control: 0.1, lift: 0.1 },
    { n: 20_000, control: 0.05, lift: 1 },
  ])('cover 95 % at n $n, rate $control, lift $lift', ({ n, control, lift }) => {
    const rates = { n, control, treatment: control * (1 + lift) };
    const covered = enumerated(rates, ({ treated, controls }) =>
      contains(
        fiellerRatioSet({
          treatment: meanOf(n, treated),
          control: meanOf(n, controls),
          criticalValue: z,
        }),
        1 + lift,
      ),
    );
    expectWithin(`Fieller, n ${n}, rate ${control}, lift ${lift}`, covered, 0.945, 0.955);
  });

  it('where a delta-method lift, and a difference divided by the control mean, do not', () => {
    const few = { n: 2000, control: 0.005, treatment: 0.005 };
    const delta = enumerated(few, ({ treated, controls }) => {
      if (controls === 0) return true;
      const lift = relativeLift({
        treatment: meanOf(few.n, treated),
        control: meanOf(few.n, controls),
        criticalValue: z,
        canBeNegative: false,
      });
      return lift.ok && Math.abs(lift.estimate) <= z * lift.se;
    });
    expectWithin('delta-method lift, n 2000, rate .005', delta, 0.91, 0.925);
    const double = { n: 20_000, control: 0.05, treatment: 0.1 };
    const divided = enumerated(double, ({ treated, controls }) => {
      const t = meanOf(double.n, treated);
      const c = meanOf(double.n, controls);
      const half = z * sqrt(t.varianceOfMean + c.varianceOfMean);
      return Math.abs(t.mean - c.mean - c.mean) <= half;
    });
    expectWithin('difference over control mean, lift 1', divided, 0.82, 0.845);
  });
});

describe('intervals of a difference of rates, every pair of counts', () => {
  it.each([
    { n: 50, control: 0.05, treatment: 0.05 },
    { n: 200, control: 0.01, treatment: 0.01 },
    { n: 500, control: 0.03, treatment: 0.02 },
    { n: 2000, control: 0.005, treatment: 0.01 },
  ])('cover 95 % at n $n, rates $control and $treatment', (rates) => {
    const { n, control, treatment } = rates;
    const truth = treatment - control;
    const at = `n ${n}, rates ${control} and ${treatment}`;
    const arms = ({ treated, controls }: Counts) => ({
      treatment: { n, successes: treated },
      control: { n, successes: controls },
    });
    const score = enumerated(rates, (counts) => {
      const found = miettinenNurminen({ ...arms(counts), criticalValue: z });
      return found.ok && contains(found.interval, truth);
    });
    expectWithin(`Miettinen-Nurminen, ${at}`, score, 0.945, 0.965);
    const hybrid = enumerated(rates, (counts) => {
      const found = newcombe({ ...arms(counts), alpha: ALPHA });
      return found.ok && contains(found.interval, truth);
    });
    expectAtLeast(`Newcombe, ${at}`, hybrid, 0.945);
    // What evaluations show where conversions are few; no comparison can be made of none at all.
    const shownLift = enumerated(rates, (counts) => {
      const found = compareProportions({ ...arms(counts), criticalZ: z });
      return !found.ok || contains(found.ratio.interval, treatment / control - 1);
    });
    expectAtLeast(`score ratio or exact, ${at}`, shownLift, 0.945);
  });

  it.each([
    { n: 1000, rate: 0.002 },
    { n: 1000, rate: 0.005 },
    { n: 1000, rate: 0.01 },
    { n: 1000, rate: 0.02 },
    { n: 200, rate: 0.1 },
  ])('call a difference where there is none in at most 5.5 %, n $n, rate $rate', ({ n, rate }) => {
    const rates = { n, control: rate, treatment: rate };
    const size = enumerated(rates, ({ treated, controls }) => {
      const found = compareProportions({
        treatment: { n, successes: treated },
        control: { n, successes: controls },
        criticalZ: z,
      });
      return found.ok && Math.abs(found.equivalentZ) > z;
    });
    expectAtMost(`score or mid-p test, n ${n}, rate ${rate}`, size, 0.055);
  });
});

describe('Welch', () => {
  /** An arm of normal values: its mean and variance are drawn, not its rows. */
  function normalArm(n: number, sd: number, uniform: () => number): () => ArmSummary {
    const draw = seededNormal(uniform);
    const half = seededGamma((n - 1) / 2, uniform, draw);
    const root = sqrt(n);
    return () => ({
      n,
      mean: (sd * draw()) / root,
      variance: (2 * sd * sd * half()) / (n - 1),
    });
  }

  function coverage(one: () => ArmSummary, two: () => ArmSummary, runs: number) {
    let covered = 0;
    for (let run = 0; run < runs; run += 1) {
      const found = welch({ treatment: one(), control: two(), alpha: ALPHA });
      if (!found.ok) throw new Error(found.detail);
      if (contains(found.interval, 0)) covered += 1;
    }
    return rateOf(covered, runs);
  }

  it.each([
    { n1: 10, sd1: 3, n0: 40, sd0: 1 },
    { n1: 10, sd1: 1, n0: 40, sd0: 3 },
    { n1: 200, sd1: 1, n0: 1800, sd0: 1 },
  ])('covers 95 % for normal values, $n1 with SD $sd1 and $n0 with SD $sd0', (design) => {
    const { n1, sd1, n0, sd0 } = design;
    const uniform = seededUniform(17 * n1 + sd1);
    const one = normalArm(n1, sd1, uniform);
    const two = normalArm(n0, sd0, uniform);
    const covered = coverage(one, two, replicates(20_000));
    expectWithin(`Welch, normal ${n1}/${sd1} and ${n0}/${sd0}`, covered, 0.94, 0.96);
  });

  it('covers 95 % for lognormal values, 200 per arm', () => {
    const n = 200;
    const draw = seededNormal(seededUniform(99));
    const arm = (): ArmSummary => {
      let sum = 0;
      let squares = 0;
      for (let i = 0; i < n; i += 1) {
        const value = exp(draw());
        sum += value;
        squares += value * value;
      }
      return { n, mean: sum / n, variance: (squares - (sum * sum) / n) / (n - 1) };
    };
    const covered = coverage(arm, arm, replicates(20_000));
    expectWithin('Welch, lognormal, 200 per arm', covered, 0.94, 0.96);
  });

  it.each([
    { n: 500, low: 0.94, high: 0.99 },
    { n: 2000, low: 0.94, high: 0.965 },
    { n: 5000, low: 0.94, high: 0.96 },
    { n: 21_000, low: 0.94, high: 0.96 },
  ])('covers at least 94 % for revenue with .57 % buyers, $n per arm', ({ n, low, high }) => {
    const uniform = seededUniform(n);
    const draw = seededNormal(uniform);
    const buyers = seededBinomial(n, 0.0057, uniform);
    const arm = (): ArmSummary => {
      let sum = 0;
      let squares = 0;
      for (let i = buyers(); i > 0; i -= 1) {
        const value = exp(4.4 + 0.85 * draw());
        sum += value;
        squares += value * value;
      }
      return { n, mean: sum / n, variance: (squares - (sum * sum) / n) / (n - 1) };
    };
    const runs = replicates(10_000);
    let covered = 0;
    let single = 0;
    const truth = 0.0057 * exp(4.4 + 0.85 ** 2 / 2);
    for (let run = 0; run < runs; run += 1) {
      const treatment = arm();
      const found = welch({ treatment, control: arm(), alpha: ALPHA });
      // Nobody bought anything: nothing is claimed.
      if (!found.ok || contains(found.interval, 0)) covered += 1;
      const half = z * sqrt((treatment.variance ?? 0) / n);
      if (Math.abs(treatment.mean - truth) <= half) single += 1;
    }
    expectWithin(`Welch, revenue, ${n} per arm`, rateOf(covered, runs), low, high);
    tell(`one arm's mean alone, revenue, ${n}`, rateOf(single, runs));
  });
});
