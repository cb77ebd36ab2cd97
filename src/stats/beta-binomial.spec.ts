import fc from 'fast-check';

import {
  readFixture,
  readGolden,
  readSharedDesigns,
} from '../../test/fixtures/stats/read-golden.js';
import {
  betaBinomial,
  betaBinomialChances,
  type BetaBinomialChancesInput,
  type BetaBinomialInput,
  type BetaBinomialResult,
  UNIFORM_PRIOR,
} from './beta-binomial.js';
import { beta } from './distributions.js';

function solve(input: Partial<BetaBinomialInput>): BetaBinomialResult {
  const result = betaBinomial({
    treatment: { successes: 0, n: 0 },
    control: { successes: 0, n: 0 },
    prior: UNIFORM_PRIOR,
    direction: 'increase',
    ...input,
  });
  if (!result.ok) throw new Error(result.detail);
  return result;
}

function relative(value: number, expected: number): number {
  return Math.abs(value / expected - 1);
}

interface Arms {
  prior: [number, number];
  treatment: [number, number];
  control: [number, number];
}

interface RaceExample extends Arms {
  chanceToWin: number;
  chanceToLose: number;
  expectedLossShip: number;
  expectedLossKeep: number;
}

interface RopeExample extends Arms {
  rope: number;
  probability: number;
}

function armsOf({ prior, treatment, control }: Arms) {
  return {
    treatment: { successes: treatment[0], n: treatment[1] },
    control: { successes: control[0], n: control[1] },
    prior: { alpha: prior[0], beta: prior[1] },
  };
}

describe('betaBinomialChances', () => {
  const { races } = readFixture<{ races: RaceExample[] }>('bayes.json');

  function chancesOf(input: BetaBinomialChancesInput) {
    const result = betaBinomialChances(input);
    if (!result.ok) throw new Error(result.detail);
    return result;
  }

  // The smallest chance among them is 2e-139, the largest arm has ten million units.
  it.each(races)('agrees with the witness for $treatment against $control', (example) => {
    const more = chancesOf({ ...armsOf(example), direction: 'increase' });
    const less = chancesOf({ ...armsOf(example), direction: 'decrease' });
    expect(Math.abs(more.chanceToWin - example.chanceToWin)).toBeLessThan(2e-12);
    for (const [value, expected] of [
      [more.chanceToWin, example.chanceToWin],
      [less.chanceToWin, example.chanceToLose],
      [more.expectedLossShip, example.expectedLossShip],
      [more.expectedLossKeep, example.expectedLossKeep],
    ] as const) {
      expect(relative(value, expected)).toBeLessThan(expected > 1e-60 ? 1e-10 : 1e-6);
    }
    expect(less.expectedLossShip).toBe(more.expectedLossKeep);
  });

  it('is what the whole answer carries', () => {
    const input = {
      treatment: { successes: 25, n: 200 },
      control: { successes: 18, n: 300 },
      prior: UNIFORM_PRIOR,
      direction: 'increase' as const,
    };
    expect(betaBinomial(input)).toMatchObject({ ...betaBinomialChances(input) });
  });

  it('answers with a reason where the prior leaves no scale to integrate on', () => {
    const empty = { successes: 0, n: 0 };
    const prior = { alpha: 1e-6, beta: 1 };
    expect(
      betaBinomialChances({ treatment: empty, control: empty, prior, direction: 'increase' }),
    ).toMatchObject({ ok: false, reason: 'bad-input' });
  });

  it('stays a probability and keeps the difference of the losses for any counts', () => {
    const arm = fc
      .tuple(fc.integer({ min: 0, max: 7 }), fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([size, share]) => ({ successes: Math.round(share * 10 ** size), n: 10 ** size }));
    const shape = fc.double({ min: 0.1, max: 50, noNaN: true });
    fc.assert(
      fc.property(arm, arm, shape, shape, (treatment, control, alpha, beta_) => {
        const input = { treatment, control, prior: { alpha, beta: beta_ } };
        const result = chancesOf({ ...input, direction: 'increase' });
        const swapped = chancesOf({
          ...input,
          treatment: control,
          control: treatment,
          direction: 'decrease',
        });
        const { posteriorMeans, chanceToWin, expectedLossShip, expectedLossKeep } = result;
        expect(chanceToWin).toBeGreaterThanOrEqual(0);
        expect(chanceToWin).toBeLessThanOrEqual(1);
        expect(expectedLossShip).toBeGreaterThanOrEqual(0);
        expect(Math.abs(swapped.chanceToWin - chanceToWin)).toBeLessThan(1e-10);
        const gap = posteriorMeans.treatment - posteriorMeans.control;
        expect(Math.abs(expectedLossKeep - expectedLossShip - gap)).toBeLessThan(1e-11);
      }),
      { seed: 31, numRuns: 60 },
    );
  });
});

