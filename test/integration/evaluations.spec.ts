import { evaluate as recompute } from '../../src/domain/evaluation/evaluate.js';
import type { PlanMoments } from '../../src/domain/evaluation/moments.js';
import type { EvaluationHistory } from '../../src/domain/evaluation/history.js';
import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import { canonicalJson } from '../../src/domain/experiments/canonical-json.js';
import type { AnalysisPlan } from '../../src/domain/experiments/plan.js';
import { AnalyticsStore } from '../../src/modules/analytics/analytics-store.reader.js';
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
  manyUnits,
  metricOf,
  START,
} from '../support/evaluation-views.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('evaluations', () => {
  let it_: TestApp;

  beforeEach(async () => {
    it_ = await startTestApp();
    await it_.moveClock(AFTER_ALL);
  });
  afterEach(() => it_.close());

  const evaluate = async (key = 'checkout'): Promise<EvaluationResult> =>
    (await it_.ok('post', `/v1/experiments/${key}/evaluations`)).body as EvaluationResult;

  /** Four units an arm, exposed at the start. */
  const eightUnits = (): LoggedRow[] =>
    [1, 2, 3, 4].flatMap((n) => [
      exposure(`c${n}`, 'control', START),
      exposure(`s${n}`, 'short', START),
    ]);

  describe('what is counted', () => {
    it('takes every kind of metric over its half-open window', async () => {
      const experiment = await evaluatedExperiment(it_, {
        enrolmentEndedAt: ENDED,
        metrics: [
          aMetric({ key: 'clicks' }),
          aMetric({ key: 'views', kind: 'count', delayHours: 24 }),
          aMetric({ key: 'minutes', kind: 'mean' }),
          aMetric({ key: 'items', kind: 'mean', event: 'cart', valueProperty: 'items' }),
          aMetric({ key: 'sales', kind: 'money', moneyNames: ['revenue'] }),
        ],
        leading: 'clicks',
        secondary: ['views', 'minutes', 'items', 'sales'],
      });
      await log(it_, experiment, [
        ...eightUnits(),
        behaviour('c1', 'clicks', START),
        behaviour('c1', 'clicks', at(1)),
        behaviour('c2', 'clicks', at(7)),
        behaviour('c3', 'clicks', at(-1)),
        behaviour('s1', 'clicks', at(6, 23)),
        behaviour('s2', 'clicks', at(3)),
        behaviour('c1', 'views', at(0, 23)),
        behaviour('c1', 'views', at(1)),
        behaviour('c1', 'views', at(7, 23)),
        behaviour('s1', 'views', at(8)),
        behaviour('c1', 'minutes', at(1), { value: 0.1 }),
        behaviour('c1', 'minutes', at(2), { value: 0.2 }),
        behaviour('s1', 'minutes', at(2), { value: -3 }),
        behaviour('s2', 'minutes', at(2)),
        behaviour('c1', 'cart', at(2), { properties: { items: 2 } }),
        behaviour('c2', 'cart', at(2), { properties: { items: '9' } }),
        behaviour('s1', 'cart', at(2), { properties: { items: 1.5 } }),
        money('c1', 'revenue', 1000, at(2)),
        money('c1', 'cogs', -400, at(2)),
        money('s1', 'revenue', 2500, at(3)),
      ]);
      const result = await evaluate();
      expect(armsOf(result, 'clicks')).toEqual([
        { n: 4, mean: 0.25, variance: 0.25, nonZero: 1 },
        { n: 4, mean: 0.5, variance: 1 / 3, nonZero: 2 },
      ]);
      expect(armsOf(result, 'views')).toEqual([
        { n: 4, mean: 0.5, variance: 1, nonZero: 1 },
        { n: 4, mean: 0, variance: 0, nonZero: 0 },
      ]);
      expect(armsOf(result, 'minutes')).toEqual([
        { n: 4, mean: 0.075, variance: expect.closeTo(0.0225, 15), nonZero: 1 },
        { n: 4, mean: -0.75, variance: 2.25, nonZero: 1 },
      ]);
      expect(armsOf(result, 'items')[0]).toEqual({ n: 4, mean: 0.5, variance: 1, nonZero: 1 });
      expect(armsOf(result, 'items')[1]).toMatchObject({ mean: 0.375, nonZero: 1 });
      expect(armsOf(result, 'sales')).toMatchObject([{ mean: 2.5 }, { mean: 6.25 }]);
      expect(armsOf(result, 'profit')).toMatchObject([{ mean: 1.5 }, { mean: 6.25 }]);
      expect(metricOf(result, 'profit')).toMatchObject({ unit: 'currency', currency: 'USD' });

      // Clicks by hand: difference .25, variance .25/4 + (1/3)/4 = .1458333.
      const clicks = firstOf(result, 'clicks');
      expect(clicks.absolute?.estimate).toBe(0.25);
      expect(clicks.absolute?.standardError).toBeCloseTo(Math.sqrt(0.14583333333333334), 14);
      expect(clicks.relative?.estimate).toBe(1);
      // So few are counted exactly: of the tables with 3 clicks in all, each is at most as likely as
      // this one (24 in 56), so Fisher's p is 1 and half of this table less is 1 - 12/56.
      expect(clicks.frequentist).toMatchObject({ test: 'exact', valid: true });
      expect(clicks.frequentist?.statistic).toBeCloseTo(0.25 / Math.sqrt(15 / 112), 12);
      expect(clicks.frequentist?.exact?.fisherP).toBeCloseTo(1, 12);
      expect(clicks.frequentist?.pValue).toBeCloseTo(1 - 12 / 56, 12);
      // Views by Welch: means .5 and 0, variances 1 and 0, so t = -1 with 3 degrees of freedom.
      const views = firstOf(result, 'views');
      expect(views.frequentist).toMatchObject({ test: 'welch', statistic: -1, valid: true });
      expect(views.frequentist?.pValue).toBeCloseTo(0.39100221895577053, 12);
    });

    it('places a refund at its purchase, when it came before maturity', async () => {
      const experiment = await evaluatedExperiment(it_, { enrolmentEndedAt: ENDED });
      await log(it_, experiment, [
        ...eightUnits(),
        // Refunded in the settling days of a purchase in the window: undone.
        money('c1', 'revenue', 1000, at(20), { id: 'c1-buys' }),
        money('c1', 'refund', -1000, at(35), { refersTo: 'c1-buys' }),
        // Refunded after maturity: belongs to a later re-evaluation.
        money('c2', 'revenue', 1000, at(20), { id: 'c2-buys' }),
        money('c2', 'refund', -1000, at(44), { refersTo: 'c2-buys' }),
        // The purchase was made before the exposure: says nothing about the variant.
        money('s1', 'revenue', 1000, at(-2), { id: 's1-buys' }),
        money('s1', 'refund', -1000, at(5), { refersTo: 's1-buys' }),
        // A refund without an original counts by its own time.
        money('s2', 'refund', -700, at(29)),
        money('s3', 'refund', -700, at(31)),
        // Dated before its purchase: the purchase decides.
        money('s4', 'refund', -100, at(-1), { refersTo: 's4-buys' }),
        money('s4', 'revenue', 500, at(1), { id: 's4-buys' }),
      ]);
      const result = await evaluate();
      expect(armsOf(result, 'profit')).toMatchObject([
        { mean: 2.5, nonZero: 1 },
        { mean: -0.75, nonZero: 2 },
      ]);
    });

    it('subtracts declared costs: a price for each event, a share of each revenue', async () => {
      const experiment = await evaluatedExperiment(it_, {
        enrolmentEndedAt: ENDED,
        metrics: [
          aMetric({ key: 'clicks' }),
          aMetric({ key: 'goods', kind: 'money', moneyNames: ['cogs'] }),
        ],
        secondary: ['goods'],
        costs: {
          cogs: { how: 'rate', ofRevenue: 0.333 },
          support_cost: { how: 'unit_price', event: 'ticket', amountMinor: 250, currency: 'USD' },
          incentive: { how: 'none', because: 'no discounts' },
        },
      });
      await log(it_, experiment, [
        ...eightUnits(),
        money('c1', 'revenue', 1000, at(2)),
        behaviour('c1', 'ticket', at(3)),
        behaviour('c1', 'ticket', at(29)),
        behaviour('c1', 'ticket', at(30)),
        // 5 cents and 5 cents: 1.665 each, rounded once per entry to 2.
        money('s1', 'revenue', 5, at(2)),
        money('s1', 'revenue', 5, at(2)),
      ]);
      const result = await evaluate();
      // 1000 - 333 - 2 * 250 = 167 cents of one unit in four; 10 - 2 * 2 = 6.
      expect(armsOf(result, 'profit')).toMatchObject([{ mean: 0.4175 }, { mean: 0.015 }]);
      expect(armsOf(result, 'goods')).toMatchObject([{ mean: -0.8325 }, { mean: -0.01 }]);
      expect(result.verdict.profitCoverage).toBe('full');
    });

    it('converts money at the day of the event in the zone of the project', async () => {
      const experiment = await evaluatedExperiment(it_, {
        enrolmentEndedAt: ENDED,
        timezone: 'America/New_York',
        costs: {
          support_cost: { how: 'unit_price', event: 'ticket', amountMinor: 100, currency: 'EUR' },
        },
      });
      const rate = (date: string, currency: string, value: string) =>
        it_.sql(
          `INSERT INTO exchange_rate (project_id, date, base, currency, rate, source, created_at)
           VALUES ($1, $2, 'USD', $3, $4, 'test', becausal_now())`,
          [experiment.projectId, date, currency, value],
        );
      await rate('2026-01-02', 'EUR', '1.10');
      await rate('2026-01-03', 'EUR', '1.20');
      await rate('2026-01-02', 'JPY', '0.0065');
      await rate('2026-01-02', 'KWD', '3.25');
      await log(it_, experiment, [
        ...eightUnits(),
        // 2026-01-03T02:00Z is still the second of January in New York.
        money('c1', 'revenue', 1000, '2026-01-03T02:00:00Z', { currency: 'EUR' }),
        behaviour('c1', 'ticket', '2026-01-03T06:00:00Z'),
        // Yen have no decimals, dinars three; each entry is rounded once, half away from zero.
        money('s1', 'revenue', 101, '2026-01-02T12:00:00Z', { currency: 'JPY' }),
        money('s2', 'refund', -10, '2026-01-02T12:00:00Z', { currency: 'KWD' }),
      ]);
      const result = await evaluate();
      // 11.00 - 1.20 = 9.80; 101 * 0.0065 = 0.6565 -> 0.66; -0.010 * 3.25 = -0.0325 -> -0.03.
      expect(armsOf(result, 'profit')[0]).toMatchObject({ mean: 2.45 });
      expect(armsOf(result, 'profit')[1]?.mean).toBeCloseTo(0.63 / 4, 15);
    });

    it('refuses to evaluate without a rate and names currency and day', async () => {
      const experiment = await evaluatedExperiment(it_, { enrolmentEndedAt: ENDED });
      await log(it_, experiment, [
        ...eightUnits(),
        money('c1', 'revenue', 1000, at(2), { currency: 'EUR' }),
        money('c1', 'revenue', 1000, at(3), { currency: 'EUR' }),
        // Outside every window: no rate is needed.
        money('c1', 'revenue', 1000, at(31), { currency: 'GBP' }),
      ]);
      const answer = await it_.send('post', '/v1/experiments/checkout/evaluations');
      expect([answer.status, answer.body.code]).toEqual([422, 'exchange-rate-missing']);
      expect(answer.body.missing).toEqual([
        { currency: 'EUR', date: '2026-01-03' },
        { currency: 'EUR', date: '2026-01-04' },
      ]);
    });
  });

  describe('who is counted', () => {
    it('B64: leaves units of two variants out and counts them', async () => {
      const experiment = await evaluatedExperiment(it_, { enrolmentEndedAt: ENDED });
      await log(it_, experiment, [...eightUnits(), exposure('c4', 'short', at(20))]);
      const result = await evaluate();
      expect(result.health).toMatchObject({ crossovers: 1, crossoverShare: 1 / 8 });
      expect(result.units).toEqual([
        { variant: 'control', n: 3 },
        { variant: 'short', n: 4 },
      ]);
      expect(result.verdict.perVariant[0]).toMatchObject({
        state: 'invalid',
        reasons: [{ code: 'CROSSOVERS' }],
      });
    });

    it('takes the first exposure, and only those before enrolment ended', async () => {
      const experiment = await evaluatedExperiment(it_, { enrolmentEndedAt: ENDED });
      await log(it_, experiment, [
        ...eightUnits(),
        exposure('c1', 'control', at(3)),
        exposure('late', 'short', ENDED),
        behaviour('late', 'clicks', at(10)),
        behaviour('c1', 'clicks', at(8), { receivedAt: at(12) }),
        behaviour('c1', 'clicks', at(2), { receivedAt: at(12) }),
      ]);
      const result = await evaluate();
      expect(result.health).toMatchObject({ outsideCohort: 1, lateEvents: 2 });
      expect(armsOf(result, 'clicks')).toMatchObject([
        { n: 4, nonZero: 1 },
        { n: 4, nonZero: 0 },
      ]);
    });

    it('keeps units whose time has not come out of numerator and denominator', async () => {
      const experiment = await evaluatedExperiment(it_, { enrolmentEndedAt: ENDED });
      await log(it_, experiment, [
        exposure('c1', 'control', START),
        exposure('c2', 'control', at(5)),
        exposure('s1', 'short', START),
        exposure('s2', 'short', at(5)),
        behaviour('c1', 'clicks', at(1)),
        behaviour('c2', 'clicks', at(6)),
        behaviour('s2', 'clicks', at(9)),
      ]);
      await it_.moveClock(at(7));
      const result = await evaluate();
      const clicks = metricOf(result, 'clicks');
      expect(clicks.maturity).toMatchObject({
        fraction: 0.5,
        maturedUnits: 2,
        units: 4,
        wholeCohort: false,
        closesAt: at(12),
      });
      expect(clicks.arms).toMatchObject([
        { n: 1, mean: 1 },
        { n: 1, mean: 0 },
      ]);
      // s2's click lies after the clock: it has not happened.
      expect(clicks.running?.arms).toMatchObject([
        { n: 2, mean: 1 },
        { n: 2, mean: 0 },
      ]);
      expect(clicks.comparisons[0]?.notComputed?.reason).toBe('too-few');
      expect(metricOf(result, 'profit').comparisons[0]?.notComputed?.reason).toBe('not-matured');
      expect(result.verdict.perVariant[0]?.state).toBe('collecting');
    });

    it('answers for an experiment that nobody has met yet', async () => {
      await evaluatedExperiment(it_);
      const result = await evaluate();
      expect(result.health.srm.notComputed?.reason).toBe('too-few');
      expect(metricOf(result, 'profit').arms).toEqual([
        { variant: 'control', n: 0, nonZero: 0 },
        { variant: 'short', n: 0, nonZero: 0 },
      ]);
      expect(result.verdict.perVariant[0]?.state).toBe('collecting');
    });
  });

  it('P12: recomputes the result from the stored moments byte for byte', async () => {
    const experiment = await evaluatedExperiment(it_, { enrolmentEndedAt: ENDED });
    await log(it_, experiment, [
      ...manyUnits({ control: 90, short: 110 }),
      ...[...Array(40).keys()].flatMap((n) => [
        money(`control-${n}`, 'revenue', 1000 + 7 * n, at(2)),
        money(`short-${n}`, 'revenue', 1013 + 11 * n, at(2)),
        behaviour(`short-${n}`, 'clicks', at(1)),
      ]),
    ]);
    const first = await evaluate();
    const rows = await it_.sql<{
      moments: PlanMoments;
      history: EvaluationHistory;
      result: EvaluationResult;
      body: AnalysisPlan;
      digest: string;
      cutoff: string;
    }>(
      `SELECT evaluation.moments, evaluation.history, evaluation.result, evaluation.result_digest AS digest,
         evaluation.cutoff, plan.body
       FROM evaluation JOIN plan ON plan.experiment_id = evaluation.experiment_id`,
    );
    const [stored] = rows;
    if (stored === undefined) throw new Error('nothing stored');
    const again = recompute({
      id: first.id,
      plan: stored.body,
      moments: stored.moments,
      history: stored.history,
      slot: null,
      codeVersion: stored.result.codeVersion,
    });
    expect(canonicalJson(again)).toBe(canonicalJson(stored.result));
    expect(canonicalJson(first)).toBe(canonicalJson(stored.result));
    expect(stored.digest).toMatch(/^[0-9a-f]{64}$/);

    // More arrives; the log at the named cut-off still gives the same moments.
    await log(it_, experiment, [
      exposure('new', 'short', START),
      money('control-1', 'revenue', 99_999, at(2)),
    ]);
    const request = {
      projectId: experiment.projectId,
      experimentId: experiment.id,
      plan: stored.body,
      enrolmentEndedAt: new Date(ENDED),
      asOf: new Date(first.asOf),
    };
    const store = it_.app.get(AnalyticsStore);
    expect(await store.moments({ ...request, cutoff: stored.cutoff })).toEqual(stored.moments);
    const now = await store.moments(request);
    expect(now.units).toEqual([90, 111]);
  });
});
