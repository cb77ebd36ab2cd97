import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import {
  aMetric,
  behaviour,
  evaluatedExperiment,
  log,
  type LoggedRow,
  money,
} from '../support/evaluated-experiment.js';
import { AFTER_ALL, at, ENDED, firstOf, manyUnits, metricOf } from '../support/evaluation-views.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('verdicts of evaluations', () => {
  let it_: TestApp;

  beforeEach(async () => {
    it_ = await startTestApp();
    await it_.moveClock(AFTER_ALL);
  });
  afterEach(() => it_.close());

  const evaluate = async (key = 'checkout'): Promise<EvaluationResult> =>
    (await it_.ok('post', `/v1/experiments/${key}/evaluations`)).body as EvaluationResult;

  /** The variant clicks more; `cents` is what each buyer of an arm brings. */
  const story = (cents: { control: number; short: number }): LoggedRow[] => [
    ...manyUnits({ control: 1000, short: 1000 }),
    ...[...Array(100).keys()].map((n) => behaviour(`control-${n}`, 'clicks', at(1))),
    ...[...Array(200).keys()].map((n) => behaviour(`short-${n}`, 'clicks', at(1))),
    ...[...Array(300).keys()].flatMap((n) => [
      money(`control-${n}`, 'revenue', cents.control + (n % 7), at(2)),
      money(`short-${n}`, 'revenue', cents.short + (n % 7), at(2)),
    ]),
  ];

  it('a proxy win waits for profit, shows no p-value before its look, then is a trap', async () => {
    const experiment = await evaluatedExperiment(it_, {
      enrolmentEndedAt: ENDED,
      chain: [
        { from: 'change', to: 'metric:clicks', sign: '+', lagDays: 1, basis: 'interview' },
        {
          from: 'metric:clicks',
          to: 'metric:profit',
          sign: '+',
          lagDays: 30,
          basis: 'assumption',
        },
      ],
    });
    await log(it_, experiment, story({ control: 3000, short: 1000 }));
    await it_.moveClock(at(8));
    const early = await evaluate();
    expect(early.verdict.perVariant[0]?.state).toBe('proxy_win_pending_profit');
    expect(firstOf(early, 'profit').frequentist).toBeUndefined();
    // Enrolment is still open as of day 8, so even matured clicks are not at their planned look.
    const clicks = firstOf(early, 'clicks');
    expect(clicks.frequentist).toMatchObject({ test: 'confidence_sequence', valid: false });
    expect(clicks.frequentist).not.toHaveProperty('pValue');
    expect(clicks.frequentist?.why).toBeDefined();
    expect(clicks.absolute).toMatchObject({
      lower: clicks.frequentist?.alwaysValid.lower,
      upper: clicks.frequentist?.alwaysValid.upper,
    });
    expect(early).not.toHaveProperty('plannedLook');

    await it_.moveClock(AFTER_ALL);
    const final = await evaluate();
    expect(final.verdict.perVariant[0]).toMatchObject({
      state: 'proxy_trap',
      chain: [{ verdict: 'held' }, { verdict: 'broken' }],
    });
    expect(final.plannedLook).toBe(1);
    expect(firstOf(final, 'profit').frequentist).toMatchObject({ test: 'welch', valid: true });
    expect(firstOf(final, 'profit').bayesian?.chanceToWin).toBeLessThan(0.01);

    const verdict = await it_.ok('get', '/v1/experiments/checkout/verdict');
    expect(verdict.body).toMatchObject({
      evaluationId: final.id,
      asOf: final.asOf,
      profitCoverage: 'partial',
    });
    expect(verdict.body.labels[0]).toMatchObject({
      code: 'PARTIAL_PROFIT',
      sentence: expect.stringContaining('Partial profit'),
    });
  });

  it('calls a winner when profit won and every guardrail held', async () => {
    const tickets = aMetric({
      key: 'tickets',
      kind: 'count',
      role: 'guardrail',
      direction: 'decrease',
      margin: { value: 0.5, scale: 'absolute' },
    });
    const experiment = await evaluatedExperiment(it_, {
      enrolmentEndedAt: ENDED,
      metrics: [aMetric({ key: 'clicks' }), tickets],
      guardrails: ['tickets'],
    });
    await log(it_, experiment, [
      ...story({ control: 1000, short: 3000 }),
      ...[...Array(30).keys()].flatMap((n) => [
        behaviour(`control-${n}`, 'tickets', at(1)),
        behaviour(`short-${n}`, 'tickets', at(1)),
      ]),
    ]);
    const { verdict } = await evaluate();
    expect(verdict).toMatchObject({
      winner: 'short',
      perVariant: [
        { state: 'profit_win', guardrails: [{ key: 'tickets', state: 'non_inferior' }] },
      ],
    });
  });

  it('stops early when a guardrail crosses its margin at the always-valid bound', async () => {
    const tickets = aMetric({
      key: 'tickets',
      kind: 'count',
      role: 'guardrail',
      direction: 'decrease',
      margin: { value: 0.2, scale: 'relative' },
    });
    const experiment = await evaluatedExperiment(it_, {
      metrics: [aMetric({ key: 'clicks' }), tickets],
      guardrails: ['tickets'],
    });
    await log(it_, experiment, [
      ...story({ control: 1000, short: 1000 }),
      ...[...Array(100).keys()].map((n) => behaviour(`control-${n}`, 'tickets', at(1))),
      ...[...Array(400).keys()].map((n) => behaviour(`short-${n}`, 'tickets', at(1))),
    ]);
    await it_.moveClock(at(8));
    const { verdict } = await evaluate();
    expect(verdict.perVariant[0]).toMatchObject({
      state: 'harm',
      guardrails: [{ state: 'breached', sequentialHarm: true }],
    });
  });

  it('B67: a broken split makes everything invalid', async () => {
    const experiment = await evaluatedExperiment(it_, { enrolmentEndedAt: ENDED });
    await log(it_, experiment, manyUnits({ control: 1000, short: 1170 }));
    const { health, verdict } = await evaluate();
    // (85^2 / 1085) * 2 = 13.318
    expect(health.srm).toMatchObject({ status: 'failed', expected: [1085, 1085] });
    expect(health.srm.chiSquare).toBeCloseTo(13.318, 3);
    expect(verdict.perVariant[0]).toMatchObject({
      state: 'invalid',
      reasons: [{ code: 'SRM_FAILED' }],
    });
  });

  it('an always-valid test has a p-value at every look, and no planned one', async () => {
    const experiment = await evaluatedExperiment(it_, {
      analysis: { test: 'always_valid', plannedUnits: 4000 },
    });
    await log(it_, experiment, story({ control: 1000, short: 1000 }));
    await it_.moveClock(at(8));
    const result = await evaluate();
    const { frequentist } = firstOf(result, 'clicks');
    expect(frequentist).toMatchObject({ test: 'confidence_sequence', valid: true });
    expect(frequentist?.pValue).toBe(frequentist?.alwaysValid.pValue);
    expect(frequentist?.pValue).toBeLessThan(0.05);
    expect(result).not.toHaveProperty('plannedLook');
  });

  it('corrects several variants against one control', async () => {
    const experiment = await evaluatedExperiment(it_, {
      enrolmentEndedAt: ENDED,
      variants: [
        { key: 'control', name: 'As it is', weight: 1, control: true },
        { key: 'short', name: 'Short', weight: 1 },
        { key: 'long', name: 'Long', weight: 1 },
      ],
    });
    await log(it_, experiment, [
      ...manyUnits({ control: 1000, short: 1000, long: 1000 }),
      ...[...Array(100).keys()].map((n) => behaviour(`control-${n}`, 'clicks', at(1))),
      ...[...Array(130).keys()].map((n) => behaviour(`short-${n}`, 'clicks', at(1))),
      ...[...Array(100).keys()].map((n) => behaviour(`long-${n}`, 'clicks', at(1))),
    ]);
    const result = await evaluate();
    const [short, long] = metricOf(result, 'clicks').comparisons;
    // z = 2.1052 alone would be p = .0354; two comparisons share one control.
    expect(short?.frequentist).toMatchObject({
      valid: true,
      adjustment: { method: 'dunnett', comparisons: 2 },
    });
    expect(short?.frequentist?.criticalValue).toBeCloseTo(2.2121, 2);
    expect(short?.frequentist?.pValue).toBeGreaterThan(0.05);
    expect(short?.frequentist?.pValue).toBeLessThan(0.0708);
    expect(long?.frequentist?.pValue).toBeCloseTo(1, 12);
  });

  it('B70, B71: says what cannot be computed instead of inventing it', async () => {
    const experiment = await evaluatedExperiment(it_, { enrolmentEndedAt: ENDED });
    await log(it_, experiment, [
      ...manyUnits({ control: 30, short: 30 }),
      money('control-1', 'refund', -1000, at(1)),
      money('short-1', 'revenue', 1000, at(1)),
    ]);
    const result = await evaluate();
    expect(firstOf(result, 'clicks').notComputed?.reason).toBe('no-variance');
    const profit = firstOf(result, 'profit');
    expect(profit.relative).toEqual({
      notComputed: { reason: 'not-identified', detail: expect.any(String) },
    });
    expect(profit.bayesian?.prior).toMatchObject({
      kind: 'normal_absolute',
      source: 'assumed',
      note: expect.any(String),
    });
  });

  it('an A/A test gets a health report and no winner', async () => {
    const experiment = await evaluatedExperiment(it_, { kind: 'aa', enrolmentEndedAt: ENDED });
    await log(it_, experiment, story({ control: 1000, short: 1000 }).slice(0, 2000));
    const { verdict } = await evaluate();
    expect(verdict.perVariant[0]?.state).toBe('aa_healthy');
    expect(verdict).not.toHaveProperty('winner');
  });
});
