import fc from 'fast-check';

import {
  readFixture,
  readGolden,
  readSharedDesigns,
} from '../../test/fixtures/stats/read-golden.js';
import {
  sampleRatio,
  type SampleRatioInput,
  type SampleRatioPeriod,
  type SampleRatioResult,
} from './sample-ratio.js';

interface Example {
  name: string;
  periods: SampleRatioPeriod[];
  concentration: number;
  expected: number[];
  largestDeviation: number;
  chiSquare: number;
  df: number;
  p: number;
  logBayesFactor: number;
}

function solve(input: SampleRatioInput): SampleRatioResult {
  const result = sampleRatio(input);
  if (!result.ok) throw new Error(result.detail);
  return result;
}

describe('sampleRatio', () => {
  it.each(readGolden().examples.samplingRatio)('agrees with the witness for $counts', (example) => {
    const result = solve(example);
    expect(result.chiSquare / example.chiSquare).toBeCloseTo(1, 11);
    expect(result.pValue / example.p).toBeCloseTo(1, 9);
    expect(result.logBayesFactor).toBeCloseTo(example.logBayesFactor, 8);
    expect(result.sequentialP).toBeCloseTo(Math.min(1, Math.exp(-example.logBayesFactor)), 8);
  });

  const ids = ['srm-1', 'srm-2', 'srm-3', 'srm-4'];
  const hasShared = readSharedDesigns(ids[0] ?? '') !== null;
  (hasShared ? it.each(ids) : it.skip.each(ids))('reproduces the shared example %s', (id) => {
    const design = readSharedDesigns<
      { counts: number[]; weights: number[] },
      { chi2: number; p: number; logBayesFactor: Record<string, number> }
    >(id);
    if (design === null) throw new Error('the shared examples are gone');
    for (const [concentration, expected] of Object.entries(design.expected.logBayesFactor)) {
      const result = solve({ ...design.input, concentration: Number(concentration) });
      expect(result.logBayesFactor).toBeCloseTo(expected, 8);
      expect(result.pValue).toBeCloseTo(design.expected.p, 10);
      expect(result.chiSquare).toBeCloseTo(design.expected.chi2, 10);
    }
  });

  it('an arm of weight 0 adds no degree of freedom', () => {
    const result = solve({ counts: [5000, 5200, 0], weights: [0.5, 0.5, 0] });
    expect(result.df).toBe(1);
    expect(result.pValue).toBeCloseTo(0.0476703806561615, 12);
    expect(result.expected).toEqual([5100, 5100, 0]);
    expect(result.alarm).toBe(false);
  });

  it('alarms on a broken split, and stays alarmed', () => {
    const broken = solve({ counts: [50_000, 52_000], weights: [1, 1] });
    expect(broken.alarm).toBe(true);
    const later = solve({
      counts: [60_000, 60_000],
      weights: [1, 1],
      previousSequentialP: broken.sequentialP,
    });
    expect(later.alarm).toBe(true);
    expect(later.sequentialP).toBe(broken.sequentialP);
  });

  it('gives a bound instead of p = 0', () => {
    const result = solve({ counts: [100_000, 0], weights: [1, 1] });
    expect(result).toMatchObject({ pValue: 1e-300, pValueIsBound: true, alarm: true });
  });

  it.each([
    ['no units', [0, 0], [1, 1], 'too-few'],
    ['units in an unused arm', [5, 5, 1], [1, 1, 0], 'bad-input'],
    ['a count that is NaN', [5, NaN], [1, 1], 'bad-input'],
    ['one arm', [5], [1], 'not-identified'],
  ])('answers with a reason for %s', (_name, counts, weights, reason) => {
    expect(sampleRatio({ counts, weights })).toMatchObject({ ok: false, reason });
  });

  it('refuses weights that cannot be a plan', () => {
    expect(() => sampleRatio({ counts: [1, 1], weights: [1] })).toThrow(RangeError);
    expect(() => sampleRatio({ counts: [1, 1], weights: [-1, 2] })).toThrow(RangeError);
    expect(() => sampleRatio({ counts: [1, 1], weights: [0, 0] })).toThrow(RangeError);
    expect(() => sampleRatio({ counts: [1, 1], weights: [1, 1], alpha: 0 })).toThrow(RangeError);
  });

  it('neither the order of arms nor the scale of weights matters', () => {
    const counts = fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(counts, (units) => {
        const weights = units.map((_unit, i) => i + 1);
        const one = solve({ counts: units, weights });
        const other = solve({
          counts: units.toReversed(),
          weights: weights.toReversed().map((weight) => weight * 7),
        });
        expect(other.chiSquare / one.chiSquare).toBeCloseTo(1, 9);
        expect(other.logBayesFactor / one.logBayesFactor).toBeCloseTo(1, 6);
      }),
      { seed: 17 },
    );
  });

  it.each(readFixture<{ cases: Example[] }>('sample-ratio.json').cases)(
    'agrees with dense linear algebra where weights changed: $name',
    ({ periods, concentration, ...expected }) => {
      const result = solve({ periods, concentration });
      expect(result.df).toBe(expected.df);
      expect(result.chiSquare / expected.chiSquare).toBeCloseTo(1, 9);
      expect(result.pValue / expected.p).toBeCloseTo(1, 8);
      expect(result.logBayesFactor).toBeCloseTo(expected.logBayesFactor, 8);
      expect(result.largestDeviation).toBeCloseTo(expected.largestDeviation, 12);
      result.expected.forEach((units, i) => {
        expect(units).toBeCloseTo(expected.expected[i] ?? NaN, 6);
      });
    },
  );

  it('one period is the single form', () => {
    const single = { counts: [33_400, 33_200, 33_900], weights: [1, 1, 1] };
    expect(solve({ periods: [single] })).toEqual(solve(single));
  });

  it('a change of weights alone is no mismatch; against the last weights it would be one', () => {
    const periods = [
      { counts: [9010, 990], weights: [9, 1] },
      { counts: [5050, 4950], weights: [1, 1] },
    ];
    expect(solve({ periods })).toMatchObject({ alarm: false, expected: [14_000, 6000] });
    expect(solve({ counts: [14_060, 5940], weights: [1, 1] }).alarm).toBe(true);
  });

  it('opposite faults of two periods cancel in the totals, not in the Bayes factor', () => {
    const periods = [
      { counts: [5500, 4500], weights: [1, 1] },
      { counts: [4500, 5500], weights: [1, 1] },
    ];
    const result = solve({ periods });
    expect(result.chiSquare).toBe(0);
    expect(result.largestDeviation).toBe(0);
    expect(result.sequentialP).toBeLessThan(1e-30);
  });

  it('a deviation below the floor does not alarm, and says so', () => {
    const off = { counts: [5_010_000, 4_990_000], weights: [1, 1] };
    expect(solve(off)).toMatchObject({ alarm: true, belowFloor: false });
    const result = solve({ ...off, deviationFloor: 0.005 });
    expect(result.largestDeviation).toBeCloseTo(0.002, 12);
    expect(result).toMatchObject({ alarm: false, belowFloor: true });
    expect(solve({ ...off, deviationFloor: 0.001 })).toMatchObject({
      alarm: true,
      belowFloor: false,
    });
    const clean = { counts: [5000, 5000], weights: [1, 1], deviationFloor: 0.001 };
    expect(solve(clean)).toMatchObject({ alarm: false, belowFloor: false });
  });

  it('tells this look from the running minimum', () => {
    const result = solve({ counts: [500, 500], weights: [1, 1], previousSequentialP: 0.2 });
    expect(result).toMatchObject({ sequentialPOfThisLook: 1, sequentialP: 0.2 });
    expect(() =>
      sampleRatio({ counts: [1, 1], weights: [1, 1], previousSequentialP: NaN }),
    ).toThrow(RangeError);
  });

  it.each([
    [
      'units in an arm that was off',
      [
        [5, 5],
        [3, 1],
      ],
      [
        [1, 1],
        [1, 0],
      ],
      'bad-input',
    ],
    [
      'only one arm at a time',
      [
        [5, 0],
        [0, 5],
      ],
      [
        [1, 0],
        [0, 1],
      ],
      'not-identified',
    ],
    [
      'units only while one arm ran',
      [
        [5, 0],
        [0, 0],
      ],
      [
        [1, 0],
        [1, 1],
      ],
      'too-few',
    ],
  ])('answers with a reason for %s', (_name, counts, weights, reason) => {
    const periods = counts.map((units, i) => ({ counts: units, weights: weights[i] ?? [] }));
    expect(sampleRatio({ periods })).toMatchObject({ ok: false, reason });
  });

  it('refuses periods that do not fit together', () => {
    const period = { counts: [1, 1], weights: [1, 1] };
    expect(() => sampleRatio({ periods: [] })).toThrow(RangeError);
    expect(() =>
      sampleRatio({ periods: [period, { counts: [1, 1, 1], weights: [1, 1, 1] }] }),
    ).toThrow(RangeError);
    expect(() => sampleRatio({ ...period, deviationFloor: -1 })).toThrow(RangeError);
  });

  it('keeps its level when weights change and an arm is killed', () => {
    // 90/5/5 while it is tried, thirds later, then halves without the third arm; four looks in each.
    const plan = [
      [0.9, 0.05, 0.05],
      [1 / 3, 1 / 3, 1 / 3],
      [0.5, 0.5, 0],
    ];
    const draw = seeded(37);
    const rounds = 1500;
    const bins = Array.from({ length: 10 }, () => 0);
    let alarms = 0;
    for (let round = 0; round < rounds; round += 1) {
      const periods: { counts: number[]; weights: number[] }[] = [];
      let previousSequentialP = 1;
      let last = 0;
      for (const weights of plan) {
        const period = { counts: [0, 0, 0], weights };
        periods.push(period);
        for (let look = 0; look < 4; look += 1) {
          addUnits(period, 300, draw);
          const result = solve({ periods, previousSequentialP, alpha: 0.05 });
          previousSequentialP = result.sequentialP;
          last = result.pValue;
        }
      }
      const bin = Math.min(9, Math.floor(last * 10));
      bins[bin] = (bins[bin] ?? 0) + 1;
      if (previousSequentialP <= 0.05) alarms += 1;
    }
    // Ten bins of 150: 27.9 is the .001 point of chi-square with 9 degrees of freedom.
    const expected = rounds / 10;
    const uneven = bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(uneven).toBeLessThan(27.9);
    expect(alarms / rounds).toBeLessThan(0.05);
    expect(alarms).toBeGreaterThan(0);
  });
});

/** Park and Miller's generator: the same stream on every machine. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

function addUnits(
  { counts, weights }: { counts: number[]; weights: readonly number[] },
  units: number,
  draw: () => number,
): void {
  for (let unit = 0; unit < units; unit += 1) {
    let left = draw();
    const arm = weights.findIndex((weight) => (left -= weight) < 0);
    const to = arm === -1 ? 0 : arm;
    counts[to] = (counts[to] ?? 0) + 1;
  }
}
