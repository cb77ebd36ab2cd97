import fc from 'fast-check';

import { readFixture } from '../../../test/fixtures/stats/read-golden.js';
import { normal } from '../distributions.js';
import { efficacyBounds, type PastLook } from './bounds.js';
import { stageWise, type StageWiseInput, type StageWiseResult } from './stage-wise.js';

interface StageWiseCase extends StageWiseInput {
  pOneSided: number;
  medianUnbiasedDrift: number;
  driftLow: number;
  driftHigh: number;
}

const { stageWise: cases } = readFixture<{ stageWise: StageWiseCase[] }>('group-sequential.json');

const ALPHA = 0.025;
const fractions = [0.2, 0.4, 0.6, 0.8, 1];
const { criticalZ, cumulativeAlpha } = efficacyBounds({
  spending: { kind: 'obrien_fleming' },
  alphaOneSided: ALPHA,
  fractions,
});
const used: PastLook[] = fractions.map((information, k) => ({
  information,
  criticalZ: criticalZ[k] ?? NaN,
}));

/** The test of five looks, stopped at one of them (1 to 5). */
function stoppedAt(look: number, z: number, level = 0.95): StageWiseResult {
  return solve({
    past: used.slice(0, look - 1),
    information: fractions[look - 1] ?? NaN,
    z,
    fullInformation: 1,
    level,
  });
}

function solve(input: StageWiseInput): StageWiseResult {
  const result = stageWise(input);
  if (!result.ok) throw new Error(result.detail);
  return result;
}

function numbersOf(result: StageWiseResult | StageWiseCase): number[] {
  const { pOneSided, medianUnbiasedDrift, driftLow, driftHigh } = result;
  return [pOneSided, medianUnbiasedDrift, driftLow, driftHigh];
}

const lookNumbers = fc.integer({ min: 1, max: 5 });