describe('betaBinomial', () => {
  it.each(readGolden().examples.betaBinomial)(
    'agrees with the exact finite sum for $control vs $treatment',
    (example) => {
      const result = solve({
        treatment: { successes: example.treatment[0], n: example.treatment[1] },
        control: { successes: example.control[0], n: example.control[1] },
        prior: { alpha: example.prior[0], beta: example.prior[1] },
      });
      expect(relative(result.chanceToWin, example.chanceToWin)).toBeLessThan(1e-11);
      expect(relative(result.expectedLossShip, example.expectedLossShip)).toBeLessThan(1e-10);
      expect(relative(result.expectedLossKeep, example.expectedLossKeep)).toBeLessThan(1e-10);
    },
  );

  const ids = ['beta-binomial-1', 'beta-binomial-2', 'beta-binomial-3'];
  const hasShared = readSharedDesigns(ids[0] ?? '') !== null;
  (hasShared ? it.each(ids) : it.skip.each(ids))('reproduces the shared example %s', (id) => {
    const design = readSharedDesigns<
      {
        priorAlpha: number;
        priorBeta: number;
        control: { x: number; n: number };
        treatment: { x: number; n: number };
      },
      {
        probTreatmentBetter: number;
        expectedLossShip: number;
        expectedLossKeep: number;
        posteriorMeans: [number, number];
      }
    >(id);
    if (design === null) throw new Error('the shared examples are gone');
    const { input, expected } = design;
    const result = solve({
      treatment: { successes: input.treatment.x, n: input.treatment.n },
      control: { successes: input.control.x, n: input.control.n },
      prior: { alpha: input.priorAlpha, beta: input.priorBeta },
    });
    expect(Math.abs(result.chanceToWin - expected.probTreatmentBetter)).toBeLessThan(1e-11);
    expect(relative(result.expectedLossShip, expected.expectedLossShip)).toBeLessThan(1e-9);
    expect(relative(result.expectedLossKeep, expected.expectedLossKeep)).toBeLessThan(1e-9);
    expect(relative(result.posteriorMeans.control, expected.posteriorMeans[0])).toBeLessThan(1e-12);
    expect(relative(result.posteriorMeans.treatment, expected.posteriorMeans[1])).toBeLessThan(
      1e-12,
    );
  });

  it('without any data answers the prior: one half, and the triangle of two uniforms', () => {
    const result = solve({});
    expect(result.chanceToWin).toBeCloseTo(0.5, 12);
    // E|T - C| = 1/3 for two uniforms, half of it on each side.
    expect(result.expectedLossShip).toBeCloseTo(1 / 6, 12);
    expect(result.expectedLossKeep).toBeCloseTo(1 / 6, 12);
    // P(T - C <= d) = (1+d)²/2 for d < 0.
    expect(result.difference.interval).toMatchObject({ shape: 'interval' });
    const { interval } = result.difference;
    if (interval.shape !== 'interval') throw new Error(interval.shape);
    expect(interval.low).toBeCloseTo(Math.sqrt(0.05) - 1, 8);
    expect(interval.high).toBeCloseTo(1 - Math.sqrt(0.05), 8);
  });

  it('the credible interval holds its probability, by integrating on a plain grid', () => {
    const result = solve({
      treatment: { successes: 25, n: 200 },
      control: { successes: 18, n: 300 },
    });
    const { interval } = result.difference;
    if (interval.shape !== 'interval') throw new Error(interval.shape);
    const steps = 20000;
    let inside = 0;
    for (let i = 0; i < steps; i += 1) {
      const c = (i + 0.5) / steps;
      const upper = beta.cdf(Math.min(1, Math.max(0, c + interval.high)), 26, 176);
      const lower = beta.cdf(Math.min(1, Math.max(0, c + interval.low)), 26, 176);
      inside += (beta.pdf(c, 19, 283) * (upper - lower)) / steps;
    }
    expect(inside).toBeCloseTo(0.95, 7);
  });

  it('copes with all or nothing converting under a prior with infinite density at the ends', () => {
    const jeffreys = { alpha: 0.5, beta: 0.5 };
    const result = solve({
      treatment: { successes: 3, n: 3 },
      control: { successes: 0, n: 2 },
      prior: jeffreys,
    });
    expect(result.chanceToWin).toBeGreaterThan(0.95);
    expect(result.chanceToWin).toBeLessThan(1);
    const gap = result.expectedLossKeep - result.expectedLossShip;
    expect(gap).toBeCloseTo(3.5 / 4 - 0.5 / 3, 10);
    const empty = solve({ prior: jeffreys });
    expect(empty.chanceToWin).toBeCloseTo(0.5, 9);
  });

  it('a tiny arm against a huge one keeps its digits', () => {
    const result = solve({
      treatment: { successes: 1, n: 4 },
      control: { successes: 100_000, n: 2_000_000 },
    });
    // With the control pinned at 5 %, this is the upper tail of Beta(2, 4).
    expect(result.chanceToWin).toBeCloseTo(beta.survival(0.05, 2, 4), 5);
    const gap = result.expectedLossKeep - result.expectedLossShip;
    expect(gap).toBeCloseTo(result.difference.mean, 12);
  });

  it.each(readFixture<{ ropeOfRates: RopeExample[] }>('bayes.json').ropeOfRates)(
    'the chance of rates within $rope of each other, for $treatment and $control',
    ({ treatment, control, prior, rope, probability }) => {
      const result = solve({ ...armsOf({ treatment, control, prior }), rope });
      expect(Math.abs((result.ropeProbability ?? NaN) - probability)).toBeLessThan(1e-10);
    },
  );

  it('a rope as wide as the line holds everything; without one there is no answer', () => {
    expect(solve({ rope: 1 }).ropeProbability).toBeCloseTo(1, 12);
    expect(solve({})).not.toHaveProperty('ropeProbability');
    expect(() => solve({ rope: 0 })).toThrow(RangeError);
  });

  it('gives no interval where the posterior piles up at an end, but still the chances', () => {
    const input = {
      treatment: { successes: 0, n: 10 },
      control: { successes: 1, n: 12 },
      prior: { alpha: 0.1, beta: 0.1 },
      direction: 'increase' as const,
    };
    expect(betaBinomial(input)).toMatchObject({ ok: false, reason: 'bad-input' });
    expect(betaBinomialChances(input)).toMatchObject({ ok: true });
  });

  it('refuses impossible counts and priors', () => {
    const input = { prior: UNIFORM_PRIOR, direction: 'increase' as const };
    const good = { successes: 1, n: 2 };
    for (const bad of [
      { successes: 3, n: 2 },
      { successes: NaN, n: 2 },
      { successes: 0.5, n: 2 },
    ]) {
      expect(betaBinomial({ ...input, treatment: bad, control: good })).toMatchObject({
        ok: false,
        reason: 'bad-input',
      });
    }
    expect(() => solve({ prior: { alpha: 0, beta: 1 } })).toThrow(RangeError);
    expect(() => solve({ level: 1 })).toThrow(RangeError);
  });

  it('swapping arms mirrors every number; losses differ by the means', () => {
    const arm = fc
      .integer({ min: 0, max: 3000 })
      .chain((n) => fc.record({ successes: fc.integer({ min: 0, max: n }), n: fc.constant(n) }));
    fc.assert(
      fc.property(arm, arm, (treatment, control) => {
        const one = solve({ treatment, control });
        const other = solve({ treatment: control, control: treatment });
        const lower = solve({ treatment, control, direction: 'decrease' });
        expect(one.chanceToWin + other.chanceToWin).toBeCloseTo(1, 10);
        expect(lower.chanceToWin).toBeCloseTo(other.chanceToWin, 10);
        expect(lower.expectedLossShip).toBeCloseTo(one.expectedLossKeep, 12);
        expect(one.expectedLossKeep - one.expectedLossShip).toBeCloseTo(one.difference.mean, 10);
      }),
      { seed: 11, numRuns: 6 },
    );
  });

  it.each([
    [211, 315, 80, 285],
    [999, 1000, 1, 1000],
    [5000, 10_000, 1000, 10_000],
  ])('a chance stays a probability: %d of %d against %d of %d', (x1, n1, x0, n0) => {
    const arms = { treatment: { successes: x1, n: n1 }, control: { successes: x0, n: n0 } };
    for (const direction of ['increase', 'decrease'] as const) {
      const result = betaBinomial({ ...arms, prior: UNIFORM_PRIOR, direction });
      if (!result.ok) throw new Error(result.detail);
      expect(result.chanceToWin).toBeGreaterThanOrEqual(0);
      expect(result.chanceToWin).toBeLessThanOrEqual(1);
    }
  });
});
