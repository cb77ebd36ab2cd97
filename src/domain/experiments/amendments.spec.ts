import { aMetric } from '../../../test/support/metric-builder.js';
import { amendPlan, type Amendment, type AmendmentContext } from './amendments.js';
import { canonicalJson } from './canonical-json.js';
import { EXPERIMENT_STATES, type ExperimentState } from './lifecycle.js';
import { changesOfWeights, freezePlan } from './plan.js';

const CHURN = aMetric('churn', {
  role: 'guardrail',
  margin: { value: 0.02, scale: 'absolute' },
});
const METRICS = [
  aMetric('signup'),
  aMetric('profit', { kind: 'money', class: 'revenue' }),
  aMetric('visits'),
  CHURN,
];
const PLAN = freezePlan({
  definition: {
    key: 'short-form',
    name: 'Short form',
    kind: 'ab',
    touches: [],
    unit: 'user',
    assignment: 'internal',
    variants: [
      { key: 'long', name: 'Long', weight: 2 },
      { key: 'short', name: 'Short', weight: 1 },
      { key: 'none', name: 'None', weight: 1 },
    ],
    audience: { populations: ['lead'] },
    traffic: 0.05,
    metrics: { leading: 'signup', deciding: 'profit', guardrails: [], secondary: ['visits'] },
    analysis: {
      alpha: 0.05,
      test: 'always_valid',
      adjustment: 'dunnett',
      relativeQuantile: 'test',
    },
  },
  metrics: METRICS,
  seed: 'seed-1',
  launchedAt: new Date('2026-03-01T09:00:00Z'),
  costs: {},
  currency: 'EUR',
  timezone: 'Europe/Berlin',
  policy: { profile: 'standard', version: 1 },
});
const NOW = new Date('2026-03-10T00:00:00Z');
const CONTEXT: AmendmentContext = {
  state: 'running',
  reason: 'Too slow.',
  now: NOW,
  metrics: METRICS,
  trafficCap: 0.1,
  layerHolders: [],
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

  describe('of traffic in a layer', () => {
    const inLayer = { ...PLAN, layer: { key: 'checkout', ranges: [[2_000, 2_500]] as const } };
    const layerHolders = [{ experiment: 'pricing', ranges: [[3_000, 9_000]] as const }];

    it('adds free buckets and keeps those it held', () => {
      const { plan } = amend({ kind: 'traffic', traffic: 0.2 }, { layerHolders }, inLayer);
      expect(plan).toEqual({
        ...PLAN,
        traffic: 0.2,
        layer: { key: 'checkout', ranges: [[500, 2_500]] },
        version: 2,
      });
    });

    it('is refused where nothing is free, and says who holds it', () => {
      const grow = () => amend({ kind: 'traffic', traffic: 0.5 }, { layerHolders }, inLayer);
      expect(grow).toThrow(
        expect.objectContaining({
          code: 'layer-full',
          message: 'The layer checkout has 40% for it, and it asks for 50%: pricing holds 60%.',
          facts: {
            layer: 'checkout',
            asked: 0.5,
            available: 0.4,
            held: [{ experiment: 'pricing', share: 0.6 }],
          },
        }),
      );
    });
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
      definition: CHURN,
      sinceVersion: 2,
    });
  });

  it('kills an arm and keeps its weight, so that nobody else moves', () => {
    const { plan } = amend({ kind: 'killVariant', variant: 'none' });
    expect(plan.variants).toEqual([
      PLAN.variants[0],
      PLAN.variants[1],
      { ...PLAN.variants[2], killed: true, killedAt: NOW.toISOString() },
    ]);
    expect(changesOfWeights(PLAN)).toEqual([]);
    expect(changesOfWeights(plan)).toEqual([NOW.toISOString()]);
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
    const metrics = [aMetric('bare')];
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
