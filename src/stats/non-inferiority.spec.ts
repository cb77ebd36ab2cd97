import fc from 'fast-check';

import { nonInferiority, type NonInferiorityInput } from './non-inferiority.js';

function solve(input: NonInferiorityInput) {
  const result = nonInferiority(input);
  if (!result.ok) throw new Error(result.detail);
  return result;
}

const relative = (value: number) => ({ value, scale: 'relative' as const });
const absolute = (value: number) => ({ value, scale: 'absolute' as const });

describe('nonInferiority', () => {
  // Recomputed from the formula in 40-digit arithmetic.
  it.each([
    {
      treatment: { n: 5100, mean: 13.31, variance: 33.5 ** 2 },
      control: { n: 5200, mean: 12.4, variance: 31 ** 2 },
      margin: relative(0.05),
      z: 2.459953442005478,
      p: 0.006947752029659815,
      held: true,
    },
    {
      treatment: { n: 230, mean: 1.15, variance: 5.9 ** 2 },
      control: { n: 400, mean: 1.9, variance: 8.2 ** 2 },
      margin: relative(0.1),
      z: -1.0443893542717384,
      p: 0.851847356515648,
      held: false,
    },
  ])('relative margin, z = $z', ({ z, p, held, ...input }) => {
    const result = solve({ ...input, direction: 'increase' });
    expect(result.statistic / z).toBeCloseTo(1, 11);
    expect(result.pValue / p).toBeCloseTo(1, 11);
    expect(result.nonInferior).toBe(held);
  });

  it('less is better: a small rise within the margin is held, a large one is not', () => {
    const control = { n: 20_000, mean: 0.1, variance: 0.09 };
    const rate = (mean: number) => ({ n: 20_000, mean, variance: mean * (1 - mean) });
    const judge = (mean: number) =>
      solve({ treatment: rate(mean), control, margin: relative(0.1), direction: 'decrease' });
    expect(judge(0.101).nonInferior).toBe(true);
    expect(judge(0.112).nonInferior).toBe(false);
    expect(judge(0.112).distance).toBeCloseTo(1.1 * 0.1 - 0.112, 12);
    expect(judge(0.112).se).toBeCloseTo(
      Math.sqrt((0.112 * 0.888) / 20_000 + (1.21 * 0.09) / 20_000),
      12,
    );
  });

  it('an always-valid multiplier asks for more', () => {
    const input: NonInferiorityInput = {
      treatment: { n: 5100, mean: 13.31, variance: 33.5 ** 2 },
      control: { n: 5200, mean: 12.4, variance: 31 ** 2 },
      margin: relative(0.05),
      direction: 'increase',
    };
    expect(solve({ ...input, criticalValue: 3.035 }).nonInferior).toBe(false);
    expect(solve({ ...input, criticalValue: 3.035 }).lowerLimit).toBeLessThan(0);
  });

  it.each([
    ['an empty arm', { n: 0, mean: 0, variance: null }, relative(0.1), 'empty-arm'],
    ['a control at 0', { n: 9, mean: 0, variance: 1 }, relative(0.1), 'not-identified'],
    ['a NaN mean', { n: 9, mean: NaN, variance: 1 }, absolute(1), 'bad-input'],
  ])('answers with a reason for %s', (_name, control, margin, reason) => {
    const treatment = { n: 9, mean: 1, variance: 1 };
    const result = nonInferiority({ treatment, control, margin, direction: 'increase' });
    expect(result).toMatchObject({ ok: false, reason });
  });

  it('refuses a margin that tolerates everything or nothing', () => {
    const arm = { n: 9, mean: 1, variance: 1 };
    const base = { treatment: arm, control: arm, direction: 'increase' as const };
    expect(() => nonInferiority({ ...base, margin: absolute(0) })).toThrow(RangeError);
    expect(() => nonInferiority({ ...base, margin: relative(1) })).toThrow(RangeError);
    expect(() => nonInferiority({ ...base, margin: absolute(1), alpha: 0 })).toThrow(RangeError);
  });

  it('an absolute margin treats both directions alike, and a wider margin helps', () => {
    const arm = fc.record({
      n: fc.integer({ min: 2, max: 1e5 }),
      mean: fc.double({ min: -50, max: 50, noNaN: true }),
      variance: fc.double({ min: 0.1, max: 100, noNaN: true }),
    });
    const size = fc.double({ min: 0.1, max: 10, noNaN: true });
    const flip = <A extends { mean: number }>(one: A): A => ({ ...one, mean: -one.mean });
    fc.assert(
      fc.property(arm, arm, size, (treatment, control, value) => {
        const margin = absolute(value);
        const more = solve({ treatment, control, margin, direction: 'increase' });
        const less = solve({
          treatment: flip(treatment),
          control: flip(control),
          margin,
          direction: 'decrease',
        });
        expect(less.distance).toBeCloseTo(more.distance, 10);
        expect(less.nonInferior).toBe(more.nonInferior);
        const wide = solve({
          treatment,
          control,
          margin: absolute(value * 2),
          direction: 'increase',
        });
        expect(wide.log10p).toBeLessThanOrEqual(more.log10p);
        expect(more.nonInferior).toBe(more.lowerLimit > 0);
      }),
      { seed: 29 },
    );
  });
});
