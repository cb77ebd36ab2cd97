import { readFixture, readSharedDesigns } from '../../../test/fixtures/stats/read-golden.js';
import { lognormalMean } from './lognormal.js';

interface LognormalExample {
  values: number[];
  alpha: number;
  mean: number;
  low: number;
  high: number;
}

function solve(values: readonly number[], alpha = 0.05) {
  const result = lognormalMean(values, alpha);
  if (!result.ok || result.interval.shape !== 'interval') throw new Error('no interval');
  return { ...result, low: result.interval.low, high: result.interval.high };
}

describe('lognormalMean', () => {
  it.each(readFixture<{ lognormals: LognormalExample[] }>('rows.json').lognormals)(
    'agrees with SciPy: mean $mean',
    ({ values, alpha, mean, low, high }) => {
      const result = solve(values, alpha);
      expect(result.mean / mean).toBeCloseTo(1, 11);
      expect(result.low / low).toBeCloseTo(1, 10);
      expect(result.high / high).toBeCloseTo(1, 10);
    },
  );

  it("reproduces the worked example of Cox's interval", () => {
    const example = readSharedDesigns<
      { positiveValues: number[] },
      { logMean: number; logVar: number; mean: number; ci95: [number, number] }
    >('lognormal-cox');
    if (example === null) return;
    const result = solve(example.input.positiveValues);
    const { logMean, logVar, mean, ci95 } = example.expected;
    expect(result.logMean / logMean).toBeCloseTo(1, 9);
    expect(result.logVariance / logVar).toBeCloseTo(1, 9);
    expect(result.mean / mean).toBeCloseTo(1, 9);
    expect(result.low / ci95[0]).toBeCloseTo(1, 9);
    expect(result.high / ci95[1]).toBeCloseTo(1, 9);
  });

  it('rescales with the unit', () => {
    const euros = [3, 9.5, 12, 40, 7.25];
    const cents = euros.map((value) => value * 100);
    expect(solve(cents).mean / solve(euros).mean).toBeCloseTo(100, 9);
    expect(solve(cents).high / solve(euros).high).toBeCloseTo(100, 9);
    expect(solve(euros, 0.2).low).toBeGreaterThan(solve(euros, 0.05).low);
  });

  it.each<[string, number[], string]>([
    ['no values', [], 'empty-arm'],
    ['one value', [3], 'too-few'],
    ['equal values', [3, 3, 3], 'no-variance'],
    ['a value of 0', [3, 0], 'bad-input'],
    ['a negative value', [3, -1], 'bad-input'],
    ['a value that is NaN', [3, NaN], 'bad-input'],
    ['a spread beyond double range', [1e-300, 1e300], 'bad-input'],
  ])('answers with a reason for %s', (_name, values, reason) => {
    expect(lognormalMean(values, 0.05)).toMatchObject({ ok: false, reason });
  });

  it('refuses a level outside (0, 1)', () => {
    expect(() => lognormalMean([1, 2], 0)).toThrow(RangeError);
  });
});
