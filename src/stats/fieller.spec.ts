import fc from 'fast-check';

import { fiellerRatioSet, relativeLift } from './fieller.js';
import { normal } from './distributions.js';
import { contains, type Interval } from './outcome.js';
import { welch } from './welch.js';

const z = normal.quantile(0.975);

function proportion(x: number, n: number): { mean: number; varianceOfMean: number } {
  const p = x / n;
  return { mean: p, varianceOfMean: (p * (1 - p)) / (n - 1) };
}

function lift(
  treatment: { mean: number; varianceOfMean: number },
  control: { mean: number; varianceOfMean: number },
  criticalValue = z,
  canBeNegative = false,
): Interval {
  const result = relativeLift({ treatment, control, criticalValue, canBeNegative });
  if (!result.ok) throw new Error(result.detail);
  return result.interval;
}

describe('fiellerRatioSet', () => {
  it('falls into two rays when the control mean is not clearly above 0', () => {
    // 3/1000 against 12/1000, recomputed in 40-digit arithmetic.
    expect(
      fiellerRatioSet({
        treatment: proportion(12, 1000),
        control: proportion(3, 1000),
        criticalValue: z,
      }),
    ).toEqual({
      shape: 'two-rays',
      below: expect.closeTo(-30.0924014291727, 8),
      above: expect.closeTo(1.3074230121670205, 10),
    });
  });

  it.each([
    [
      'few conversions in treatment',
      proportion(1, 1000),
      proportion(10, 1000),
      z,
      -0.10677151070151991,
      0.4297090061482031,
    ],
    [
      'many conversions',
      proportion(620, 10000),
      proportion(560, 10000),
      z,
      0.991017955255851,
      1.2377015026098204,
    ],
    [
      'an always-valid multiplier',
      { mean: 0.0253, varianceOfMean: 2.4e-6 },
      { mean: 0.0201, varianceOfMean: 1.9e-6 },
      3.035138053408601,
      0.9521168305379686,
      1.6792968015921845,
    ],
  ])('is an interval for %s', (_name, treatment, control, criticalValue, low, high) => {
    expect(fiellerRatioSet({ treatment, control, criticalValue })).toEqual({
      shape: 'interval',
      low: expect.closeTo(low, 9),
      high: expect.closeTo(high, 9),
    });
  });

  it('rules nothing out when both means are lost in noise', () => {
    const noise = { mean: 0.1, varianceOfMean: 1 };
    expect(fiellerRatioSet({ treatment: noise, control: noise, criticalValue: z })).toEqual({
      shape: 'unbounded',
    });
  });

  it('is one ray on the very edge, where the control mean is exactly q standard errors', () => {
    const set = fiellerRatioSet({
      treatment: { mean: 3, varianceOfMean: 1 },
      control: { mean: 2, varianceOfMean: 1 },
      criticalValue: 2,
    });
    expect(set).toEqual({ shape: 'lower-only', low: (9 - 4) / (2 * 6) });
  });

  it('at a ratio of 1 it is the absolute test', () => {
    const arm = fc.record({
      n: fc.integer({ min: 2, max: 5000 }),
      mean: fc.double({ min: 0.001, max: 50, noNaN: true }),
      variance: fc.double({ min: 1e-4, max: 1e3, noNaN: true }),
    });
    fc.assert(
      fc.property(arm, arm, (treatment, control) => {
        const test = welch({ treatment, control, alpha: 0.05 });
        if (!test.ok) throw new Error(test.detail);
        const set = fiellerRatioSet({
          treatment: { mean: treatment.mean, varianceOfMean: treatment.variance / treatment.n },
          control: { mean: control.mean, varianceOfMean: control.variance / control.n },
          criticalValue: test.criticalValue,
        });
        if (Math.abs(test.pValue / 0.05 - 1) > 1e-6) {
          expect(contains(set, 1)).toBe(test.pValue > 0.05);
        }
      }),
      { seed: 9, numRuns: 500 },
    );
  });
});

describe('relativeLift', () => {
  it('a metric that cannot be negative keeps its lower limit only', () => {
    // A delta-method lift is "not significant" here although the absolute test has p = .0197.
    expect(lift(proportion(12, 1000), proportion(3, 1000))).toEqual({
      shape: 'lower-only',
      low: expect.closeTo(0.3074230121670205, 9),
    });
  });

  it('never goes below -100 % where the delta method does', () => {
    // A delta-method lift has p = 3e-17 and an interval from -111 % to -69 %; the truth is p .0065.
    expect(lift(proportion(1, 1000), proportion(10, 1000))).toEqual({
      shape: 'interval',
      low: -1,
      high: expect.closeTo(-0.5702909938517969, 9),
    });
  });

  it('counts the variance of the control mean', () => {
    // +100 % at 20,000 units and 5 %: the interval is wider than the absolute one over the control.
    const [treatment, control] = [proportion(2000, 20000), proportion(1000, 20000)];
    const interval = lift(treatment, control);
    if (interval.shape !== 'interval') throw new Error(interval.shape);
    const absolute = z * Math.sqrt(treatment.varianceOfMean + control.varianceOfMean);
    const naive = (2 * absolute) / control.mean;
    expect((interval.high - interval.low) / naive).toBeGreaterThan(1.3);
  });

  it.each([
    ['no control events', 0, 0, false, 'no-control-events'],
    ['a profit of 0', 0, 1, true, 'not-identified'],
    ['a loss in control', -1, 0.01, true, 'not-identified'],
    ['a profit lost in noise', 1, 1, true, 'not-identified'],
    ['a negative mean of a count', -1, 1, false, 'bad-input'],
    ['a variance that is NaN', 1, NaN, false, 'bad-input'],
  ])('answers with a reason for %s', (_name, mean, varianceOfMean, canBeNegative, reason) => {
    expect(
      relativeLift({
        treatment: { mean: 2, varianceOfMean: 0.1 },
        control: { mean, varianceOfMean },
        criticalValue: z,
        canBeNegative,
      }),
    ).toMatchObject({ ok: false, reason });
  });

  it('a larger critical value never narrows it, and a shared covariance moves it', () => {
    const [treatment, control] = [proportion(620, 10000), proportion(560, 10000)];
    const narrow = lift(treatment, control);
    const wide = lift(treatment, control, 3);
    if (narrow.shape !== 'interval' || wide.shape !== 'interval') throw new Error('shape');
    expect(wide.low).toBeLessThan(narrow.low);
    expect(wide.high).toBeGreaterThan(narrow.high);
    const shared = relativeLift({
      treatment,
      control,
      criticalValue: z,
      covariance: 2e-6,
      canBeNegative: false,
    });
    if (!shared.ok || shared.interval.shape !== 'interval') throw new Error('shape');
    expect(shared.interval.low).toBeGreaterThan(narrow.low);
  });
});
