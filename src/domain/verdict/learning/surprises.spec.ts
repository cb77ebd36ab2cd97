import fc from 'fast-check';
import type { Impact, Prediction } from '../../experiments/definition.js';
import { reason } from '../reasons.js';
import {
  predictedRange,
  type SurpriseInput,
  surprisesOf,
  undeclaredSideEffects,
} from './surprises.js';

const prediction: Prediction = {
  metric: 'signup',
  direction: 'increase',
  low: 0.1,
  high: 0.5,
  scale: 'relative',
};
const tickets = {
  key: 'tickets',
  state: 'non_inferior',
  sequentialHarm: false,
  interval: { lower: -0.01, upper: 0.01 },
} as const;
const support: Impact = {
  department: 'support',
  expectedEffect: 'fewer questions',
  reason: 'Fees are shown.',
  guardrail: 'tickets',
};
const asSaid: SurpriseInput = {
  verdict: { variant: 'short', state: 'profit_win', reasons: [reason('LEADING_WON', 'It won.')] },
  prediction,
  predicted: { absolute: { lower: 0.02, upper: 0.06 }, relative: { lower: 0.15, upper: 0.4 } },
  guardrails: [tickets],
  leadingMetric: 'signup',
  confidence: 'high',
  impacts: [],
};
const codesOf = (change: Partial<SurpriseInput>) =>
  surprisesOf({ ...asSaid, ...change }).map(({ code }) => code);
const relative = (lower: number, upper: number) => ({
  predicted: { absolute: { lower: lower / 10, upper: upper / 10 }, relative: { lower, upper } },
});
const flat = { variant: 'short', state: 'no_detectable_change' } as const;

describe('surprises of a variant', () => {
  it.each<[string, Partial<SurpriseInput>, string[]]>([
    ['all as predicted', {}, []],
    ['an interval wider than the range', relative(0.01, 0.9), []],
    ['an interval that touches the range from below', relative(0.02, 0.1), []],
    ['an interval that touches the range from above', relative(0.5, 0.8), []],
    ['a flat interval that reaches the range', relative(-0.05, 0.12), []],
    ['a flat interval below the range', relative(-0.05, 0.09), ['PREDICTION_MISSED']],
    ['an effect below the range', relative(0.02, 0.09), ['PREDICTION_MISSED']],
    ['an effect above the range', relative(0.51, 0.8), ['PREDICTION_MISSED']],
    ['an effect against the sign', relative(-0.3, -0.1), ['SIGN_REVERSED']],
    ['an end at zero', relative(-0.3, 0), ['PREDICTION_MISSED']],
    [
      'a range without an upper end',
      { prediction: { metric: 'signup', direction: 'increase', low: 0.1, scale: 'relative' } },
      [],
    ],
    [
      'a sign alone, reversed',
      {
        prediction: { metric: 'signup', direction: 'increase', scale: 'absolute' },
        ...relative(-0.3, -0.1),
      },
      ['SIGN_REVERSED'],
    ],
    [
      'a sign alone, flat',
      {
        prediction: { metric: 'signup', direction: 'increase', scale: 'absolute' },
        ...relative(-0.3, 0.1),
      },
      [],
    ],
    [
      'a decrease written as a size, met',
      { prediction: { ...prediction, direction: 'decrease' }, ...relative(-0.4, -0.2) },
      [],
    ],
    [
      'a decrease written with its sign, met',
      {
        prediction: { ...prediction, direction: 'decrease', low: -0.5, high: -0.1 },
        ...relative(-0.4, -0.2),
      },
      [],
    ],
    [
      'a decrease that is too small',
      { prediction: { ...prediction, direction: 'decrease' }, ...relative(-0.08, -0.02) },
      ['PREDICTION_MISSED'],
    ],
    [
      'a rise in place of a decrease',
      { prediction: { ...prediction, direction: 'decrease' }, ...relative(0.02, 0.08) },
      ['SIGN_REVERSED'],
    ],
    [
      'a range on the other scale',
      { prediction: { ...prediction, low: 0.07, high: 0.2, scale: 'absolute' } },
      ['PREDICTION_MISSED'],
    ],
    ['numbers that may not be read', { predicted: { absolute: null, relative: null } }, []],
    [
      'no relative number',
      { predicted: { absolute: { lower: 0.02, upper: 0.06 }, relative: null } },
      [],
    ],
    ['an open interval', relative(0.2, Infinity), []],
    ['no prediction', { prediction: null, ...relative(-0.3, -0.1) }, []],
    [
      'a guardrail that moved for the worse within its margin',
      { guardrails: [{ ...tickets, interval: { lower: 0.001, upper: 0.01 } }] },
      ['GUARDRAIL_MOVED'],
    ],
    [
      'a guardrail that moved for the better',
      { guardrails: [{ ...tickets, interval: { lower: -0.02, upper: -0.01 } }] },
      ['GUARDRAIL_MOVED'],
    ],
    [
      'a guardrail that moved where an impact names it',
      {
        guardrails: [{ ...tickets, interval: { lower: -0.02, upper: -0.01 } }],
        impacts: [support],
      },
      [],
    ],
    [
      'a breached guardrail, declared or not',
      { guardrails: [{ ...tickets, state: 'breached', interval: null }], impacts: [support] },
      ['GUARDRAIL_MOVED'],
    ],
    [
      'a guardrail beyond its bound for harm',
      { guardrails: [{ ...tickets, sequentialHarm: true }], impacts: [support] },
      ['GUARDRAIL_MOVED'],
    ],
    ['an open guardrail', { guardrails: [{ ...tickets, state: 'unresolved' }] }, []],
    ['a guardrail without numbers', { guardrails: [{ ...tickets, interval: null }] }, []],
    [
      'a flat result under strong evidence',
      { verdict: { ...flat, reasons: [reason('LEADING_FLAT', 'Flat.')] } },
      ['FLAT_UNDER_STRONG_EVIDENCE'],
    ],
    [
      'a flat result under moderate evidence',
      {
        verdict: { ...flat, reasons: [reason('LEADING_FLAT', 'Flat.')] },
        confidence: 'moderate',
      },
      [],
    ],
    [
      'a flat result when the label is not known',
      { verdict: { ...flat, reasons: [reason('LEADING_FLAT', 'Flat.')] }, confidence: null },
      [],
    ],
    [
      'a leading metric that was not computed',
      { verdict: { ...flat, reasons: [reason('LEADING_NOT_COMPUTED', 'No.')] } },
      [],
    ],
    [
      'too early to be flat',
      {
        verdict: {
          ...flat,
          state: 'collecting',
          reasons: [reason('LEADING_FLAT', 'Flat.')],
        },
      },
      [],
    ],
    [
      'everything at once',
      {
        ...relative(-0.3, -0.1),
        verdict: { ...flat, reasons: [reason('LEADING_FLAT', 'Flat.')] },
        guardrails: [
          { ...tickets, state: 'breached' },
          { ...tickets, key: 'churn', sequentialHarm: true },
        ],
      },
      ['SIGN_REVERSED', 'GUARDRAIL_MOVED', 'GUARDRAIL_MOVED', 'FLAT_UNDER_STRONG_EVIDENCE'],
    ],
    [
      'faulty data, whatever they show',
      {
        ...relative(-0.3, -0.1),
        verdict: { ...asSaid.verdict, state: 'invalid' },
        guardrails: [{ ...tickets, state: 'breached' }],
      },
      [],
    ],
  ])('%s', (_name, change, codes) => {
    expect(codesOf(change)).toEqual(codes);
  });

  it('says which metric, which variant, and how', () => {
    expect(surprisesOf({ ...asSaid, ...relative(0.02, 0.09) })).toEqual([
      {
        code: 'PREDICTION_MISSED',
        subject: 'signup',
        variant: 'short',
        sentence: 'The effect on signup is smaller than the whole range that was predicted.',
      },
    ]);
  });

  it.each([
    [-0.08, -0.02, 'smaller'],
    [-0.9, -0.6, 'larger'],
  ])('says of a decrease of %d to %d that it is %s', (lower, upper, word) => {
    const [surprise] = surprisesOf({
      ...asSaid,
      prediction: { ...prediction, direction: 'decrease' },
      ...relative(lower, upper),
    });
    expect(surprise?.sentence).toContain(` is ${word} than `);
  });

  it('never finds both a missed range and a reversed sign, and a wider interval finds less', () => {
    const bound = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(bound, bound, fc.double({ min: 0, max: 1, noNaN: true }), (one, two, more) => {
        const [lower, upper] = [Math.min(one, two), Math.max(one, two)];
        const narrow = codesOf(relative(lower, upper));
        const wide = codesOf(relative(lower - more, upper + more));
        expect(narrow.length).toBeLessThanOrEqual(1);
        expect(wide.length).toBeLessThanOrEqual(narrow.length);
      }),
    );
  });

  it('mirrors: a prediction and an effect turned round surprise as before', () => {
    const bound = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(bound, bound, (one, two) => {
        const [lower, upper] = [Math.min(one, two), Math.max(one, two)];
        const mirrored = codesOf({
          prediction: { ...prediction, direction: 'decrease' },
          ...relative(0 - upper, 0 - lower),
        });
        expect(mirrored).toEqual(codesOf(relative(lower, upper)));
      }),
    );
  });
});

