import fc from 'fast-check';
import { confidenceSequence } from '../../../src/stats/confidence-sequence.js';
import { normal } from '../../../src/stats/distributions.js';
import { dunnettAdjustedP, dunnettCriticalZ } from '../../../src/stats/dunnett.js';
import { packedIndex } from '../../../src/stats/moments.js';
import { nonInferiority } from '../../../src/stats/non-inferiority.js';
import { normalNormal } from '../../../src/stats/normal-normal.js';
import { contains, type Interval } from '../../../src/stats/outcome.js';
import { sampleRatio } from '../../../src/stats/sample-ratio.js';
import { METHODS, type Reading } from './comparison-methods.js';
import {
  anExperiment,
  type Experiment,
  mergedShards,
  momentsOf,
  rescaled,
  shuffled,
  swapped,
} from './experiment-rows.js';
import { expectNear } from './expect-near.js';
import { computed, ends, within } from './require-computed.js';

const runs = { seed: 20_260_301, numRuns: 60 };
const aSeed = fc.integer({ min: 1, max: 1_000_000 });
const anAlpha = fc.double({ min: 0.001, max: 0.3, noNaN: true });
const aFactor = fc.constantFrom(1e-6, 0.01, 3, 100, 12_345.678);

function expectSame(a: Reading, b: Reading, factor = 1): void {
  const width = widthOf(a.interval);
  expectNear(a.statistic, b.statistic, 1e-10, 1);
  expectNear(a.estimate * factor, b.estimate, 1e-10, width * factor);
  expectNear(a.p, b.p, 1e-9);
  ends(a.interval).forEach((end, i) => {
    expectNear((end ?? NaN) * factor, ends(b.interval)[i] ?? NaN, 1e-10, width * factor);
  });
}

function widthOf(interval: Interval): number {
  const [low, high] = ends(interval);
  return (high ?? Infinity) - low;
}

describe.each(Object.entries(METHODS))('%s', (_name, { read, hasOneP }) => {
  it('changes its sign, and nothing else, when the arms are swapped', () => {
    fc.assert(
      fc.property(anExperiment, anAlpha, (experiment, alpha) => {
        const one = read(experiment, alpha);
        const other = read(swapped(experiment), alpha);
        const [low, high] = ends(other.interval);
        expectSame(one, {
          ...other,
          estimate: -other.estimate,
          statistic: -other.statistic,
          interval: { shape: 'interval', low: -(high ?? NaN), high: -low },
        });
      }),
      runs,
    );
  });

  it('scales with the unit of the outcome, and keeps its p and its lift', () => {
    fc.assert(
      fc.property(anExperiment, anAlpha, aFactor, (experiment, alpha, factor) => {
        const one = read(experiment, alpha);
        const other = read(rescaled(experiment, factor), alpha);
        expectSame(one, other, factor);
        expect(other.lift?.shape).toBe(one.lift?.shape);
        if (one.lift?.shape !== 'interval' || other.lift?.shape !== 'interval') return;
        expectNear(one.lift.low, other.lift.low, 1e-9, 1);
        expectNear(one.lift.high, other.lift.high, 1e-9, 1);
      }),
      runs,
    );
  });

  it('does not know the order of the units', () => {
    fc.assert(
      fc.property(anExperiment, anAlpha, aSeed, (experiment, alpha, seed) => {
        const other: Experiment = {
          treatment: shuffled(experiment.treatment, seed),
          control: shuffled(experiment.control, seed + 1),
        };
        expectSame(read(experiment, alpha), read(other, alpha));
      }),
      runs,
    );
  });

  it('has a narrower interval, inside the other one, for a larger alpha', () => {
    fc.assert(
      fc.property(anExperiment, anAlpha, anAlpha, (experiment, a, b) => {
        fc.pre(Math.abs(a - b) > 1e-6);
        const narrow = read(experiment, Math.max(a, b));
        const wide = read(experiment, Math.min(a, b));
        expect(within(narrow.interval, wide.interval)).toBe(true);
        // An interval at order statistics moves in steps of the data.
        if (hasOneP) expect(widthOf(narrow.interval)).toBeLessThan(widthOf(wide.interval));
      }),
      runs,
    );
  });

  it('has a p below alpha exactly when 0 is excluded, as a difference and as a lift', () => {
    fc.assert(
      fc.property(anExperiment, anAlpha, (experiment, alpha) => {
        const { p } = read(experiment, alpha);
        // Right beside the p itself, where any other critical value would disagree.
        const levels = hasOneP && p > 1e-9 && p < 0.99 ? [p * (1 - 1e-6), p * (1 + 1e-6)] : [];
        for (const level of [alpha, ...levels]) {
          const reading = read(experiment, level);
          expect(contains(reading.interval, 0)).toBe(!(reading.p < level));
          if (reading.lift !== null) {
            expect(contains(reading.lift, 0)).toBe(!(reading.p < level));
          }
        }
      }),
      runs,
    );
  });
});

