import fc from 'fast-check';

import { readFixture, readSharedDesigns } from '../../../test/fixtures/stats/read-golden.js';
import type { Conversions } from '../beta-binomial.js';
import { normal } from '../distributions.js';
import { contains, type Interval } from '../outcome.js';
import { miettinenNurminen } from './miettinen-nurminen.js';
import { newcombe } from './newcombe.js';
import type { RateInterval } from './rate-interval.js';

interface IntervalCase {
  treatment: Conversions;
  control: Conversions;
  criticalValue: number;
  miettinenNurminen: [number, number];
  mee: [number, number];
}

interface Published {
  newcombeHybridScore: [number, number];
  miettinenNurminen: [number, number];
  mee: [number, number];
}

const golden = readFixture<{ intervals: IntervalCase[] }>('proportions.json').intervals;
const z = -normal.quantile(0.025);

function of(x: number, n: number): Conversions {
  return { successes: x, n };
}

function intervalOf(result: RateInterval | { ok: false; detail: string }): Interval {
  if (!result.ok) throw new Error(result.detail);
  return result.interval;
}

function limits(result: RateInterval | { ok: false; detail: string }): [number, number] {
  const interval = intervalOf(result);
  if (interval.shape !== 'interval') throw new Error(interval.shape);
  return [interval.low, interval.high];
}

/** Limits are compared relative to the width: a limit itself may be next to 0. */
function expectLimits(actual: [number, number], expected: [number, number], share: number): void {
  const width = expected[1] - expected[0];
  expect(Math.abs(actual[0] - expected[0])).toBeLessThanOrEqual(share * width);
  expect(Math.abs(actual[1] - expected[1])).toBeLessThanOrEqual(share * width);
}

