import fc from 'fast-check';

import { readFixture, readSharedDesigns } from '../../../test/fixtures/stats/read-golden.js';
import type { NotComputed } from '../outcome.js';
import type { PlanInput } from './plan-input.js';
import { daysFor, powerAt, smallestEffect, unitsNeeded } from './plan-test.js';
import type { PlannedTest } from './planned-test.js';

const plan: PlanInput = {
  test: { kind: 'fixed_horizon' },
  outcome: { kind: 'mean', controlMean: 2, sd: 1 },
  alpha: 0.05,
  power: 0.8,
  arms: 1,
  allocation: [1, 1],
  adjustment: 'none',
  varianceReduction: 0,
  guardrails: 0,
  goal: 'difference',
};
const rate = (controlRate: number) => ({ kind: 'rate' as const, controlRate });
const obrienFleming = (looks: number): PlannedTest => ({
  kind: 'group_sequential',
  looks,
  spending: { kind: 'obrien_fleming' },
});
const nonInferior = (margin: number, scale: 'absolute' | 'relative') => ({
  kind: 'non_inferiority' as const,
  margin,
  scale,
});

function solved<T extends { ok: true }>(result: T | NotComputed): T {
  if (!result.ok) throw new Error(result.detail);
  return result;
}
const powerOf = (change: Partial<PlanInput> & { units: number; effect: number }): number =>
  solved(powerAt({ ...plan, ...change })).power;
const unitsOf = (change: Partial<PlanInput> & { effect: number }): number =>
  solved(unitsNeeded({ ...plan, ...change })).units;
const effectOf = (change: Partial<PlanInput> & { units: number }): number =>
  solved(smallestEffect({ ...plan, ...change })).effect;

describe('powerAt', () => {
  it.each(
    readFixture<{
      powers: { name: string; plan: PlanInput; units: number; effect: number; power: number }[];
    }>('planning.json').powers,
  )('agrees with SciPy: $name, power $power', (example) => {
    const { power } = solved(powerAt({ ...example.plan, ...example }));
    // The rectangles of several looks are good to 1e-7, published bounds to 8 digits.
    const digits = example.plan.test.kind === 'fixed_horizon' ? 9 : 6;
    expect(power).toBeCloseTo(example.power, digits);
    const asked = { ...example.plan, power };
    if (power <= asked.alpha) return;
    expect(unitsOf({ ...asked, effect: example.effect }) / example.units).toBeCloseTo(1, 6);
    // Without a sign of its own a difference is given in the good direction.
    const sign = example.plan.goal === 'difference' ? Math.sign(example.effect) : 1;
    if (sign === 1 || example.plan.outcome.kind === 'mean') {
      const effect = sign * effectOf({ ...asked, units: example.units });
      expect(effect).toBeCloseTo(example.effect, 7);
    }
  });

  it('shares the misses out over the guardrails', () => {
    const three = { guardrails: 3, effect: 0.1 };
    const units = unitsOf(three);
    expect(solved(powerAt({ ...plan, ...three, units })).powerPerTest).toBeCloseTo(0.95, 9);
    expect(powerOf({ ...three, units })).toBeCloseTo(0.8, 8);
    expect(powerOf({ ...three, units: 10 })).toBe(0);
    expect(unitsOf({ effect: 0.1, power: 0.95 })).toBeCloseTo(units, 4);
  });

  it('needs that much less with a covariate as the variance gets smaller', () => {
    const outcome = rate(0.1);
    const reduced = unitsOf({ outcome, effect: 0.02, varianceReduction: 0.3 });
    expect(reduced / unitsOf({ outcome, effect: 0.02 })).toBeCloseTo(0.7, 9);
    const mean = unitsOf({ effect: 0.05, varianceReduction: 0.5 });
    expect(mean / unitsOf({ effect: 0.05 })).toBeCloseTo(0.5, 3);
  });

  it.each<[string, Partial<PlanInput> & { units?: number; effect?: number }, string]>([
    ['no units', { units: 0 }, 'too-few'],
    ['one unit in an arm', { units: 11, allocation: [10, 1] }, 'too-few'],
    ['units that are NaN', { units: NaN }, 'bad-input'],
    ['an effect that is NaN', { effect: NaN }, 'bad-input'],
    [
      'a metric that never varies',
      { outcome: { kind: 'mean', controlMean: 1, sd: 0 } },
      'no-variance',
    ],
    [
      'a deviation lost in doubles',
      { outcome: { kind: 'mean', controlMean: 1, sd: 1e-160 } },
      'no-variance',
    ],
    ['a negative deviation', { outcome: { kind: 'mean', controlMean: 1, sd: -1 } }, 'bad-input'],
    [
      'a deviation beyond doubles',
      { outcome: { kind: 'mean', controlMean: 1, sd: 1e200 } },
      'bad-input',
    ],
    ['a mean that is NaN', { outcome: { kind: 'mean', controlMean: NaN, sd: 1 } }, 'bad-input'],
    ['a rate above 1', { outcome: rate(1.2) }, 'bad-input'],
    ['a treatment rate above 1', { outcome: rate(0.95) }, 'bad-input'],
    ['two rates that never vary', { outcome: rate(0), effect: 0 }, 'no-variance'],
    [
      'a relative margin on a mean of 0',
      { outcome: { kind: 'mean', controlMean: 0, sd: 1 }, goal: nonInferior(0.1, 'relative') },
      'not-identified',
    ],
  ])('answers with a reason for %s', (_name, change, reason) => {
    const input = { ...plan, units: 100, effect: 0.1, ...change };
    expect(powerAt(input)).toMatchObject({ ok: false, reason });
  });

  it.each<[string, Partial<PlanInput>]>([
    ['an alpha of 0', { alpha: 0 }],
    ['no arms', { arms: 0, allocation: [1] }],
    ['a weight too many', { allocation: [1, 1, 1] }],
    ['a weight of 0', { allocation: [1, 0] }],
    ['a reduction of all variance', { varianceReduction: 1 }],
    ['half a guardrail', { guardrails: 0.5 }],
    ['no looks', { test: obrienFleming(0) }],
    ['a thousand looks', { test: obrienFleming(1000) }],
    ['an nStar of 0', { test: { kind: 'always_valid', nStar: 0, looks: 5 } }],
    ['a margin of 0', { goal: nonInferior(0, 'absolute') }],
    ['a margin of all of the mean', { goal: nonInferior(1, 'relative') }],
  ])('refuses %s', (_name, change) => {
    expect(() => powerAt({ ...plan, ...change, units: 100, effect: 0.1 })).toThrow(RangeError);
  });
});

