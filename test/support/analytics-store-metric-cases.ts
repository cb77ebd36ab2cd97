import { Invalid } from '../../src/domain/errors.js';
import type { Metric } from '../../src/domain/metrics/metric.js';
import { FILTER_OPERATORS, type Filter } from '../../src/domain/metrics/filter.js';
import { crowdOf } from './analytics-store-crowd.js';
import { type StoreUnderTest, Trial } from './analytics-store-trial.js';
import { aMetric, type EvaluatedChanges } from './evaluated-experiment.js';
import { dayAt } from './happened-rows.js';

const CROWD = 30;

const FILTERS: Readonly<Record<Filter['operator'], Omit<Filter, 'operator'>>> = {
  eq: { property: 'colour', value: 'red' },
  ne: { property: 'colour', value: 'red' },
  lt: { property: 'size', value: 5 },
  lte: { property: 'size', value: 5 },
  gt: { property: 'weight', value: 0.25 },
  gte: { property: 'size', value: 4 },
  in: { property: 'size', values: [1, 2, 'large', 7] },
  not_in: { property: 'size', values: [3, 'large', true] },
  exists: { property: 'colour' },
  absent: { property: 'colour' },
};

const KINDS: readonly [string, Partial<Metric> & Pick<Metric, 'key' | 'kind'>][] = [
  ['a proportion', { key: 'clicks', kind: 'proportion' }],
  ['a count', { key: 'clicks', kind: 'count' }],
  ['a mean of values', { key: 'clicks', kind: 'mean' }],
  ['a mean of a property', { key: 'views', kind: 'mean', valueProperty: 'weight' }],
  ['retention after a delay', { key: 'views', kind: 'retention', delayHours: 24 }],
  ['a ratio of events', { key: 'clicks', kind: 'ratio', denominator: { event: 'views' } }],
  [
    'a ratio of properties',
    {
      key: 'clicks',
      kind: 'ratio',
      valueProperty: 'weight',
      denominator: { event: 'orders', valueProperty: 'size' },
    },
  ],
  [
    'a ratio of money',
    {
      key: 'paid',
      kind: 'ratio',
      moneyNames: ['revenue', 'refund'],
      denominator: { event: 'orders' },
    },
  ],
  ['a quantile of values', { key: 'clicks', kind: 'quantile', quantile: 0.5 }],
  [
    'a quantile of a property',
    { key: 'views', kind: 'quantile', quantile: 0.75, valueProperty: 'weight' },
  ],
  ['money of some names', { key: 'sales', kind: 'money', moneyNames: ['revenue', 'cogs'] }],
  ['money that settles', { key: 'sales', kind: 'money', windowDays: 14, settlingDays: 16 }],
  [
    'money chosen by its properties',
    {
      key: 'sales',
      kind: 'money',
      windowDays: 30,
      filters: [{ property: 'colour', operator: 'eq', value: 'red' }],
    },
  ],
  ['a declared cap', { key: 'views', kind: 'mean', cap: 4.5 }],
  ['a declared cap of money', { key: 'sales', kind: 'money', cap: 31.25 }],
];

