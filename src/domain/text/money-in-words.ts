import { minorUnits } from '../money/currencies.js';

/** Amounts and days as a page says them. */

/** `1,234.50 EUR`; the sign stands before the number. */
export function moneyInWords(currency: string, value: number): string {
  const digits = Math.abs(value).toFixed(minorUnits(currency));
  const [whole = '', minor] = digits.split('.');
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  // What rounds to nothing has no sign.
  const minus = value < 0 && Number(digits) !== 0 ? '-' : '';
  return `${minus}${grouped}${minor === undefined ? '' : `.${minor}`} ${currency}`;
}

/** `+0.27 USD`, `-0.50 USD`. */
export function signedMoney(currency: string, value: number): string {
  const words = moneyInWords(currency, value);
  return words.startsWith('-') ? words : `+${words}`;
}

/** `between -0.10 EUR and 1.20 EUR`. */
export function rangeInWords(
  currency: string,
  { lower, upper }: { lower: number; upper: number },
): string {
  return `between ${moneyInWords(currency, lower)} and ${moneyInWords(currency, upper)}`;
}

const MONTHS =
  'January February March April May June July August September October November December'.split(
    ' ',
  );

/** `3 May 2026`, of the day in UTC. */
export function dayInWords(instant: string): string {
  const [year = '', month = '', day = ''] = instant.slice(0, 10).split('-');
  return `${Number(day)} ${MONTHS[Number(month) - 1] ?? month} ${year}`;
}
