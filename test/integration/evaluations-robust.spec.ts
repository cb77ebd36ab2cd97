import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import { canonicalJson } from '../../src/domain/experiments/canonical-json.js';
import { AnalyticsStore } from '../../src/modules/analytics/analytics-store.reader.js';
import { pooledCap } from '../../src/stats/rows/winsorise.js';
import {
  aMetric,
  behaviour,
  evaluatedExperiment,
  exposure,
  log,
  type LoggedRow,
  money,
} from '../support/evaluated-experiment.js';
import { AFTER_ALL, at, ENDED, firstOf, metricOf, START } from '../support/evaluation-views.js';
import {
  absolutelyNear,
  logMany,
  near,
  ROWS,
  type Spenders,
  storedAgain,
  testedAs,
} from '../support/robust-rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('outliers, from the log to the numbers', () => {
  let it_: TestApp;
  beforeEach(async () => {
    it_ = await startTestApp();
    await it_.moveClock(AFTER_ALL);
  });
  afterEach(() => it_.close());

  const evaluate = async (): Promise<EvaluationResult> =>
    (await it_.ok('post', '/v1/experiments/checkout/evaluations')).body as EvaluationResult;

  describe('outliers that are cut', () => {
    const winsorise = { quantile: 0.98 };
    const rowsOf = (variant: string, { before, spend }: Spenders): LoggedRow[] =>
      spend.flatMap((minor, n) => {
        const unit = `${variant}-${n}`;
        const rows = [
          exposure(unit, variant, START),
          behaviour(unit, 'spend', at(-3), { value: (before[n] ?? 0) / 100 }),
        ];
        if (minor === 0) return rows;
        // Two purchases make one value, and the money of a unit is a sum as well.
        return [
          ...rows,
          behaviour(unit, 'spend', at(1), { value: 0.5 }),
          behaviour(unit, 'spend', at(2), { value: (minor - 50) / 100 }),
          money(unit, 'revenue', Math.abs(minor) + 300, at(2)),
          money(unit, 'refund', minor > 0 ? -300 : 2 * minor - 300, at(3)),
        ];
      });
    const spenders = (): LoggedRow[] => [
      ...rowsOf('control', ROWS.spend.control),
      ...rowsOf('short', ROWS.spend.treatment),
    ];
    const spend = aMetric({ key: 'spend', kind: 'mean', winsorise });
    const cap = { low: near(ROWS.spend.low), high: near(ROWS.spend.high), quantile: 0.98 };

    it('are cut at limits of all arms, and the values as they came stand beside', async () => {
      const experiment = await evaluatedExperiment(it_, {
        enrolmentEndedAt: ENDED,
        metrics: [spend, aMetric({ key: 'margin', kind: 'money', winsorise })],
        secondary: ['margin'],
      });
      await logMany(it_, experiment, spenders());
      const result = await evaluate();
      // In minor units and in major ones: money is cut like any other value.
      for (const key of ['spend', 'margin']) {
        const { absolute, frequentist, uncapped } = firstOf(result, key);
        expect(metricOf(result, key).cap).toEqual({ ...cap, frozen: true });
        expect(absolute).toEqual(absolutelyNear(ROWS.spend.test));
        expect(frequentist).toMatchObject(testedAs(ROWS.spend.test));
        expect(uncapped).toMatchObject({
          estimate: near(ROWS.spend.raw.estimate),
          standardError: near(ROWS.spend.raw.standardError),
        });
        const { arms } = metricOf(result, key);
        expect(arms.map(({ mean }) => mean)).toEqual(ROWS.spend.means.map(near));
        expect(arms.map(({ variance }) => variance)).toEqual(ROWS.spend.variances.map(near));
        expect(arms.map(({ uncappedMean }) => uncappedMean)).toEqual(ROWS.spend.rawMeans.map(near));
      }
    });

    it('CUPED adjusts the cut values by the past as it was', async () => {
      const experiment = await evaluatedExperiment(it_, {
        enrolmentEndedAt: ENDED,
        metrics: [spend],
        analysis: { cuped: { days: 14 } },
      });
      await logMany(it_, experiment, spenders());
      const { absolute, cuped, uncapped } = firstOf(await evaluate(), 'spend');
      expect(absolute).toMatchObject({
        estimate: near(ROWS.spend.adjusted.estimate),
        standardError: near(ROWS.spend.adjusted.standardError),
      });
      expect(cuped?.covariates[0]).toMatchObject({
        name: 'value_before',
        coefficient: near(ROWS.spend.theta),
      });
      expect(cuped?.unadjusted.estimate).toBeCloseTo(ROWS.spend.test.estimate, 9);
      expect(uncapped?.standardError).toBeLessThan(ROWS.spend.raw.standardError);
    });

    it('keep the limits of the first evaluation with enough units, and P12 holds for both', async () => {
      const experiment = await evaluatedExperiment(it_, {
        enrolmentEndedAt: ENDED,
        metrics: [spend],
      });
      await logMany(it_, experiment, spenders());
      const first = await evaluate();
      const before = await storedAgain(it_);
      expect(before.history.caps).toEqual({});
      expect(canonicalJson(before.again)).toBe(canonicalJson(before.result));
      // Forty late purchases would move the quantile.
      await log(
        it_,
        experiment,
        [...Array(40).keys()].map((n) => behaviour(`short-${n}`, 'spend', at(4), { value: 900 })),
      );
      await it_.moveClock('2026-04-02T00:00:00Z');
      const second = await evaluate();
      expect(metricOf(second, 'spend').cap).toEqual(metricOf(first, 'spend').cap);
      const after = await storedAgain(it_);
      expect(after.history.caps).toMatchObject({
        spend: { low: near(ROWS.spend.low), high: near(ROWS.spend.high) },
      });
      expect(canonicalJson(after.again)).toBe(canonicalJson(after.result));
      expect(metricOf(second, 'spend').arms[1]?.mean).toBeLessThan(ROWS.spend.high);
      const request = {
        projectId: experiment.projectId,
        experimentId: experiment.id,
        plan: experiment.plan,
        enrolmentEndedAt: new Date(ENDED),
        asOf: new Date(second.asOf),
      };
      const store = it_.app.get(AnalyticsStore);
      const { cutoff } = after.moments;
      const frozen = await store.moments({ ...request, cutoff, caps: after.history.caps });
      expect(frozen).toEqual(after.moments);
      // Without what was frozen the limits would follow the data.
      const { metrics } = await store.moments({ ...request, cutoff });
      expect(metrics.find(({ key }) => key === 'spend')?.cap?.high).toBeGreaterThan(100);
    });

    const baskets = (variant: string, sizes: readonly number[]): LoggedRow[] =>
      sizes.flatMap((value, n) => [
        exposure(`${variant}-${n}`, variant, START),
        ...(value === 0 ? [] : [behaviour(`${variant}-${n}`, 'items', at(1), { value })]),
      ]);

    it('lift units without any event to a lower limit above 0, and wait with freezing', async () => {
      const experiment = await evaluatedExperiment(it_, {
        enrolmentEndedAt: ENDED,
        metrics: [aMetric({ key: 'items', kind: 'mean', winsorise: { quantile: 0.95 } })],
      });
      const { control, treatment, low, high, means, test } = ROWS.baskets;
      await log(it_, experiment, [...baskets('control', control), ...baskets('short', treatment)]);
      const result = await evaluate();
      expect(pooledCap({ arms: [control, treatment], quantile: 0.95, sides: 'both' })).toEqual({
        ok: true,
        cap: { low, high },
      });
      expect(metricOf(result, 'items').cap).toEqual({ low, high, quantile: 0.95, frozen: false });
      expect(metricOf(result, 'items').arms.map(({ mean }) => mean)).toEqual(means.map(near));
      expect(firstOf(result, 'items').absolute).toEqual(absolutelyNear(test));
      // Nothing is frozen, so a larger basket moves the limit.
      await log(
        it_,
        experiment,
        [...Array(9).keys()].map((n) => behaviour(`short-${n}`, 'items', at(2), { value: 50 })),
      );
      await it_.moveClock('2026-04-02T00:00:00Z');
      const { cap } = metricOf(await evaluate(), 'items');
      expect(cap?.frozen).toBe(false);
      expect(cap?.high).toBeGreaterThan(high);
    });

    it('of a count have an upper limit only; a limit of 0 leaves nothing to compare', async () => {
      const experiment = await evaluatedExperiment(it_, {
        enrolmentEndedAt: ENDED,
        metrics: [
          aMetric({ key: 'views', kind: 'count', winsorise: { quantile: 0.9 } }),
          aMetric({ key: 'calls', kind: 'count', winsorise: { quantile: 0.9 } }),
        ],
        secondary: ['calls'],
      });
      const unit = (variant: string, n: number) => `${variant}-${n}`;
      const eleven = [...Array(11).keys()];
      await log(
        it_,
        experiment,
        ['control', 'short'].flatMap((variant) =>
          eleven.flatMap((n) => [
            exposure(unit(variant, n), variant, START),
            ...eleven.slice(0, n).map(() => behaviour(unit(variant, n), 'views', at(1))),
            ...(n === 0 ? [behaviour(unit(variant, n), 'calls', at(1))] : []),
          ]),
        ),
      );
      const result = await evaluate();
      expect(metricOf(result, 'views').cap).toEqual({ high: 9, quantile: 0.9, frozen: false });
      expect(metricOf(result, 'views').arms.map(({ mean }) => mean)).toEqual([54 / 11, 54 / 11]);
      expect(metricOf(result, 'calls').cap?.high).toBe(0);
      expect(firstOf(result, 'calls').notComputed?.reason).toBe('no-variance');
    });
  });
});
