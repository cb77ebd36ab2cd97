import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
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
import { readFixture } from '../fixtures/stats/read-golden.js';

interface Arm {
  known: number[];
  before: number[];
  value: number[];
  orders: number[];
}
interface Tested {
  estimate: number;
  statistic: number;
  df: number;
  pValue: number;
  lower: number;
  upper: number;
}
const ROWS = readFixture<{
  control: Arm;
  treatment: Arm;
  cuped: Tested & { theta: number[]; unadjusted: Tested; varianceReduction: number };
  interacted: { estimate: number; se: number };
  ratio: Tested;
}>('rows.json', 'evaluations');

describe('methods of an evaluation, from the log to the numbers', () => {
  let it_: TestApp;
  beforeEach(async () => {
    it_ = await startTestApp();
    await it_.moveClock(AFTER_ALL);
  });
  afterEach(() => it_.close());

  const evaluate = async (): Promise<EvaluationResult> =>
    (await it_.ok('post', '/v1/experiments/checkout/evaluations')).body as EvaluationResult;

  const repeated = (times: number, row: LoggedRow): LoggedRow[] =>
    [...Array(times).keys()].map(() => row);
  /** Units of the fixture: what they did before their exposure, and after. */
  const rowsOf = (variant: string, arm: Arm): LoggedRow[] =>
    arm.value.flatMap((value, n) => {
      const unit = `${variant}-${n}`;
      return [
        exposure(unit, variant, START),
        ...repeated(arm.before[n] ?? 0, behaviour(unit, 'views', at(-3))),
        // Known by something else that the plan counts, though it viewed nothing.
        ...repeated(arm.known[n] ?? 0, behaviour(unit, 'orders', at(-5))),
        ...repeated(value, behaviour(unit, 'views', at(2))),
        ...repeated(arm.orders[n] ?? 0, behaviour(unit, 'orders', at(2))),
        // Too long ago for the plan.
        behaviour(unit, 'views', at(-15)),
      ];
    });
  const fixture = (): LoggedRow[] => [
    ...rowsOf('control', ROWS.control),
    ...rowsOf('short', ROWS.treatment),
  ];
  const closeTo = (expected: Tested) => ({
    estimate: expect.closeTo(expected.estimate, 10) as number,
    lower: expect.closeTo(expected.lower, 10) as number,
    upper: expect.closeTo(expected.upper, 10) as number,
  });

  it('CUPED takes out what the days before explain', async () => {
    const experiment = await evaluatedExperiment(it_, {
      enrolmentEndedAt: ENDED,
      metrics: [
        aMetric({ key: 'views', kind: 'count' }),
        aMetric({ key: 'orders', kind: 'count' }),
      ],
      secondary: ['orders'],
      analysis: { cuped: { days: 14 } },
    });
    await log(it_, experiment, fixture());
    const result = await evaluate();
    const { absolute, frequentist, cuped } = firstOf(result, 'views');
    const expected = ROWS.cuped;
    expect(absolute).toMatchObject(closeTo(expected));
    expect(frequentist).toMatchObject({
      statistic: expect.closeTo(expected.statistic, 9),
      degreesOfFreedom: expect.closeTo(expected.df, 7),
      pValue: expect.closeTo(expected.pValue, 10),
    });
    expect(cuped).toMatchObject({
      days: 14,
      covariates: [
        {
          name: 'value_before',
          coefficient: expect.closeTo(expected.theta[0] ?? 0, 9),
          used: true,
        },
        {
          name: 'known_before',
          coefficient: expect.closeTo(expected.theta[1] ?? 0, 9),
          used: true,
        },
      ],
      varianceReduction: expect.closeTo(expected.varianceReduction, 10),
      unadjusted: { estimate: expect.closeTo(expected.unadjusted.estimate, 10) },
    });
    // The arms stay what they were; only the comparison is adjusted.
    expect(armsOf(result, 'views')[0]?.mean).toBeCloseTo(
      ROWS.control.value.reduce((sum, value) => sum + value, 0) / ROWS.control.value.length,
      12,
    );
    expect(result.health.balance?.status).toBe('ok');
    expect(result.health.balance?.covariates.length).toBeGreaterThan(2);
  });

  it('Lin’s estimator has a slope for each variant', async () => {
    const experiment = await evaluatedExperiment(it_, {
      enrolmentEndedAt: ENDED,
      metrics: [
        aMetric({ key: 'views', kind: 'count' }),
        aMetric({ key: 'orders', kind: 'count' }),
      ],
      secondary: ['orders'],
      analysis: { cuped: { days: 14, estimator: 'interacted' } },
    });
    await log(it_, experiment, fixture());
    const { absolute, cuped } = firstOf(await evaluate(), 'views');
    expect(absolute?.estimate).toBeCloseTo(ROWS.interacted.estimate, 10);
    expect(absolute?.standardError).toBeCloseTo(ROWS.interacted.se, 10);
    expect(cuped).toMatchObject({ estimator: 'interacted' });
    expect(cuped?.varianceReduction).toBeGreaterThan(0.2);
  });

  it('finds arms that differed before anybody met them', async () => {
    const experiment = await evaluatedExperiment(it_, {
      enrolmentEndedAt: ENDED,
      metrics: [aMetric({ key: 'views', kind: 'count' })],
      analysis: { cuped: { days: 14 } },
    });
    const before = (unit: string, n: number): LoggedRow[] =>
      repeated(n, behaviour(unit, 'views', at(-2)));
    await log(it_, experiment, [
      ...manyUnits({ control: 100, short: 100 }),
      ...[...Array(100).keys()].flatMap((n) => [
        ...before(`control-${n}`, n % 3),
        ...before(`short-${n}`, 1 + (n % 3)),
      ]),
    ]);
    const { health } = await evaluate();
    expect(health.balance?.status).toBe('failed');
    expect(health.balance?.covariates[0]).toMatchObject({ covariate: 'value_before' });
    expect(health.balance?.covariates[0]?.standardisedDifference).toBeGreaterThan(1);
  });

  it('CUPED without a past says so and changes nothing', async () => {
    const experiment = await evaluatedExperiment(it_, {
      enrolmentEndedAt: ENDED,
      analysis: { cuped: { days: 14 } },
    });
    await log(it_, experiment, [
      ...manyUnits({ control: 100, short: 100 }),
      ...[...Array(40).keys()].map((n) => behaviour(`control-${n}`, 'clicks', at(1))),
      ...[...Array(60).keys()].map((n) => behaviour(`short-${n}`, 'clicks', at(1))),
    ]);
    const { absolute, cuped, warnings } = firstOf(await evaluate(), 'clicks');
    expect(absolute?.estimate).toBeCloseTo(0.2, 12);
    expect(cuped).toMatchObject({
      varianceReduction: 0,
      covariates: [{ used: false }, { used: false }],
    });
    expect(warnings).toMatchObject([{ code: 'no-covariate' }]);
  });

  it('a ratio is tested by the delta method, with units as rows', async () => {
    const experiment = await evaluatedExperiment(it_, {
      enrolmentEndedAt: ENDED,
      metrics: [
        aMetric({
          key: 'views_per_order',
          kind: 'ratio',
          event: 'views',
          denominator: { event: 'orders' },
        }),
      ],
    });
    await log(it_, experiment, fixture());
    const result = await evaluate();
    const { absolute, frequentist, relative } = firstOf(result, 'views_per_order');
    expect(metricOf(result, 'views_per_order').unit).toBe('ratio');
    expect(absolute).toMatchObject(closeTo(ROWS.ratio));
    expect(frequentist).toMatchObject({
      test: 'welch',
      degreesOfFreedom: expect.closeTo(ROWS.ratio.df, 7),
      pValue: expect.closeTo(ROWS.ratio.pValue, 10),
    });
    expect(relative?.lower).toBeLessThan(relative?.upper ?? -1);
  });

  it('a ratio of money to orders is in the currency, and without orders there is none', async () => {
    const experiment = await evaluatedExperiment(it_, {
      enrolmentEndedAt: ENDED,
      metrics: [
        aMetric({
          key: 'basket',
          kind: 'ratio',
          class: 'revenue',
          moneyNames: ['revenue'],
          denominator: { event: 'orders' },
        }),
      ],
    });
    await log(it_, experiment, [
      ...manyUnits({ control: 3, short: 3 }),
      ...['control-0', 'control-1', 'short-0', 'short-1', 'short-1'].map((unit) =>
        behaviour(unit, 'orders', at(1)),
      ),
      money('control-0', 'revenue', 1000, at(1)),
      money('control-1', 'revenue', 3000, at(1)),
      money('short-1', 'revenue', 9000, at(1)),
    ]);
    const result = await evaluate();
    expect(armsOf(result, 'basket').map(({ mean }) => mean)).toEqual([20, 30]);
    const empty = await evaluatedExperiment(it_, {
      key: 'empty',
      enrolmentEndedAt: ENDED,
      metrics: [aMetric({ key: 'x', kind: 'ratio', event: 'x', denominator: { event: 'y' } })],
    });
    await log(it_, empty, manyUnits({ control: 3, short: 3 }));
    const none = (await it_.ok('post', '/v1/experiments/empty/evaluations'))
      .body as EvaluationResult;
    expect(firstOf(none, 'x')).toMatchObject({ notComputed: { reason: 'not-identified' } });
  });

  it('few conversions are counted exactly: 0 of 1000 against 12 of 1000', async () => {
    const experiment = await evaluatedExperiment(it_, { enrolmentEndedAt: ENDED });
    await log(it_, experiment, [
      ...manyUnits({ control: 1000, short: 1000 }),
      ...[...Array(12).keys()].map((n) => behaviour(`short-${n}`, 'clicks', at(1))),
    ]);
    const { absolute, relative, frequentist } = firstOf(await evaluate(), 'clicks');
    expect(frequentist).toMatchObject({
      test: 'exact',
      valid: true,
      // The pooled z of 3.4745409, with the factor that its interval has too: √(1999/2000).
      pValue: expect.closeTo(5.133878607e-4, 12),
      exact: { fisherP: expect.closeTo(4.723407e-4, 10), midP: expect.closeTo(3.542555e-4, 10) },
    });
    expect(absolute?.lower).toBeCloseTo(0.006876713, 7);
    expect(absolute?.upper).toBeCloseTo(0.020860065, 7);
    expect(relative).toMatchObject({
      lower: expect.any(Number),
      notComputed: { reason: 'open-ended' },
    });
    expect(relative?.lower).toBeGreaterThan(2);
  });

  it('rare conversions in unequal variants are counted too, however many there are', async () => {
    const experiment = await evaluatedExperiment(it_, { enrolmentEndedAt: ENDED });
    const clicks = (variant: string, n: number): LoggedRow[] =>
      [...Array(n).keys()].map((unit) => behaviour(`${variant}-${unit}`, 'clicks', at(1)));
    await log(it_, experiment, [
      ...manyUnits({ control: 9000, short: 1000 }),
      ...clicks('control', 270),
      ...clicks('short', 45),
    ]);
    const { frequentist, warnings } = firstOf(await evaluate(), 'clicks');
    // Pooled z with √((N-1)/N): .015 / √(.0315 · .9685 · (1/9000 + 1/1000)) = 2.5764.
    expect(frequentist).toMatchObject({
      test: 'score',
      statistic: expect.closeTo(2.5763, 3),
      pValue: expect.closeTo(0.00999, 4),
    });
    expect(warnings).toBeUndefined();
  });

  it('a variant that was killed halfway is no broken split', async () => {
    const experiment = await evaluatedExperiment(it_, {
      enrolmentEndedAt: ENDED,
      variants: [
        { key: 'control', name: 'As it is', weight: 1, control: true },
        { key: 'short', name: 'Short', weight: 1 },
        { key: 'long', name: 'Long', weight: 1 },
      ],
      killed: { variant: 'long', at: at(2) },
    });
    const units = (variant: string, from: number, to: number, day: number): LoggedRow[] =>
      [...Array(to - from).keys()].map((n) => exposure(`${variant}-${from + n}`, variant, at(day)));
    await log(it_, experiment, [
      ...units('control', 0, 300, 1),
      ...units('short', 0, 300, 1),
      ...units('long', 0, 300, 1),
      ...units('control', 300, 1300, 3),
      ...units('short', 300, 1300, 3),
      ...units('long', 300, 303, 3),
    ]);
    const { health, units: counted } = await evaluate();
    expect(counted.map(({ n }) => n)).toEqual([1300, 1300, 303]);
    expect(health.srm).toMatchObject({ status: 'ok', expected: [1300, 1300, 300], chiSquare: 0 });
  });

  it('secondary metrics are judged among all of them', async () => {
    const keys = ['a', 'b', 'c', 'd'];
    const experiment = await evaluatedExperiment(it_, {
      enrolmentEndedAt: ENDED,
      metrics: ['clicks', ...keys].map((key) => aMetric({ key })),
      leading: 'clicks',
      secondary: keys,
    });
    await log(it_, experiment, [
      ...manyUnits({ control: 400, short: 400 }),
      ...[...Array(100).keys()].flatMap((n) =>
        ['clicks', ...keys].map((name) => behaviour(`control-${n}`, name, at(1))),
      ),
      ...[...Array(130).keys()].map((n) => behaviour(`short-${n}`, 'a', at(1))),
      ...[...Array(101).keys()].flatMap((n) =>
        ['b', 'c', 'd'].map((name) => behaviour(`short-${n}`, name, at(1))),
      ),
    ]);
    const result = await evaluate();
    const among = firstOf(result, 'a').frequentist;
    expect(among?.amongSecondary).toMatchObject({ method: 'benjamini_hochberg', comparisons: 4 });
    expect(among?.amongSecondary?.pValue).toBeCloseTo((among?.pValue ?? 0) * 4, 12);
    expect(firstOf(result, 'clicks').frequentist).not.toHaveProperty('amongSecondary');
  });

  it('both engines say how sure they are of the prior, of equivalence and of the money', async () => {
    const experiment = await evaluatedExperiment(it_, {
      enrolmentEndedAt: ENDED,
      analysis: { smallestEffectThatMatters: { value: 0.05, scale: 'relative' } },
    });
    await log(it_, experiment, [
      ...manyUnits({ control: 200, short: 200 }),
      ...[...Array(200).keys()].flatMap((n) => [
        money(`control-${n}`, 'revenue', 1000 + 10 * (n % 50), at(2)),
        money(`short-${n}`, 'revenue', 1100 + 10 * (n % 50), at(2)),
      ]),
    ]);
    const { bayesian } = firstOf(await evaluate(), 'profit');
    expect(bayesian?.logBayesFactor).toBeGreaterThan(0);
    expect(bayesian?.sensitivity).toMatchObject({ robust: true, priors: [{}, {}] });
    expect(bayesian?.equivalence?.probability).toBeLessThan(0.5);
    // 400 units in the nine days of enrolment.
    expect(bayesian?.perYear?.units).toBe(Math.round((400 / 9) * 365));
    expect(bayesian?.perYear?.expectedLossOfKeeping).toBeCloseTo(
      (bayesian?.expectedLossOfKeeping ?? 0) * Math.round((400 / 9) * 365),
      6,
    );
  });
});
