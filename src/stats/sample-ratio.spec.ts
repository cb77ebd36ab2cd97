import fc from 'fast-check';

import { readGolden, readSharedDesigns } from '../../test/fixtures/stats/read-golden.js';
import { sampleRatio, type SampleRatioInput, type SampleRatioResult } from './sample-ratio.js';

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
});
