import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import { canonicalJson } from '../../src/domain/experiments/canonical-json.js';
import {
  aMetric,
  behaviour,
  evaluatedExperiment,
  exposure,
  log,
  type LoggedRow,
  money,
} from '../support/evaluated-experiment.js';
import {
  AFTER_ALL,
  armsOf,
  at,
  ENDED,
  firstOf,
  metricOf,
  START,
} from '../support/evaluation-views.js';
import { storedAgain } from '../support/robust-rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const range = (count: number): number[] => [...Array(count).keys()];
const ARMS = ['control', 'short'] as const;

describe('metrics of some events and results of some units', () => {
  let it_: TestApp;

  beforeEach(async () => {
    it_ = await startTestApp();
    await it_.moveClock(AFTER_ALL);
  });
  afterEach(() => it_.close());

  const evaluate = async (): Promise<EvaluationResult> =>
    (await it_.ok('post', '/v1/experiments/checkout/evaluations')).body as EvaluationResult;
  const met = (unit: string, variant: string, properties: object): LoggedRow => ({
    ...exposure(unit, variant, START),
    properties,
  });

  it('count what fulfils the conditions, who came back, and values up to the cap', async () => {
    const inPro = [{ property: 'plan', operator: 'eq', value: 'pro' }] as const;
    const experiment = await evaluatedExperiment(it_, {
      enrolmentEndedAt: ENDED,
      metrics: [
        aMetric({ key: 'pro', event: 'view', kind: 'count', filters: inPro }),
        aMetric({
          key: 'large',
          event: 'view',
          kind: 'count',
          filters: [{ property: 'size', operator: 'gte', value: 2 }],
        }),
        aMetric({ key: 'back', event: 'view', kind: 'retention', delayHours: 48, windowDays: 2 }),
        aMetric({ key: 'some', event: 'view', kind: 'count', cap: 2 }),
        aMetric({ key: 'basket', kind: 'money', moneyNames: ['revenue'], cap: 10 }),
        aMetric({ key: 'prosales', kind: 'money', moneyNames: ['revenue'], filters: inPro }),
      ],
      leading: 'pro',
      secondary: ['large', 'back', 'some', 'basket', 'prosales'],
    });
    const plan = (name: unknown, size?: unknown) => ({ properties: { plan: name, size } });
    await log(it_, experiment, [
      ...ARMS.flatMap((variant) =>
        range(4).map((n) => exposure(`${variant}-${n}`, variant, START)),
      ),
      behaviour('short-0', 'view', at(0, 47), plan('pro', 3)),
      behaviour('short-0', 'view', at(0, 47), plan('pro', '3')),
      behaviour('short-0', 'view', at(1), plan('Pro', 2)),
      behaviour('short-1', 'view', at(2), plan(['pro'])),
      behaviour('short-2', 'view', at(3, 23), plan('pro')),
      behaviour('short-3', 'view', at(4)),
      money('short-0', 'revenue', 700, at(1), plan('pro')),
      money('short-0', 'revenue', 700, at(1)),
      money('short-1', 'revenue', 900, at(1), plan('free')),
    ]);
    const result = await evaluate();
    expect(armsOf(result, 'pro')[1]).toMatchObject({ mean: 3 / 4, nonZero: 2 });
    expect(armsOf(result, 'large')[1]).toMatchObject({ mean: 2 / 4, nonZero: 1 });
    // At 48 hours and one hour before the end of the window; not before and not at the end.
    expect(armsOf(result, 'back')[1]).toMatchObject({ mean: 2 / 4, nonZero: 2 });
    expect(metricOf(result, 'back').unit).toBe('share');
    expect(metricOf(result, 'some').arms[1]).toMatchObject({ mean: 5 / 4, uncappedMean: 6 / 4 });
    expect(metricOf(result, 'basket').arms[1]).toMatchObject({
      mean: 19 / 4,
      uncappedMean: 23 / 4,
    });
    expect(metricOf(result, 'basket').cap).toEqual({ high: 10, frozen: true, declared: true });
    expect(armsOf(result, 'prosales')[1]).toMatchObject({ mean: 7 / 4, nonZero: 1 });
    const stored = await storedAgain(it_);
    expect(canonicalJson(stored.again)).toBe(canonicalJson(stored.result));
    expect(stored.history.caps).toEqual({});
  });

  it('break results down by what the first exposure said', async () => {
    const experiment = await evaluatedExperiment(it_, {
      enrolmentEndedAt: ENDED,
      analysis: { dimensions: ['device', 'country'] },
    });
    const device = (n: number) => (n % 10 === 9 ? {} : { device: n % 10 < 6 ? 'phone' : 'desk' });
    await log(it_, experiment, [
      ...ARMS.flatMap((variant) =>
        range(200).map((n) =>
          met(`${variant}-${n}`, variant, { ...device(n), country: `c${n % 30}` }),
        ),
      ),
      // What a later exposure says changes nothing.
      { ...met('short-1', 'short', { device: 'desk' }), at: at(1) },
      ...range(200)
        .filter((n) => n % 10 < 3)
        .map((n) => behaviour(`short-${n}`, 'clicks', at(2))),
    ]);
    const result = await evaluate();
    const [devices, countries] = result.breakdowns ?? [];
    expect(devices?.values.map(({ value, units }) => [value, units.map(({ n }) => n)])).toEqual([
      ['phone', [120, 120]],
      ['desk', [60, 60]],
      [null, [20, 20]],
    ]);
    const [phone, desk] = devices?.values ?? [];
    const clicks = phone?.metrics.find(({ key }) => key === 'clicks');
    expect(clicks?.arms).toEqual([
      { variant: 'control', n: 120, mean: 0 },
      { variant: 'short', n: 120, mean: 0.5 },
    ]);
    expect(clicks?.comparisons[0]).toMatchObject({
      by: 'planned_look',
      absolute: { estimate: 0.5 },
    });
    expect(desk?.metrics.find(({ key }) => key === 'clicks')?.comparisons).toMatchObject([
      { notComputed: { reason: 'no-variance' } },
    ]);
    // Thirty countries in twenty entries, of which the last is all smaller ones.
    expect(countries?.values).toHaveLength(20);
    expect(countries?.values.at(-1)).toMatchObject({ value: null, isOther: true });
    const units = (countries?.values ?? []).flatMap(({ units: ofValue }) =>
      ofValue.map(({ n }) => n),
    );
    expect(units.reduce((sum, n) => sum + n, 0)).toBe(400);
    expect(firstOf(result, 'clicks').absolute?.estimate).toBeCloseTo(60 / 200, 12);
    const stored = await storedAgain(it_);
    expect(stored.result.codeVersion).toMatch(/^\d+\.\d+/);
    expect(canonicalJson(stored.again)).toBe(canonicalJson(stored.result));
  });
});
