import { confidenceSequence } from '../../src/stats/confidence-sequence.js';
import { dunnettCriticalZ } from '../../src/stats/dunnett.js';
import { normal } from '../../src/stats/distributions.js';
import { fiellerRatioSet } from '../../src/stats/fieller.js';
import { normalNormal } from '../../src/stats/normal-normal.js';
import { contains } from '../../src/stats/outcome.js';
import { sampleRatio } from '../../src/stats/sample-ratio.js';
import { welch } from '../../src/stats/welch.js';
import { seededBinomial, seededNormal, seededUniform } from './seeded-random.js';

const z = normal.quantile(0.975);

/** Three standard errors of a rate over `replicates`: a true claim fails once in 370 seeds. */
function tolerance(rate: number, replicates: number): number {
  return 3 * Math.sqrt((rate * (1 - rate)) / replicates);
}

describe('A/A experiments of normal outcomes under 14 looks', () => {
  const replicates = 20_000;
  const looks = 14;
  const perLook = 500;
  const draw = seededNormal(seededUniform(20_240_117));
  let naive = 0;
  let always = 0;
  let atTheEnd = 0;
  for (let run = 0; run < replicates; run += 1) {
    let sum = 0;
    let naiveAlarm = false;
    let alwaysAlarm = false;
    for (let look = 1; look <= looks; look += 1) {
      // The mean difference of two arms of SD 1: each look adds perLook units to both arms.
      sum += draw() * Math.sqrt(2 * perLook);
      const perArm = look * perLook;
      const estimate = sum / perArm;
      const se = Math.sqrt(2 / perArm);
      const isBeyond = Math.abs(estimate) > z * se;
      naiveAlarm ||= isBeyond;
      if (look === looks && isBeyond) atTheEnd += 1;
      const sequence = confidenceSequence({
        estimate,
        se,
        n: 2 * perArm,
        nStar: 2 * looks * perLook,
        alpha: 0.05,
        nonZero: { treatment: perArm, control: perArm },
      });
      if (!sequence.ok) throw new Error(sequence.detail);
      alwaysAlarm ||= !contains(sequence.interval, 0);
    }
    if (naiveAlarm) naive += 1;
    if (alwaysAlarm) always += 1;
  }

  it('a test repeated at every look alarms in about 22 %', () => {
    const near = tolerance(0.218, replicates);
    expect(Math.abs(naive / replicates - 0.218)).toBeLessThanOrEqual(near);
  });

  it('one look at the end alarms in 5 %', () => {
    const near = tolerance(0.05, replicates);
    expect(Math.abs(atTheEnd / replicates - 0.05)).toBeLessThanOrEqual(near);
  });

  it('the confidence sequence alarms in at most 2 %, and is not dead', () => {
    expect(always / replicates).toBeLessThanOrEqual(0.02);
    expect(always / replicates).toBeGreaterThan(0.004);
  });
});

describe('Fieller intervals of a relative lift', () => {
  const replicates = 200_000;

  it.each([
    { n: 2000, rate: 0.005, lift: 0 },
    { n: 2000, rate: 0.02, lift: 0.2 },
    { n: 10_000, rate: 0.05, lift: 0.1 },
    { n: 20_000, rate: 0.05, lift: 1 },
  ])('cover 95 % at n $n, rate $rate, lift $lift', ({ n, rate, lift }) => {
    const uniform = seededUniform(4711 + n);
    const control = seededBinomial(n, rate, uniform);
    const treatment = seededBinomial(n, rate * (1 + lift), uniform);
    const arm = (x: number): { mean: number; varianceOfMean: number } => {
      const p = x / n;
      return { mean: p, varianceOfMean: (p * (1 - p)) / (n - 1) };
    };
    let covered = 0;
    for (let run = 0; run < replicates; run += 1) {
      const set = fiellerRatioSet({
        treatment: arm(treatment()),
        control: arm(control()),
        criticalValue: z,
      });
      if (contains(set, 1 + lift)) covered += 1;
    }
    const coverage = covered / replicates;
    const near = tolerance(0.95, replicates);
    expect(coverage).toBeGreaterThanOrEqual(0.948 - near);
    expect(coverage).toBeLessThanOrEqual(0.952 + near);
  });
});

