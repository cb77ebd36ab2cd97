import { effectsToPlan, planPower } from './power-plan.js';
import type { PowerQuestion } from './power-question.js';
import { validatePowerQuestion } from './validate-power-question.js';

const QUESTION: PowerQuestion = {
  metric: {
    key: 'profit',
    name: 'Profit',
    kind: 'money',
    unit: 'currency',
    currency: 'EUR',
    direction: 'increase',
    waitingDays: 44,
  },
  baseline: { source: 'measured', mean: 10, standardDeviation: 5, units: 900, unitsPerDay: 100 },
  unitKind: 'visitor',
  analysis: { alpha: 0.05, test: 'fixed_horizon', adjustment: 'dunnett' },
  power: 0.8,
  weights: [1, 1],
  traffic: 1,
  guardrails: 0,
  varianceReduction: 0,
  effects: [{ value: 0.1, scale: 'relative' }],
  days: [14],
};
const ask = (changes: Partial<PowerQuestion> = {}) => planPower({ ...QUESTION, ...changes });
const RATE: Partial<PowerQuestion> = {
  metric: {
    key: 'signup',
    name: 'Sign-ups',
    kind: 'proportion',
    unit: 'share',
    direction: 'increase',
    waitingDays: 7,
  },
  baseline: {
    source: 'declared',
    mean: 0.1,
    standardDeviation: 0.3,
    unitsPerDay: 1000,
  },
  effects: [{ value: 0.02, scale: 'absolute' }],
};

describe('the plan of a test', () => {
  it('answers in units, days and money, and in words', () => {
    // d = .2: 393.4067 units per arm (R 4.2.2 power.t.test).
    const plan = ask();
    expect(plan.effects[0]).toMatchObject({
      effect: { absolute: 1, relative: 0.1, perYear: 36_500 },
      unitsNeeded: 787,
      unitsPerVariant: [394, 394],
      days: 8,
      daysToResult: 52,
    });
    expect(plan.effects[0]?.sentence).toBe(
      "At today's traffic of 100 visitors a day, a 10% change in Profit per visitor needs 8 days of " +
        'enrolment (787 visitors), and the result is complete on day 52.',
    );
    expect(plan.times[0]).toMatchObject({ days: 14, units: 1400 });
    expect(plan.sentence).toBe(
      "At today's traffic of 100 visitors a day, a 10% change in Profit per visitor needs 8 days; " +
        'in 14 days you can see 7.5%.',
    );
  });

  it('plans a rate with the test of rates', () => {
    // .10 to .12: 3840.847 units per arm (R 4.2.2 power.prop.test).
    expect(ask(RATE).effects[0]).toMatchObject({ unitsNeeded: 7682, days: 8, daysToResult: 15 });
  });

  it('a smaller effect in more time: what a time can show is what the effect needs', () => {
    const { times } = ask({ days: [8] });
    const size = times[0]?.smallestEffect?.absolute ?? 0;
    const { effects } = ask({ effects: [{ value: size, scale: 'absolute' }] });
    expect(effects[0]?.unitsNeeded).toBe(800);
  });

  it.each<[string, Partial<PowerQuestion>, number]>([
    ['half the traffic takes twice the days', { traffic: 0.5 }, 16],
    ['a tenth of the variance needs a tenth of the units', { varianceReduction: 0.9 }, 1],
    // Dunnett's 2.2121 in place of 1.96: (2.2121 + .8416)² · 2/.04 = 466 in each of three arms.
    ['another variant takes longer', { weights: [1, 1, 1] }, 15],
    // 95 % for each of four tests in place of 80 %: (1.96 + 1.6449)² · 2/.04 = 650 an arm.
    ['guardrails take longer, because each can stop a good change', { guardrails: 3 }, 14],
  ])('%s', (_name, changes, days) => {
    expect(ask(changes).effects[0]?.days).toBe(days);
  });

  it('looks cost little, open ends cost more', () => {
    const units = (analysis: Partial<PowerQuestion['analysis']>) =>
      ask({ analysis: { ...QUESTION.analysis, ...analysis } }).effects[0]?.unitsNeeded ?? 0;
    const five = units({ test: 'group_sequential', plannedLooks: 5 });
    // Five looks of O'Brien and Fleming inflate the largest sample by 1.0247 (rpact 3.3.4).
    expect(five / 787).toBeCloseTo(1.0247, 2);
    expect(units({ test: 'always_valid', plannedUnits: 1000 })).toBeGreaterThan(1.3 * 787);
  });

  it('less is better where it is', () => {
    const { metric } = QUESTION;
    const plan = ask({ metric: { ...metric, direction: 'decrease' } });
    expect(plan.effects[0]).toMatchObject({ effect: { absolute: -1 }, unitsNeeded: 787 });
  });

  it('plans to show that a guardrail is held', () => {
    const margin = { value: 0.05, scale: 'relative' } as const;
    const plan = ask({ margin, effects: effectsToPlan(QUESTION.baseline, margin) });
    // (1.96 + .8416)² · 25 · (1 + .95²) / .5² = 1493.2 in each arm; with 700 in each the distance of
    // the truth from the margin must be 2.8016 · √(25 · 1.9025 / 700) = .730.
    expect(plan.effects).toMatchObject([{ effect: { absolute: 0 }, unitsNeeded: 2987, days: 30 }]);
    expect(plan.sentence).toBe(
      "At today's traffic of 100 visitors a day, to show that Profit per visitor is not worse by 5% " +
        'needs 30 days; in 14 days you can show it if the truth is 2.3% better or more.',
    );
  });

  it('says what is missing instead of a number', () => {
    const plan = ask({ baseline: { ...QUESTION.baseline, unitsPerDay: null } });
    expect(plan.effects[0]).toMatchObject({ unitsNeeded: 787, notComputed: { reason: 'too-few' } });
    expect(plan.effects[0]?.sentence).toBe(
      'A 10% change in Profit per visitor needs 787 visitors.',
    );
    expect(plan.times[0]).toMatchObject({ days: 14, notComputed: { reason: 'too-few' } });
    const full = ask({ ...RATE, effects: [{ value: 0.95, scale: 'absolute' }] });
    expect(full.effects[0]?.notComputed?.reason).toBe('bad-input');
  });

  it('warns of a baseline that is still growing', () => {
    const plan = ask({ baseline: { ...QUESTION.baseline, matured: false } });
    expect(plan.warnings).toHaveLength(1);
  });

  it('asks for lifts where there are any, and for shares of the spread otherwise', () => {
    expect(effectsToPlan(QUESTION.baseline, undefined)[2]).toEqual({
      value: 0.05,
      scale: 'relative',
    });
    const loss = effectsToPlan({ ...QUESTION.baseline, mean: -1 }, undefined);
    expect(loss[2]).toEqual({ value: 0.25, scale: 'absolute' });
    expect(ask({ baseline: { ...QUESTION.baseline, mean: -1 }, effects: loss }).sentence).toContain(
      'a 0.05 EUR change in Profit per visitor',
    );
  });
});

