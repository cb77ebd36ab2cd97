import { isCurrency } from './currencies.js';

/** The ledger: signed entries in minor units. The sign belongs to the name, so it cannot be lost. */

/** Names everybody shares, with the sign of their amounts. */
export const LEDGER_SIGNS = {
  revenue: 1,
  refund: -1,
  chargeback: -1,
  cogs: -1,
  incentive: -1,
  support_cost: -1,
} as const;
export type LedgerName = keyof typeof LEDGER_SIGNS;

/** Names that take money back which a sale had brought; costs of a sale refer to it too, and take nothing back. */
export const TAKING_BACK: readonly LedgerName[] = ['refund', 'chargeback'];

/** A name a project gives itself; its amounts may have either sign. */
export const OWN_NAME_PATTERN = /^[a-z][a-z0-9_]{0,63}$/;

/** Ten thousand million major units: more is a mistake in units, and sums stay exact below it. */
export const AMOUNT_MINOR_MAX = 1_000_000_000_000;

export const MONEY_FAULTS = [
  'invalid-money-name',
  'invalid-amount',
  'unknown-currency',
  'wrong-sign',
] as const;
export type MoneyFault = (typeof MONEY_FAULTS)[number];

export interface MoneyEntry {
  name: string;
  /** Signed, in minor units of the currency; a number that came over the wire. */
  amountMinor: unknown;
  currency: string;
}

/** The sign a name demands: 1 up, -1 down, null for a project's own name (either). */
export function signOf(name: string): 1 | -1 | null {
  return Object.hasOwn(LEDGER_SIGNS, name) ? LEDGER_SIGNS[name as LedgerName] : null;
}

/**
 * What is wrong with a ledger entry, or null. Zero is a valid amount for any name. An amount with
 * the wrong sign is refused rather than turned: a positive refund may be a refund or a sale.
 */
export function checkMoney(entry: MoneyEntry): MoneyFault | null {
  if (!OWN_NAME_PATTERN.test(entry.name)) return 'invalid-money-name';
  if (!isAmountMinor(entry.amountMinor)) return 'invalid-amount';
  if (!isCurrency(entry.currency)) return 'unknown-currency';
  const sign = signOf(entry.name);
  return sign !== null && entry.amountMinor * sign < 0 ? 'wrong-sign' : null;
}

/** A whole number of minor units that is not absurd. */
export function isAmountMinor(amount: unknown): amount is number {
  return Number.isSafeInteger(amount) && Math.abs(amount as number) <= AMOUNT_MINOR_MAX;
}
