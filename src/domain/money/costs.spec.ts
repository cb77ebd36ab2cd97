import { costCoverage, UNDECLARED_COSTS, validateCosts, type CostDeclarations } from './costs.js';

const ALL_KNOWN: CostDeclarations = {
  cogs: { how: 'rate', ofRevenue: 0.4 },
  incentive: { how: 'none', because: 'No coupons are given.' },
  support_cost: { how: 'unit_price', event: 'ticket_opened', amountMinor: 850, currency: 'EUR' },
};

describe('cost coverage', () => {
  it.each<[string, CostDeclarations, string[]]>([
    ['nothing declared', {}, ['cogs', 'incentive', 'support_cost']],
    ['a new project', UNDECLARED_COSTS, ['cogs', 'incentive', 'support_cost']],
    ['all known', ALL_KNOWN, []],
    ['all by events', { ...ALL_KNOWN, cogs: { how: 'events' } }, []],
    ['one unknown', { ...ALL_KNOWN, cogs: { how: 'unknown' } }, ['cogs']],
    ['one missing', { cogs: { how: 'events' }, incentive: { how: 'events' } }, ['support_cost']],
    ['an own kind unknown', { ...ALL_KNOWN, shipping: { how: 'unknown' } }, ['shipping']],
    ['an own kind known', { ...ALL_KNOWN, shipping: { how: 'events' } }, []],
  ])('%s', (_name, costs, unknown) => {
    expect(costCoverage(costs)).toEqual({
      coverage: unknown.length === 0 ? 'full' : 'partial',
      unknown,
    });
  });
});

describe('cost declarations', () => {
  it('accepts every way of knowing', () => {
    expect(
      validateCosts({ ...ALL_KNOWN, shipping: { how: 'events' }, fees: { how: 'unknown' } }),
    ).toEqual([]);
    expect(validateCosts({ cogs: { how: 'rate', ofRevenue: 0 } })).toEqual([]);
    expect(validateCosts({ cogs: { how: 'rate', ofRevenue: 1 } })).toEqual([]);
  });

  const price = { how: 'unit_price', event: 'ticket', amountMinor: 1, currency: 'EUR' } as const;
  it.each<[string, CostDeclarations, string, string]>([
    [
      'negative rate',
      { cogs: { how: 'rate', ofRevenue: -0.1 } },
      '/costs/cogs/ofRevenue',
      'invalid-rate',
    ],
    [
      'rate in percent',
      { cogs: { how: 'rate', ofRevenue: 40 } },
      '/costs/cogs/ofRevenue',
      'invalid-rate',
    ],
    [
      'no rate',
      { cogs: { how: 'rate', ofRevenue: Number.NaN } },
      '/costs/cogs/ofRevenue',
      'invalid-rate',
    ],
    [
      'no reason',
      { incentive: { how: 'none', because: ' ' } },
      '/costs/incentive/because',
      'reason-missing',
    ],
    ['no event', { cogs: { ...price, event: '' } }, '/costs/cogs/event', 'event-missing'],
    [
      'negative price',
      { cogs: { ...price, amountMinor: -1 } },
      '/costs/cogs/amountMinor',
      'invalid-amount',
    ],
    [
      'broken price',
      { cogs: { ...price, amountMinor: 1.5 } },
      '/costs/cogs/amountMinor',
      'invalid-amount',
    ],
    [
      'no currency',
      { cogs: { ...price, currency: 'eur' } },
      '/costs/cogs/currency',
      'unknown-currency',
    ],
    ['income as cost', { revenue: { how: 'events' } }, '/costs/revenue', 'invalid-cost-kind'],
    ['a bad name', { 'a/b~c': { how: 'events' } }, '/costs/a~1b~0c', 'invalid-cost-kind'],
  ])('refuses %s', (_name, costs, pointer, code) => {
    expect(validateCosts(costs)).toEqual([{ pointer, code }]);
  });
});
