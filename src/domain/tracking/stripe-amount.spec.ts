import { CURRENCIES, minorUnits } from '../money/currencies.js';
import { stripeAmountMinor } from './stripe-amount.js';

describe('amounts as Stripe writes them', () => {
  it.each([
    ['two decimals', 1999, 'USD', 1999],
    ['nothing', 0, 'EUR', 0],
    ['no decimals', 500, 'JPY', 500],
    ['three decimals, rounded to ten by Stripe', 5120, 'KWD', 5120],
    ['three decimals', 10, 'BHD', 10],
    ['no minor unit, and two decimals that are 00', 500, 'ISK', 5],
    ['the same in Uganda, against the list of zero decimals', 500, 'UGX', 5],
    ['a minor unit that Stripe does not know', 500, 'MGA', 50_000],
    ['whole in payouts only', 1045, 'HUF', 1045],
    ['whole in payouts only', 80_045, 'TWD', 80_045],
    ['no currency: the ledger refuses it', 500, 'XXX', 500],
    ['half a króna', 550, 'ISK', null],
    ['a fraction', 1.5, 'USD', null],
    ['text', '500', 'USD', null],
    ['not there', undefined, 'USD', null],
    ['beyond exact numbers', Number.MAX_SAFE_INTEGER, 'MGA', null],
  ])('%s: %j %s is %j', (_, amount, currency, minor) => {
    expect(stripeAmountMinor(amount, currency)).toBe(minor);
  });

  it('differ from ISO 4217 in three currencies that Stripe charges, and in those it does not', () => {
    const unlike = CURRENCIES.filter((currency) => stripeAmountMinor(100, currency) !== 100);
    expect(unlike.filter((currency) => minorUnits(currency) === 0)).toEqual(['ISK', 'UGX', 'UYI']);
    expect(unlike.filter((currency) => minorUnits(currency) === 2)).toEqual(['MGA']);
    expect(unlike.filter((currency) => minorUnits(currency) === 3)).toEqual(['IQD', 'LYD']);
    expect(unlike.filter((currency) => minorUnits(currency) === 4)).toEqual(['CLF', 'UYW']);
  });
});
