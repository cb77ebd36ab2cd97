import { type FeatureApiResponse, GrowthBookClient } from '@growthbook/growthbook';
import { compileFlag, type ServableExperiment } from './compile-flag.js';
import { type EvaluableFeature, evaluateFeature } from './growthbook-evaluation.js';
import { growthBookFeature } from './growthbook-feature.js';

const KEY = 'checkout';

function evaluable(
  changes: Partial<Omit<ServableExperiment, 'plan'>> = {},
  plan: Partial<ServableExperiment['plan']> = {},
): EvaluableFeature {
  const experiment: ServableExperiment = {
    status: 'running',
    decision: null,
    ...changes,
    plan: {
      seed: 'seed',
      variants: [
        { key: 'control', weight: 5_000, control: true, value: { steps: 3 }, killed: false },
        { key: 'short', weight: 5_000, control: false, value: { steps: 2 }, killed: false },
      ],
      traffic: 0.8,
      assignment: 'internal',
      unit: 'user',
      audience: { conditions: [{ property: 'plan', operator: 'eq', value: 'pro' }] },
      ...plan,
    },
  };
  const feature = growthBookFeature(KEY, experiment);
  const compiled = compileFlag(experiment);
  if (feature === null || compiled === null) throw new Error('clients know the experiment');
  const { status, plan: planned } = experiment;
  return { key: KEY, phase: status, variants: planned.variants, compiled, feature };
}

const PRO = { plan: 'pro' };
const WINNER = { action: 'ship', variant: 'short', holdBack: null } as const;

/** What an SDK says, and what it tells its tracking callback. */
function sdkSays(feature: unknown, attributes: Record<string, unknown>) {
  const tracked: unknown[] = [];
  const client = new GrowthBookClient({
    trackingCallback: (experiment, result) => {
      const { variationId, key, value, hashAttribute, hashValue, bucket, inExperiment } = result;
      tracked.push([
        experiment.key,
        { variationId, key, value, hashAttribute, hashValue, bucket, inExperiment },
      ]);
    },
  }).initSync({
    payload: JSON.parse(JSON.stringify({ features: { [KEY]: feature } })) as FeatureApiResponse,
  });
  const { value } = client.evalFeature(KEY, { attributes });
  return { value, tracked };
}

describe('a feature for one unit', () => {
  const units = Array.from({ length: 300 }, (_, index) => `unit-${index}`);

  it.each<[why: string, EvaluableFeature]>([
    ['running', evaluable()],
    [
      'a killed arm',
      evaluable(
        {},
        {
          variants: evaluable().variants.map((variant) => ({
            ...variant,
            weight: 1,
            control: variant.key === 'control',
            killed: variant.key === 'short',
          })),
        },
      ),
    ],
    ['paused', evaluable({ status: 'paused' })],
    ['shipped', evaluable({ status: 'decided', decision: WINNER })],
    [
      'shipped but for some',
      evaluable({ status: 'decided', decision: { ...WINNER, holdBack: 0.3 } }),
    ],
  ])('is what an SDK makes of the payload, its tracking too: %s', (_why, subject) => {
    const contexts = units.flatMap((id) => [
      { id, ...PRO },
      { id: 'd', user: id, ...PRO },
      { id, plan: 'free' },
      { user: 7, id, ...PRO },
    ]);
    const remote = contexts.map((context) => sdkSays(evaluateFeature(subject, context), context));
    const local = contexts.map((context) => sdkSays(subject.feature, context));
    expect(remote).toEqual(local);
  });

  it('carries an exposure for those in the test, and for nobody else', () => {
    const context = { id: 'unit-1', ...PRO };
    expect(sdkSays(evaluateFeature(evaluable(), context), context).tracked).toHaveLength(1);
    expect(evaluateFeature(evaluable(), { id: 'unit-1' })).toEqual({ defaultValue: { steps: 3 } });
  });

  it('keeps the values of other variants and the conditions to itself', () => {
    const control = units.find(
      (id) => evaluable().compiled.serve(id, PRO).outcome.variationId === 'control',
    );
    const text = JSON.stringify(evaluateFeature(evaluable(), { id: control, ...PRO }));
    expect(text).not.toContain('"steps":2');
    expect(text).not.toContain('pro');
  });

  it('of a unit that is forced by hand is its variant, and no exposure', () => {
    const forced = new Map(units.slice(0, 20).map((id) => [id, 'short']));
    for (const status of ['running', 'paused', 'maturing'] as const) {
      for (const id of forced.keys()) {
        const evaluated = evaluateFeature(evaluable({ status, forced }), { id });
        expect(evaluated.rules).toEqual([{ force: { steps: 2 } }]);
      }
    }
  });

  it.each<[why: string, variation: number, EvaluableFeature, expected: unknown]>([
    ['another variant', 1, evaluable(), [{ force: { steps: 2 } }]],
    ['the control', 0, evaluable(), [{ force: { steps: 3 } }]],
    ['no variant', 2, evaluable(), undefined],
    ['part of one', 0.5, evaluable(), undefined],
    ['one of a test that is paused', 1, evaluable({ status: 'paused' }), undefined],
  ])('shows whoever asks %s, and no exposure', (_why, variation, subject, expected) => {
    expect(evaluateFeature(subject, {}, variation).rules).toEqual(expected);
  });

  it.each<[why: string, attributes: Record<string, unknown>, value: unknown]>([
    ['no id', PRO, { steps: 3 }],
    ['an id that names nobody', { id: 'undefined', ...PRO }, { steps: 3 }],
    ['an id that names a person', { id: 'a@b.example', ...PRO }, { steps: 3 }],
    [
      'an inherited id',
      Object.create({ id: 'unit-1', ...PRO }) as Record<string, unknown>,
      { steps: 3 },
    ],
  ])('is the default for %s', (_why, attributes, value) => {
    expect(sdkSays(evaluateFeature(evaluable(), attributes), {})).toEqual({ value, tracked: [] });
  });

  it('that everybody gets is for those without an id too', () => {
    const subject = evaluable({ status: 'decided', decision: WINNER });
    expect(evaluateFeature(subject, PRO).rules).toEqual([{ force: { steps: 2 } }]);
    expect(evaluateFeature(subject, {}).rules).toBeUndefined();
  });
});
