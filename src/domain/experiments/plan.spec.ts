import { aMetric } from '../../../test/support/metric-builder.js';
import { Invalid } from '../errors.js';
import { canonicalJson } from './canonical-json.js';
import type { ExperimentDefinition, Prior } from './definition.js';
import { ASSUMED_PRIOR, freezePlan, metricsInRole, type PlanInput } from './plan.js';

const METRICS = [
  aMetric('signup'),
  aMetric('profit', { kind: 'money', class: 'revenue' }),
  aMetric('tickets', {
    role: 'guardrail',
    kind: 'count',
    margin: { value: 0.1, scale: 'relative' },
  }),
  aMetric('visits'),
];
const DEFINITION: ExperimentDefinition = {
  key: 'short-form',
  name: 'Short form',
  kind: 'ab',
  touches: [],
  unit: 'user',
  assignment: 'internal',
  variants: [
    { key: 'long', name: 'Long', weight: 2, value: 9 },
    { key: 'short', name: 'Short', weight: 1, value: 3 },
    { key: 'none', name: 'None', weight: 1, value: 0 },
  ],
  audience: { populations: ['lead'] },
  traffic: 0.05,
  metrics: {
    leading: 'signup',
    deciding: 'profit',
    guardrails: ['tickets'],
    secondary: ['visits'],
  },
  analysis: { alpha: 0.05, test: 'always_valid', adjustment: 'dunnett', relativeQuantile: 'test' },
  rationale: {
    chain: [{ from: 'change', to: 'metric:signup', sign: '+', lagDays: 0, basis: 'interview' }],
    prediction: {
      metric: 'profit',
      direction: 'increase',
      low: 0.01,
      high: 0.05,
      scale: 'relative',
    },
    wrongIf: 'Profit per visitor does not rise.',
  },
};
const INPUT: PlanInput = {
  definition: DEFINITION,
  metrics: METRICS,
  seed: 'seed-1',
  launchedAt: new Date('2026-03-01T09:00:00Z'),
  costs: { cogs: { how: 'rate', ofRevenue: 0.4 } },
  currency: 'EUR',
  timezone: 'Europe/Berlin',
  policy: { profile: 'standard', version: 1 },
};
const LAYER = { key: 'checkout', ranges: [[0, 500]] as const };
const HOLDOUT = { key: 'h1', seed: 's', points: 100 };
const withPrior = (prior: Prior) =>
  freezePlan({
    ...INPUT,
    definition: { ...DEFINITION, analysis: { ...DEFINITION.analysis, prior } },
  });

