import fc from 'fast-check';

import {
  readGolden,
  readSharedCases,
  type DistributionCase,
} from '../../test/fixtures/stats/read-golden.js';
import {
  beta,
  centralF,
  chiSquare,
  gamma,
  logBeta,
  logGamma,
  normal,
  studentT,
} from './distributions.js';

type AnyFunction = (...args: number[]) => number;

const functions: Record<string, AnyFunction> = {
  gammaln: logGamma as AnyFunction,
  betaln: logBeta as AnyFunction,
};
const families = { normal, t: studentT, beta, gamma, chi2: chiSquare, F: centralF };
for (const [name, family] of Object.entries(families)) {
  functions[`${name}.pdf`] = family.pdf as AnyFunction;
  functions[`${name}.cdf`] = family.cdf as AnyFunction;
  functions[`${name}.sf`] = family.survival as AnyFunction;
  functions[`${name}.inv`] = family.quantile as AnyFunction;
}

/** Relative error, absolute against a reference of zero. */
function errorOf(example: DistributionCase): number {
  const fn = functions[example.fn];
  if (fn === undefined) throw new Error(`unknown function ${example.fn}`);
  // Gamma cases carry a scale of 1 as a last argument, which we do not take.
  const args = example.fn.startsWith('gamma.') ? example.args.slice(0, 2) : example.args;
  const reference = Number(example.ref);
  const error = Math.abs(fn(...args) - reference);
  return reference === 0 ? error * 1e3 : error / Math.abs(reference);
}

function byRegion(cases: readonly DistributionCase[]): [string, DistributionCase[]][] {
  const regions = new Map<string, DistributionCase[]>();
  for (const example of cases) {
    const region = example.region ?? example.fn;
    regions.set(region, [...(regions.get(region) ?? []), example]);
  }
  return [...regions];
}

function worstOf(cases: readonly DistributionCase[]): { error: number; example: string } {
  let worst = { error: -1, example: '' };
  for (const example of cases) {
    const error = errorOf(example);
    if (!(error <= worst.error)) worst = { error, example: JSON.stringify(example) };
  }
  return worst;
}

describe('distributions against the committed witness', () => {
  it.each(byRegion(readGolden().cases))('%s is within a relative 1e-9', (_region, cases) => {
    const worst = worstOf(cases);
    expect(worst.error <= 1e-9 ? '' : `${worst.error} at ${worst.example}`).toBe('');
  });
});

const shared = readSharedCases();
(shared === null ? describe.skip : describe)('distributions against the shared case file', () => {
  it.each(byRegion(shared ?? [{ fn: 'absent', args: [], ref: '0' }]))(
    '%s is within a relative 1e-9',
    (_region, cases) => {
      const worst = worstOf(cases);
      expect(worst.error <= 1e-9 ? '' : `${worst.error} at ${worst.example}`).toBe('');
    },
  );
});

