import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import { canonicalJson } from '../../src/domain/experiments/canonical-json.js';
import { AnalyticsStore } from '../../src/modules/analytics/analytics-store.reader.js';
import {
  aMetric,
  behaviour,
  evaluatedExperiment,
  exposure,
  log,
  type LoggedRow,
} from '../support/evaluated-experiment.js';
import { AFTER_ALL, at, ENDED, firstOf, metricOf, START } from '../support/evaluation-views.js';
import {
  absolutelyNear,
  near,
  type People,
  ROWS,
  storedAgain,
  testedAs,
} from '../support/robust-rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('strata, from the log to the numbers', () => {
  let it_: TestApp;
  beforeEach(async () => {
    it_ = await startTestApp();
    await it_.moveClock(AFTER_ALL);
  });
  afterEach(() => it_.close());

  const evaluate = async (): Promise<EvaluationResult> =>
    (await it_.ok('post', '/v1/experiments/checkout/evaluations')).body as EvaluationResult;

  const met = (unit: string, variant: string, device: string | null, day = 0): LoggedRow => ({
    ...exposure(unit, variant, at(day)),
    ...(device === null ? {} : { properties: { device } }),
  });
  const rowsOf = (variant: string, { device, views }: People): LoggedRow[] =>
    views.flatMap((count, n) => {
      const unit = `${variant}-${n}`;
      return [
        met(unit, variant, device[n] ?? null),
        // Whoever comes back on another device stays in the stratum of the first exposure.
        met(unit, variant, 'elsewhere', 1),
        ...[...Array(count).keys()].map(() => behaviour(unit, 'views', at(2))),
      ];
    });
  const people = (): LoggedRow[] => [
    ...rowsOf('control', ROWS.strata.control),
    ...rowsOf('short', ROWS.strata.treatment),
  ];
  const views = aMetric({ key: 'views', kind: 'count' });

  it('are compared within and weighed by their size; small ones join another', async () => {
    const experiment = await evaluatedExperiment(it_, {
      enrolmentEndedAt: ENDED,
      metrics: [views],
      analysis: { stratifyBy: 'device' },
    });
    await log(it_, experiment, people());
    const result = await evaluate();
    const { absolute, relative, frequentist, stratified } = firstOf(result, 'views');
    const { test, plain, strata, means } = ROWS.strata;
    expect(absolute).toEqual(absolutelyNear(test));
    expect(frequentist).toMatchObject(testedAs(test));
    expect(relative?.estimate).toBeCloseTo((means[1] ?? 0) / (means[0] ?? 1) - 1, 9);
    expect(stratified).toMatchObject({
      attribute: 'device',
      strata,
      merged: 1,
      unadjusted: { estimate: near(plain.estimate), standardError: near(plain.standardError) },
    });
    const stored = await storedAgain(it_);
    expect(canonicalJson(stored.again)).toBe(canonicalJson(stored.result));
    // What the strata are called is nobody's business later.
    expect(JSON.stringify(stored.moments)).not.toContain('phone');
  });

  it('leave the sums of the arms what they are without strata', async () => {
    const experiment = await evaluatedExperiment(it_, {
      enrolmentEndedAt: ENDED,
      metrics: [views],
      analysis: { stratifyBy: 'device' },
    });
    await log(it_, experiment, people());
    const store = it_.app.get(AnalyticsStore);
    const { stratifyBy: _, ...analysis } = experiment.plan.analysis;
    const request = {
      projectId: experiment.projectId,
      experimentId: experiment.id,
      enrolmentEndedAt: new Date(ENDED),
      asOf: new Date(AFTER_ALL),
    };
    const inStrata = await store.moments({ ...request, plan: experiment.plan });
    const plain = await store.moments({ ...request, plan: { ...experiment.plan, analysis } });
    const withoutStrata = inStrata.metrics.map(({ strata: ofMetric, ...rest }) => {
      const units = (ofMetric ?? []).flatMap(({ matured }) => matured.map(({ n }) => n));
      expect(units.reduce((sum, n) => sum + n, 0)).toBe(240);
      expect(units).toHaveLength(10);
      return rest;
    });
    expect({ ...inStrata, metrics: withoutStrata, cutoff: '' }).toEqual({ ...plain, cutoff: '' });
  });

  it('are fifty at most, and the smallest of more are one', async () => {
    const experiment = await evaluatedExperiment(it_, {
      enrolmentEndedAt: ENDED,
      metrics: [views],
      analysis: { stratifyBy: 'device' },
    });
    const units = ['control', 'short'].flatMap((variant) =>
      [...Array(60).keys()].flatMap((device) =>
        [...Array(device < 50 ? 3 : 2).keys()].flatMap((n) => {
          const unit = `${variant}-${device}-${n}`;
          const row = met(unit, variant, `device ${device}`);
          return n === 0 ? [row, behaviour(unit, 'views', at(1))] : [row];
        }),
      ),
    );
    await log(it_, experiment, units);
    expect(firstOf(await evaluate(), 'views').stratified).toMatchObject({ strata: 51, merged: 0 });
    const { moments } = await storedAgain(it_);
    const ofViews = moments.metrics.find(({ key }) => key === 'views')?.strata ?? [];
    expect(ofViews).toHaveLength(51);
    expect(ofViews.map(({ matured }) => matured.map(({ n }) => n))).toEqual([
      ...Array<number[]>(50).fill([3, 3]),
      [20, 20],
    ]);
  });

  it('are for means: a ratio is compared as it is, and says so', async () => {
    const experiment = await evaluatedExperiment(it_, {
      enrolmentEndedAt: ENDED,
      metrics: [
        views,
        aMetric({ key: 'share', kind: 'ratio', event: 'views', denominator: { event: 'views' } }),
        aMetric({ key: 'seen', event: 'views' }),
      ],
      secondary: ['share', 'seen'],
      analysis: { stratifyBy: 'device' },
    });
    await log(it_, experiment, people());
    const result = await evaluate();
    expect(metricOf(result, 'share').arms.map(({ mean }) => mean)).toEqual([1, 1]);
    expect(firstOf(result, 'share')).not.toHaveProperty('stratified');
    // A rate of few exceptions has a test of its own, but not one that knows of strata.
    expect(firstOf(result, 'seen').frequentist?.test).toBe('welch');
    expect(firstOf(result, 'seen').stratified?.strata).toBe(ROWS.strata.strata);
    const quick = await evaluatedExperiment(it_, {
      key: 'quick',
      enrolmentEndedAt: ENDED,
      metrics: [aMetric({ key: 'basket', kind: 'ratio', event: 'a', denominator: { event: 'b' } })],
      analysis: { stratifyBy: 'device' },
    });
    await log(it_, quick, [
      ...['control-1', 'control-2', 'control-3'].map((unit) => exposure(unit, 'control', START)),
      ...['short-1', 'short-2', 'short-3'].map((unit) => exposure(unit, 'short', START)),
      ...[1, 2, 3].flatMap((n) => [
        ...[...Array(n).keys()].map(() => behaviour(`control-${n}`, 'a', at(1))),
        ...[...Array(n + 2).keys()].map(() => behaviour(`short-${n}`, 'a', at(1))),
        behaviour(`control-${n}`, 'b', at(1)),
        behaviour(`short-${n}`, 'b', at(1)),
      ]),
    ]);
    const ratio = (await it_.ok('post', '/v1/experiments/quick/evaluations'))
      .body as EvaluationResult;
    expect(firstOf(ratio, 'basket').absolute?.estimate).toBeCloseTo(2, 12);
    const codes = firstOf(ratio, 'basket').warnings?.map(({ code }) => code);
    expect(codes).toContain('not-adjusted');
  });
});
