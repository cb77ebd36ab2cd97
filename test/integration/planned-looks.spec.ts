import { canonicalJson } from '../../src/domain/experiments/canonical-json.js';
import type { AnalysisPlan } from '../../src/domain/experiments/plan.js';
import {
  evaluate as recompute,
  type EvaluationCase,
} from '../../src/domain/evaluation/evaluate.js';
import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import { DueWorkRegistry } from '../../src/platform/scheduling/due-work.js';
import {
  aMetric,
  behaviour,
  evaluatedExperiment,
  exposure,
  log,
  type LoggedRow,
} from '../support/evaluated-experiment.js';
import { at, firstOf, metricOf, START } from '../support/evaluation-views.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** A test with three planned looks of 400 units each, read at six every morning. */
describe('planned looks', () => {
  let it_: TestApp;
  beforeEach(async () => {
    it_ = await startTestApp();
    await it_.moveClock(START);
  });
  afterEach(() => it_.close());

  const PER_ARM_A_DAY = 200;
  /** Clicks of every n-th unit, seven hours after its exposure. */
  const dayOf = (day: number, everyNth: { control: number; short: number }): LoggedRow[] =>
    (['control', 'short'] as const).flatMap((variant) =>
      [...Array(PER_ARM_A_DAY).keys()].flatMap((n) => {
        const unit = `${variant}-${day}-${n}`;
        return [
          exposure(unit, variant, at(day)),
          ...(n % everyNth[variant] === 0 ? [behaviour(unit, 'clicks', at(day, 7))] : []),
        ];
      }),
    );
  const launch = (analysis = {}) =>
    evaluatedExperiment(it_, {
      metrics: [aMetric({ key: 'clicks', windowDays: 1 })],
      enrolmentEndedAt: at(3),
      schedule: { cron: '0 6 * * *' },
      analysis: {
        test: 'group_sequential',
        plannedUnits: 1200,
        plannedLooks: 3,
        ...analysis,
      },
    });
  const morning = async (day: number): Promise<EvaluationResult> => {
    await it_.moveClock(at(day, 6));
    await it_.app.get(DueWorkRegistry).runDue(new Date(at(day, 6)), 'inline');
    return (await it_.ok('get', '/v1/experiments/checkout/evaluations/latest'))
      .body as EvaluationResult;
  };
  const byHand = async (): Promise<EvaluationResult> =>
    (await it_.ok('post', '/v1/experiments/checkout/evaluations')).body as EvaluationResult;
  const tested = (result: EvaluationResult) => firstOf(result, 'clicks').frequentist;

  it('share alpha as O’Brien and Fleming do, and only the schedule takes them', async () => {
    const experiment = await launch();
    const rates = { control: 10, short: 6 };
    await log(
      it_,
      experiment,
      [0, 1, 2].flatMap((day) => dayOf(day, rates)),
    );

    const first = await morning(1);
    expect(metricOf(first, 'clicks').look).toMatchObject({ look: 1, looks: 3, units: 400 });
    expect(tested(first)).toMatchObject({
      test: 'group_sequential',
      valid: false,
      sequential: { look: 1, looks: 3, crossed: false },
    });
    // Bounds of Lan and DeMets for three equal looks, as rpact 3.3.4 gives them.
    expect(tested(first)?.sequential?.bound).toBeCloseTo(3.7103029, 6);
    expect(tested(first)).not.toHaveProperty('pValue');

    await it_.moveClock(at(1, 12));
    const between = await byHand();
    expect(tested(between)).toMatchObject({ test: 'confidence_sequence', valid: false });
    expect(tested(between)).not.toHaveProperty('pValue');
    expect(metricOf(between, 'clicks')).not.toHaveProperty('look');

    const second = await morning(2);
    expect(tested(second)?.sequential?.bound).toBeCloseTo(2.5114275, 6);
    // 40 of 400 against 68 of 400: z = 2.90, beyond the bound.
    expect(tested(second)).toMatchObject({ valid: true, sequential: { look: 2, crossed: true } });
    const stopped = tested(second)?.sequential?.afterStopping;
    expect(stopped?.lower).toBeGreaterThan(0);
    expect(stopped?.estimate).toBeLessThan(firstOf(second, 'clicks').absolute?.estimate ?? 0);

    const last = await morning(3);
    expect(metricOf(last, 'clicks').look).toMatchObject({ look: 3, final: true, alphaSpent: 0.05 });
    expect(tested(last)?.sequential?.bound).toBeCloseTo(1.9930475, 6);
    expect(tested(last)?.pValue).toBeLessThan(0.05);
    expect(last).not.toHaveProperty('plannedLook');
  });

  it('are read again with the bound they had, and never spent again', async () => {
    const experiment = await launch();
    await log(
      it_,
      experiment,
      [0, 1, 2].flatMap((day) => dayOf(day, { control: 10, short: 8 })),
    );
    await morning(1);
    await morning(2);
    const last = await morning(3);
    await it_.moveClock(at(4));
    const again = await byHand();
    expect(tested(again)).toEqual({
      ...tested(last),
      alwaysValid: expect.anything() as unknown,
    });
    expect(tested(again)?.sequential?.crossed).toBe(false);
    expect(tested(again)?.pValue).toBeGreaterThan(0.05);
    const looks = await it_.sql<{ metric_key: string; look: number }>(
      'SELECT planned_look.metric_key, planned_look.look FROM planned_look ORDER BY 1, 2',
    );
    expect(looks).toEqual([1, 2, 3].map((look) => ({ metric_key: 'clicks', look })));
  });

  it('spend what is left at the end when the looks before it were missed', async () => {
    const experiment = await launch();
    await log(
      it_,
      experiment,
      [0, 1, 2].flatMap((day) => dayOf(day, { control: 10, short: 8 })),
    );
    const last = await morning(3);
    expect(tested(last)).toMatchObject({ valid: true, sequential: { look: 3, alphaSpent: 0.05 } });
    expect(tested(last)?.sequential?.bound).toBeCloseTo(1.959963985, 8);
  });

  it('recompute from the stored moments and what was known of earlier looks', async () => {
    const experiment = await launch();
    await log(
      it_,
      experiment,
      [0, 1, 2].flatMap((day) => dayOf(day, { control: 10, short: 6 })),
    );
    for (const day of [1, 2, 3]) await morning(day);
    const stored = await it_.sql<
      Pick<EvaluationCase, 'moments' | 'history'> & {
        id: string;
        result: EvaluationResult;
        body: AnalysisPlan;
      }
    >(
      `SELECT evaluation.id, evaluation.moments, evaluation.history, evaluation.result, plan.body
       FROM evaluation JOIN plan ON plan.experiment_id = evaluation.experiment_id`,
    );
    expect(stored).toHaveLength(3);
    for (const { id, moments, history, result, body } of stored) {
      const { slot = null, codeVersion } = result;
      const again = recompute({ id, plan: body, moments, history, slot, codeVersion });
      expect(canonicalJson(again)).toBe(canonicalJson(result));
    }
  });

  it('say when a win has become unlikely, where the plan asks for it', async () => {
    const experiment = await launch({ futility: true });
    await log(
      it_,
      experiment,
      [0, 1, 2].flatMap((day) => dayOf(day, { control: 8, short: 10 })),
    );
    await morning(1);
    const second = tested(await morning(2));
    // Bounds of rpact 3.3.4 for three equal looks, alpha .025 on each side, beta .2.
    expect(second?.sequential?.futility?.bound).toBeCloseTo(1.17037203, 5);
    expect(second?.sequential?.futility?.crossed).toBe(true);
    // Advice, not an end: the last look is what it would have been.
    const last = tested(await morning(3));
    expect(last?.sequential?.bound).toBeCloseTo(1.9930475, 6);
    expect(last?.sequential).not.toHaveProperty('futility');
  });

  it('stop for harm when an early one crosses the bound downwards', async () => {
    const experiment = await launch();
    await log(
      it_,
      experiment,
      [0, 1, 2].flatMap((day) => dayOf(day, { control: 4, short: 20 })),
    );
    const guarded = await morning(1);
    // 10 of 200 against 50 of 200: z = -5.6.
    expect(tested(guarded)).toMatchObject({ valid: true, sequential: { look: 1, crossed: true } });
    expect(guarded.verdict.perVariant[0]?.reasons[0]).toMatchObject({
      code: 'LEADING_LOST',
      facts: { by: 'planned_look' },
    });
  });

  it('keep the smallest always-valid p-value, which falls and never rises', async () => {
    const experiment = await launch({ test: 'always_valid', plannedLooks: 1 });
    await log(it_, experiment, [
      ...dayOf(0, { control: 20, short: 5 }),
      ...dayOf(1, { control: 5, short: 20 }),
    ]);
    const first = tested(await morning(1))?.alwaysValid;
    const second = tested(await morning(2))?.alwaysValid;
    expect(second?.pValue).toBeGreaterThan(first?.pValue ?? 1);
    expect(second?.runningPValue).toBe(first?.runningPValue);
  });
});