describe('arguments and edges', () => {
  it.each<[string, () => number]>([
    ['NaN', () => normal.cdf(NaN)],
    ['a probability of 1.2', () => normal.quantile(1.2)],
    ['a negative probability', () => studentT.quantile(-0.1, 5)],
    ['zero degrees of freedom', () => studentT.cdf(1, 0)],
    ['x outside the unit interval', () => beta.cdf(1.1, 2, 3)],
    ['a beta shape of zero', () => beta.cdf(0.5, 0, 3)],
    ['a negative gamma point', () => gamma.survival(-1, 2)],
    ['an infinite shape', () => gamma.cdf(1, Infinity)],
    ['a negative chi-square', () => chiSquare.survival(-1, 1)],
    ['a negative F', () => centralF.survival(-1, 1, 2)],
    ['gamma of zero', () => logGamma(0)],
  ])('refuses %s', (_what, call) => {
    expect(call).toThrow(RangeError);
  });

  it('has exact values at the ends of each support', () => {
    expect([normal.cdf(-Infinity), normal.cdf(Infinity)]).toEqual([0, 1]);
    expect([normal.quantile(0), normal.quantile(1)]).toEqual([-Infinity, Infinity]);
    expect([studentT.cdf(-Infinity, 4), studentT.survival(-Infinity, 4)]).toEqual([0, 1]);
    expect([studentT.cdf(0, 4), studentT.quantile(0.5, 4)]).toEqual([0.5, 0]);
    expect([beta.cdf(0, 2, 3), beta.cdf(1, 2, 3)]).toEqual([0, 1]);
    expect([beta.quantile(0, 2, 3), beta.quantile(1, 2, 3)]).toEqual([0, 1]);
    expect([gamma.cdf(0, 2), gamma.survival(Infinity, 2)]).toEqual([0, 0]);
    expect([gamma.quantile(0, 2), gamma.quantile(1, 2)]).toEqual([0, Infinity]);
    expect([centralF.survival(0, 2, 3), centralF.cdf(Infinity, 2, 3)]).toEqual([1, 1]);
    expect([beta.pdf(0, 1, 3), beta.pdf(1, 2, 1), beta.pdf(0, 0.5, 1)]).toEqual([3, 2, Infinity]);
    expect([gamma.pdf(0, 1), gamma.pdf(0, 2), gamma.pdf(Infinity, 2)]).toEqual([1, 0, 0]);
    expect([studentT.pdf(Infinity, 3), centralF.pdf(0, 2, 9), centralF.pdf(0, 3, 9)]).toEqual([
      0, 1, 0,
    ]);
  });

  it('treats infinite degrees of freedom as the normal', () => {
    expect(studentT.survival(2.5, Infinity)).toBe(normal.survival(2.5));
    expect(studentT.pdf(2.5, Infinity)).toBe(normal.pdf(2.5));
    expect(studentT.quantile(0.975, Infinity)).toBe(normal.quantile(0.975));
  });

  it('keeps the logarithm of a tail far below the smallest double', () => {
    // ln Q(z) = -z²/2 - ln(z√2π) + ln(1 - 1/z² + 3/z⁴ - ...), Abramowitz and Stegun 26.2.12.
    const z = 100;
    const series = Math.log1p(-1 / z ** 2 + 3 / z ** 4);
    const expected = -(z ** 2) / 2 - Math.log(z * Math.sqrt(2 * Math.PI)) + series;
    expect(normal.survival(z)).toBe(0);
    expect(normal.logSurvival(z)).toBeCloseTo(expected, 7);
    expect(studentT.logSurvival(z, 1e9)).toBeCloseTo(normal.logSurvival(z), 1);
    // Cauchy: the upper tail is arctan(1/t)/π.
    expect(studentT.logSurvival(1e200, 1)).toBeCloseTo(-200 * Math.LN10 - Math.log(Math.PI), 9);
    expect(studentT.logSurvival(Infinity, 3)).toBe(-Infinity);
  });

  it('joins the logarithm of a tail to the tail itself', () => {
    for (const df of [1, 7.5, 400, 9e4, 2e5, Infinity]) {
      for (const t of [-3, 0, 0.5, 2, 2.999, 3.001, 8]) {
        expect(studentT.logSurvival(t, df)).toBeCloseTo(Math.log(studentT.survival(t, df)), 10);
      }
    }
  });
});

describe('properties', () => {
  const tail = fc.double({ min: 1e-12, max: 0.5, noNaN: true });
  const shape = fc.double({ min: 0.5, max: 5000, noNaN: true });

  it('the quantile undoes the cdf', () => {
    fc.assert(
      fc.property(tail, shape, shape, (p, a, b) => {
        const close = (value: number): void => {
          expect(Math.abs(value / p - 1)).toBeLessThan(1e-9);
        };
        close(normal.cdf(normal.quantile(p)));
        close(studentT.cdf(studentT.quantile(p, a), a));
        close(gamma.cdf(gamma.quantile(p, a), a));
        close(beta.cdf(beta.quantile(p, a, b), a, b));
        close(centralF.cdf(centralF.quantile(p, a, b), a, b));
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  it('the point of a tail of t has that tail, on both sides of every change of method', () => {
    for (const df of [2.9, 3, 3.1, 8, 40.5, 700, 99_999, 1e5, 1e7]) {
      for (const q of [0.49, 0.1, 0.05, 0.025, 1e-3, 1e-9, 1e-30]) {
        const back = studentT.survival(-studentT.quantile(q, df), df);
        expect(`${df}, ${q}: ${Math.abs(back / q - 1) < 1e-10}`).toBe(`${df}, ${q}: true`);
      }
    }
  });

  // q = I_x(df/2, ½)/2 solved for x in 40 digits with mpmath, where x is below every double or nearly.
  it.each([
    [1, 1e-200, 3.183098861837907e199],
    [1.3, 1e-250, 8.99274667766524e191],
    [2, 1e-300, 7.071067811865475e149],
  ])('the far tail of t with %d degrees of freedom holds beyond %d', (df, q, point) => {
    expect(Math.abs(-studentT.quantile(q, df) / point - 1)).toBeLessThan(1e-12);
  });

  it('the two tails sum to one and mirror each other', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), shape, shape, (x, a, b) => {
        expect(beta.cdf(x, a, b) + beta.survival(x, a, b)).toBeCloseTo(1, 12);
        expect(gamma.cdf(x * 2 * a, a) + gamma.survival(x * 2 * a, a)).toBeCloseTo(1, 12);
        expect(studentT.cdf(-x * 9, a)).toBe(studentT.survival(x * 9, a));
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});