/** What is counted, metric by metric. */
export function describeMetrics(opened: () => StoreUnderTest): void {
  const crowd = async (changes: EvaluatedChanges): Promise<Trial> => {
    const trial = await Trial.of(opened(), changes);
    await trial.arrives(crowdOf(trial, CROWD, trial.uniform));
    // Some have not matured then, and some are in the middle of their windows.
    await trial.agrees({ asOf: new Date('2026-01-12T07:00:00Z') });
    return trial;
  };

  describe('counts', () => {
    it.each(KINDS)('%s', async (_, changes) => {
      const trial = await crowd({ metrics: [aMetric(changes)] });
      const { metrics } = await trial.answer();
      const counted = metrics[0]?.running.map(({ nonZero }) => nonZero) ?? [];
      expect(Math.max(...counted)).toBeGreaterThan(0);
    });

    it('what fulfils a condition, with each operator, and with several at once', async () => {
      const conditions = FILTER_OPERATORS.map((operator) => ({ operator, ...FILTERS[operator] }));
      const some = (key: string, filters: Filter[]): Metric =>
        aMetric({ key, kind: 'count', event: 'clicks', filters });
      const trial = await crowd({
        metrics: [
          some('all', []),
          ...conditions.map((filter) => some(filter.operator, [filter])),
          some(
            'several',
            [conditions[0], conditions[7]].filter((one) => one !== undefined),
          ),
        ],
      });
      const { metrics } = await trial.answer();
      const sums = metrics
        .filter(({ key }) => key !== 'profit')
        .map(({ running }) => running.reduce((sum, { n, mean }) => sum + n * (mean[0] ?? 0), 0));
      expect(sums.slice(1).filter((sum) => sum > 0.5 && sum < (sums[0] ?? 0) - 0.5)).toHaveLength(
        11,
      );
    });

    it('many metrics together, and how they move together', async () => {
      const trial = await crowd({
        metrics: [
          aMetric({ key: 'clicks', kind: 'count' }),
          aMetric({ key: 'views', kind: 'mean', windowDays: 2, delayHours: 12 }),
          aMetric({ key: 'orders', kind: 'proportion', windowDays: 30 }),
          aMetric({ key: 'late_money', kind: 'money', windowDays: 20, delayHours: 48 }),
        ],
      });
      const { comoments } = await trial.answer();
      expect(comoments).toHaveLength(2 * 10);
      expect(comoments.every(({ products }) => products !== 0)).toBe(true);
    });

    it('costs that are declared: a price for each event, a share of revenue', async () => {
      await crowd({
        metrics: [aMetric({ key: 'clicks', kind: 'count' })],
        costs: {
          support_cost: { how: 'unit_price', event: 'views', amountMinor: 35, currency: 'USD' },
          incentive: { how: 'rate', ofRevenue: 0.0375 },
          cogs: { how: 'events' },
        },
      });
    });

    it('numbers of very different size', async () => {
      const trial = await Trial.of(opened(), { metrics: [aMetric({ key: 'size', kind: 'mean' })] });
      const values = [1e15, -1e15, 1e-7, 0.1, 0.2, 123_456_789.012_345, 1e15];
      const rows = values.flatMap((value, n) => [
        trial.met(`unit${n}`, n < 4 ? 'control' : 'short'),
        trial.did(`unit${n}`, 'size', 1, { value }),
        trial.paid(`unit${n}`, 1_000_000_000_000 - n, 1),
      ]);
      await trial.arrives(rows);
    });

    it.each([
      ['the largest amounts of 32 bits', [2_147_483_647, -2_147_483_648]],
      ['one more than 32 bits', [2_147_483_648]],
      ['the largest sum whose square has 64 bits', [1_518_500_250, 1_518_500_249]],
      ['one more than that', [1_518_500_250, 1_518_500_250]],
      ['the same below zero', [-1_518_500_250, -1_518_500_249]],
    ])('money: %s', async (_, amounts) => {
      const trial = await Trial.of(opened(), {
        metrics: [aMetric({ key: 'sales', kind: 'money' })],
      });
      await trial.arrives([
        ...['a', 'b', 'c'].map((unit) => trial.met(unit, 'control')),
        ...['d', 'e'].map((unit) => trial.met(unit, 'short')),
        trial.paid('a', 995, 1),
        trial.paid('d', 1_299, 1),
        ...amounts.flatMap((amount) => [trial.paid('b', amount, 1), trial.paid('e', amount, 2)]),
      ]);
    });

    it('values of few digits beside values of many, of one unit and of several', async () => {
      const trial = await Trial.of(opened(), {
        metrics: [
          aMetric({ key: 'clicks', kind: 'mean' }),
          aMetric({ key: 'views', kind: 'mean', winsorise: { quantile: 0.8 } }),
          aMetric({ key: 'orders', kind: 'count' }),
        ],
        analysis: { cuped: { days: 7 } },
      });
      const values = [0.5, 1.000_05, -0.0003, 0.1 + 0.2, 199_999.9999, 200_000.0001, -1.000_05, 7];
      const rows = values.flatMap((value, n) => [
        trial.met(`unit${n}`, n < 4 ? 'control' : 'short', 1),
        trial.did(`unit${n}`, 'clicks', 2, { value }),
        trial.did(`unit${n}`, 'clicks', 3, { value: values[7 - n] ?? 0 }),
        trial.did(`unit${n}`, 'clicks', 0.5, { value: value / 3 }),
        trial.did(`unit${n}`, 'views', 2, { value: -value }),
        trial.did(`unit${n}`, 'orders', 2),
      ]);
      await trial.arrives(rows);
    });
  });

  it('says so where a sum is too large for a number', async () => {
    const trial = await Trial.of(opened(), {
      metrics: [aMetric({ key: 'size', kind: 'mean', valueProperty: 'size' })],
    });
    const receivedAt = dayAt(2);
    await trial.write(
      trial.met('a', 'control'),
      trial.met('b', 'control'),
      trial.did('a', 'size', 1, { properties: { size: 1e308 }, receivedAt }),
    );
    const answer = trial.answer();
    await expect(answer).rejects.toMatchObject({ code: 'numbers-too-large' });
    await expect(answer).rejects.toBeInstanceOf(Invalid);
    // Seen from before it happened, nothing is too large.
    await trial.agrees({ asOf: new Date(dayAt(1)) });
  });

  describe('cuts', () => {
    const spend = aMetric({ key: 'clicks', kind: 'mean', winsorise: { quantile: 0.9 } });

    it('at limits of the units that have matured, until they are frozen', async () => {
      const trial = await crowd({ metrics: [spend] });
      const { metrics } = await trial.agrees();
      expect(metrics[0]?.cap?.low).not.toBeNull();
      const caps = { clicks: { low: -1, high: 7.25 } };
      await trial.agrees({ caps });
      await trial.write(trial.did('unit1', 'clicks', 6, { value: 900 }));
      expect((await trial.agreesRebuilt({ caps })).metrics[0]?.cap).toEqual(caps.clicks);
      await trial.agrees();
      // Other limits than those of the call before.
      await trial.agreesRebuilt({ caps: { clicks: { low: 0.5, high: 3 } } });
    });

    it('a count above only, and money below as well', async () => {
      await crowd({
        metrics: [
          aMetric({ key: 'clicks', kind: 'count', winsorise: { quantile: 0.95 } }),
          aMetric({ key: 'sales', kind: 'money', winsorise: { quantile: 0.9 } }),
        ],
      });
    });

    it('nothing while no unit has matured', async () => {
      const trial = await Trial.of(opened(), { metrics: [spend] });
      await trial.write(trial.met('a', 'control', 1), trial.did('a', 'clicks', 2, { value: 5 }));
      const { metrics } = await trial.agreesRebuilt({ asOf: new Date('2026-01-04T00:00:00Z') });
      expect(metrics[0]).not.toHaveProperty('cap');
    });
  });

  describe('looks back, and apart', () => {
    it('covariates of the days before the exposure', async () => {
      const trial = await crowd({
        metrics: [
          aMetric({ key: 'clicks', kind: 'mean', winsorise: { quantile: 0.9 } }),
          aMetric({ key: 'views', kind: 'ratio', denominator: { event: 'clicks' } }),
        ],
        analysis: { cuped: { days: 7 } },
      });
      const { metrics } = await trial.answer();
      const known = metrics[0]?.columns.indexOf('known_before') ?? -1;
      expect(metrics[0]?.running[0]?.mean[known]).toBeGreaterThan(0);
    });

    it('strata by what the first exposure said', async () => {
      const trial = await crowd({
        metrics: [aMetric({ key: 'clicks', kind: 'count' })],
        analysis: { stratifyBy: 'device' },
      });
      const { metrics } = await trial.answer();
      expect(metrics[0]?.strata?.length).toBeGreaterThan(3);
    });

    it('values of several dimensions, strata beside them', async () => {
      const trial = await crowd({
        metrics: [
          aMetric({ key: 'clicks', kind: 'ratio', denominator: { event: 'views' } }),
          aMetric({ key: 'views', kind: 'quantile', quantile: 0.5 }),
        ],
        analysis: { stratifyBy: 'visits', dimensions: ['device', 'visits', 'nobody_says'] },
      });
      const { dimensions } = await trial.answer();
      expect(dimensions?.map(({ values }) => values.length)).toEqual([7, 5, 1]);
    });

    it('the rest of many values, strata and dimensions alike', async () => {
      const trial = await Trial.of(opened(), {
        metrics: [aMetric({ key: 'clicks', kind: 'count' })],
        analysis: { stratifyBy: 'city', dimensions: ['city'] },
      });
      const rows = [...Array(130).keys()].flatMap((n) => [
        trial.met(`unit${n}`, n % 2 === 0 ? 'control' : 'short', 0, {
          properties: { city: `city ${n < 70 ? n : n % 7}` },
        }),
        ...(n % 3 === 0 ? [trial.did(`unit${n}`, 'clicks', 1)] : []),
      ]);
      const { metrics, dimensions } = await trial.arrives(rows);
      expect(metrics[0]?.strata).toHaveLength(51);
      expect(dimensions?.[0]?.values).toHaveLength(20);
      expect(dimensions?.[0]?.values.at(-1)?.isOther).toBe(true);
    });

    it('the first of two exposures that say different things, whichever arrives first', async () => {
      const trial = await Trial.of(opened(), {
        metrics: [aMetric({ key: 'clicks', kind: 'count' })],
        analysis: { stratifyBy: 'device', dimensions: ['device'] },
      });
      await trial.write(trial.met('a', 'control', 2, { properties: { device: 'desk' } }));
      await trial.agrees();
      await trial.write(trial.met('a', 'control', 1, { properties: { device: 'phone' } }));
      const { dimensions } = await trial.agreesRebuilt();
      expect(dimensions?.[0]?.values.map(({ value }) => value)).toEqual(['phone']);
    });
  });
}
