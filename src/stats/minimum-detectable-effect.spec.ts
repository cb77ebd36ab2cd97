import fc from 'fast-check';

import { readGolden } from '../../test/fixtures/stats/read-golden.js';
import {
  daysToDetect,
  minimumDetectableEffect,
  powerOfWelch,
  type TwoArms,
} from './minimum-detectable-effect.js';
import { noncentralTSurvival } from './noncentral-t.js';

function powerOf(input: Parameters<typeof powerOfWelch>[0]): number {
  const result = powerOfWelch(input);
  if (!result.ok) throw new Error(result.detail);
  return result.power;
}

function effectOf(input: Parameters<typeof minimumDetectableEffect>[0]): number {
  const result = minimumDetectableEffect(input);
  if (!result.ok) throw new Error(result.detail);
  return result.effect;
}

const unit = { variance0: 1, variance1: 1, alpha: 0.05 };

describe('power', () => {
  it.each(readGolden().examples.noncentralT)(
    "agrees with SciPy's noncentral t at t = $t, df = $df",
    ({ t, df, ncp, upper }) => {
      expect(noncentralTSurvival(t, df, ncp) / upper).toBeCloseTo(1, 9);
    },
  );

  // R 4.2.2 power.t.test, tol 1e-12.
  it.each([
    [0.5, 63.7657637248],
    [0.2, 393.406656228],
    [0.3, 175.385096597],
  ])('an effect of %s SD needs %s units per arm for 80 %%', (effect, n) => {
    expect(powerOf({ ...unit, effect, n0: n, n1: n })).toBeCloseTo(0.8, 9);
    expect(effectOf({ ...unit, n0: n, n1: n })).toBeCloseTo(effect, 9);
  });

  it('agrees with R for a given size and for unequal arms', () => {
    expect(powerOf({ ...unit, effect: 0.4, n0: 100, n1: 100 })).toBeCloseTo(0.803646604877, 10);
    // pwr.t2n.test counts both tails and pools the variance: 398 degrees of freedom.
    const ncp = 0.3 * Math.sqrt(75);
    const critical = 1.965942324;
    const both = noncentralTSurvival(critical, 398, ncp) + noncentralTSurvival(critical, 398, -ncp);
    expect(both).toBeCloseTo(0.736256444965, 8);
    expect(powerOf({ ...unit, effect: 0.3, n0: 100, n1: 300 })).toBeCloseTo(0.736, 2);
  });

  it('is half of alpha without an effect and ignores its sign', () => {
    expect(powerOf({ ...unit, effect: 0, n0: 50, n1: 50 })).toBeCloseTo(0.025, 10);
    expect(powerOf({ ...unit, effect: -0.4, n0: 50, n1: 80 })).toBe(
      powerOf({ ...unit, effect: 0.4, n0: 50, n1: 80 }),
    );
  });

  it('reaches 1 for a large effect and works for a million units', () => {
    expect(powerOf({ ...unit, effect: 5, n0: 400, n1: 400 })).toBeCloseTo(1, 12);
    const effect = effectOf({ ...unit, n0: 1e6, n1: 1e6 });
    expect(effect / ((1.959963985 + 0.841621234) * Math.sqrt(2e-6))).toBeCloseTo(1, 5);
  });
});

describe('daysToDetect', () => {
  const plan = {
    effect: 0.01,
    unitsPerDay: 1000,
    share0: 0.5,
    share1: 0.5,
    variance0: 0.09,
    variance1: 0.09,
    alpha: 0.05,
  };

  it('is the first whole day that has the power', () => {
    const result = daysToDetect(plan);
    if (!result.ok) throw new Error(result.detail);
    expect(result.units).toBe(result.days * 1000);
    const at = (days: number): number => powerOf({ ...plan, n0: days * 500, n1: days * 500 });
    expect(at(result.days)).toBeGreaterThanOrEqual(0.8);
    expect(at(result.days - 1)).toBeLessThan(0.8);
  });

  it('finds the day for tiny samples, where the normal approximation is short', () => {
    const small = { ...plan, effect: 2, unitsPerDay: 2, variance0: 1, variance1: 1 };
    const result = daysToDetect(small);
    if (!result.ok) throw new Error(result.detail);
    // SciPy's noncentral t puts the size at 5.09 units per arm; the normal formula says 3.92.
    expect(result.days).toBe(6);
  });

  it.each([
    ['no effect', { effect: 0 }, 'not-identified'],
    ['no traffic', { unitsPerDay: 0 }, 'too-few'],
    ['no variance', { variance0: 0, variance1: 0 }, 'no-variance'],
    ['a variance that is NaN', { variance0: NaN }, 'bad-input'],
    ['a negative variance', { variance0: -1 }, 'bad-input'],
    ['an effect beyond reach', { effect: 1e-12 }, 'too-few'],
  ])('answers with a reason for %s', (_name, change, reason) => {
    expect(daysToDetect({ ...plan, ...change })).toMatchObject({ ok: false, reason });
  });

  it('refuses shares above 1 and powers that are none', () => {
    expect(() => daysToDetect({ ...plan, share0: 0.6 })).toThrow(RangeError);
    expect(() => daysToDetect({ ...plan, power: 1 })).toThrow(RangeError);
    expect(() => effectOf({ ...unit, n0: 9, n1: 9, power: 0.01 })).toThrow(RangeError);
  });
});

describe('minimumDetectableEffect', () => {
  it.each<[string, Partial<TwoArms>, string]>([
    ['an empty arm', { n0: 0 }, 'empty-arm'],
    ['one unit', { n1: 1 }, 'too-few'],
    ['no variance', { variance0: 0, variance1: 0 }, 'no-variance'],
  ])('answers with a reason for %s', (_name, change, reason) => {
    const input = { ...unit, n0: 10, n1: 10, ...change };
    expect(minimumDetectableEffect(input)).toMatchObject({ ok: false, reason });
    expect(powerOfWelch({ ...input, effect: 1 })).toMatchObject({ ok: false, reason });
  });

  it('has exactly the power asked for, scales with the unit, and shrinks with more units', () => {
    const n = fc.integer({ min: 3, max: 1e6 });
    const spread = fc.double({ min: 0.1, max: 50, noNaN: true });
    fc.assert(
      fc.property(n, n, spread, spread, (n0, n1, variance0, variance1) => {
        const input = { n0, n1, variance0, variance1, alpha: 0.05 };
        const effect = effectOf(input);
        expect(powerOf({ ...input, effect })).toBeCloseTo(0.8, 8);
        const cents = { ...input, variance0: variance0 * 1e4, variance1: variance1 * 1e4 };
        expect(effectOf(cents) / effect).toBeCloseTo(100, 5);
        expect(effectOf({ ...input, n0: n0 * 2, n1: n1 * 2 })).toBeLessThan(effect);
      }),
      { seed: 31, numRuns: 10 },
    );
  });
});