describe('moments', () => {
  it('are those of the whole, whatever the shards and the order of merging', () => {
    fc.assert(
      fc.property(anExperiment, aSeed, ({ treatment }, seed) => {
        const whole = momentsOf(treatment);
        const merged = mergedShards(treatment, seed);
        expect(merged.n).toBe(whole.n);
        whole.mean.forEach((mean, i) => {
          expectNear(mean, merged.mean[i] ?? NaN, 1e-12);
          const squares = whole.comoment[packedIndex(3, i, i)] ?? NaN;
          expectNear(whole.third[i] ?? NaN, merged.third[i] ?? NaN, 1e-12, squares ** 1.5);
          whole.mean.forEach((_other, j) => {
            const cell = packedIndex(3, i, j);
            const size = Math.sqrt(squares * (whole.comoment[packedIndex(3, j, j)] ?? NaN));
            expectNear(whole.comoment[cell] ?? NaN, merged.comoment[cell] ?? NaN, 1e-12, size);
          });
        });
      }),
      runs,
    );
  });
});

describe('a belief about an effect', () => {
  const effect = fc.record({
    estimate: fc.double({ min: -3, max: 3, noNaN: true }),
    se: fc.double({ min: 0.01, max: 3, noNaN: true }),
    prior: fc.record({
      mean: fc.double({ min: -1, max: 1, noNaN: true }),
      sd: fc.double({ min: 0.01, max: 3, noNaN: true }),
    }),
  });

  it('turns round with the sign, which is also what the other direction asks', () => {
    fc.assert(
      fc.property(effect, ({ estimate, se, prior }) => {
        const one = computed(normalNormal({ estimate, se, prior, direction: 'increase' }));
        const mirrored = { estimate: -estimate, se, prior: { ...prior, mean: -prior.mean } };
        const other = computed(normalNormal({ ...mirrored, direction: 'increase' }));
        const less = computed(normalNormal({ ...mirrored, direction: 'decrease' }));
        expectNear(other.posteriorMean, -one.posteriorMean, 0);
        expectNear(one.chanceToWin + other.chanceToWin, 1, 1e-12);
        expectNear(one.expectedLossShip, other.expectedLossKeep, 1e-9, 1e-300);
        expectNear(one.logBayesFactor, other.logBayesFactor, 1e-12, 1);
        expect(less.chanceToWin).toBe(one.chanceToWin);
        expect(less.expectedLossShip).toBe(one.expectedLossShip);
      }),
      runs,
    );
  });

  it('scales with the unit', () => {
    fc.assert(
      fc.property(effect, aFactor, ({ estimate, se, prior }, by) => {
        const one = computed(normalNormal({ estimate, se, prior, direction: 'increase' }));
        const other = computed(
          normalNormal({
            estimate: by * estimate,
            se: by * se,
            prior: { mean: by * prior.mean, sd: by * prior.sd },
            direction: 'increase',
          }),
        );
        expectNear(one.chanceToWin, other.chanceToWin, 1e-9);
        expectNear(by * one.posteriorMean, other.posteriorMean, 1e-9, by);
        expectNear(by * one.expectedLossShip, other.expectedLossShip, 1e-9, 1e-300);
        expectNear(one.logBayesFactor, other.logBayesFactor, 1e-9, 1);
      }),
      runs,
    );
  });
});

