import fc from 'fast-check';

import { readFixture } from '../../test/fixtures/stats/read-golden.js';
import { normalNormal, type NormalNormalInput, type NormalNormalResult } from './normal-normal.js';

const keys = [
  'posteriorMean',
  'posteriorSd',
  'chanceToWin',
  'expectedLossShip',
  'expectedLossKeep',
  'ropeProbability',
] as const;

type Example = Record<'estimate' | 'se' | 'mean' | 'sd' | 'rope' | (typeof keys)[number], number>;

function solve(input: Partial<NormalNormalInput>): NormalNormalResult {
  const result = normalNormal({
    estimate: 0,
    se: 1,
    prior: { mean: 0, sd: 1 },
    direction: 'increase',
    ...input,
  });
  if (!result.ok) throw new Error(result.detail);
  return result;
}

describe('normalNormal', () => {
  // Recomputed from the formulas in 40-digit arithmetic.
  it.each([
    {
      input: { estimate: 0.042, se: 0.021, prior: { mean: 0, sd: 0.05 } },
      mean: 0.03570214212852771,
      sd: 0.01936162421775459,
      chance: 0.9674058219691914,
      low: -0.0022459440204697827,
      high: 0.07365022827752521,
      ship: 0.0002472527826187254,
      keep: 0.03594939491114644,
      bayesFactor: 2.119906480134476,
    },
    {
      input: { estimate: -1.35, se: 0.62, prior: { mean: 0.1, sd: 0.8 } },
      mean: -0.8058961343225303,
      sd: 0.4900573323486511,
      chance: 0.050037145208413125,
      low: -1.766390856085662,
      high: 0.15459858744060162,
      ship: 0.8161437076755701,
      keep: 0.010247573353039888,
      bayesFactor: 2.349676643402178,
    },
  ])('estimate $input.estimate', ({ input, ...expected }) => {
    const result = solve(input);
    expect(result.posteriorMean / expected.mean).toBeCloseTo(1, 12);
    expect(result.posteriorSd / expected.sd).toBeCloseTo(1, 12);
    expect(result.chanceToWin / expected.chance).toBeCloseTo(1, 11);
    expect(result.expectedLossShip / expected.ship).toBeCloseTo(1, 10);
    expect(result.expectedLossKeep / expected.keep).toBeCloseTo(1, 10);
    expect(result.bayesFactor10 / expected.bayesFactor).toBeCloseTo(1, 11);
    expect(Math.exp(result.logBayesFactor) / expected.bayesFactor).toBeCloseTo(1, 11);
    expect(result.interval).toEqual({
      shape: 'interval',
      low: expect.closeTo(expected.low, 11),
      high: expect.closeTo(expected.high, 11),
    });
  });

  it.each(readFixture<{ normalPosteriors: Example[] }>('bayes.json').normalPosteriors)(
    'agrees with integrals of the posterior: estimate $estimate, prior sd $sd',
    ({ estimate, se, mean, sd, rope, ...expected }) => {
      const result = solve({ estimate, se, prior: { mean, sd }, rope });
      for (const key of keys) {
        expect(Math.abs((result[key] ?? NaN) - expected[key])).toBeLessThanOrEqual(
          1e-10 * Math.abs(expected[key]),
        );
      }
    },
  );

  it('a rope far from the posterior keeps its digits, and is asked for', () => {
    // P(|effect| < .1) under N(10, 1/2): the difference of two tails near 1e-43.
    const far = solve({ estimate: 20, rope: 0.1 });
    const density = Math.exp(-(10 ** 2)) / Math.sqrt(Math.PI);
    // The density is e^(20x - x²) times that of the middle; its mean over ±.1 is sinh(2)/2 less x².
    expect((far.ropeProbability ?? 0) / (density * 0.2)).toBeGreaterThan(1.7);
    expect((far.ropeProbability ?? 0) / (density * 0.2)).toBeLessThan(Math.sinh(2) / 2);
    expect(solve({})).not.toHaveProperty('ropeProbability');
    expect(() => solve({ rope: 0 })).toThrow(RangeError);
  });

  it('shrinks on the scale of the effect: a prior on the lift needs the lift', () => {
    // 1000 and 1060 conversions of 10,000 each: lift .06 with a prior SD of .05 on the lift. The
    // same prior wrongly put on the absolute scale would shrink a lift of .06 to about .0008.
    const se = Math.sqrt(0.1 * 0.9 * 1e-4 + 0.106 * 0.894 * 1e-4) / 0.1;
    const result = solve({ estimate: 0.06, se, prior: { mean: 0, sd: 0.05 } });
    expect(result.posteriorMean).toBeGreaterThan(0.03);
    expect(result.weightOfData).toBeCloseTo(0.0025 / (0.0025 + se * se), 12);
  });

  it('stays finite for an overwhelming effect', () => {
    const result = solve({ estimate: 60, se: 0.01 });
    expect(result).toMatchObject({ chanceToWin: 1, expectedLossShip: 0 });
    expect(Number.isFinite(result.logBayesFactor)).toBe(true);
    expect(result.bayesFactor10).toBe(Number.MAX_VALUE);
  });

  it.each([
    ['a NaN estimate', { estimate: NaN }, 'bad-input'],
    ['an infinite standard error', { se: Infinity }, 'bad-input'],
    ['no standard error', { se: 0 }, 'no-variance'],
  ])('answers with a reason for %s', (_name, bad, reason) => {
    const good = { estimate: 1, se: 1, prior: { mean: 0, sd: 1 }, direction: 'increase' as const };
    expect(normalNormal({ ...good, ...bad })).toMatchObject({ ok: false, reason });
  });

  it('refuses a prior without spread', () => {
    expect(() => solve({ prior: { mean: 0, sd: 0 } })).toThrow(RangeError);
    expect(() => solve({ prior: { mean: NaN, sd: 1 } })).toThrow(RangeError);
  });

  it('turning the sign of everything mirrors it; the losses differ by the mean', () => {
    const number = fc.double({ min: -20, max: 20, noNaN: true });
    const size = fc.double({ min: 0.1, max: 10, noNaN: true });
    fc.assert(
      fc.property(number, size, number, size, (estimate, se, mean, sd) => {
        const one = solve({ estimate, se, prior: { mean, sd } });
        const mirrored = solve({ estimate: -estimate, se, prior: { mean: -mean, sd } });
        const less = solve({ estimate, se, prior: { mean, sd }, direction: 'decrease' });
        expect(one.chanceToWin + mirrored.chanceToWin).toBeCloseTo(1, 12);
        expect(less.chanceToWin).toBe(mirrored.chanceToWin);
        expect(less.expectedLossShip).toBe(mirrored.expectedLossShip);
        expect(one.expectedLossKeep - one.expectedLossShip).toBeCloseTo(one.posteriorMean, 10);
        expect(one.expectedLossShip).toBeGreaterThanOrEqual(0);
      }),
      { seed: 19 },
    );
  });
});