describe('the predicted range', () => {
  const less = { metric: 'signup', direction: 'decrease', scale: 'relative' } as const;
  const more = { ...less, direction: 'increase' } as const;
  it.each<[string, Prediction, [number, number]]>([
    ['an increase', prediction, [0.1, 0.5]],
    ['an increase without ends', more, [-Infinity, Infinity]],
    ['a decrease as a size', { ...less, low: 0.1, high: 0.5 }, [-0.5, -0.1]],
    ['a decrease of at least', { ...less, low: 0.1 }, [-Infinity, -0.1]],
    ['a decrease of at most', { ...less, high: 0.5 }, [-0.5, Infinity]],
    ['a decrease from nothing', { ...less, low: 0, high: 0.5 }, [-0.5, 0]],
    ['a signed decrease', { ...less, low: -0.5, high: -0.1 }, [-0.5, -0.1]],
    ['a decrease or little else', { ...less, low: -0.5, high: 0.1 }, [-0.5, 0.1]],
    ['ends the other way round', { ...more, low: 0.5, high: 0.1 }, [0.1, 0.5]],
  ])('%s', (_name, predicted, [lower, upper]) => {
    expect(predictedRange(predicted)).toEqual({ lower, upper });
  });
});

describe('side effects nobody had declared', () => {
  it.each([
    ['better', 1],
    ['worse', 1],
    ['none', 0],
    ['not_measured', 0],
  ] as const)('%s of an undeclared department: %i', (observed, count) => {
    const found = undeclaredSideEffects([{ department: 'sales', observed, note: '' }], [support]);
    expect(found).toHaveLength(count);
  });

  it('a declared department surprises nobody', () => {
    const observed = { department: 'support', observed: 'worse', note: 'More calls.' } as const;
    expect(undeclaredSideEffects([observed], [support])).toEqual([]);
    expect(undeclaredSideEffects([observed], [])).toEqual([
      {
        code: 'UNDECLARED_SIDE_EFFECT',
        subject: 'support',
        variant: null,
        sentence: 'support found things worse, and nobody had declared that it would notice.',
      },
    ]);
  });
});
