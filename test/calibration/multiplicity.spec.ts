/** @jest-environment <rootDir>/../test/calibration/quick-globals.mjs */
import { dunnettCriticalZ } from '../../src/stats/dunnett.js';
import { normal } from '../../src/stats/distributions.js';
import { benjaminiHochberg, holm, hommel } from '../../src/stats/multiplicity.js';
import { nonInferiority } from '../../src/stats/non-inferiority.js';
import { perTestLevels, shipRule } from '../../src/stats/ship-rule.js';
import { expectAtMost, expectNear, expectWithin, rateOf, replicates } from './proof.js';
import { seededNormal, seededUniform } from './seeded-random.js';

const { abs, sqrt } = Math;

describe('ten metrics that go together by .5, three with a real effect', () => {
  it('one error in a family, or the share of errors, is held; without correction it is not', () => {
    const metrics = 10;
    const real = 3;
    const effectZ = 3;
    const alpha = 0.05;
    const runs = replicates(40_000);
    const draw = seededNormal(seededUniform(1979));
    const pValues = Array.from({ length: metrics }, () => 1);
    const families = { uncorrected: 0, holm: 0, hommel: 0 };
    const found = { uncorrected: 0, holm: 0, hommel: 0, bh: 0 };
    let falseShare = 0;
    const hasFalse = (adjusted: readonly number[]): boolean => {
      for (let i = real; i < metrics; i += 1) if ((adjusted[i] ?? 1) <= alpha) return true;
      return false;
    };
    const trueOnes = (adjusted: readonly number[]): number => {
      let count = 0;
      for (let i = 0; i < real; i += 1) if ((adjusted[i] ?? 1) <= alpha) count += 1;
      return count;
    };
    for (let run = 0; run < runs; run += 1) {
      const shared = sqrt(0.5) * draw();
      for (let i = 0; i < metrics; i += 1) {
        const z = shared + sqrt(0.5) * draw() + (i < real ? effectZ : 0);
        pValues[i] = 2 * normal.survival(abs(z));
      }
      const byHolm = holm(pValues);
      const byHommel = hommel(pValues);
      const byShare = benjaminiHochberg(pValues);
      if (hasFalse(pValues)) families.uncorrected += 1;
      if (hasFalse(byHolm)) families.holm += 1;
      if (hasFalse(byHommel)) families.hommel += 1;
      found.uncorrected += trueOnes(pValues);
      found.holm += trueOnes(byHolm);
      found.hommel += trueOnes(byHommel);
      found.bh += trueOnes(byShare);
      let rejected = 0;
      let wrong = 0;
      for (let i = 0; i < metrics; i += 1) {
        if ((byShare[i] ?? 1) > alpha) continue;
        rejected += 1;
        if (i >= real) wrong += 1;
      }
      if (rejected > 0) falseShare += wrong / rejected;
    }
    const slack = 0.005;
    expectNear('any error, uncorrected', rateOf(families.uncorrected, runs), 0.231, slack);
    expectNear('any error, Holm, as published', rateOf(families.holm, runs), 0.034, slack);
    expectAtMost('any error, Holm', rateOf(families.holm, runs), alpha);
    expectAtMost('any error, Hommel', rateOf(families.hommel, runs), alpha);
    expectNear('share of errors, BH, as published', rateOf(falseShare, runs), 0.033, slack);
    // What cannot be forgiven would be less than the share of null metrics times alpha.
    expectAtMost('share of errors, BH', rateOf(falseShare, runs), (alpha * 7) / 10);
    expect(found.holm).toBeLessThanOrEqual(found.hommel);
    expect(found.hommel).toBeLessThan(found.bh);
    expect(found.bh).toBeLessThan(found.uncorrected);
  });
});

