import fc from 'fast-check';
import { minorUnits } from '../money/currencies.js';
import { minorAmount } from './minor-amount.js';

describe('E35: an amount in major units as minor units', () => {
  it.each<[amount: unknown, currency: string, expected: number | string]>([
    [19.99, 'EUR', 1999],
    ['19.99', 'EUR', 1999],
    [1.15, 'EUR', 115],
    [4.35, 'USD', 435],
    [1.005, 'USD', 'too-many-decimals'],
    [0.1 + 0.2, 'USD', 'too-many-decimals'],
    [49, 'EUR', 4900],
    ['49.5', 'EUR', 4950],
    ['49.00', 'EUR', 4900],
    ['49.9900', 'EUR', 4999],
    [500, 'JPY', 500],
    ['500.00', 'JPY', 500],
    [500.5, 'JPY', 'too-many-decimals'],
    [1.5, 'KWD', 1500],
    ['1.234', 'KWD', 1234],
    ['1.2345', 'KWD', 'too-many-decimals'],
    ['1.2345', 'CLF', 12345],
    [0, 'USD', 0],
    ['0.00', 'USD', 0],
    ['-0.00', 'USD', 0],
    [-19.99, 'USD', -1999],
    ['-0.05', 'USD', -5],
    [0.05, 'USD', 5],
    [1e-7, 'USD', 'too-many-decimals'],
    ['10000000000.00', 'USD', 1_000_000_000_000],
    ['10000000000.01', 'USD', 'invalid-amount'],
    [1e21, 'USD', 'invalid-amount'],
    ['9'.repeat(400), 'USD', 'invalid-amount'],
    [Number.NaN, 'USD', 'invalid-amount'],
    ['', 'USD', 'invalid-amount'],
    [' 19.99', 'USD', 'invalid-amount'],
    ['19,99', 'USD', 'invalid-amount'],
    ['1,299.00', 'USD', 'invalid-amount'],
    ['$19.99', 'USD', 'invalid-amount'],
    ['1e2', 'USD', 'invalid-amount'],
    ['+5', 'USD', 'invalid-amount'],
    ['007', 'USD', 'invalid-amount'],
    ['.5', 'USD', 'invalid-amount'],
    ['5.', 'USD', 'invalid-amount'],
    [true, 'USD', 'invalid-amount'],
    [null, 'USD', 'invalid-amount'],
    [['5'], 'USD', 'invalid-amount'],
    [{ amount: 5 }, 'USD', 'invalid-amount'],
  ])('%j %s is %j', (amount, currency, expected) => {
    expect(minorAmount(amount, currency)).toBe(expected);
  });

  it('gives back every amount that a currency can write, as a number and as text', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 }),
        fc.constantFrom('JPY', 'EUR', 'KWD', 'CLF'),
        (minor, currency) => {
          const digits = minorUnits(currency);
          const padded = String(Math.abs(minor)).padStart(digits + 1, '0');
          const cut = padded.length - digits;
          const point = digits === 0 ? '' : '.';
          const text = `${minor < 0 ? '-' : ''}${padded.slice(0, cut)}${point}${padded.slice(cut)}`;
          expect(minorAmount(text, currency)).toBe(minor);
          // -0 and 0 are one amount.
          const number = Number(text);
          const isPlain = number === 0 || Math.abs(number) >= 1e-6;
          if (isPlain) expect(minorAmount(number, currency)).toBe(minor);
        },
      ),
    );
  });
});
