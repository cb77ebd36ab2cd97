import fc from 'fast-check';
import { betaBinomialChances } from '../../../src/stats/beta-binomial.js';
import { normal } from '../../../src/stats/distributions.js';
import { contains } from '../../../src/stats/outcome.js';
import { compareProportions } from '../../../src/stats/proportions/compare-proportions.js';
import { expectNear } from './expect-near.js';
import { computed, ends, within } from './require-computed.js';

const runs = { seed: 20_260_301, numRuns: 60 };

describe('two conversion rates', () => {
  const arm = fc
    .integer({ min: 5, max: 4000 })
    .chain((n) => fc.record({ n: fc.constant(n), successes: fc.integer({ min: 0, max: n }) }));
  const arms = fc.record({ treatment: arm, control: arm }).filter(({ treatment, control }) => {
    const converted = treatment.successes + control.successes;
    return converted > 0 && converted < treatment.n + control.n;
  });

  it('agree between p, difference and lift right beside the p', () => {
    fc.assert(
      fc.property(arms, (input) => {
        const { pValue, equivalentZ } = computed(compareProportions({ ...input, criticalZ: 2 }));
        fc.pre(pValue > 1e-12 && pValue < 0.99);
        for (const criticalZ of [1, 1 - 1e-6, 1 + 1e-6].map((by) => by * Math.abs(equivalentZ))) {
          if (criticalZ === Math.abs(equivalentZ)) continue;
          const result = computed(compareProportions({ ...input, criticalZ }));
          const isBeyond = Math.abs(result.equivalentZ) > criticalZ;
          expect(result.pValue).toBe(pValue);
          expect(result.pValue < 2 * normal.survival(criticalZ)).toBe(isBeyond);
          expect(contains(result.interval, 0)).toBe(!isBeyond);
          expect(contains(result.ratio.interval, 0)).toBe(!isBeyond);
        }
      }),
      runs,
    );
  });

  it('change the sign when the arms are swapped, and the ratio turns over', () => {
    fc.assert(
      fc.property(arms, ({ treatment, control }) => {
        const one = computed(compareProportions({ treatment, control, criticalZ: 2 }));
        const other = computed(
          compareProportions({ treatment: control, control: treatment, criticalZ: 2 }),
        );
        expect(other.estimate).toBeCloseTo(-one.estimate, 14);
        expectNear(one.log10p, other.log10p, 1e-9, 1);
        const [low, high] = ends(one.interval);
        const [otherLow, otherHigh] = ends(other.interval);
        expectNear(low, -(otherHigh ?? NaN), 1e-9, 1e-3);
        expectNear(high ?? NaN, -otherLow, 1e-9, 1e-3);
        if (one.ratio.interval.shape !== 'interval' || other.ratio.interval.shape !== 'interval') {
          return;
        }
        const product = (1 + one.ratio.interval.low) * (1 + other.ratio.interval.high);
        if (one.ratio.interval.low > -1) expectNear(product, 1, 1e-8);
      }),
      runs,
    );
  });

  it('have narrower intervals, inside the others, for a smaller critical value', () => {
    const z = fc.double({ min: 0.5, max: 5, noNaN: true });
    fc.assert(
      fc.property(arms, z, z, (input, a, b) => {
        fc.pre(Math.abs(a - b) > 1e-3);
        const narrow = computed(compareProportions({ ...input, criticalZ: Math.min(a, b) }));
        const wide = computed(compareProportions({ ...input, criticalZ: Math.max(a, b) }));
        expect(within(narrow.interval, wide.interval)).toBe(true);
      }),
      runs,
    );
  });

  it('share the chance to win and hand over their losses when swapped', () => {
    const prior = { alpha: 1, beta: 1 };
    fc.assert(
      fc.property(arms, ({ treatment, control }) => {
        const direction = 'increase';
        const one = computed(betaBinomialChances({ treatment, control, prior, direction }));
        const other = computed(
          betaBinomialChances({ treatment: control, control: treatment, prior, direction }),
        );
        expectNear(one.chanceToWin + other.chanceToWin, 1, 1e-12);
        expectNear(one.expectedLossShip, other.expectedLossKeep, 1e-9);
        const gain = one.posteriorMeans.treatment - one.posteriorMeans.control;
        expectNear(one.expectedLossKeep - one.expectedLossShip, gain, 1e-9, 1e-3);
      }),
      runs,
    );
  });
});
