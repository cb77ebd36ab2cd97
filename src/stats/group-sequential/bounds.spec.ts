import fc from 'fast-check';

import { readFixture, readSharedDesigns } from '../../../test/fixtures/stats/read-golden.js';
import { normal } from '../distributions.js';
import { classicalBounds, efficacyBounds, nextCriticalZ, type PastLook } from './bounds.js';
import { crossingProbabilities } from './crossing.js';
import { type Spending } from './spending.js';

interface Fixture {
  bounds: { spending: Spending; alpha: number; fractions: number[]; criticalZ: number[] }[];
  next: { past: PastLook[]; information: number; alphaToSpend: number; criticalZ: number }[];
}

interface SharedDesign {
  design: string;
  phi?: number;
  gamma?: number;
  alphaOneSided: number;
  informationFractions: number[];
}

const fixture = readFixture<Fixture>('group-sequential.json');
const OBF: Spending = { kind: 'obrien_fleming' };
const POCOCK: Spending = { kind: 'pocock' };

function looks(count: number): number[] {
  return Array.from({ length: count }, (_, k) => (k + 1) / count);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function spent(upper: readonly number[], information: readonly number[]): number {
  return sum(crossingProbabilities({ upper, information, drift: 0 }).upper);
}

/** Largest distance between two lists of numbers. */
function distance(actual: readonly number[], expected: readonly number[]): number {
  expect(actual).toHaveLength(expected.length);
  return Math.max(...actual.map((value, k) => Math.abs(value - (expected[k] ?? NaN))));
}

const spendings = fc.constantFrom<Spending>(
  OBF,
  POCOCK,
  { kind: 'kim_demets', phi: 2 },
  { kind: 'hwang_shih_decani', gamma: -4 },
);
const levels = fc.double({ min: 1e-4, max: 0.2, noNaN: true });
/** Two to six looks at uneven distances, the last at 1. */
const schedules = fc
  .array(fc.double({ min: 0.02, max: 1, noNaN: true }), { minLength: 2, maxLength: 6 })
  .map((gaps) => {
    let at = 0;
    return gaps.map((gap) => (at += gap) / sum(gaps));
  });

describe('efficacyBounds', () => {
  it.each(fixture.bounds)('equals the Simpson recursion: $spending, alpha $alpha', (example) => {
    const { spending, alpha, fractions, criticalZ } = example;
    const found = efficacyBounds({ spending, alphaOneSided: alpha, fractions });
    expect(distance(found.criticalZ, criticalZ)).toBeLessThan(1e-8);
  });

  it.each<[string, Spending, number[], number[]]>([
    ['O’Brien-Fleming type, 3 looks', OBF, looks(3), [3.7103029, 2.5114275, 1.9930475]],
    ['Pocock type, 3 looks', POCOCK, looks(3), [2.2794282, 2.2949111, 2.2959396]],
    [
      'O’Brien-Fleming type, uneven',
      OBF,
      [0.1, 0.25, 0.5, 0.7, 1],
      [6.9913517, 4.3326337, 2.9631316, 2.4623143, 2.0017957],
    ],
    [
      'Kim-DeMets',
      { kind: 'kim_demets', phi: 2 },
      looks(5),
      [3.0902323, 2.7141116, 2.4727772, 2.2798634, 2.1140284],
    ],
    [
      'Hwang-Shih-DeCani',
      { kind: 'hwang_shih_decani', gamma: -4 },
      looks(5),
      [3.2526685, 2.9860459, 2.6916574, 2.373667, 2.0253214],
    ],
  ])('has the values of rpact: %s', (_name, spending, fractions, criticalZ) => {
    const found = efficacyBounds({ spending, alphaOneSided: 0.025, fractions });
    expect(distance(found.criticalZ, criticalZ)).toBeLessThan(2e-6);
  });

  it('one look alone is the fixed test', () => {
    const { criticalZ } = efficacyBounds({ spending: OBF, alphaOneSided: 0.025, fractions: [1] });
    expect(criticalZ[0]).toBeCloseTo(1.959963984540054, 12);
  });

  it('spends what it says: the crossings sum to the cumulative alpha at every look', () => {
    fc.assert(
      fc.property(spendings, levels, schedules, (spending, alphaOneSided, fractions) => {
        const found = efficacyBounds({ spending, alphaOneSided, fractions });
        const crossed = crossingProbabilities({
          upper: found.criticalZ,
          information: fractions,
          drift: 0,
        }).upper;
        let total = 0;
        const cumulative = crossed.map((chance) => (total += chance));
        expect(distance(cumulative, found.cumulativeAlpha)).toBeLessThan(1e-9);
        expect(found.cumulativeAlpha.at(-1)).toBe(alphaOneSided);
      }),
      { seed: 42, numRuns: 60 },
    );
  });

  it('a larger alpha never raises the first bound, nor any bound of Pocock type', () => {
    fc.assert(
      fc.property(levels, levels, schedules, (a, b, fractions) => {
        const at = (spending: Spending, alphaOneSided: number): number[] =>
          efficacyBounds({ spending, alphaOneSided, fractions }).criticalZ;
        const [strict, loose] = [Math.min(a, b), Math.max(a, b)];
        expect(at(OBF, loose)[0]).toBeLessThanOrEqual(at(OBF, strict)[0] ?? NaN);
        const higher = at(POCOCK, strict);
        at(POCOCK, loose).forEach((z, k) => {
          expect(z).toBeLessThanOrEqual((higher[k] ?? NaN) + 1e-9);
        });
      }),
      { seed: 43, numRuns: 25 },
    );
  });

  it('takes 200 looks, and passes no bound where nothing can be spent', () => {
    const fractions = looks(200);
    const { criticalZ, cumulativeAlpha } = efficacyBounds({
      spending: OBF,
      alphaOneSided: 0.025,
      fractions,
    });
    // 2Q(2.2414·√200) is 1e-219: a bound of 31, and still the bound of a single look there.
    expect(criticalZ[0]).toBeCloseTo(-normal.quantile(cumulativeAlpha[0] ?? NaN), 9);
    expect(criticalZ.every((z, k) => k === 0 || z < (criticalZ[k - 1] ?? NaN))).toBe(true);
    expect(spent(criticalZ, fractions)).toBeCloseTo(0.025, 10);
    const early = efficacyBounds({
      spending: OBF,
      alphaOneSided: 0.025,
      fractions: [0.001, 0.002, 0.5, 1],
    });
    expect(early.criticalZ.slice(0, 2)).toEqual([Infinity, Infinity]);
    expect(early.criticalZ[2]).toBeCloseTo(2.962588, 6);
  });

  it('after running over, a later look has nothing left', () => {
    const found = efficacyBounds({
      spending: OBF,
      alphaOneSided: 0.025,
      fractions: [0.5, 1.1, 1.4],
    });
    expect(found.criticalZ[2]).toBe(Infinity);
    expect(found.cumulativeAlpha.slice(1)).toEqual([0.025, 0.025]);
  });

  it('refuses looks that do not grow, and an alpha that is none', () => {
    const bounds = (alphaOneSided: number, fractions: number[]) => () =>
      efficacyBounds({ spending: OBF, alphaOneSided, fractions });
    expect(bounds(0.025, [])).toThrow(RangeError);
    expect(bounds(0.025, [0.5, 0.5])).toThrow(RangeError);
    expect(bounds(0.025, [0.5, 0.3, 1])).toThrow(RangeError);
    expect(bounds(0.025, [0, 1])).toThrow(RangeError);
    expect(bounds(0.025, [0.5, Infinity])).toThrow(RangeError);
    expect(bounds(0, [0.5, 1])).toThrow(RangeError);
  });
});

describe('nextCriticalZ', () => {
  it.each(fixture.next)('equals the Simpson recursion at $information', (example) => {
    expect(Math.abs(nextCriticalZ(example) - example.criticalZ)).toBeLessThan(1e-8);
  });

  it('has the value of rpact for the second of three looks', () => {
    const criticalZ = nextCriticalZ({
      past: [{ information: 2000, criticalZ: 3.7103029 }],
      information: 4000,
      alphaToSpend: 0.006048389 - 0.000103506,
    });
    expect(Math.abs(criticalZ - 2.5114275)).toBeLessThan(2e-6);
  });

  it('look by look it gives the bounds of the plan, in any unit of information', () => {
    const unit = fc.double({ min: 1e-6, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(spendings, schedules, unit, (spending, fractions, scale) => {
        const plan = efficacyBounds({ spending, alphaOneSided: 0.025, fractions });
        const past: PastLook[] = [];
        fractions.forEach((fraction, k) => {
          const alphaToSpend =
            (plan.cumulativeAlpha[k] ?? NaN) - (plan.cumulativeAlpha[k - 1] ?? 0);
          const information = fraction * scale;
          const criticalZ = nextCriticalZ({ past, information, alphaToSpend });
          const planned = plan.criticalZ[k] ?? NaN;
          if (planned < 20) expect(Math.abs(criticalZ - planned)).toBeLessThan(1e-8);
          past.push({ information, criticalZ });
        });
      }),
      { seed: 44, numRuns: 30 },
    );
  });

  it('keeps the total error when the test runs over or under its plan', () => {
    const used = [
      { information: 3000, criticalZ: 3.4 },
      { information: 6100, criticalZ: 2.6 },
    ];
    const upper = used.map((look) => look.criticalZ);
    const spentSoFar = spent(
      upper,
      used.map((look) => look.information),
    );
    for (const information of [6150, 8200, 10_000, 13_700, 1e6]) {
      const criticalZ = nextCriticalZ({
        past: used,
        information,
        alphaToSpend: 0.025 - spentSoFar,
      });
      const total = spent([...upper, criticalZ], [3000, 6100, information]);
      expect(Math.abs(total - 0.025)).toBeLessThan(1e-12);
    }
  });

  it('a skipped look with an infinite bound is as if it had not been', () => {
    const alphaToSpend = 0.01;
    const past = [{ information: 2, criticalZ: 3 }];
    const skipped = [{ information: 1, criticalZ: Infinity }, ...past];
    const plain = nextCriticalZ({ past, information: 4, alphaToSpend });
    expect(nextCriticalZ({ past: skipped, information: 4, alphaToSpend })).toBe(plain);
  });

  it('gives no bound when there is nothing to spend', () => {
    for (const alphaToSpend of [0, -1e-18, 1e-310]) {
      expect(nextCriticalZ({ past: [], information: 1, alphaToSpend })).toBe(Infinity);
    }
    expect(nextCriticalZ({ past: [], information: 1, alphaToSpend: 1e-299 })).toBeCloseTo(36.98, 1);
  });

  it('holds when one unit more has come than at the look before', () => {
    const past = [{ information: 3_000_000, criticalZ: 2.5 }];
    const information = 3_000_001;
    const criticalZ = nextCriticalZ({ past, information, alphaToSpend: 0.01 });
    // Hardly any new data: between the two bounds lies the error of the second.
    expect(Math.abs(normal.survival(criticalZ) - normal.survival(2.5) - 0.01)).toBeLessThan(1e-5);
    expect(spent([2.5, criticalZ], [3_000_000, information])).toBeCloseTo(
      normal.survival(2.5) + 0.01,
      8,
    );
  });

  it('refuses information that does not grow, and more error than there is chance left', () => {
    const past = [{ information: 10, criticalZ: 2 }];
    expect(() => nextCriticalZ({ past, information: 10, alphaToSpend: 0.01 })).toThrow(RangeError);
    expect(() => nextCriticalZ({ past, information: 9, alphaToSpend: 0.01 })).toThrow(RangeError);
    expect(() => nextCriticalZ({ past, information: 20, alphaToSpend: 0.98 })).toThrow(RangeError);
    expect(() => nextCriticalZ({ past, information: 20, alphaToSpend: 1 })).toThrow(RangeError);
    expect(() => nextCriticalZ({ past, information: 20, alphaToSpend: NaN })).toThrow(RangeError);
    const odd = [{ information: 10, criticalZ: NaN }];
    expect(() => nextCriticalZ({ past: odd, information: 20, alphaToSpend: 0.01 })).toThrow(
      RangeError,
    );
  });
});

describe('classicalBounds', () => {
  it.each<['obrien_fleming' | 'pocock', number[], number]>([
    ['obrien_fleming', [2.7965097, 1.977431], 0.00258289],
    ['obrien_fleming', [4.048591, 2.8627862, 2.3374551, 2.0242955], 2.57634e-5],
    ['obrien_fleming', [4.5617423, 3.2256389, 2.6337232, 2.2808712, 2.0400732], 2.53654e-6],
    ['pocock', [2.1782721, 2.1782721], 0.0146929],
    ['pocock', [2.4131803, 2.4131803, 2.4131803, 2.4131803, 2.4131803], 0.007907],
  ])('%s has the published constants: %j', (shape, criticalZ, firstAlpha) => {
    const fractions = looks(criticalZ.length);
    const found = classicalBounds({ shape, alphaOneSided: 0.025, fractions });
    expect(distance(found.criticalZ, criticalZ)).toBeLessThan(2e-6);
    expect((found.cumulativeAlpha[0] ?? NaN) / firstAlpha).toBeCloseTo(1, 4);
    expect(found.cumulativeAlpha.at(-1)).toBeCloseTo(0.025, 10);
  });

  it('one look alone is the fixed test', () => {
    const { criticalZ } = classicalBounds({
      shape: 'pocock',
      alphaOneSided: 0.1,
      fractions: [0.7],
    });
    expect(criticalZ[0]).toBeCloseTo(-normal.quantile(0.1), 9);
  });
});

describe('worked examples beside the repository', () => {
  it.each([
    'gs-obrien-fleming-k2',
    'gs-pocock-k3',
    'gs-lan-demets-obf-k5',
    'gs-lan-demets-pocock-k10',
    'gs-kim-demets-phi1-k5',
    'gs-hwang-shih-decani-gamma-4-k5',
    'gs-lan-demets-obf-k14',
  ])('%s', (id) => {
    const entry = readSharedDesigns<SharedDesign, { criticalZ: number[] }>(id);
    // The folder is not part of the repository; the other tests carry the same values.
    if (entry === null) return;
    const { design, alphaOneSided, informationFractions: fractions, phi, gamma } = entry.input;
    const shapes: Record<string, Spending> = {
      'lan-demets-obf': OBF,
      'lan-demets-pocock': POCOCK,
      'kim-demets': { kind: 'kim_demets', phi: phi ?? NaN },
      'hwang-shih-decani': { kind: 'hwang_shih_decani', gamma: gamma ?? NaN },
    };
    const spending = shapes[design];
    const shape = design === 'pocock' ? 'pocock' : 'obrien_fleming';
    const found =
      spending === undefined
        ? classicalBounds({ shape, alphaOneSided, fractions })
        : efficacyBounds({ spending, alphaOneSided, fractions });
    expect(distance(found.criticalZ, entry.expected.criticalZ)).toBeLessThan(2e-6);
  });
});
