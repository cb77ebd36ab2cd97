import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import { canonicalJson } from '../../src/domain/experiments/canonical-json.js';
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
  logMany,
  near,
  ROWS,
  storedAgain,
  testedAs,
} from '../support/robust-rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('quantiles, from the log to the numbers', () => {
  let it_: TestApp;
  beforeEach(async () => {
    it_ = await startTestApp();
    await it_.moveClock(AFTER_ALL);
  });
  afterEach(() => it_.close());

  const evaluate = async (): Promise<EvaluationResult> =>
    (await it_.ok('post', '/v1/experiments/checkout/evaluations')).body as EvaluationResult;

  describe('a quantile of events', () => {
    const loads = aMetric({
      key: 'load',
      kind: 'quantile',
      quantile: ROWS.loads.quantile,
      valueProperty: 'tenths',
      direction: 'decrease',
    });
    const rowsOf = (variant: string, units: readonly number[][]): LoggedRow[] =>
      units.flatMap((times, n) => [
        exposure(`${variant}-${n}`, variant, START),
        ...times.map((tenths) =>
          behaviour(`${variant}-${n}`, 'load', at(1), { properties: { tenths } }),
        ),
        // Without the property it is no load, and before the exposure neither.
        behaviour(`${variant}-${n}`, 'load', at(1), { properties: { tenths: 'slow' } }),
        behaviour(`${variant}-${n}`, 'load', at(-1), { properties: { tenths: 9_999 } }),
      ]);
    const loaded = (): LoggedRow[] => [
      ...rowsOf('control', ROWS.loads.control),
      ...rowsOf('short', ROWS.loads.treatment),
    ];

    it('is taken over the events of an arm, with units as clusters', async () => {
      const experiment = await evaluatedExperiment(it_, {
        enrolmentEndedAt: ENDED,
        metrics: [loads],
      });
      await logMany(it_, experiment, loaded());
      const result = await evaluate();
      const { unit, arms } = metricOf(result, 'load');
      expect(unit).toBe('value');
      expect(arms).toEqual(
        ROWS.loads.arms.map(({ estimate, rows, units }, index) => ({
          variant: ['control', 'short'][index],
          n: units,
          mean: near(estimate),
          events: rows,
          nonZero: units,
        })),
      );
      const { absolute, frequentist, relative, bayesian } = firstOf(result, 'load');
      expect(absolute).toEqual(absolutelyNear(ROWS.loads.test));
      expect(frequentist).toMatchObject(testedAs(ROWS.loads.test));
      expect(relative?.estimate).toBeCloseTo(
        (ROWS.loads.arms[1]?.estimate ?? 0) / (ROWS.loads.arms[0]?.estimate ?? 1) - 1,
        9,
      );
      expect(bayesian?.chanceToWin).toBeLessThan(0.5);
      const stored = await storedAgain(it_);
      expect(canonicalJson(stored.again)).toBe(canonicalJson(stored.result));
    });

    it('says what it cannot say, and what the plan does for means only', async () => {
      const experiment = await evaluatedExperiment(it_, {
        enrolmentEndedAt: ENDED,
        metrics: [loads, aMetric({ key: 'wait', kind: 'quantile', quantile: 0.5 })],
        secondary: ['wait'],
        analysis: { cuped: { days: 14 } },
      });
      await log(it_, experiment, [
        ...loaded(),
        // All events are of one unit, and one unit has no variance.
        ...[1, 2].map((value) => behaviour('control-0', 'wait', at(1), { value })),
        ...[3, 5].map((value) => behaviour('short-0', 'wait', at(1), { value })),
      ]);
      const result = await evaluate();
      const adjusted = firstOf(result, 'load');
      expect(adjusted.absolute).toEqual(absolutelyNear(ROWS.loads.test));
      expect(adjusted).not.toHaveProperty('cuped');
      expect(adjusted.warnings).toMatchObject([{ code: 'not-adjusted' }]);
      expect(firstOf(result, 'wait').notComputed?.reason).toBe('too-few');
      // The quantile itself is known, and so is how little it rests on.
      expect(metricOf(result, 'wait').arms).toMatchObject([
        { mean: 1.5, events: 2, nonZero: 1 },
        { mean: 4, events: 2, nonZero: 1 },
      ]);
    });

    it('of an arm without events there is none', async () => {
      const experiment = await evaluatedExperiment(it_, {
        enrolmentEndedAt: ENDED,
        metrics: [loads],
      });
      await log(it_, experiment, [
        ...rowsOf('control', ROWS.loads.control),
        exposure('short-0', 'short', START),
      ]);
      const result = await evaluate();
      expect(firstOf(result, 'load').notComputed?.reason).toBe('empty-arm');
      expect(metricOf(result, 'load').arms[1]).toEqual({
        variant: 'short',
        n: 1,
        events: 0,
        nonZero: 0,
      });
    });

    it('is declared over the API', async () => {
      await it_.ok('post', '/v1/metrics', {
        key: 'load',
        name: 'Slow loads',
        role: 'proxy',
        kind: 'quantile',
        class: 'quality',
        direction: 'decrease',
        event: 'load',
        quantile: 0.9,
        valueProperty: 'tenths',
        windowDays: 7,
      });
      const { body } = await it_.ok('get', '/v1/metrics/load');
      expect(body).toMatchObject({ kind: 'quantile', quantile: 0.9, valueProperty: 'tenths' });
      const refused = await it_.send('post', '/v1/metrics', {
        ...(body as object),
        key: 'other',
        quantile: 1,
      });
      expect(refused.status).toBe(422);
    });
  });
});
