import { readFixture, readSharedDesigns } from '../../test/fixtures/stats/read-golden.js';
import { jamesStein, type JamesSteinInput, type JamesSteinResult } from './shrinkage.js';

function solve(input: JamesSteinInput): JamesSteinResult {
  const result = jamesStein(input);
  if (!result.ok) throw new Error(result.detail);
  return result;
}

describe('jamesStein', () => {
  const examples = readFixture<{
    jamesStein: {
      means: number[];
      variance: number;
      grandMean: number;
      factor: number;
      shrunken: number[];
    }[];
  }>('bayes.json').jamesStein;

  it.each(examples)('agrees with the witness for $means', (example) => {
    const result = solve(example);
    expect(result.grandMean).toBeCloseTo(example.grandMean, 13);
    expect(result.factor).toBeCloseTo(example.factor, 11);
    result.means.forEach((mean, i) => expect(mean).toBeCloseTo(example.shrunken[i] ?? NaN, 13));
  });

  const design = readSharedDesigns<
    { means: number[]; nPerMean: number },
    { grandMean: number; shrinkageFactor: number; jamesStein: number[] }
  >('efron-morris-shrinkage');
  (design === null ? it.skip : it)('reproduces the published batting averages', () => {
    if (design === null) throw new Error('the shared examples are gone');
    const { input, expected } = design;
    const average = input.means.reduce((sum, mean) => sum + mean, 0) / input.means.length;
    const variance = (average * (1 - average)) / input.nPerMean;
    const result = solve({ means: input.means, variance });
    expect(result.grandMean / expected.grandMean).toBeCloseTo(1, 10);
    expect(result.factor / expected.shrinkageFactor).toBeCloseTo(1, 10);
    result.means.forEach((mean, i) => {
      expect(Math.abs(mean - (expected.jamesStein[i] ?? NaN))).toBeLessThan(6e-4);
    });
  });

  it('never shrinks past the grand mean, and hardly at all where the means are exact', () => {
    expect(solve({ means: [1, 2, 3, 4], variance: 100 })).toMatchObject({
      factor: 0,
      means: [2.5, 2.5, 2.5, 2.5],
    });
    expect(solve({ means: [1, 1, 1, 1], variance: 1 })).toMatchObject({ factor: 0 });
    expect(solve({ means: [1, 2, 3, 4], variance: 1e-12 }).factor).toBeCloseTo(1, 11);
  });

  it.each([
    ['three means', { means: [1, 2, 3], variance: 1 }, 'too-few'],
    ['a NaN', { means: [1, 2, 3, NaN], variance: 1 }, 'bad-input'],
    ['a negative variance', { means: [1, 2, 3, 4], variance: -1 }, 'bad-input'],
    ['no variance', { means: [1, 2, 3, 4], variance: 0 }, 'no-variance'],
  ])('answers with a reason for %s', (_name, input, reason) => {
    expect(jamesStein(input)).toMatchObject({ ok: false, reason });
  });
});
