import { minorUnits } from '../money/currencies.js';
import { isAmountMinor } from '../money/ledger.js';

/** A decimal as JSON writes it, without an exponent: money has none. */
const DECIMAL = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/;

/** Below this a number is written with an exponent, and has more decimals than any currency. */
const EXPONENT_BELOW = 1e-6;

export type AmountFault = 'invalid-amount' | 'too-many-decimals';

/**
 * An amount in major units as other systems send it, a JSON number or its text, in minor units: 19.99
 * EUR is 1999, 500 JPY is 500, 1.5 KWD is 1500. The point is moved in the text; a product of floating
 * point numbers would make 1.15 EUR 114. Zeros at the end are no decimals: "500.00" JPY is 500.
 *
 * @param currency A known ISO 4217 code.
 * @returns `too-many-decimals` where the currency has no such amount: nothing is rounded, because
 *   what was paid is not known then.
 */
export function minorAmount(amount: unknown, currency: string): number | AmountFault {
  if (typeof amount === 'number' && amount !== 0 && Math.abs(amount) < EXPONENT_BELOW) {
    return 'too-many-decimals';
  }
  const text = typeof amount === 'number' ? String(amount) : amount;
  const match = typeof text === 'string' ? DECIMAL.exec(text) : null;
  if (match === null) return 'invalid-amount';
  const [, sign = '', whole = '', fraction = ''] = match;
  const digits = minorUnits(currency);
  const decimals = fraction.replace(/0+$/, '');
  if (decimals.length > digits) return 'too-many-decimals';
  const minor = Number(whole + decimals.padEnd(digits, '0'));
  if (!isAmountMinor(minor)) return 'invalid-amount';
  return sign === '-' && minor !== 0 ? -minor : minor;
}
