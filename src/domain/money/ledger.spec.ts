import { checkMoney, signOf, type MoneyFault } from './ledger.js';

describe('ledger entries', () => {
  it.each<[string, unknown, string, MoneyFault | null]>([
    ['revenue', 1999, 'EUR', null],
    ['revenue', 0, 'EUR', null],
    ['revenue', -0, 'EUR', null],
    ['revenue', -1, 'EUR', 'wrong-sign'],
    ['refund', -1999, 'EUR', null],
    ['refund', 0, 'EUR', null],
    ['refund', 1999, 'EUR', 'wrong-sign'],
    ['chargeback', 1, 'USD', 'wrong-sign'],
    ['cogs', -400, 'USD', null],
    ['cogs', 400, 'USD', 'wrong-sign'],
    ['incentive', -500, 'JPY', null],
    ['incentive', 500, 'JPY', 'wrong-sign'],
    ['support_cost', -850, 'GBP', null],
    ['support_cost', 850, 'GBP', 'wrong-sign'],
    ['shipping', 300, 'EUR', null],
    ['shipping', -300, 'EUR', null],
    ['Shipping', 300, 'EUR', 'invalid-money-name'],
    ['', 300, 'EUR', 'invalid-money-name'],
    ['9lives', 300, 'EUR', 'invalid-money-name'],
    ['constructor', 300, 'EUR', null],
    ['a'.repeat(64), 1, 'EUR', null],
    ['a'.repeat(65), 1, 'EUR', 'invalid-money-name'],
    ['revenue', 1e12, 'EUR', null],
    ['revenue', 1e12 + 1, 'EUR', 'invalid-amount'],
    ['refund', -1e12, 'EUR', null],
    ['refund', -1e12 - 1, 'EUR', 'invalid-amount'],
    ['revenue', 1e308, 'EUR', 'invalid-amount'],
    ['revenue', 0.001, 'EUR', 'invalid-amount'],
    ['revenue', 12.345, 'EUR', 'invalid-amount'],
    ['revenue', '12.30', 'EUR', 'invalid-amount'],
    ['revenue', '12', 'EUR', 'invalid-amount'],
    ['revenue', null, 'EUR', 'invalid-amount'],
    ['revenue', undefined, 'EUR', 'invalid-amount'],
    ['revenue', Number.NaN, 'EUR', 'invalid-amount'],
    ['revenue', Infinity, 'EUR', 'invalid-amount'],
    ['revenue', 10n, 'EUR', 'invalid-amount'],
    ['revenue', 1, '', 'unknown-currency'],
    ['revenue', 1, 'eur', 'unknown-currency'],
    ['revenue', 1, 'XXX', 'unknown-currency'],
    ['revenue', 1, 'BTC', 'unknown-currency'],
  ])('%s of %s %s: %s', (name, amountMinor, currency, fault) => {
    expect(checkMoney({ name, amountMinor, currency })).toBe(fault);
  });

  it('knows signs of shared names only', () => {
    expect(['revenue', 'refund', 'cogs', 'shipping', 'toString'].map(signOf)).toEqual([
      1,
      -1,
      -1,
      null,
      null,
    ]);
  });
});