describe('unitsNeeded', () => {
  it.each([
    ['power-prop-10-12', 3840.84748244, 0.8],
    ['power-prop-5-6', 8157.73144785, 0.8],
    ['power-prop-2-2.2', 108008.97826, 0.9],
  ])('is what power.prop.test of R prints: %s', (id, nPerArm, power) => {
    const [p0 = 0, p1 = 0] = id
      .split('-')
      .slice(2)
      .map((percent) => Number(percent) / 100);
    const units = unitsOf({ outcome: rate(p0), effect: p1 - p0, power });
    expect(units / 2 / nPerArm).toBeCloseTo(1, 8);
    const shared = readSharedDesigns<object, { nPerArm: number }>(id);
    if (shared !== null) expect(shared.expected.nPerArm).toBe(nPerArm);
  });

  // R 4.2.2 power.t.test, tol 1e-12.
  it.each([
    [0.5, 63.7657637248],
    [0.2, 393.406656228],
    [0.3, 175.385096597],
  ])('an effect of %s SD needs %s units per arm by the t test', (effect, nPerArm) => {
    expect(unitsOf({ effect }) / 2 / nPerArm).toBeCloseTo(1, 8);
  });

  it('is the closed form for non-inferiority', () => {
    const outcome = { kind: 'mean' as const, controlMean: 1, sd: 4 };
    const units = unitsOf({ outcome, goal: nonInferior(0.1, 'relative'), effect: 0 });
    expect(units / 2 / 22730.355710674972).toBeCloseTo(1, 10);
  });

  it('multiplies by the inflation of the looks', () => {
    const ratio = unitsOf({ test: obrienFleming(5), effect: 0.05 }) / unitsOf({ effect: 0.05 });
    expect(ratio).toBeCloseTo(1.02471989147, 4);
    const pocock: PlannedTest = {
      kind: 'group_sequential',
      looks: 1,
      spending: { kind: 'pocock' },
    };
    expect(unitsOf({ test: pocock, effect: 0.05 })).toBeCloseTo(unitsOf({ effect: 0.05 }), 3);
  });

  it('gives the smallest plan for an effect that nobody can miss', () => {
    expect(unitsOf({ effect: 1e6, allocation: [3, 1] })).toBe(8);
  });

  it.each<[string, Partial<PlanInput> & { effect: number }, string]>([
    ['no effect', { effect: 0 }, 'not-identified'],
    ['an effect beyond reach', { effect: 1e-12 }, 'too-few'],
    [
      'a treatment at the margin',
      { effect: -0.2, goal: nonInferior(0.1, 'relative') },
      'not-identified',
    ],
    ['a rate below 0', { effect: -0.2, outcome: rate(0.1) }, 'bad-input'],
  ])('answers with a reason for %s', (_name, change, reason) => {
    expect(unitsNeeded({ ...plan, ...change })).toMatchObject({ ok: false, reason });
  });

  it('refuses a power that is no more than alpha', () => {
    expect(() => unitsOf({ effect: 1, power: 0.05 })).toThrow(RangeError);
    expect(() => unitsOf({ effect: 1, power: 1 })).toThrow(RangeError);
  });
});

