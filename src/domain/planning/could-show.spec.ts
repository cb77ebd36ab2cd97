import { canShow, launch } from '../../../test/support/launch-draft.js';
import { aGatedDefinition } from '../../../test/support/evidence-builders.js';
import { withPowerWarnings } from '../experiments/launch-gate-power.js';
import { couldNotTell, couldShowFrom, wantedSizes, type WantedSize } from './could-show.js';
import { planPower } from './power-plan.js';
import type { PowerQuestion } from './power-question.js';

/** A mean of 10 EUR with a standard deviation of 5, and 100 visitors a day. */
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
  baseline: { source: 'measured', mean: 10, standardDeviation: 5, unitsPerDay: 100 },
  unitKind: 'visitor',
  analysis: { alpha: 0.05, test: 'fixed_horizon', adjustment: 'dunnett' },
  power: 0.8,
  weights: [1, 1],
  traffic: 1,
  guardrails: 0,
  varianceReduction: 0,
  effects: [],
  days: [14],
};
const matters = (value: number, scale: 'absolute' | 'relative' = 'relative'): WantedSize[] => [
  { because: 'smallest_effect_that_matters', size: { value, scale } },
];

function shown(
  wanted: WantedSize[],
  plannedDays: number | null = 14,
  changes: Partial<PowerQuestion> = {},
) {
  const effects = wanted.map(({ size }) => size);
  const plan = planPower({ ...QUESTION, ...changes, effects });
  const about = { metric: 'profit', role: 'deciding', days: 14, plannedDays } as const;
  return couldShowFrom(about, plan, wanted);
}

