import { Invalid } from '../errors.js';
import { requireValidRates } from './exchange-rates.js';

const VALID = { date: '2026-02-28', base: 'EUR', rates: { USD: 0.92, JPY: 0.0061 } };

function faultsOf(changes: object): [string, string][] {
  try {
    requireValidRates({ ...VALID, ...changes });
    return [];
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return error.errors.map(({ pointer, code }) => [pointer, code]);
  }
}

describe('exchange rates', () => {
  it.each<[string, object, [string, string][]]>([
    ['valid', {}, []],
    ['30 February', { date: '2026-02-30' }, [['/date', 'invalid-date']]],
    ['an instant', { date: '2026-02-28T00:00:00Z' }, [['/date', 'invalid-date']]],
    ['unknown base', { base: 'eur' }, [['/base', 'unknown-currency']]],
    ['no rate', { rates: {} }, [['/rates', 'min-properties']]],
    ['unknown currency', { rates: { 'a/b': 1 } }, [['/rates/a~1b', 'unknown-currency']]],
    ['the base itself', { rates: { EUR: 1 } }, [['/rates/EUR', 'invalid-rate']]],
    ['zero', { rates: { USD: 0 } }, [['/rates/USD', 'invalid-rate']]],
    ['negative', { rates: { USD: -1 } }, [['/rates/USD', 'invalid-rate']]],
    ['text', { rates: { USD: '0.92' } }, [['/rates/USD', 'invalid-rate']]],
    ['not finite', { rates: { USD: Infinity } }, [['/rates/USD', 'invalid-rate']]],
    [
      'everything at once',
      { date: 'today', base: 'X', rates: { USD: 0, ZZZ: 1 } },
      [
        ['/date', 'invalid-date'],
        ['/base', 'unknown-currency'],
        ['/rates/USD', 'invalid-rate'],
        ['/rates/ZZZ', 'unknown-currency'],
      ],
    ],
  ])('%s', (_, changes, faults) => {
    expect(faultsOf(changes)).toEqual(faults);
  });
});