describe('smallestEffect', () => {
  it('is relative to a control mean above 0 only', () => {
    const result = solved(smallestEffect({ ...plan, units: 1000 }));
    expect(result.relative).toBe(result.effect / 2);
    const loss = { kind: 'mean' as const, controlMean: -2, sd: 1 };
    const none = smallestEffect({ ...plan, outcome: loss, units: 1000 });
    expect(none).toMatchObject({ effect: result.effect, relative: null });
  });

  it('looks downwards where less is better', () => {
    expect(effectOf({ units: 1000, direction: 'decrease' })).toBe(-effectOf({ units: 1000 }));
    const down = effectOf({ units: 4000, outcome: rate(0.2), direction: 'decrease' });
    expect(powerOf({ units: 4000, outcome: rate(0.2), effect: down })).toBeCloseTo(0.8, 8);
    expect(Math.abs(down)).toBeLessThan(effectOf({ units: 4000, outcome: rate(0.2) }));
  });

  it('says so when a rate has no room for the effect', () => {
    const expected = { ok: false, reason: 'not-identified' };
    expect(smallestEffect({ ...plan, outcome: rate(0.95), units: 40 })).toMatchObject(expected);
    expect(smallestEffect({ ...plan, outcome: rate(1), units: 1e6 })).toMatchObject(expected);
    const down = { outcome: rate(0.001), direction: 'decrease' as const, units: 1000 };
    expect(smallestEffect({ ...plan, ...down })).toMatchObject(expected);
    // A rate of 0 has room upwards: nobody buys today.
    const first = effectOf({ outcome: rate(0), units: 1000 });
    expect(powerOf({ outcome: rate(0), units: 1000, effect: first })).toBeCloseTo(0.8, 8);
  });

  it('says so when the bounds are out of reach of any effect', () => {
    const test: PlannedTest = { kind: 'always_valid', nStar: 1e9, looks: 2 };
    expect(smallestEffect({ ...plan, test, units: 10 })).toMatchObject({
      ok: false,
      reason: 'too-few',
    });
  });

  it('for non-inferiority is the worst truth that still passes', () => {
    const worst = effectOf({ units: 1e5, goal: nonInferior(0.1, 'relative') });
    expect(worst).toBeLessThan(0);
    expect(worst).toBeGreaterThan(-0.2);
    const short = effectOf({ units: 1000, goal: nonInferior(0.05, 'relative') });
    expect(short).toBeGreaterThan(0);
    // A margin wider than the rate itself: even its end at 0 passes.
    const wide = { outcome: rate(0.1), goal: nonInferior(0.3, 'absolute'), units: 1e4 };
    expect(effectOf(wide)).toBeCloseTo(-0.1, 12);
    expect(effectOf({ ...wide, outcome: rate(0) })).toBeCloseTo(0, 12);
  });
});

