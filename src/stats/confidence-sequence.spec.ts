import fc from 'fast-check';

import {
  confidenceSequence,
  type ConfidenceSequenceInput,
  confidenceSequenceMultiplier,
  type ConfidenceSequenceResult,
} from './confidence-sequence.js';
import { normal } from './distributions.js';
import { contains } from './outcome.js';

const enough = { treatment: 100, control: 100 };

function solve(input: Partial<ConfidenceSequenceInput>): ConfidenceSequenceResult {
  const result = confidenceSequence({
    estimate: 0,
    se: 1,
    n: 1000,
    nStar: 1000,
    alpha: 0.05,
    nonZero: enough,
    ...input,
  });
  if (!result.ok) throw new Error(result.detail);
  return result;
}

describe('confidenceSequence', () => {
  // Recomputed from the published formula in 40-digit arithmetic.
  it.each([
    [0.02, 0.01, 1000, 5000, 0.05, 0.03984006677137368, 0.03363887725782781, 0.4715742699706487],
    [0.035, 0.01, 5000, 5000, 0.05, 0.03984006677137368, 0.03035208990376253, 0.012977613367106434],
    [0.018, 0.005, 2e4, 2e4, 0.05, 0.01992003338568684, 0.015176044951881264, 0.009468325634465136],
    [
      0.0081, 0.002, 6e4, 4e4, 0.01, 0.01698068118533178, 0.007160354910202513,
      0.0018369622949311393,
    ],
  ])('estimate %s, se %s, n %s of %s, alpha %s', (...numbers) => {
    const [estimate, se, n, nStar, alpha, rho, halfWidth, p] = numbers;
    const result = solve({ estimate, se, n, nStar, alpha });
    expect(result.rho / rho).toBeCloseTo(1, 12);
    expect(result.halfWidth / halfWidth).toBeCloseTo(1, 12);
    expect(result.pValue / p).toBeCloseTo(1, 11);
  });

  it('equals the inverse of the mixture likelihood ratio', () => {
    // Means .10 and .11, variances .09 and .0979, 10,000 per arm, mixing variance 1e-4: 3.7361768.
    const s2 = 0.09 / 1e4 + 0.0979 / 1e4;
    const rho2 = 1e-4 / (s2 * 2e4);
    // The nStar that gives this rho.
    const nStar = (-2 * Math.log(0.05) + Math.log(1 - 2 * Math.log(0.05))) / rho2;
    const result = solve({ estimate: 0.01, se: Math.sqrt(s2), n: 2e4, nStar });
    expect(1 / result.pValue).toBeCloseTo(3.736176751920237, 10);
  });

  it('is narrowest near the planned size, at 3.035 standard errors', () => {
    const at = (n: number): number => confidenceSequenceMultiplier({ n, nStar: 2e4, alpha: 0.05 });
    expect(at(21_000)).toBeCloseTo(3.035138053408601, 11);
    expect(at(2e4)).toBeCloseTo(3.03521, 5);
    expect(at(2e3)).toBeGreaterThan(at(2e4));
    expect(at(2e6)).toBeGreaterThan(at(2e4));
  });

  it('holds back before 25 non-zero outcomes per arm, and shows the interval all the same', () => {
    const early = solve({ nonZero: { treatment: 24, control: 900 } });
    expect(early.burnInPassed).toBe(false);
    expect(early.interval.shape).toBe('interval');
    expect(solve({ nonZero: { treatment: 25, control: 25 } }).burnInPassed).toBe(true);
  });

  it('the running p only falls', () => {
    expect(solve({ estimate: 0, previousPValue: 0.03 }).runningPValue).toBe(0.03);
    const strong = solve({ estimate: 6, previousPValue: 0.03 });
    expect(strong.runningPValue).toBe(strong.pValue);
  });

  it('gives a bound instead of 0 for an overwhelming effect', () => {
    const result = solve({ estimate: 100 });
    expect(result).toMatchObject({ pValue: 1e-300, pValueIsBound: true });
    expect(result.log10p).toBeLessThan(-1000);
    expect(Number.isFinite(result.log10p)).toBe(true);
  });

  it.each<[string, Partial<ConfidenceSequenceInput>, string]>([
    ['no units', { n: 0 }, 'empty-arm'],
    ['no variance', { se: 0 }, 'no-variance'],
    ['an estimate that is NaN', { estimate: NaN }, 'bad-input'],
    ['a standard error that is NaN', { se: NaN }, 'bad-input'],
  ])('answers with a reason for %s', (_name, input, reason) => {
    const base = { estimate: 0, se: 1, n: 10, nStar: 10, alpha: 0.05, nonZero: enough };
    expect(confidenceSequence({ ...base, ...input })).toMatchObject({ ok: false, reason });
  });

  it('refuses a level outside (0, 1) and a plan without units', () => {
    expect(() => solve({ alpha: 1 })).toThrow(RangeError);
    expect(() => solve({ nStar: 0 })).toThrow(RangeError);
  });

  it('p is at most alpha exactly when the interval excludes 0; never narrower than a fixed look', () => {
    const size = fc.integer({ min: 2, max: 1e7 });
    const levels = fc.double({ min: 0.001, max: 0.2, noNaN: true });
    const effects = fc.double({ min: -8, max: 8, noNaN: true });
    fc.assert(
      fc.property(size, size, effects, levels, (n, nStar, estimate, alpha) => {
        const result = solve({ n, nStar, estimate, alpha });
        if (Math.abs(result.pValue / alpha - 1) > 1e-9) {
          expect(contains(result.interval, 0)).toBe(result.pValue > alpha);
        }
        expect(result.multiplier).toBeGreaterThan(-normal.quantile(alpha / 2));
      }),
      { seed: 13 },
    );
  });
});