describe('what a test could ever show', () => {
  it('says it in units, days and money', () => {
    const { units, smallestEffect, worth, sentence, isKnown } = shown([]);
    // (1.959964 + .841621) · √(2 · 25 / 700) = .748757 on the normal scale; t needs a little more.
    const closed = (1.959964 + 0.841621) * Math.sqrt((2 * 25) / 700);
    expect(units).toBe(1400);
    expect(isKnown).toBe(true);
    expect((smallestEffect?.absolute ?? 0) / closed).toBeCloseTo(1, 2);
    expect((worth?.ofRun ?? 0) / (closed * 1400)).toBeCloseTo(1, 2);
    expect((worth?.perYear ?? 0) / (closed * 36_500)).toBeCloseTo(1, 2);
    expect(sentence).toMatch(
      /^In 14 days \(1,400 visitors\) you can see 7\.5%: 1,0\d\d\.\d\d EUR over the units of the run, and 27,\d{3}\.\d\d EUR a year over all eligible units\.$/,
    );
  });

  it('says how long what matters takes, and whether that is planned', () => {
    // d = .2: 787 units (R 4.2.2 power.t.test, 393.4067 an arm), which is eight days.
    expect(shown(matters(0.1)).wanted).toMatchObject([
      { reach: 'within', days: 8, unitsNeeded: 787, effect: { absolute: 1 } },
    ]);
    expect(shown(matters(1, 'absolute'), 8).wanted[0]?.reach).toBe('within');
    expect(shown(matters(0.1), 7).wanted[0]).toMatchObject({
      reach: 'beyond',
      days: 8,
      sentence:
        "At today's traffic of 100 visitors a day the smallest effect that matters on Profit (10%) " +
        'would take 8 days; planned are 7.',
    });
  });

  it('waits a year for a test without an end, and no longer', () => {
    // A hundredth of the effect takes ten thousand times the units: 78,490 days.
    expect(shown(matters(0.1), null).wanted[0]?.reach).toBe('within');
    const { reach, days, sentence } = shown(matters(0.001), null).wanted[0] ?? {};
    expect(reach).toBe('beyond');
    expect((days ?? 0) / 78_489).toBeCloseTo(1, 3);
    expect(sentence).toMatch(/; no end is planned, and nobody waits that long\.$/);
  });

  it('says that nothing is known where nobody knows the traffic', () => {
    const unknown = shown(matters(0.1), 14, {
      baseline: { ...QUESTION.baseline, unitsPerDay: null },
    });
    expect(unknown).toMatchObject({ isKnown: false, wanted: [{ reach: 'unknown' }] });
    expect(unknown.worth).toBeUndefined();
    const about = { metric: 'profit', role: 'deciding', days: 14, plannedDays: 14 } as const;
    expect(couldNotTell(about, { message: 'No log.' }, matters(0.1))).toMatchObject({
      isKnown: false,
      wanted: [{ reach: 'unknown', sentence: 'Not known: No log.' }],
    });
    const errors = [{ pointer: '/effects/0/scale', code: 'no-lift-on-zero' }];
    expect(couldNotTell(about, { message: 'No.', errors }, []).sentence).toContain(
      'absolute scale',
    );
  });

  it('says that no test can find what a rate has no room for', () => {
    const rate: Partial<PowerQuestion> = {
      metric: { ...QUESTION.metric, kind: 'proportion', unit: 'share' },
      baseline: { ...QUESTION.baseline, mean: 0.1, standardDeviation: 0.3 },
    };
    const [found] = shown(matters(0.95, 'absolute'), 14, rate).wanted;
    expect(found).toMatchObject({ reach: 'beyond' });
    expect(found?.sentence).toMatch(/^No test of this kind can find .* \(950%\)/);
  });

  const metrics = { leading: 'signups', deciding: 'profit', guardrails: [], secondary: [] };
  const { analysis } = aGatedDefinition();
  const predicted = (low?: number, high?: number) => ({
    prediction: {
      metric: 'signups',
      direction: 'decrease' as const,
      scale: 'relative' as const,
      ...(low === undefined ? {} : { low }),
      ...(high === undefined ? {} : { high }),
    },
  });
  it.each([
    ['nothing', predicted(), []],
    ['no end', predicted(0.02), []],
    ['a size', predicted(0.02, 0.05), [0.05]],
    ['a size with its sign', predicted(-0.3, -0.1), [0.3]],
  ])('takes the largest of what is predicted: %s', (_name, rationale, sizes) => {
    const found = wantedSizes({ metrics, analysis, rationale }, 'leading');
    expect(found.map(({ size }) => size.value)).toEqual(sizes);
    expect(wantedSizes({ metrics, analysis, rationale }, 'deciding')).toEqual([]);
  });

  it('takes the smallest that matters for the metric that decides', () => {
    const own = {
      ...analysis,
      smallestEffectThatMatters: { value: 0.02, scale: 'relative' } as const,
    };
    expect(wantedSizes({ metrics, analysis: own }, 'deciding')).toEqual(matters(0.02));
    expect(wantedSizes({ metrics, analysis: own }, 'leading')).toEqual([]);
  });
});

describe('the warning before anything is built', () => {
  const definition = aGatedDefinition({ traffic: 0.5 });
  const report = launch({});

  it('says what helps: longer, more traffic, a larger effect, a nearer metric, less noise', () => {
    const couldShow = [shown(matters(0.1), 7)];
    const { outcome, warnings } = withPowerWarnings(report, { definition, couldShow });
    expect(outcome).toBe('pass');
    expect(warnings).toMatchObject([
      { code: 'CANNOT_RESOLVE', severity: 'warns', actual: 8, subjects: ['profit'] },
    ]);
    expect(warnings[0]?.why).toContain('would take 8 days; planned are 7.');
    expect(warnings[0]?.remedies.map(({ needs }) => needs.split(/[: ]/)[0])).toEqual([
      'analysis.plannedDays',
      'traffic',
      'analysis.smallestEffectThatMatters',
      'metrics',
      'analysis.cuped',
    ]);
  });

  it('does not pass silently over what nobody knows', () => {
    const couldShow = [canShow({ isKnown: false, sentence: 'Not known: no log.' })];
    const { warnings } = withPowerWarnings(report, { definition, couldShow });
    expect(warnings).toMatchObject([
      {
        code: 'POWER_UNKNOWN',
        severity: 'warns',
        why: 'Nobody knows what the test can ever show of profit. Not known: no log.',
      },
    ]);
  });
});