describe('planning', () => {
  const tests: readonly PlannedTest[] = [
    { kind: 'fixed_horizon' },
    obrienFleming(4),
    { kind: 'group_sequential', looks: 3, spending: { kind: 'pocock' } },
    { kind: 'always_valid', nStar: 5000, looks: 4 },
  ];
  const anyPlan = fc.record({
    test: fc.constantFrom(...tests),
    outcome: fc.oneof(
      fc.record({
        kind: fc.constant('mean' as const),
        controlMean: fc.double({ min: 0.1, max: 20, noNaN: true }),
        sd: fc.double({ min: 0.1, max: 50, noNaN: true }),
        treatmentSd: fc.double({ min: 0.1, max: 50, noNaN: true }),
      }),
      fc.double({ min: 0.001, max: 0.6, noNaN: true }).map(rate),
    ),
    alpha: fc.constantFrom(0.01, 0.05, 0.1),
    power: fc.constantFrom(0.6, 0.8, 0.95),
    allocation: fc.constantFrom([1, 1, 1], [2, 1, 1], [1, 3, 2]),
    adjustment: fc.constantFrom('dunnett' as const, 'none' as const),
    varianceReduction: fc.constantFrom(0, 0.4),
    guardrails: fc.constantFrom(0, 2),
    goal: fc.constantFrom('difference' as const, nonInferior(0.05, 'relative')),
  });

  it('power, units and effect are inverse to each other, and more units show more', () => {
    const sizes = fc.integer({ min: 3000, max: 1e6 });
    fc.assert(
      fc.property(anyPlan, sizes, (drawn, units) => {
        const input = { ...plan, ...drawn, arms: 2 };
        const smallest = smallestEffect({ ...input, units });
        // Too few units for any effect on a rate is an answer as well.
        if (!smallest.ok) return expect(smallest.reason).toBe('not-identified');
        const { effect } = smallest;
        expect(powerOf({ ...input, units, effect })).toBeCloseTo(input.power, 6);
        expect(unitsOf({ ...input, effect }) / units).toBeCloseTo(1, 6);
        const more = 1.3 * units;
        expect(effectOf({ ...input, units: more })).toBeLessThan(effect);
        expect(powerOf({ ...input, units: more, effect })).toBeGreaterThan(input.power);
        return undefined;
      }),
      { seed: 41, numRuns: 20 },
    );
  });

  it('looks cost units: at any time more than at planned looks, those more than one', () => {
    const effects = fc.double({ min: 0.02, max: 1.5, noNaN: true });
    const looks = fc.integer({ min: 2, max: 6 });
    fc.assert(
      fc.property(effects, looks, fc.constantFrom(0.6, 0.8, 0.95), (effect, k, power) => {
        const fixed = unitsOf({ effect, power });
        const planned = unitsOf({ effect, power, test: obrienFleming(k) });
        const pocock = unitsOf({
          effect,
          power,
          test: { kind: 'group_sequential', looks: k, spending: { kind: 'pocock' } },
        });
        const open = unitsOf({
          effect,
          power,
          test: { kind: 'always_valid', nStar: fixed, looks: k },
        });
        expect(planned).toBeGreaterThanOrEqual(fixed * (1 - 1e-9));
        expect(pocock).toBeGreaterThan(planned);
        expect(open).toBeGreaterThan(pocock);
      }),
      { seed: 42, numRuns: 6 },
    );
  });

  it('more arms, more guardrails and a lopsided split cost units', () => {
    const one = unitsOf({ effect: 0.1 });
    const two = { arms: 2, allocation: [1, 1, 1], effect: 0.1 };
    expect(unitsOf({ ...two, adjustment: 'none' })).toBeCloseTo(1.5 * one, 0);
    const dunnett = unitsOf({ ...two, adjustment: 'dunnett' });
    expect(dunnett).toBeGreaterThan(1.5 * one);
    // Dunnett knows that the treatments share a control; Bonferroni does not.
    expect(dunnett).toBeLessThan(1.5 * unitsOf({ effect: 0.1, alpha: 0.025 }));
    expect(unitsOf({ effect: 0.1, guardrails: 1 })).toBeGreaterThan(one);
    expect(unitsOf({ effect: 0.1, allocation: [9, 1] })).toBeGreaterThan(2 * one);
  });
});

describe('daysFor', () => {
  it('counts whole days and does not add one for a rounding', () => {
    expect(daysFor(4100, 100)).toEqual({ ok: true, days: 41 });
    expect(daysFor(4100.5, 100)).toEqual({ ok: true, days: 42 });
    expect(daysFor(0.3, 0.1)).toEqual({ ok: true, days: 3 });
    expect(daysFor(4, 100)).toEqual({ ok: true, days: 1 });
  });

  it.each([
    [100, 0, 'too-few'],
    [100, -1, 'bad-input'],
    [NaN, 10, 'bad-input'],
    [0, 10, 'bad-input'],
    [100, Infinity, 'bad-input'],
  ])('answers with a reason for %s units at %s a day', (units, unitsPerDay, reason) => {
    expect(daysFor(units, unitsPerDay)).toMatchObject({ ok: false, reason });
  });
});
