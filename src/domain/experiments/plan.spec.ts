import { Invalid } from '../errors.js';
import type { Metric } from '../metrics/metric.js';
import { amendPlan, type Amendment, type AmendmentContext } from './amendments.js';
import { canonicalJson } from './canonical-json.js';
import type { ExperimentDefinition, Prior } from './definition.js';
import { ASSUMED_PRIOR, freezePlan, metricsInRole, type PlanInput } from './plan.js';
import { EXPERIMENT_STATES, type ExperimentState } from './lifecycle.js';

const metric = (key: string, more: Partial<Metric> = {}): Metric => ({
  key,
  name: key,
  role: 'proxy',
  kind: 'proportion',
  class: 'stage_conversion',
  direction: 'increase',
  event: key,
  windowDays: 7,
  delayHours: 0,
  settlingDays: 0,
  ...more,
});
const METRICS = [
  metric('signup'),
  metric('profit', { kind: 'money', class: 'revenue' }),
  metric('tickets', {
    role: 'guardrail',
    kind: 'count',
    margin: { value: 0.1, scale: 'relative' },
  }),
  metric('churn', { role: 'guardrail', margin: { value: 0.02, scale: 'absolute' } }),
  metric('visits'),
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
const withPrior = (prior: Prior) =>
  freezePlan({
    ...INPUT,
    definition: { ...DEFINITION, analysis: { ...DEFINITION.analysis, prior } },
  });

describe('the plan frozen at launch', () => {
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

const PLAN = freezePlan(INPUT);
const NOW = new Date('2026-03-10T00:00:00Z');
const CONTEXT: AmendmentContext = {
  state: 'running',
  reason: 'Too slow.',
  now: NOW,
  metrics: METRICS,
  trafficCap: 0.1,
};
const amend = (amendment: Amendment, context: Partial<AmendmentContext> = {}, plan = PLAN) =>
  amendPlan(plan, amendment, { ...CONTEXT, ...context });

describe('amendments', () => {
  it.each([
    [0.1, 0.1, false],
    [0.11, 0.1, true],
    [1, 0.1, true],
    [1, null, false],
  ])('traffic to %d under a cap of %s: gate must run %s', (traffic, trafficCap, gateMustRun) => {
    const amended = amend({ kind: 'traffic', traffic }, { trafficCap });
    expect(amended).toEqual({ plan: { ...PLAN, traffic, version: 2 }, gateMustRun });
  });

  it('sets the end of enrolment', () => {
    const at = new Date('2026-03-20T00:00:00Z');
    expect(amend({ kind: 'endEnrolmentAt', at })).toEqual({
      plan: { ...PLAN, endEnrolmentAt: '2026-03-20T00:00:00.000Z', version: 2 },
      gateMustRun: false,
    });
  });

  it.each([
    [{ kind: 'addGuardrail', metric: 'churn' } as const, 'guardrail'],
    [{ kind: 'addSecondaryMetric', metric: 'churn' } as const, 'secondary'],
  ])('%j marks the metric as chosen later', (amendment, inExperiment) => {
    const { plan } = amend(amendment);
    expect(plan.metrics.slice(0, -1)).toEqual(PLAN.metrics);
    expect(plan.metrics.at(-1)).toMatchObject({
      inExperiment,
      definition: METRICS[3],
      sinceVersion: 2,
    });
  });

  it('kills an arm and keeps its weight, so that nobody else moves', () => {
    const { plan } = amend({ kind: 'killVariant', variant: 'none' });
    expect(plan.variants).toEqual([
      PLAN.variants[0],
      PLAN.variants[1],
      { ...PLAN.variants[2], killed: true },
    ]);
  });

  it('counts versions and leaves the old plan alone', () => {
    const before = canonicalJson(PLAN);
    const second = amend({ kind: 'traffic', traffic: 0.06 }).plan;
    const third = amend({ kind: 'killVariant', variant: 'none' }, {}, second).plan;
    expect([PLAN.version, second.version, third.version]).toEqual([1, 2, 3]);
    expect(third.traffic).toBe(0.06);
    expect(canonicalJson(PLAN)).toBe(before);
  });

  it.each<[string, Amendment, string]>([
    ['less traffic', { kind: 'traffic', traffic: 0.04 }, 'amendment-not-allowed'],
    ['the same traffic', { kind: 'traffic', traffic: 0.05 }, 'amendment-not-allowed'],
    ['more than everybody', { kind: 'traffic', traffic: 1.1 }, 'amendment-not-allowed'],
    ['no number', { kind: 'traffic', traffic: Number.NaN }, 'amendment-not-allowed'],
    ['an end now', { kind: 'endEnrolmentAt', at: NOW }, 'amendment-not-allowed'],
    ['no end', { kind: 'endEnrolmentAt', at: new Date(Number.NaN) }, 'amendment-not-allowed'],
    ['a deciding metric', { kind: 'addGuardrail', metric: 'profit' }, 'amendment-not-allowed'],
    ['a promotion', { kind: 'addGuardrail', metric: 'visits' }, 'amendment-not-allowed'],
    ['an unknown metric', { kind: 'addSecondaryMetric', metric: 'x' }, 'unknown-metric'],
    ['the control', { kind: 'killVariant', variant: 'long' }, 'amendment-not-allowed'],
    ['an unknown variant', { kind: 'killVariant', variant: 'x' }, 'unknown-variant'],
  ])('refuses %s', (_name, amendment, code) => {
    expect(() => amend(amendment)).toThrow(expect.objectContaining({ code }));
  });

  it('refuses a guardrail without a margin, an arm killed twice, and the last arm', () => {
    const metrics = [metric('bare')];
    expect(() => amend({ kind: 'addGuardrail', metric: 'bare' }, { metrics })).toThrow(
      expect.objectContaining({ code: 'guardrail-without-margin' }),
    );
    const killed = amend({ kind: 'killVariant', variant: 'none' }).plan;
    for (const variant of ['none', 'short']) {
      expect(() => amend({ kind: 'killVariant', variant }, {}, killed)).toThrow(
        expect.objectContaining({ code: 'amendment-not-allowed' }),
      );
    }
  });

  it('wants a reason', () => {
    expect(() => amend({ kind: 'traffic', traffic: 0.06 }, { reason: ' \n' })).toThrow(
      expect.objectContaining({ code: 'reason-missing' }),
    );
  });

  const open: Record<Amendment['kind'], ExperimentState[]> = {
    traffic: ['running', 'paused'],
    endEnrolmentAt: ['running', 'paused'],
    addGuardrail: ['running', 'paused', 'maturing'],
    addSecondaryMetric: ['running', 'paused', 'maturing'],
    killVariant: ['running', 'paused', 'maturing'],
  };
  const examples: Amendment[] = [
    { kind: 'traffic', traffic: 0.06 },
    { kind: 'endEnrolmentAt', at: new Date('2026-03-20T00:00:00Z') },
    { kind: 'addGuardrail', metric: 'churn' },
    { kind: 'addSecondaryMetric', metric: 'churn' },
    { kind: 'killVariant', variant: 'short' },
  ];
  it.each(
    examples.flatMap((amendment) =>
      EXPERIMENT_STATES.map((state) => ({
        amendment,
        kind: amendment.kind,
        state,
        allowed: open[amendment.kind].includes(state),
      })),
    ),
  )('$kind while $state: $allowed', ({ amendment, state, allowed }) => {
    const attempt = () => amend(amendment, { state });
    if (allowed) expect(attempt().plan.version).toBe(2);
    else expect(attempt).toThrow(expect.objectContaining({ code: 'invalid-state-transition' }));
  });
});
