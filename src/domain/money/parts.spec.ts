import type { Filter } from '../metrics/filter.js';
import type { CostDeclarations } from './costs.js';
import { declaredKinds, summedParts } from './parts.js';

const PRICED: CostDeclarations = {
  cogs: { how: 'rate', ofRevenue: 0.3 },
  incentive: { how: 'unknown' },
  support_cost: { how: 'unit_price', event: 'ticket', amountMinor: 740, currency: 'EUR' },
  shipping: { how: 'unit_price', event: 'parcel', amountMinor: 500, currency: 'EUR' },
  audits: { how: 'events' },
  rent: { how: 'none', because: 'It does not change' },
};
const pro: Filter = { property: 'plan', operator: 'eq', value: 'pro' };

describe('a cost counts once', () => {
  it.each<[string, readonly string[] | null, Filter[], CostDeclarations, string[]]>([
    ['the whole ledger', null, [], PRICED, ['cogs', 'support_cost', 'shipping']],
    ['a kind by name', ['revenue', 'cogs'], [], PRICED, ['cogs']],
    ['other names', ['revenue', 'audits'], [], PRICED, []],
    ['entries chosen by their properties', null, [pro], PRICED, []],
    ['kinds that are measured, none or unknown', null, [], { cogs: { how: 'events' } }, []],
  ])('as it is declared: of %s', (_name, names, filters, costs, kinds) => {
    expect(declaredKinds({ names, filters }, costs).map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe('the parts of money', () => {
  const partsOf = (names: readonly string[] | null, filters: Filter[], costs: CostDeclarations) =>
    summedParts({ names, filters }, costs).map(({ name, how }) => `${name} ${how}`);

  it('of the whole ledger are the shared names, the kinds, and what is left out', () => {
    expect(partsOf(null, [], PRICED)).toEqual([
      'revenue entries',
      'refund entries',
      'chargeback entries',
      'cogs rate',
      'incentive entries',
      'support_cost unit_price',
      'audits entries',
      'rent entries',
      'shipping unit_price',
      'cogs left_out',
      'support_cost left_out',
      'shipping left_out',
    ]);
  });

  it.each<[string, readonly string[] | null, Filter[], string[]]>([
    ['of one name is that name', ['revenue'], [], ['revenue entries']],
    ['of a name given twice is one', ['refund', 'refund'], [], ['refund entries']],
    [
      'of a declared kind is what is declared',
      ['cogs', 'own'],
      [],
      ['cogs rate', 'own entries', 'cogs left_out'],
    ],
    ['of chosen entries are entries', ['cogs'], [pro], ['cogs entries']],
  ])('%s', (_name, names, filters, parts) => {
    expect(partsOf(names, filters, PRICED)).toEqual(parts);
  });
});