describe('non-inferiority', () => {
  const summary = fc.record({
    n: fc.integer({ min: 2, max: 5000 }),
    mean: fc.double({ min: 1, max: 20, noNaN: true }),
    variance: fc.double({ min: 0.1, max: 100, noNaN: true }),
  });
  const value = fc.double({ min: 0.01, max: 0.9, noNaN: true });
  const scale = fc.constantFrom('absolute', 'relative' as const);
  const alpha = fc.double({ min: 0.001, max: 0.2, noNaN: true });

  it('scales with the unit, and holds exactly when p is below alpha', () => {
    fc.assert(
      fc.property(summary, summary, value, scale, alpha, (treatment, control, m, s, a) => {
        const held = (by: number) =>
          computed(
            nonInferiority({
              treatment: {
                ...treatment,
                mean: by * treatment.mean,
                variance: by * by * treatment.variance,
              },
              control: {
                ...control,
                mean: by * control.mean,
                variance: by * by * control.variance,
              },
              margin: {
                value: s === 'absolute' ? by * m : m,
                scale: s === 'absolute' ? s : 'relative',
              },
              direction: 'increase',
              alpha: a,
            }),
          );
        const one = held(1);
        expectNear(one.statistic, held(1000).statistic, 1e-9, 1);
        expect(one.nonInferior).toBe(one.pValue < a);
        expect(one.lowerLimit > 0).toBe(one.nonInferior);
      }),
      runs,
    );
  });

  it('is the same question of the negated metric in the other direction', () => {
    fc.assert(
      fc.property(summary, summary, value, (treatment, control, m) => {
        const margin = { value: m, scale: 'absolute' } as const;
        const more = computed(
          nonInferiority({ treatment, control, margin, direction: 'increase' }),
        );
        const less = computed(
          nonInferiority({
            treatment: { ...treatment, mean: -treatment.mean },
            control: { ...control, mean: -control.mean },
            margin,
            direction: 'decrease',
          }),
        );
        expect(less).toEqual(more);
      }),
      runs,
    );
  });
});

describe('several arms', () => {
  const sizes = fc.array(fc.integer({ min: 10, max: 5000 }), { minLength: 2, maxLength: 4 });

  it('a split is judged the same in any order and with any unit of the weights', () => {
    fc.assert(
      fc.property(sizes, aFactor, (counts, factor) => {
        const weights = counts.map((_count, i) => i + 1);
        const one = computed(sampleRatio({ counts, weights }));
        const other = computed(
          sampleRatio({
            counts: counts.toReversed(),
            weights: weights.toReversed().map((weight) => weight * factor),
          }),
        );
        expectNear(one.chiSquare, other.chiSquare, 1e-9, 1e-9);
        expectNear(one.logBayesFactor, other.logBayesFactor, 1e-9, 1);
        expect(other.df).toBe(one.df);
      }),
      runs,
    );
  });

  it('Dunnett knows neither sign nor order nor unit, and p is alpha at the critical value', () => {
    fc.assert(
      fc.property(sizes, anAlpha, ([control = 1, ...treatments], alpha) => {
        const arms = { control, treatments };
        const z = dunnettCriticalZ(arms, alpha);
        expectNear(dunnettAdjustedP(z, arms), alpha, 1e-9);
        const other = {
          control: 7 * control,
          treatments: treatments.toReversed().map((n) => 7 * n),
        };
        expectNear(dunnettAdjustedP(-z, other), alpha, 1e-9);
        expect(dunnettAdjustedP(1.01 * z, arms)).toBeLessThan(alpha);
        expect(alpha).toBeGreaterThanOrEqual(2 * normal.survival(z) * (1 - 1e-9));
      }),
      { ...runs, numRuns: 8 },
    );
  });
});

describe('watching', () => {
  it('a running p of a confidence sequence only falls, and stays at the smallest', () => {
    const looks = fc.array(
      fc.record({
        estimate: fc.double({ min: -1, max: 1, noNaN: true }),
        se: fc.double({ min: 0.05, max: 1, noNaN: true }),
      }),
      { minLength: 2, maxLength: 12 },
    );
    fc.assert(
      fc.property(looks, (path) => {
        let previousPValue = 1;
        let smallest = 1;
        path.forEach(({ estimate, se }, k) => {
          const look = computed(
            confidenceSequence({
              estimate,
              se,
              n: 100 * (k + 1),
              nStar: 500,
              alpha: 0.05,
              nonZero: { treatment: 30, control: 30 },
              previousPValue,
            }),
          );
          smallest = Math.min(smallest, look.pValue);
          expect(look.runningPValue).toBe(smallest);
          expect(look.runningPValue).toBeLessThanOrEqual(previousPValue);
          previousPValue = look.runningPValue;
        });
      }),
      runs,
    );
  });
});
