import { type FieldError, Invalid } from '../errors.js';
import { parseInstant } from '../events/instant.js';
import { isCurrency } from './currencies.js';

/** What one unit of each currency was worth on one day. */
export interface ExchangeRates {
  /** The day, `YYYY-MM-DD`. */
  date: string;
  /** The currency that the rates are expressed in. */
  base: string;
  /** By currency: 1 unit of it is worth this much of `base`. */
  rates: Readonly<Record<string, number>>;
}

/** Between any two currencies in use a rate is far inside these; outside is a slip of the point. */
const RATE_MIN = 1e-9;
const RATE_MAX = 1e9;

/**
 * @throws Invalid `validation-failed` pointing at every member that is wrong.
 */
export function requireValidRates({ date, base, rates }: ExchangeRates): void {
  const errors: FieldError[] = [];
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || parseInstant(`${date}T00:00:00Z`) === null) {
    errors.push({ pointer: '/date', code: 'invalid-date', detail: 'A day as YYYY-MM-DD.' });
  }
  if (!isCurrency(base)) errors.push({ pointer: '/base', code: 'unknown-currency' });
  const entries = Object.entries(rates);
  if (entries.length === 0) errors.push({ pointer: '/rates', code: 'min-properties' });
  for (const [currency, rate] of entries) {
    const pointer = `/rates/${currency.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!isCurrency(currency)) errors.push({ pointer, code: 'unknown-currency' });
    else if (currency === base) {
      errors.push({ pointer, code: 'invalid-rate', detail: 'The base is worth 1 of itself.' });
    } else if (typeof rate !== 'number' || !(rate >= RATE_MIN && rate <= RATE_MAX)) {
      errors.push({ pointer, code: 'invalid-rate', detail: 'A positive decimal number.' });
    }
  }
  if (errors.length > 0) throw new Invalid('validation-failed', 'The rates are not valid.', errors);
}