describe('stageWise', () => {
  it.each(cases)('equals the Simpson recursion: z $z after $past', (example) => {
    const found = numbersOf(solve(example));
    numbersOf(example).forEach((value, k) => {
      expect(Math.abs((found[k] ?? NaN) - value)).toBeLessThan(2e-8);
    });
  });

  it('has the published values for the fourth of five looks', () => {
    const { pOneSided, medianUnbiasedDrift, driftLow, driftHigh } = stoppedAt(4, 2.41);
    expect(pOneSided / 0.009479180701580643).toBeCloseTo(1, 8);
    expect(medianUnbiasedDrift / 2.657130080292568).toBeCloseTo(1, 8);
    expect(driftLow / 0.44047858011139823).toBeCloseTo(1, 7);
    expect(driftHigh / 4.860017013956442).toBeCloseTo(1, 8);
  });

  it('at the first look it is the fixed test', () => {
    const result = stoppedAt(1, 5);
    expect(result.pOneSided / normal.survival(5)).toBeCloseTo(1, 12);
    expect(result.pValue / (2 * normal.survival(5))).toBeCloseTo(1, 12);
    expect(result.medianUnbiasedDrift).toBeCloseTo(5 / Math.sqrt(0.2), 10);
    expect(result.driftLow).toBeCloseTo((5 - 1.959963984540054) / Math.sqrt(0.2), 10);
  });

  it('p is at most the error spent so far exactly when the bound of that look is crossed', () => {
    const distances = fc.double({ min: -1.5, max: 3, noNaN: true });
    fc.assert(
      fc.property(lookNumbers, distances, (look, distance) => {
        fc.pre(Math.abs(distance) > 1e-6);
        const { pOneSided } = stoppedAt(look, (criticalZ[look - 1] ?? NaN) + distance);
        expect(pOneSided < (cumulativeAlpha[look - 1] ?? NaN)).toBe(distance > 0);
      }),
      { seed: 48, numRuns: 60 },
    );
  });

  it('at the end p < alpha, an interval without 0 and a crossed bound are one statement', () => {
    const values = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(values, (z) => {
        const bound = criticalZ[4] ?? NaN;
        fc.pre(Math.abs(Math.abs(z) - bound) > 1e-6);
        const { pValue, driftLow, driftHigh } = stoppedAt(5, z);
        const isCrossed = Math.abs(z) > bound;
        expect(pValue < 2 * ALPHA).toBe(isCrossed);
        expect(driftLow > 0 || driftHigh < 0).toBe(isCrossed);
      }),
      { seed: 49, numRuns: 60 },
    );
  });

  it('stopping earlier is stronger evidence than any z at a later look', () => {
    for (let look = 2; look <= 5; look += 1) {
      const earlier = stoppedAt(look - 1, criticalZ[look - 2] ?? NaN);
      const later = stoppedAt(look, 12);
      expect(later.pOneSided).toBeGreaterThanOrEqual(earlier.pOneSided * (1 - 1e-9));
    }
  });

  it('pulls the estimate toward 0 after an early stop, and never leaves its interval', () => {
    const values = fc.double({ min: 0, max: 6, noNaN: true });
    fc.assert(
      fc.property(lookNumbers, values, (look, z) => {
        const { medianUnbiasedDrift, driftLow, driftHigh } = stoppedAt(look, z);
        const naive = z / Math.sqrt(fractions[look - 1] ?? NaN);
        expect(medianUnbiasedDrift).toBeLessThanOrEqual(naive + 1e-8);
        expect(driftLow).toBeLessThan(medianUnbiasedDrift);
        expect(driftHigh).toBeGreaterThan(medianUnbiasedDrift);
      }),
      { seed: 50, numRuns: 60 },
    );
  });

  it('mirrors a negative z; information may be in any unit; p is never above 1', () => {
    const up = stoppedAt(3, 2.9);
    const down = stoppedAt(3, -2.9);
    expect(down).toMatchObject({ pOneSided: up.pOneSided, pValue: up.pValue });
    expect(down.medianUnbiasedDrift).toBe(-up.medianUnbiasedDrift);
    expect([down.driftLow, down.driftHigh]).toEqual([-up.driftHigh, -up.driftLow]);
    const units = solve({
      past: used.slice(0, 2).map((look) => ({ ...look, information: look.information * 12_345 })),
      information: 0.6 * 12_345,
      z: 2.9,
      fullInformation: 12_345,
      level: 0.95,
    });
    numbersOf(units).forEach((value, k) => expect(value).toBeCloseTo(numbersOf(up)[k] ?? NaN, 9));
    expect(stoppedAt(5, 0).pOneSided).toBeGreaterThan(0.5);
    expect(stoppedAt(5, 0).pValue).toBe(1);
  });

  it('takes an overwhelming z: a bound instead of p = 0, and finite limits', () => {
    const first = stoppedAt(1, 50);
    expect(first).toMatchObject({ pValue: 1e-300, pValueIsBound: true, pOneSided: 1e-300 });
    expect(first.log10p).toBeCloseTo(-544.3, 0);
    const wide = { past: [{ information: 1, criticalZ: 30 }], information: 2, fullInformation: 2 };
    const later = solve({ ...wide, z: 45, level: 0.95 });
    // P(past 30 at half the information) = ½ at drift 30√2: that, not z, holds the estimate down.
    expect(later.medianUnbiasedDrift).toBeCloseTo(30 * Math.SQRT2, 1);
    expect(later.pValue / (2 * normal.survival(30))).toBeCloseTo(1, 6);
    expect(stoppedAt(2, 200).driftHigh).toBeLessThan(16);
  });

  it('leaves out a look that had no bound', () => {
    const at = (past: PastLook[]): StageWiseResult =>
      solve({ past, information: 4, z: 2.2, fullInformation: 4, level: 0.9 });
    const past = [{ information: 2, criticalZ: 2.8 }];
    expect(at([{ information: 1, criticalZ: Infinity }, ...past])).toEqual(at(past));
  });

  it.each<[string, Partial<StageWiseInput>]>([
    ['a z that is NaN', { z: NaN }],
    ['an infinite z', { z: Infinity }],
    ['no full information', { fullInformation: 0 }],
    ['no information', { information: 0 }],
    ['information that fell', { past: [{ information: 0.7, criticalZ: 3 }] }],
    ['a bound that is NaN', { past: [{ information: 0.2, criticalZ: NaN }] }],
  ])('answers with a reason for %s', (_name, change) => {
    const input = { past: [], information: 0.6, z: 2, fullInformation: 1, level: 0.95, ...change };
    expect(stageWise(input)).toMatchObject({ ok: false, reason: 'bad-input' });
  });

  it('refuses a level outside (0, 1)', () => {
    expect(() => stoppedAt(2, 3, 1)).toThrow(RangeError);
  });

  it('its estimate is too high as often as too low, and its interval covers, by simulation', () => {
    // Three looks under a drift of 2, seeded.
    const looks = [1 / 3, 2 / 3, 1];
    const bounds = efficacyBounds({
      spending: { kind: 'pocock' },
      alphaOneSided: ALPHA,
      fractions: looks,
    }).criticalZ;
    const drift = 2;
    const random = generator(7);
    const runs = 600;
    let above = 0;
    let covered = 0;
    for (let run = 0; run < runs; run += 1) {
      let sum = 0;
      let look = 0;
      for (; look < 3; look += 1) {
        sum += drift / 3 + normal.quantile(random()) / Math.sqrt(3);
        if (sum / Math.sqrt(looks[look] ?? NaN) >= (bounds[look] ?? NaN)) break;
      }
      look = Math.min(look, 2);
      const information = looks[look] ?? NaN;
      const z = sum / Math.sqrt(information);
      // Mirrored by the function, and in truth among the lowest 5 %: below, and not covered.
      if (z < 0) continue;
      const past = looks
        .slice(0, look)
        .map((t, k) => ({ information: t, criticalZ: bounds[k] ?? NaN }));
      const result = solve({ past, information, z, fullInformation: 1, level: 0.9 });
      if (result.medianUnbiasedDrift > drift) above += 1;
      if (result.driftLow <= drift && drift <= result.driftHigh) covered += 1;
    }
    expect(Math.abs(above / runs - 0.5)).toBeLessThan(3 * Math.sqrt(0.25 / runs));
    expect(Math.abs(covered / runs - 0.9)).toBeLessThan(3 * Math.sqrt(0.09 / runs));
  });
});

/** Mulberry32: a small seeded generator of uniform numbers in (0, 1). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4294967296;
  };
}