describe('Welch on skewed outcomes', () => {
  it('covers 95 % for lognormal values, 200 per arm', () => {
    const replicates = 10_000;
    const n = 200;
    const draw = seededNormal(seededUniform(99));
    const arm = (): { n: number; mean: number; variance: number } => {
      let mean = 0;
      let m2 = 0;
      for (let i = 1; i <= n; i += 1) {
        const value = Math.exp(draw());
        const difference = value - mean;
        mean += difference / i;
        m2 += difference * (value - mean);
      }
      return { n, mean, variance: m2 / (n - 1) };
    };
    let covered = 0;
    for (let run = 0; run < replicates; run += 1) {
      const result = welch({ treatment: arm(), control: arm(), alpha: 0.05 });
      if (!result.ok) throw new Error(result.detail);
      if (contains(result.interval, 0)) covered += 1;
    }
    const near = 0.003 + tolerance(0.95, replicates);
    expect(Math.abs(covered / replicates - 0.952)).toBeLessThanOrEqual(near);
  });
});

describe('sample ratio under 40 looks of a clean split', () => {
  it('chi-square at each look alarms in about 7.5 %, the sequential test stays under 1 %', () => {
    const replicates = 5000;
    const looks = 40;
    const perLook = 500;
    const draw = seededBinomial(perLook, 0.5, seededUniform(1234));
    let repeated = 0;
    let sequential = 0;
    for (let run = 0; run < replicates; run += 1) {
      let first = 0;
      let previousSequentialP = 1;
      let chiAlarm = false;
      let alarm = false;
      for (let look = 1; look <= looks; look += 1) {
        first += draw();
        const result = sampleRatio({
          counts: [first, look * perLook - first],
          weights: [1, 1],
          alpha: 0.01,
          previousSequentialP,
        });
        if (!result.ok) throw new Error(result.detail);
        previousSequentialP = result.sequentialP;
        chiAlarm ||= result.pValue < 0.01;
        alarm = result.alarm;
      }
      if (chiAlarm) repeated += 1;
      if (alarm) sequential += 1;
    }
    expect(Math.abs(repeated / replicates - 0.075)).toBeLessThanOrEqual(
      tolerance(0.075, replicates),
    );
    expect(sequential / replicates).toBeLessThan(0.005);
  });
});

describe('Dunnett', () => {
  it('holds the chance of any false alarm among three arms at 5 %', () => {
    const replicates = 100_000;
    const draw = seededNormal(seededUniform(31_337));
    const sizes = { control: 4000, treatments: [1000, 2000, 4000] };
    const critical = dunnettCriticalZ(sizes, 0.05);
    let alarms = 0;
    for (let run = 0; run < replicates; run += 1) {
      const control = draw() / Math.sqrt(sizes.control);
      const isBeyond = sizes.treatments.map((n) => {
        const difference = draw() / Math.sqrt(n) - control;
        return Math.abs(difference) > critical * Math.sqrt(1 / n + 1 / sizes.control);
      });
      if (isBeyond.includes(true)) alarms += 1;
    }
    expect(Math.abs(alarms / replicates - 0.05)).toBeLessThanOrEqual(tolerance(0.05, replicates));
  });
});

describe('normal posterior', () => {
  it('ranks the truth evenly when the prior is true', () => {
    const replicates = 20_000;
    const bins = 20;
    const draw = seededNormal(seededUniform(8));
    const prior = { mean: 0.3, sd: 0.8 };
    const se = 0.6;
    const counts = Array.from({ length: bins }, () => 0);
    for (let run = 0; run < replicates; run += 1) {
      const truth = prior.mean + prior.sd * draw();
      const estimate = truth + se * draw();
      const result = normalNormal({ estimate, se, prior, direction: 'increase' });
      if (!result.ok) throw new Error(result.detail);
      const rank = normal.cdf((truth - result.posteriorMean) / result.posteriorSd);
      const bin = Math.min(bins - 1, Math.floor(rank * bins));
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    const fit = sampleRatio({ counts, weights: counts.map(() => 1) });
    if (!fit.ok) throw new Error(fit.detail);
    expect(fit.pValue).toBeGreaterThan(0.001);
  });
});
