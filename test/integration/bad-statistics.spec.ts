import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import {
  aMetric,
  behaviour,
  evaluatedExperiment,
  type EvaluatedChanges,
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
import { launchedExperiment } from '../support/launched-experiment.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const spend = aMetric({ key: 'spend', kind: 'mean' });
const range = (count: number): number[] => [...Array(count).keys()];
const spent = (unit: string, value: number, name = 'spend') =>
  behaviour(unit, name, at(1), { value });

/** Data that statistics go wrong on have their named answer, always in a result (B61, B64 to B75). */
describe('bad data', () => {
  let it_: TestApp;

  beforeEach(async () => {
    it_ = await startTestApp();
    await it_.moveClock(AFTER_ALL);
  });
  afterEach(() => it_.close());

  const evaluate = async (key = 'checkout'): Promise<EvaluationResult> => {
    const answer = await it_.send('post', `/v1/experiments/${key}/evaluations`);
    expect(answer.status).toBe(201);
    const { verdict, ...numbers } = answer.body as EvaluationResult;
    // Nothing that JSON has no number for became null on the way; a reason may name what is missing.
    expect(JSON.stringify(numbers)).not.toMatch(/NaN|Infinity|:null/);
    return { ...numbers, verdict };
  };
  const evaluated = async (
    rows: readonly LoggedRow[],
    changes: EvaluatedChanges = {},
  ): Promise<EvaluationResult> => {
    const experiment = await evaluatedExperiment(it_, { enrolmentEndedAt: ENDED, ...changes });
    await log(it_, experiment, rows);
    return await evaluate();
  };
  const warningsOf = (result: EvaluationResult, key: string) =>
    (firstOf(result, key).warnings ?? []).map(({ code }) => code);

  it('B61 over-refunded: a refund above its sale is counted as sent, and said', async () => {
    const { health, ...result } = await evaluated([
      ...manyUnits({ control: 2, short: 2 }),
      money('short-0', 'revenue', 1000, at(1), { id: 'sale' }),
      money('short-0', 'refund', -700, at(2), { refersTo: 'sale' }),
      money('short-0', 'chargeback', -700, at(3), { refersTo: 'sale' }),
      money('short-1', 'revenue', 1000, at(1), { id: 'fine' }),
      money('short-1', 'refund', -1000, at(2), { refersTo: 'fine' }),
    ]);
    expect(health).toMatchObject({ overRefunded: 1, warnings: [{ code: 'over-refunded' }] });
    expect(armsOf({ health, ...result }, 'profit')[1]).toMatchObject({ mean: -2, nonZero: 1 });
  });

  it('B64 crossovers: units of two variants are in neither; above 1% nothing is believed', async () => {
    const both = (count: number) =>
      range(count).map((n) => exposure(`control-${n}`, 'short', at(1)));
    const experiment = await evaluatedExperiment(it_, { enrolmentEndedAt: ENDED });
    await log(it_, experiment, [...manyUnits({ control: 500, short: 500 }), ...both(10)]);
    const some = await evaluate();
    expect(some.units.map(({ n }) => n)).toEqual([490, 500]);
    expect(some.health).toMatchObject({ crossovers: 10, crossoverShare: 0.01 });
    expect(some.health).not.toHaveProperty('warnings');
    expect(some.verdict.perVariant[0]?.state).not.toBe('invalid');
    await log(it_, experiment, [exposure('control-10', 'short', at(1))]);
    const more = await evaluate();
    expect(more.health.warnings).toMatchObject([{ code: 'crossovers' }]);
    expect(more.verdict.perVariant[0]).toMatchObject({
      state: 'invalid',
      reasons: [{ code: 'CROSSOVERS' }],
    });
  });

  it('B65 assignment-mismatch: exposures unlike the assignment are stored, and said', async () => {
    await launchedExperiment(it_, { key: 'ours', launchedAt: new Date(START) });
    const ids = range(400).map((n) => `unit-${n}`);
    const flags = await Promise.all(
      ids.map((targetingKey) =>
        it_.ok('post', '/ofrep/v1/evaluate/flags/ours', { context: { targetingKey } }),
      ),
    );
    const assigned = flags.map(({ body }) => (body as { variant: string }).variant);
    const met = (n: number, variant: string) => ({
      id: `met-${n}`,
      type: 'exposure',
      unit: { kind: 'visitor', id: ids[n] },
      occurredAt: START,
      experiment: 'ours',
      variant,
    });
    await it_.ok('post', '/v1/events', {
      events: ids.map((_, n) => met(n, assigned[n] ?? '')),
    });
    const right = await evaluate('ours');
    expect(right.health).toMatchObject({ unassigned: 0, unassignedShare: 0 });
    expect(right.health).not.toHaveProperty('warnings');

    ids.push('unlike');
    const own = await it_.ok('post', '/ofrep/v1/evaluate/flags/ours', {
      context: { targetingKey: 'unlike' },
    });
    const other = (own.body as { variant: string }).variant === 'control' ? 'treatment' : 'control';
    await it_.ok('post', '/v1/events', { events: [met(400, other)] });
    const wrong = await evaluate('ours');
    expect(wrong.health).toMatchObject({ unassigned: 1, unassignedShare: 1 / 401 });
    expect(wrong.health.warnings).toMatchObject([{ code: 'assignment-mismatch' }]);
    expect(wrong.units.reduce((sum, { n }) => sum + n, 0)).toBe(401);
  });

  it('B66 programs are left out where a metric says how to know them, with and without beside', async () => {
    const people = aMetric({
      key: 'people',
      event: 'clicks',
      filters: [{ property: 'agent', operator: 'ne', value: 'crawler' }],
    });
    const crawled = { properties: { agent: 'crawler' } };
    const result = await evaluated(
      [
        ...manyUnits({ control: 100, short: 100 }),
        ...range(20).map((n) => behaviour(`short-${n}`, 'clicks', at(1), crawled)),
        ...range(10).map((n) => behaviour(`short-${90 + n}`, 'clicks', at(1))),
      ],
      { metrics: [aMetric({ key: 'clicks' }), people], secondary: ['people'] },
    );
    expect(armsOf(result, 'clicks')[1]).toMatchObject({ n: 100, nonZero: 30 });
    expect(armsOf(result, 'people')[1]).toMatchObject({ n: 100, nonZero: 10 });
  });

  it('B67 srm: 52 to 48 among 100,000 units is invalid, whatever the numbers say', async () => {
    const { health, verdict } = await evaluated(manyUnits({ control: 48_000, short: 52_000 }));
    expect(health.srm).toMatchObject({ status: 'failed', observed: [48_000, 52_000] });
    // 2 · 2000²/50,000 = 160.
    expect(health.srm.chiSquare).toBeCloseTo(160, 9);
    expect(health.srm.pValue).toBeLessThan(1e-30);
    expect(verdict.perVariant[0]).toMatchObject({
      state: 'invalid',
      reasons: [{ code: 'SRM_FAILED' }],
    });
  });

  it('B68 empty-arm: an arm without units has no mean, and no comparison', async () => {
    const result = await evaluated([
      ...manyUnits({ control: 200 }),
      ...range(20).map((n) => behaviour(`control-${n}`, 'clicks', at(1))),
    ]);
    expect(metricOf(result, 'clicks').arms[1]).toEqual({ variant: 'short', n: 0, nonZero: 0 });
    expect(firstOf(result, 'clicks')).toEqual({
      variant: 'short',
      control: 'control',
      notComputed: { reason: 'empty-arm', detail: expect.any(String) },
    });
  });

  it('B69 too-few: one unit has a mean and no spread', async () => {
    const result = await evaluated(
      [...manyUnits({ control: 1, short: 1 }), spent('short-0', 3), spent('control-0', 2)],
      { metrics: [spend] },
    );
    expect(metricOf(result, 'spend').arms[1]).toEqual({
      variant: 'short',
      n: 1,
      mean: 3,
      nonZero: 1,
    });
    expect(firstOf(result, 'spend').notComputed?.reason).toBe('too-few');
  });

  it('B69 insufficient-data: below 100 units or 10 conversions an arm, the numbers carry a warning', async () => {
    const clicks = (variant: string, count: number) =>
      range(count).map((n) => behaviour(`${variant}-${n}`, 'clicks', at(1)));
    const few = await evaluated(
      [
        ...manyUnits({ control: 100, short: 100 }),
        ...clicks('control', 9),
        ...clicks('short', 30),
        ...range(100).flatMap((n) => [spent(`control-${n}`, n % 5), spent(`short-${n}`, n % 3)]),
      ],
      { metrics: [aMetric({ key: 'clicks' }), spend], secondary: ['spend'] },
    );
    expect(warningsOf(few, 'clicks')).toEqual(['insufficient-data']);
    expect(firstOf(few, 'clicks').absolute?.estimate).toBeCloseTo(0.21, 12);
    expect(warningsOf(few, 'spend')).toEqual([]);
  });

  it('B70 no-variance: counts and means, but no p and no interval of no width', async () => {
    const result = await evaluated(
      [
        ...manyUnits({ control: 150, short: 150 }),
        ...range(150).flatMap((n) => [spent(`control-${n}`, 2), spent(`short-${n}`, 3)]),
      ],
      { metrics: [spend] },
    );
    expect(
      metricOf(result, 'spend').arms.map(({ n, mean, variance }) => [n, mean, variance]),
    ).toEqual([
      [150, 2, 0],
      [150, 3, 0],
    ]);
    expect(firstOf(result, 'spend')).toEqual({
      variant: 'short',
      control: 'control',
      notComputed: { reason: 'no-variance', detail: expect.any(String) },
    });
  });

  const views = aMetric({ key: 'views', kind: 'count' });
  it.each<[string, string, string, (n: number) => number]>([
    ['no conversions: the lift has a lower limit only', 'clicks', 'open-ended', () => 0],
    ['no events: there is no lift', 'views', 'no-control-events', () => 0],
    ['no money: there is no lift', 'profit', 'not-identified', () => 0],
    ['losses: there is no lift', 'profit', 'not-identified', (n) => -5 - (n % 3)],
  ])('B71 a control with %s, and the difference is told', async (...given) => {
    const [, key, reason, ofControl] = given;
    const entry = (unit: string, cents: number) =>
      money(unit, cents < 0 ? 'refund' : 'revenue', cents, at(2));
    const result = await evaluated(
      [
        ...manyUnits({ control: 200, short: 200 }),
        ...range(40).flatMap((n) => [
          behaviour(`short-${n}`, 'clicks', at(1)),
          behaviour(`short-${n}`, 'views', at(1)),
        ]),
        ...range(200).flatMap((n) => [
          entry(`control-${n}`, ofControl(n)),
          entry(`short-${n}`, 10 + (n % 4)),
        ]),
      ],
      { metrics: [aMetric({ key: 'clicks' }), views], secondary: ['views'] },
    );
    const { absolute, relative } = firstOf(result, key);
    expect(absolute?.lower).toBeGreaterThan(0);
    expect(relative?.notComputed?.reason).toBe(reason);
    expect(relative).not.toHaveProperty('upper');
    if (reason !== 'open-ended') expect(relative).not.toHaveProperty('lower');
  });

  it('B72 outlier-dominated: one whale is cut as declared, and the raw numbers stand beside', async () => {
    const rows = [
      ...manyUnits({ control: 200, short: 200 }),
      ...range(200).flatMap((n) => [
        spent(`control-${n}`, n % 7),
        spent(`short-${n}`, n % 7),
        spent(`control-${n}`, n % 7, 'capped'),
        spent(`short-${n}`, n % 7, 'capped'),
      ]),
      ...['spend', 'capped'].map((name) => spent('short-3', 60_000, name)),
    ];
    const capped = aMetric({ key: 'capped', kind: 'mean', cap: 10 });
    const result = await evaluated(rows, { metrics: [spend, capped], secondary: ['capped'] });
    expect(warningsOf(result, 'spend')).toContain('outlier-dominated');
    expect(warningsOf(result, 'capped')).toContain('outlier-dominated');
    expect(metricOf(result, 'capped').cap).toEqual({ high: 10, frozen: true, declared: true });
    // short-3 has 3 and the whale: 10 in place of 3 among 200 units.
    expect(firstOf(result, 'capped').absolute?.estimate).toBeCloseTo(7 / 200, 12);
    expect(firstOf(result, 'capped').uncapped?.estimate).toBeCloseTo(60_000 / 200, 9);
    expect(firstOf(result, 'spend').absolute?.estimate).toBeCloseTo(300, 9);
  });

  it('B73 tiny values beside a huge one, and denormals, are summed without loss', async () => {
    // A large number that double precision holds exactly, beside ones that a running sum would lose.
    const huge = 2 ** 49;
    const result = await evaluated(
      [
        ...manyUnits({ control: 3, short: 3 }),
        spent('short-0', huge),
        ...range(1000).map(() => spent('short-1', 2 ** -20)),
        spent('control-0', 5e-324),
        spent('control-1', 1),
        spent('control-2', -1),
      ],
      { metrics: [spend] },
    );
    const [control, short] = armsOf(result, 'spend');
    const exact = (huge * 2 ** 20 + 1000) / 3 / 2 ** 20;
    expect(Math.abs((short?.mean ?? 0) / exact - 1)).toBeLessThan(1e-9);
    // Σ(x - m)²/(n - 1) of huge, s = 1000/2^20 and 0: with huge so large, huge²/3.
    expect(Math.abs((short?.variance ?? 0) / (huge ** 2 / 3) - 1)).toBeLessThan(1e-9);
    expect(control).toMatchObject({ n: 3, nonZero: 3, variance: 1 });
    expect(Math.abs(control?.mean ?? 1)).toBeLessThan(1e-300);
  });

  it('B74 a published result stays; the next one, with what came late, takes its place', async () => {
    const experiment = await evaluatedExperiment(it_, { enrolmentEndedAt: ENDED });
    await log(it_, experiment, [
      ...manyUnits({ control: 100, short: 100 }),
      ...range(20).map((n) => behaviour(`short-${n}`, 'clicks', at(1))),
    ]);
    const published = await evaluate();
    await log(it_, experiment, [behaviour('short-50', 'clicks', at(1), { receivedAt: at(60) })]);
    const next = await evaluate();
    expect(armsOf(next, 'clicks')[1]?.nonZero).toBe(21);
    expect([published.health.lateEvents, next.health.lateEvents]).toEqual([0, 1]);
    const listed = await it_.ok('get', '/v1/experiments/checkout/evaluations');
    expect(listed.body.data).toEqual([published, next]);
    const latest = await it_.ok('get', '/v1/experiments/checkout/evaluations/latest');
    expect(latest.body.id).toBe(next.id);
  });

  it('B74 an erased unit leaves the next result, and the published one stays', async () => {
    const experiment = await evaluatedExperiment(it_, { enrolmentEndedAt: ENDED });
    await log(it_, experiment, [
      ...manyUnits({ control: 100, short: 100 }),
      ...range(20).map((n) => behaviour(`short-${n}`, 'clicks', at(1))),
    ]);
    const published = await evaluate();
    await it_.sql(
      `INSERT INTO erased_unit (project, unit, erased_at)
       SELECT DISTINCT event.project, event.unit, becausal_now() FROM event
       WHERE event.unit_id = 'short-3'`,
    );
    await it_.sql(`DELETE FROM event WHERE event.unit_id = 'short-3'`);
    const next = await evaluate();
    expect(next.units[1]).toEqual({ variant: 'short', n: 99 });
    expect(armsOf(next, 'clicks')[1]).toMatchObject({ n: 99, nonZero: 19 });
    const listed = await it_.ok('get', '/v1/experiments/checkout/evaluations');
    expect(listed.body.data).toEqual([published, next]);
  });

  it('B75 an A/A test that is looked at again and again has no p to catch, and calls no winner', async () => {
    const experiment = await evaluatedExperiment(it_, { kind: 'aa' });
    const states = new Set<string | undefined>();
    const running: number[] = [];
    for (const day of range(20)) {
      await log(
        it_,
        experiment,
        range(40).flatMap((n) => {
          const unit = `${day}-${n}`;
          const met = exposure(unit, n % 2 === 0 ? 'control' : 'short', at(day));
          return (n * 7 + day * 3) % 5 < 2 ? [met, behaviour(unit, 'clicks', at(day, 1))] : [met];
        }),
      );
      await it_.moveClock(at(day + 8));
      const result = await evaluate();
      const { frequentist } = firstOf(result, 'clicks');
      expect(frequentist).not.toHaveProperty('pValue');
      running.push(frequentist?.alwaysValid.runningPValue ?? 1);
      states.add(result.verdict.perVariant[0]?.state);
    }
    expect(running).toEqual(running.toSorted((a, b) => b - a));
    expect(running.at(-1)).toBeGreaterThan(0.05);
    expect([...states]).toEqual(['collecting']);
  });
});