describe('what is wrong with a question', () => {
  it.each<[string, Partial<PowerQuestion>, string[]]>([
    ['nothing', {}, []],
    ['alpha', { analysis: { ...QUESTION.analysis, alpha: 0.5 } }, ['/alpha invalid-alpha']],
    ['power below alpha', { power: 0.04 }, ['/power invalid-power']],
    ['certainty', { power: 1 }, ['/power invalid-power']],
    ['no traffic', { traffic: 0 }, ['/traffic invalid-traffic']],
    ['one variant', { weights: [1] }, ['/weights too-few-variants']],
    ['a weight of nothing', { weights: [1, 0] }, ['/weights invalid-weight']],
    ['all variance away', { varianceReduction: 1 }, ['/varianceReduction invalid-share']],
    [
      'no spread',
      { baseline: { ...QUESTION.baseline, standardDeviation: 0 } },
      ['/baseline/standardDeviation no-variance'],
    ],
    [
      'a rate above 1',
      { ...RATE, baseline: { ...QUESTION.baseline, mean: 2 } },
      ['/baseline/mean not-a-rate'],
    ],
    [
      'no effect',
      { effects: [{ value: 0, scale: 'absolute' }] },
      ['/effects/0/value not-positive'],
    ],
    [
      'a lift on nothing',
      { baseline: { ...QUESTION.baseline, mean: 0 } },
      ['/effects/0/scale no-lift-on-zero'],
    ],
    ['no margin', { margin: { value: 0, scale: 'absolute' } }, ['/margin/value not-positive']],
    [
      'a margin of everything',
      { margin: { value: 1, scale: 'relative' } },
      ['/margin/value margin-too-large'],
    ],
  ])('%s', (_name, changes, expected) => {
    const faults = validatePowerQuestion({ ...QUESTION, ...changes });
    const found = faults.map(({ pointer, code }) => `${pointer} ${code}`);
    expect(found).toEqual(expected);
  });
});
