import { isCurrency, minorUnits } from '../money/currencies.js';

/**
 * Digits after the decimal point that Stripe's integers have where they are not two ("Supported
 * currencies", sections "Zero-decimal currencies", "Three-decimal currencies" and "Special cases";
 * docs.stripe.com/currencies, 2025). ISK and UGX have no minor unit in ISO 4217 and still come as
 * hundredths that are always 00. UGX stands in the list of zero-decimal currencies too; its special
 * case gives an amount (500 is 5 UGX) and wins. HUF and TWD are whole in payouts only.
 */
const DIGITS: ReadonlyMap<string, number> = new Map([
  ...codes('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF', 0),
  ...codes('BHD JOD KWD OMR TND', 3),
]);

function codes(list: string, digits: number): [string, number][] {
  return list.split(' ').map((code) => [code, digits]);
}

/**
 * An amount in the smallest unit as Stripe defines it, in minor units of ISO 4217: 1000 for USD is
 * 1000 cents, 500 for ISK is 5 krónur, 500 for MGA is 50,000 hundredths of an ariary.
 *
 * @param currency In capitals.
 * @returns null for what is no whole number of either unit: half a króna was never paid. The amount
 *   as it is where the code is no currency, for the ledger to refuse.
 */
export function stripeAmountMinor(amount: unknown, currency: string): number | null {
  if (!Number.isSafeInteger(amount)) return null;
  if (!isCurrency(currency)) return amount as number;
  const shift = minorUnits(currency) - (DIGITS.get(currency) ?? 2);
  const minor = shift < 0 ? (amount as number) / 10 ** -shift : (amount as number) * 10 ** shift;
  return Number.isSafeInteger(minor) ? minor : null;
}
