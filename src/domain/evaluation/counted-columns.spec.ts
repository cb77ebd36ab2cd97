import type { Filter } from '../metrics/filter.js';
import type { Metric } from '../metrics/metric.js';
import { type CostDeclarations, UNDECLARED_COSTS } from '../money/costs.js';
import {
  countedColumns,
  countedPieces,
  type CountedPlan,
  countedTerms,
  declaredCap,
  hasStrata,
} from './counted-columns.js';

const metric = (changes: Partial<Metric>): Metric => ({
  key: 'one',
  name: 'One',
  role: 'proxy',
  kind: 'proportion',
  class: 'engagement',
  direction: 'increase',
  windowDays: 7,
  delayHours: 0,
  settlingDays: 0,
  ...changes,
});

const planOf = (
  definition: Metric,
  costs: CostDeclarations = UNDECLARED_COSTS,
  cuped?: { days: number },
): CountedPlan => ({
  metrics: [{ definition }],
  analysis: cuped === undefined ? {} : { cuped },
  costs,
  currency: 'USD',
});

const pro: Filter = { property: 'plan', operator: 'eq', value: 'pro' };

describe('what counts', () => {
  it('of units that came back is the event after the delay, once', () => {
    const back = metric({ kind: 'retention', event: 'visit', delayHours: 24 });
    expect(countedColumns(planOf(back))).toMatchObject([
      { part: 'value', cap: 1, cut: null, opensHours: 24, closesHours: 192, untilHours: 192 },
    ]);
    expect(countedTerms(planOf(back))).toMatchObject([{ names: ['visit'], take: 'one' }]);
    expect(hasStrata(back)).toBe(true);
  });

  it('of a metric with a cap is the value, and the value cut there', () => {
    const views = metric({ kind: 'count', event: 'view', cap: 3 });
    const columns = countedColumns(planOf(views, UNDECLARED_COSTS, { days: 14 }));
    expect(columns.map(({ part, cap, cut }) => [part, cap, cut])).toEqual([
      ['value', null, null],
      ['capped', 3, null],
      ['value_before', null, null],
      ['known_before', 1, null],
    ]);
  });

  it.each([
    ['in whole cents', 'USD', 250.555, 250.56],
    ['in whole yen', 'JPY', 250.4, 250],
    ['never at nothing', 'USD', 0.001, 0.01],
  ])('of money is cut %s', (_name, currency, cap, at) => {
    expect(declaredCap(metric({ kind: 'money', cap }), currency)).toBe(at);
  });

  it('carries the conditions of each side of a ratio', () => {
    const ratio = metric({
      kind: 'ratio',
      moneyNames: ['revenue'],
      filters: [pro],
      denominator: { event: 'order', filters: [{ property: 'gift', operator: 'absent' }] },
    });
    expect(
      countedTerms(planOf(ratio)).map(({ type, names, filters }) => [type, names, filters]),
    ).toEqual([
      ['money', ['revenue'], [pro]],
      ['event', ['order'], [{ property: 'gift', operator: 'absent' }]],
    ]);
  });

  const costs: CostDeclarations = {
    cogs: { how: 'rate', ofRevenue: 0.3 },
    support_cost: { how: 'unit_price', event: 'ticket', amountMinor: 250, currency: 'USD' },
  };

  it('of some entries leaves out what is declared for all of a kind', () => {
    const names = ['revenue', 'cogs', 'support_cost'];
    const all = metric({ kind: 'money', moneyNames: names });
    expect(countedTerms(planOf(all, costs)).map(({ take }) => take)).toEqual([
      'amount',
      'rate',
      'price',
    ]);
    expect(countedTerms(planOf({ ...all, filters: [pro] }, costs))).toMatchObject([
      { take: 'amount', names, filters: [pro] },
    ]);
    expect(countedTerms(planOf({ ...all, filters: [] }, costs))).toHaveLength(3);
  });

  it('of all money leaves out entries of a kind that is declared, and of others none', () => {
    const [entries] = countedTerms(planOf(metric({ kind: 'money' }), costs));
    expect(entries).toMatchObject({ names: null, except: ['cogs', 'support_cost'] });
    const [undeclared] = countedTerms(planOf(metric({ kind: 'money' })));
    expect(undeclared).not.toHaveProperty('except');
    const priced = metric({ kind: 'money', moneyNames: ['support_cost'] });
    expect(countedTerms(planOf(priced, costs)).map(({ take }) => take)).toEqual(['price']);
  });

  it('of money in an experiment has pieces after all that statistics are made of', () => {
    const profit = metric({ kind: 'money', delayHours: 24, settlingDays: 14 });
    const plan: CountedPlan = {
      ...planOf(profit, costs, { days: 7 }),
      metrics: [
        { definition: profit, inExperiment: 'deciding' },
        { definition: metric({ kind: 'count', event: 'view' }), inExperiment: 'leading' },
      ],
    };
    const after = countedColumns(plan).length;
    const pieces = countedPieces(plan);
    expect(pieces.map(({ column, metric: of }) => [column, of])).toEqual(
      pieces.map((_, at) => [after + at, 0]),
    );
    expect(pieces[0]).toMatchObject({
      name: 'revenue',
      opensHours: 24,
      closesHours: 192,
      untilHours: 528,
      decimals: 2,
    });
    const takes = countedTerms(plan).filter(({ column }) => column >= after);
    expect(takes.map(({ take, names }) => [take, names])).toEqual([
      ['amount', ['revenue']],
      ['amount', ['refund']],
      ['amount', ['chargeback']],
      ['rate', ['revenue']],
      ['amount', ['incentive']],
      ['price', ['ticket']],
      ['amount', ['cogs']],
      ['amount', ['support_cost']],
    ]);
    expect(countedPieces(planOf(profit, costs))).toEqual([]);
  });

  it('of the days before carries the conditions too; being known asks for none', () => {
    const clicks = metric({ event: 'click', filters: [pro] });
    const terms = countedTerms(planOf(clicks, UNDECLARED_COSTS, { days: 7 }));
    expect(terms.map(({ column, filters }) => [column, filters])).toEqual([
      [0, [pro]],
      [1, [pro]],
      [2, []],
    ]);
  });
});
