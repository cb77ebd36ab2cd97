/** @jest-environment <rootDir>/../test/calibration/quick-globals.mjs */
import { normal } from '../../src/stats/distributions.js';
import { crossingProbabilities } from '../../src/stats/group-sequential/crossing.js';
import { sampleRatio, type SampleRatioPeriod } from '../../src/stats/sample-ratio.js';
import { expectAtMost, expectNear, rateOf, replicates, threeSigma } from './proof.js';
import { seededBinomial, seededUniform } from './seeded-random.js';
import { equalLooks } from './sequential-tests.js';

const LOOKS = 40;

/** Chance that a test of this level, repeated at every look, alarms at any of them. */
function anyLookBeyond(alpha: number): number {
  const information = equalLooks(LOOKS);
  const upper = information.map(() => -normal.quantile(alpha / 2));
  const lower = upper.map((z) => -z);
  const crossed = crossingProbabilities({ upper, lower, information, drift: 0 });
  return 2 * crossed.upper.reduce((sum, p) => sum + p, 0);
}

describe('sample ratio under 40 looks of a clean split', () => {
  it('chi-square at each look alarms in about 8 %, the sequential test stays under 1 %', () => {
    const perLook = 5000;
    const runs = replicates(10_000);
    const draw = seededBinomial(perLook, 0.5, seededUniform(1234));
    const counts = [0, 0];
    const alarms = { repeated: 0, sequential: 0, strict: 0 };
    for (let run = 0; run < runs; run += 1) {
      let first = 0;
      let sequentialP = 1;
      let isRepeated = false;
      for (let look = 1; look <= LOOKS; look += 1) {
        first += draw();
        counts[0] = first;
        counts[1] = look * perLook - first;
        const result = sampleRatio({
          counts,
          weights: [1, 1],
          alpha: 0.01,
          previousSequentialP: sequentialP,
        });
        if (!result.ok) throw new Error(result.detail);
        sequentialP = result.sequentialP;
        isRepeated ||= result.pValue < 0.01;
      }
      if (isRepeated) alarms.repeated += 1;
      if (sequentialP <= 0.01) alarms.sequential += 1;
      if (sequentialP <= 0.001) alarms.strict += 1;
    }
    // One z value of a growing sample: its chance to pass at any look is known by integration, but
    // for the whole numbers. The published .075 is what 5000 experiments gave.
    const exact = anyLookBeyond(0.01);
    expect(Math.abs(exact - 0.075)).toBeLessThan(threeSigma(0.075, 5000));
    expectNear('chi-square at each look, .01', rateOf(alarms.repeated, runs), exact, 0.001);
    expectAtMost('sequential, .01', rateOf(alarms.sequential, runs), 0.01);
    expectAtMost('sequential, .01, as published', rateOf(alarms.sequential, runs), 0.005);
    expectAtMost('sequential, .001', rateOf(alarms.strict, runs), 0.001);
  });

  it('holds for three arms whose weights change half-way', () => {
    const perLook = 900;
    const runs = replicates(3000);
    const uniform = seededUniform(4321);
    const weightsOf = [
      [8, 1, 1],
      [1, 1, 1],
    ] as const;
    const first = weightsOf.map(([a, b, c]) => seededBinomial(perLook, a / (a + b + c), uniform));
    /** Deals the units of a look: the first arm's share, and halves of what is left. */
    const deal = (phase: number, counts: number[]): void => {
      const [x = 0, y = 0, w = 0] = counts;
      const a = first[phase]?.() ?? 0;
      let b = 0;
      for (let i = a; i < perLook; i += 1) if (uniform() < 0.5) b += 1;
      counts[0] = x + a;
      counts[1] = y + b;
      counts[2] = w + perLook - a - b;
    };
    let sequential = 0;
    let repeated = 0;
    let fixed = 0;
    for (let run = 0; run < runs; run += 1) {
      const periods: (SampleRatioPeriod & { counts: number[] })[] = [];
      let sequentialP = 1;
      let isRepeated = false;
      for (let look = 0; look < LOOKS; look += 1) {
        const phase = look < LOOKS / 2 ? 0 : 1;
        periods[phase] ??= { counts: [0, 0, 0], weights: weightsOf[phase] };
        deal(phase, periods[phase].counts);
        const result = sampleRatio({ periods, alpha: 0.01, previousSequentialP: sequentialP });
        if (!result.ok) throw new Error(result.detail);
        sequentialP = result.sequentialP;
        isRepeated ||= result.pValue < 0.01;
        if (look === LOOKS - 1 && result.pValue < 0.05) fixed += 1;
      }
      if (isRepeated) repeated += 1;
      if (sequentialP <= 0.01) sequential += 1;
    }
    expectAtMost('sequential, changing weights, .01', rateOf(sequential, runs), 0.01);
    expectNear('chi-square once, changing weights, .05', rateOf(fixed, runs), 0.05);
    expect(repeated / runs).toBeGreaterThan(0.04);
  });
});