describe('ship rule, one success metric and guardrails', () => {
  const alpha = 0.05;
  /** Large enough for every t quantile to be a normal one. */
  const n = 10_000_000;
  const se = sqrt(2 / n);
  const margin = 0.01;
  const critical = -normal.quantile(alpha);

  /** An experiment in which each metric's distance from its limit has this expected z. */
  function simulate(
    successZ: number,
    guardrailZ: readonly number[],
    runs: number,
    draw: () => number,
  ): number {
    const control = { n, mean: 0, variance: 1 };
    let shipped = 0;
    for (let run = 0; run < runs; run += 1) {
      const z = successZ + draw();
      const guardrails = guardrailZ.map((expected, i) => {
        // Treated alike, a guardrail lies a margin away from the worst that is tolerable.
        const mean = (expected + draw()) * se - margin;
        const found = nonInferiority({
          treatment: { n, mean, variance: 1 },
          control,
          margin: { value: margin, scale: 'absolute' },
          direction: 'increase',
          alpha,
        });
        return { metric: `guardrail-${i}`, nonInferior: found.ok && found.nonInferior };
      });
      const { ship } = shipRule({
        success: {
          alpha,
          pValues: 'raw',
          outcomes: [{ metric: 'success', pValue: normal.survival(z), improved: z > 0 }],
        },
        guardrails,
        significantlyWorse: z < -critical ? ['success'] : [],
        qualityPassed: true,
      });
      if (ship) shipped += 1;
    }
    return shipped;
  }

  it.each([
    { guardrails: 1, before: 0.641, after: 0.81 },
    { guardrails: 3, before: 0.412, after: 0.815 },
    { guardrails: 8, before: 0.135, after: 0.816 },
  ])('$guardrails guardrails: power $before, and $after when beta is split', (design) => {
    const { guardrails, before, after } = design;
    const runs = replicates(20_000);
    const draw = seededNormal(seededUniform(2024 + guardrails));
    const levels = perTestLevels({ alpha, beta: 0.2, successMetrics: 1, guardrails });
    const powerOf = (powerPerTest: number) => {
      const z = critical + normal.quantile(powerPerTest);
      return rateOf(
        simulate(
          z,
          Array.from({ length: guardrails }, () => z),
          runs,
          draw,
        ),
        runs,
      );
    };
    const at = `${guardrails} guardrails`;
    expectNear(`${at}, each test at 80 %`, powerOf(0.8), before, 0.002);
    expectNear(`${at}, beta split`, powerOf(levels.powerPerTest), after, 0.002);
  });

  it('ships at most nominal with a guardrail at its margin', () => {
    const runs = replicates(40_000);
    const draw = seededNormal(seededUniform(4040));
    const z = critical + normal.quantile(0.8);
    const wrong = rateOf(simulate(z, [0], runs, draw), runs);
    expectAtMost('guardrail at its margin, shipped', wrong, alpha);
    expectNear('guardrail at its margin, as published', wrong, 0.04, 0.0005);
    const noEffect = rateOf(simulate(0, [z], runs, draw), runs);
    expectAtMost('no effect, shipped', noEffect, alpha);
  });
});

describe('Dunnett', () => {
  it('holds the chance of any false alarm among three arms at 5 %', () => {
    const runs = replicates(200_000);
    const draw = seededNormal(seededUniform(31_337));
    const sizes = { control: 4000, treatments: [1000, 2000, 4000] };
    const critical = dunnettCriticalZ(sizes, 0.05);
    const roots = sizes.treatments.map((n) => sqrt(1 / n));
    const limits = sizes.treatments.map((n) => critical * sqrt(1 / n + 1 / sizes.control));
    const single = sizes.treatments.map((n) => 1.959964 * sqrt(1 / n + 1 / sizes.control));
    let alarms = 0;
    let uncorrected = 0;
    for (let run = 0; run < runs; run += 1) {
      const control = draw() / sqrt(sizes.control);
      let isAlarm = false;
      let isUncorrected = false;
      for (let i = 0; i < roots.length; i += 1) {
        const difference = abs(draw() * (roots[i] ?? 0) - control);
        isAlarm ||= difference > (limits[i] ?? 0);
        isUncorrected ||= difference > (single[i] ?? 0);
      }
      if (isAlarm) alarms += 1;
      if (isUncorrected) uncorrected += 1;
    }
    expectNear('any of three arms, Dunnett', rateOf(alarms, runs), 0.05);
    expectWithin('any of three arms, uncorrected', rateOf(uncorrected, runs), 0.11, 0.14);
  });
});
