import type { Metric } from '../../src/domain/metrics/metric.js';
import {
  aMetric,
  behaviour,
  evaluatedExperiment,
  log,
  type LoggedRow,
  money,
} from '../support/evaluated-experiment.js';
import { at, START } from '../support/evaluation-views.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Plan {
  baseline: { source: string; mean: number; standardDeviation: number; unitsPerDay: number | null };
  test: { kind: string; looks?: number };
  effects: { unitsNeeded?: number; days?: number; sentence: string }[];
  times: { days: number; smallestEffect?: { absolute: number } }[];
  sentence: string;
  warnings: string[];
}

interface Checked {
  warnings: { code: string; why: string }[];
  couldShow: Record<string, unknown>[];
}

describe('POST /v1/plans/power', () => {
  let it_: TestApp;
  beforeEach(async () => {
    it_ = await startTestApp();
    await it_.moveClock(START);
  });
  afterEach(() => it_.close());

  const plan = async (body: object): Promise<Plan> =>
    (await it_.ok('post', '/v1/plans/power', body)).body as Plan;
  const refused = async (body: object): Promise<unknown> => {
    const response = await it_.send('post', '/v1/plans/power', body);
    const { code } = response.body as { code: string };
    return [response.status, code];
  };

  /** Ten visitors a day for a hundred days; every second buys for 10 or 30 EUR. */
  const history = async (): Promise<void> => {
    const experiment = await evaluatedExperiment(it_);
    const rows: LoggedRow[] = [];
    for (let day = 0; day < 100; day += 1) {
      for (let n = 0; n < 10; n += 1) {
        const unit = `v-${day}-${n}`;
        rows.push(behaviour(unit, 'visited', at(day, 12), { value: n + (day % 10) / 10 }));
        if (n < 5) rows.push(behaviour(unit, 'ordered', at(day, 14)));
        if (n % 2 === 0) rows.push(money(unit, 'revenue', n % 4 === 0 ? 1000 : 3000, at(day, 13)));
      }
    }
    await log(it_, experiment, rows);
    await it_.moveClock(at(100));
  };

  it('measures traffic and spread on the log', async () => {
    await history();
    const { baseline, sentence, effects, warnings } = await plan({});
    // Of ten visitors three bring 10, two bring 30: mean 9, variance 2100/10 - 81 = 129.
    expect(baseline).toMatchObject({ source: 'measured', mean: 9, unitsPerDay: 10, matured: true });
    expect(baseline.standardDeviation).toBeCloseTo(Math.sqrt(129), 1);
    expect(effects).toHaveLength(4);
    expect(sentence).toMatch(
      /^At today's traffic of 10 visitors a day, a 1% change in Profit per visitor needs [\d,]+ days; in 14 days you can see [\d.]+%\.$/,
    );
    expect(warnings).toEqual([]);
  });

  it('believes what it is told, and needs no log for it', async () => {
    const told = await plan({
      metric: 'profit',
      baseline: { mean: 10, standardDeviation: 5 },
      unitsPerDay: 100,
      effects: [{ value: 1, scale: 'absolute' }],
      days: [7],
    });
    expect(told.baseline).toMatchObject({ source: 'declared', unitsPerDay: 100 });
    // d = .2: 393.4067 units per arm (R 4.2.2 power.t.test).
    expect(told.effects).toMatchObject([{ unitsNeeded: 787, days: 8 }]);
    expect(told.times).toMatchObject([{ days: 7 }]);
    const looks = await plan({
      baseline: { mean: 10, standardDeviation: 5 },
      unitsPerDay: 100,
      plannedLooks: 5,
      effects: [{ value: 1, scale: 'absolute' }],
    });
    expect(looks.test).toMatchObject({ kind: 'group_sequential', looks: 5 });
    expect(looks.effects[0]?.unitsNeeded).toBeGreaterThan(787);
  });

  it.each<[string, Partial<Metric>, number]>([
    // Those of days 65 to 92, who have had their week: 4.5 + 128/280.
    ['a mean', { kind: 'mean', event: 'visited' }, 4.957143],
    ['a rate', { kind: 'proportion', event: 'ordered' }, 0.5],
    // 9 a visitor for every second one that orders.
    [
      'a ratio of money',
      { kind: 'ratio', moneyNames: ['revenue'], denominator: { event: 'ordered' } },
      18,
    ],
    // Of 280 values 0.0 to 9.9, type 7 at .95 lies between the 266th and the 267th.
    ['a quantile', { kind: 'quantile', event: 'visited', quantile: 0.95 }, 9.5],
    // Cut at .99 and 8.91: the smallest tenth gains .53286 on average, the largest loses .54714.
    ['a cut mean', { kind: 'mean', event: 'visited', winsorise: { quantile: 0.9 } }, 4.955714],
  ])('plans %s', async (_name, definition, mean) => {
    await history();
    const { event: _, ...metric } = aMetric({ key: 'chosen' });
    await it_.ok('post', '/v1/metrics', { ...metric, ...definition });
    const { baseline, effects } = await plan({ metric: 'chosen' });
    expect(baseline.mean).toBeCloseTo(mean, 6);
    expect(baseline.standardDeviation).toBeGreaterThan(0);
    expect(effects[0]?.days).toBeGreaterThan(0);
  });

  it('refuses what never varies, and knows the spread of a rate', async () => {
    await history();
    await it_.ok(
      'post',
      '/v1/metrics',
      aMetric({ key: 'visits', kind: 'count', event: 'visited' }),
    );
    await it_.ok('post', '/v1/metrics', aMetric({ key: 'bought', event: 'visited' }));
    // Everybody visits exactly once: nothing can be planned on what never varies.
    expect(await refused({ metric: 'visits' })).toEqual([422, 'validation-failed']);
    const rate = await plan({ metric: 'bought', baseline: { mean: 0.1 }, unitsPerDay: 1000 });
    expect(rate.baseline.standardDeviation).toBeCloseTo(0.3, 12);
  });

  it.each<[string, object, string]>([
    ['an unknown metric', { metric: 'nothing' }, 'unknown-metric'],
    ['an empty log', {}, 'baseline-missing'],
    [
      'power below alpha',
      { baseline: { mean: 1, standardDeviation: 1 }, power: 0.01 },
      'validation-failed',
    ],
    ['no spread', { baseline: { mean: 1 } }, 'validation-failed'],
    [
      'a negative weight',
      { baseline: { mean: 1, standardDeviation: 1 }, weights: [1, -1] },
      'validation-failed',
    ],
    ['words as days', { days: ['a'] }, 'validation-failed'],
    ['no days', { days: [0] }, 'validation-failed'],
    ['an unknown member', { hurry: true }, 'validation-failed'],
  ])('refuses %s', async (_name, body, code) => {
    expect(await refused(body)).toEqual([422, code]);
  });

  it('says how long it takes when nobody comes', async () => {
    const { effects, times } = await plan({ baseline: { mean: 1, standardDeviation: 1 } });
    expect(effects[0]).toMatchObject({ notComputed: { reason: 'too-few' } });
    expect(times[0]).toMatchObject({ notComputed: { reason: 'too-few' } });
  });

  describe('the dry run of a gate says what the test could ever show', () => {
    const body = {
      key: 'checkout-2',
      name: 'A shorter checkout',
      variants: [
        { key: 'short', name: 'Short', weight: 1 },
        { key: 'control', name: 'As it is', weight: 3, control: true },
      ],
      audience: { populations: ['lead'] },
      metrics: { leading: 'visits' },
      analysis: { plannedDays: 14 },
    };
    const check = async (): Promise<Record<string, unknown>[]> => {
      const dry = await it_.ok('post', '/v1/experiments/check', body);
      return (dry.body as { couldShow: Record<string, unknown>[] }).couldShow;
    };

    it('for the leading and the deciding metric, at the traffic of the log', async () => {
      await history();
      await it_.ok('post', '/v1/metrics', aMetric({ key: 'visits', event: 'bought' }));
      const [leading, deciding] = await check();
      // Nobody "bought" yet: a rate of 0 has no spread to plan with.
      expect(leading).toMatchObject({ metric: 'visits', role: 'leading', days: 14 });
      expect(leading).not.toHaveProperty('smallestEffect');
      expect(deciding).toMatchObject({ metric: 'profit', role: 'deciding', units: 140 });
      expect(deciding).toHaveProperty('smallestEffect.perYear');
      const told = await plan({ weights: [3, 1], days: [14], effects: [] });
      expect(deciding?.['smallestEffect']).toEqual(told.times[0]?.smallestEffect);
      // Who is held out enters no test; accounts are not its units.
      for (const [key, unit] of [
        ['half', 'visitor'],
        ['theirs', 'account'],
      ]) {
        await it_.ok('post', '/v1/holdouts', { key, name: 'Half', unit, share: 0.5 });
      }
      expect((await check())[1]).toMatchObject({ units: 70 });
    });

    it('and warns of what it can never resolve, and of what nobody knows', async () => {
      await history();
      await it_.ok('post', '/v1/metrics', aMetric({ key: 'visits', event: 'bought' }));
      const smallestEffectThatMatters = { value: 0.01, scale: 'relative' };
      const analysis = { ...body.analysis, smallestEffectThatMatters };
      const dry = await it_.ok('post', '/v1/experiments/check', { ...body, analysis });
      const { warnings, couldShow } = dry.body as Checked;
      const told = await plan({ weights: [3, 1], effects: [smallestEffectThatMatters], days: [] });
      expect(couldShow[1]).toMatchObject({
        wanted: [{ reach: 'beyond', days: told.effects[0]?.days }],
        worth: { currency: 'USD' },
      });
      const found = Object.fromEntries(warnings.map(({ code, why }) => [code, why]));
      expect(found['CANNOT_RESOLVE']).toMatch(
        /^At today's traffic of 10 visitors a day .* would take [\d,]+ days; planned are 14\.$/,
      );
      expect(found['POWER_UNKNOWN']).toMatch(
        /^Nobody knows what the test can ever show of visits\./,
      );
    });

    it('and never fails because nothing is known', async () => {
      await it_.ok('post', '/v1/metrics', aMetric({ key: 'visits', event: 'visited' }));
      const couldShow = await check();
      expect(couldShow.map(({ sentence }) => String(sentence).slice(0, 10))).toEqual([
        'Not known:',
        'Not known:',
      ]);
    });
  });
});