describe('the plan frozen at launch', () => {
  it('keeps the weights as declared where another system splits by them', () => {
    const thirds = DEFINITION.variants.map((variant) => ({ ...variant, weight: 1 }));
    const weightsOf = (assignment: 'internal' | 'external') =>
      freezePlan({
        ...INPUT,
        definition: { ...DEFINITION, variants: thirds, assignment },
      }).variants.map(({ weight }) => weight);
    expect(weightsOf('internal')).toEqual([3334, 3333, 3333]);
    expect(weightsOf('external')).toEqual([1, 1, 1]);
  });

  it('holds who is kept out, and nothing of it where nobody is', () => {
    const conditions = [{ property: 'plan', operator: 'eq' as const, value: 'pro' }];
    const definition = { ...DEFINITION, audience: { populations: ['lead'], conditions } };
    const kept = freezePlan({ ...INPUT, definition, layer: LAYER, holdouts: [HOLDOUT] });
    expect(kept).toMatchObject({ layer: LAYER, holdouts: [HOLDOUT], audience: { conditions } });
    const { layer, holdouts, ...rest } = freezePlan({ ...INPUT, holdouts: [] });
    expect([layer, holdouts]).toEqual([undefined, undefined]);
    expect(rest).toEqual(freezePlan(INPUT));
  });

  it('holds everything that decides', () => {
    const plan = freezePlan(INPUT);
    expect(plan).toMatchObject({
      schemaVersion: 1,
      version: 1,
      experimentKey: 'short-form',
      launchedAt: '2026-03-01T09:00:00.000Z',
      endEnrolmentAt: null,
      unit: 'user',
      hashVersion: 2,
      seed: 'seed-1',
      variants: [
        { key: 'long', weight: 5000, control: true, value: 9, killed: false },
        { key: 'short', weight: 2500, control: false, value: 3, killed: false },
        { key: 'none', weight: 2500, control: false, value: 0, killed: false },
      ],
      traffic: 0.05,
      analysis: DEFINITION.analysis,
      schedule: null,
      chain: DEFINITION.rationale?.chain,
      prediction: DEFINITION.rationale?.prediction,
      wrongIf: 'Profit per visitor does not rise.',
      costs: INPUT.costs,
      currency: 'EUR',
      timezone: 'Europe/Berlin',
      policy: { profile: 'standard', version: 1 },
      decisionRule: { version: 1 },
    });
    expect(
      plan.metrics.map(({ inExperiment, definition }) => `${inExperiment} ${definition.key}`),
    ).toEqual(['leading signup', 'deciding profit', 'guardrail tickets', 'secondary visits']);
    expect(metricsInRole(plan, 'guardrail').map(({ definition }) => definition)).toEqual([
      METRICS[2],
    ]);
  });

  it('has a canonical form that survives storage as JSON', () => {
    const plan = freezePlan(INPUT);
    const stored = JSON.parse(JSON.stringify(plan)) as unknown;
    expect(canonicalJson(stored)).toBe(canonicalJson(plan));
  });

  it('does not follow later changes of its sources', () => {
    const input = structuredClone(INPUT);
    const plan = freezePlan(input);
    const before = canonicalJson(plan);
    for (const source of input.metrics) source.windowDays = 90;
    (input.definition.analysis as { alpha: number }).alpha = 0.2;
    expect(canonicalJson(plan)).toBe(before);
  });

  it('serves the key where no value is declared', () => {
    const variants = [
      { key: 'a', name: 'A', weight: 1 },
      { key: 'b', name: 'B', weight: 1, control: true },
    ];
    const plan = freezePlan({ ...INPUT, definition: { ...DEFINITION, variants } });
    expect(plan.variants.map(({ value, control }) => [value, control])).toEqual([
      ['a', false],
      ['b', true],
    ]);
  });

  it('says which prior is assumed', () => {
    const priors = (plan: ReturnType<typeof freezePlan>) =>
      plan.metrics.map(({ prior, source }) => [prior.kind, source]);
    expect(freezePlan(INPUT).metrics.every(({ prior }) => prior.kind === ASSUMED_PRIOR.kind)).toBe(
      true,
    );
    expect(priors(freezePlan(INPUT))[0]).toEqual(['normal_relative', 'assumed']);
    expect(priors(withPrior({ kind: 'normal_relative', mean: 0, sd: 0.02 }))[1]).toEqual([
      'normal_relative',
      'declared',
    ]);
    // A Beta prior is on a rate: signup and visits are rates, profit and tickets are not.
    expect(priors(withPrior({ kind: 'beta', alpha: 2, beta: 8 }))).toEqual([
      ['beta', 'declared'],
      ['normal_relative', 'assumed'],
      ['normal_relative', 'assumed'],
      ['beta', 'declared'],
    ]);
  });

  it('needs no rationale for an A/A test', () => {
    const { rationale: _none, ...bare } = DEFINITION;
    const plan = freezePlan({ ...INPUT, definition: { ...bare, kind: 'aa' } });
    expect(plan).toMatchObject({ kind: 'aa', chain: [], prediction: null, wrongIf: null });
  });

  it('refuses metrics it was not given', () => {
    expect(() => freezePlan({ ...INPUT, metrics: METRICS.slice(1) })).toThrow(Invalid);
  });
});