describe('miettinenNurminen', () => {
  it.each(golden)(
    '$treatment.successes/$treatment.n against $control.successes/$control.n at $criticalValue',
    (row) => {
      expectLimits(limits(miettinenNurminen(row)), row.miettinenNurminen, 1e-11);
      expectLimits(limits(miettinenNurminen({ ...row, correction: false })), row.mee, 1e-11);
    },
  );

  it.each(['newcombe-a', 'newcombe-b', 'newcombe-d', 'newcombe-f', 'newcombe-h'])(
    'agrees with the printed table of Newcombe: %s',
    (id) => {
      const entry = readSharedDesigns<Record<'x1' | 'n1' | 'x2' | 'n2', number>, Published>(id);
      if (entry === null) return;
      const { x1, n1, x2, n2 } = entry.input;
      const arms = { treatment: of(x1, n1), control: of(x2, n2) };
      const rows: [RateInterval | { ok: false; detail: string }, [number, number]][] = [
        [newcombe({ ...arms, alpha: 0.05 }), entry.expected.newcombeHybridScore],
        [miettinenNurminen({ ...arms, criticalValue: z }), entry.expected.miettinenNurminen],
        [miettinenNurminen({ ...arms, criticalValue: z, correction: false }), entry.expected.mee],
      ];
      for (const [result, printed] of rows) {
        const [low, high] = limits(result);
        expect(Math.abs(low - printed[0])).toBeLessThan(6e-5);
        expect(Math.abs(high - printed[1])).toBeLessThan(6e-5);
      }
    },
  );

  it.each(['prop-3-12', 'prop-10-1', 'prop-0-12', 'prop-560-620'])('agrees with %s', (id) => {
    const entry = readSharedDesigns<
      Record<'treatment' | 'control', { x: number; n: number }>,
      { newcombeCi: [number, number]; miettinenNurminenCi: [number, number] }
    >(id);
    if (entry === null) return;
    const { treatment, control } = entry.input;
    const arms = { treatment: of(treatment.x, treatment.n), control: of(control.x, control.n) };
    const score = limits(miettinenNurminen({ ...arms, criticalValue: z }));
    const hybrid = limits(newcombe({ ...arms, alpha: 0.05 }));
    for (const i of [0, 1] as const) {
      expect(Math.abs(score[i] - entry.expected.miettinenNurminenCi[i])).toBeLessThan(1e-8);
      expect(Math.abs(hybrid[i] / entry.expected.newcombeCi[i] - 1)).toBeLessThan(1e-8);
    }
  });

  it('an empty cell still gives an interval: 12/1000 against 0/1000', () => {
    // The test inversion of other engines ends here in p = 1 and the interval (0, 0).
    const arms = { treatment: of(12, 1000), control: of(0, 1000) };
    const [low, high] = limits(miettinenNurminen({ ...arms, criticalValue: z }));
    expect(low).toBeCloseTo(0.00688, 5);
    expect(high).toBeCloseTo(0.02086, 5);
  });

  const arm = fc
    .oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 1_000_000 }))
    .chain((n) =>
      fc.record({
        successes: fc.oneof(
          fc.integer({ min: 0, max: n }),
          fc.integer({ min: 0, max: Math.min(n, 6) }),
          fc.constant(n),
        ),
        n: fc.constant(n),
      }),
    );
  const level = fc.constantFrom(0.5, 1.2, z, 2.9, 5.5);

  it('swapping the arms flips it, and so does counting the failures', () => {
    fc.assert(
      fc.property(arm, arm, level, (treatment, control, criticalValue) => {
        const [low, high] = limits(miettinenNurminen({ treatment, control, criticalValue }));
        const swapped = { treatment: control, control: treatment, criticalValue };
        expectLimits(limits(miettinenNurminen(swapped)), [-high, -low], 1e-10);
        const turned = {
          treatment: failures(treatment),
          control: failures(control),
          criticalValue,
        };
        expectLimits(limits(miettinenNurminen(turned)), [-high, -low], 1e-10);
        const alpha = 2 * normal.survival(criticalValue);
        const [hybridLow, hybridHigh] = limits(newcombe({ treatment, control, alpha }));
        const flipped = limits(newcombe({ treatment: control, control: treatment, alpha }));
        expectLimits(flipped, [-hybridHigh, -hybridLow], 1e-10);
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it('lies within -1 and 1, around the estimate, and a larger critical value widens it', () => {
    fc.assert(
      fc.property(
        arm,
        arm,
        level,
        fc.boolean(),
        (treatment, control, criticalValue, correction) => {
          const input = { treatment, control, correction };
          const [low, high] = limits(miettinenNurminen({ ...input, criticalValue }));
          const wide = limits(miettinenNurminen({ ...input, criticalValue: criticalValue * 1.3 }));
          const estimate = treatment.successes / treatment.n - control.successes / control.n;
          expect(low).toBeGreaterThanOrEqual(-1);
          expect(high).toBeLessThanOrEqual(1);
          expect(low).toBeLessThanOrEqual(estimate + 1e-15);
          expect(high).toBeGreaterThanOrEqual(estimate - 1e-15);
          expect(wide[0]).toBeLessThanOrEqual(low);
          expect(wide[1]).toBeGreaterThanOrEqual(high);
        },
      ),
      { seed: 12, numRuns: 200 },
    );
  });

  it.each([
    ['an empty arm', 0, 0, 'empty-arm'],
    ['more conversions than units', 5, 4, 'bad-input'],
    ['NaN', NaN, 4, 'bad-input'],
  ])('answers with a reason for %s', (_name, successes, n, reason) => {
    const arms = { treatment: of(2, 10), control: { successes, n } };
    expect(miettinenNurminen({ ...arms, criticalValue: z })).toMatchObject({ ok: false, reason });
    expect(newcombe({ ...arms, alpha: 0.05 })).toMatchObject({ ok: false, reason });
  });

  it.each([0, -1, NaN, Infinity])('refuses a critical value of %s', (criticalValue) => {
    const arms = { treatment: of(2, 10), control: of(3, 10) };
    expect(() => miettinenNurminen({ ...arms, criticalValue })).toThrow(RangeError);
    expect(() => newcombe({ ...arms, alpha: criticalValue })).toThrow(RangeError);
  });
});

describe('coverage of the true difference, summed over all tables', () => {
  // Nominal .95; the reference measured .957/.979, .960/.983 and .953/.957 by simulation.
  it.each([
    [50, 0.05, 0.05, 0.957, 0.979],
    [200, 0.01, 0.01, 0.96, 0.983],
    [500, 0.03, 0.02, 0.953, 0.957],
  ])('n = %d per arm, rates %d and %d', (n, treatmentRate, controlRate, score, hybrid) => {
    const truth = treatmentRate - controlRate;
    const covered = { score: 0, hybrid: 0, total: 0 };
    const treatments = likelyCounts(n, treatmentRate);
    const controls = likelyCounts(n, controlRate);
    for (const [x1, p1] of treatments) {
      for (const [x0, p0] of controls) {
        const arms = { treatment: of(x1, n), control: of(x0, n) };
        const chance = p1 * p0;
        covered.total += chance;
        const byScore = intervalOf(miettinenNurminen({ ...arms, criticalValue: z }));
        if (contains(byScore, truth)) covered.score += chance;
        if (contains(intervalOf(newcombe({ ...arms, alpha: 0.05 })), truth))
          covered.hybrid += chance;
      }
    }
    expect(covered.total).toBeGreaterThan(1 - 1e-6);
    expect(Math.abs(covered.score - score)).toBeLessThan(0.0015);
    expect(Math.abs(covered.hybrid - hybrid)).toBeLessThan(0.0015);
  });
});

function failures({ successes, n }: Conversions): Conversions {
  return { successes: n - successes, n };
}

/** Counts of a binomial with their probabilities, without those that add up to nothing. */
function likelyCounts(n: number, rate: number): [number, number][] {
  const counts: [number, number][] = [];
  let chance = (1 - rate) ** n;
  for (let x = 0; x <= n; x += 1) {
    if (chance > 1e-9) counts.push([x, chance]);
    chance *= ((n - x) / (x + 1)) * (rate / (1 - rate));
  }
  return counts;
}
