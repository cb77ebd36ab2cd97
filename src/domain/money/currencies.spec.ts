import { isCurrency, minorUnits } from './currencies.js';

describe('currencies', () => {
  it.each([
    ['EUR', 2],
    ['USD', 2],
    ['GBP', 2],
    ['HUF', 2],
    ['MRU', 2],
    ['JPY', 0],
    ['KRW', 0],
    ['ISK', 0],
    ['KWD', 3],
    ['TND', 3],
    ['CLF', 4],
  ])('%s has %d digits', (code, digits) => {
    expect(isCurrency(code)).toBe(true);
    expect(minorUnits(code)).toBe(digits);
  });

  it.each([
    'eur',
    'Eur',
    '',
    ' EUR',
    'XXX',
    'XTS',
    'XAU',
    'XDR',
    'BTC',
    'ETH',
    'EURO',
    '__proto__',
  ])('%j is not a currency', (code) => {
    expect(isCurrency(code)).toBe(false);
    expect(() => minorUnits(code)).toThrow(RangeError);
  });

  it('knows what the runtime knows to be in circulation', () => {
    const names = new Intl.DisplayNames('en', { type: 'currency', fallback: 'none' });
    const unknown = [
      'AUD',
      'BRL',
      'CHF',
      'CNY',
      'INR',
      'MXN',
      'NGN',
      'PLN',
      'SEK',
      'TRY',
      'ZAR',
    ].filter((code) => names.of(code) === undefined || !isCurrency(code));
    expect(unknown).toEqual([]);
  });
});
