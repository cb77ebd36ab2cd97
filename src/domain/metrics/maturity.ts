import type { Metric } from './metric.js';

/** When a unit's numbers are complete. Days are exact multiples of 24 hours, in any time zone. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

type Timing = Pick<Metric, 'windowDays' | 'delayHours' | 'settlingDays'>;

/** Half-open: `from <= t < to`. */
export interface InstantRange {
  from: Date;
  to: Date;
}

/** The window in which a unit's events count: it opens `delayHours` after exposure. */
export function windowOf(exposedAt: Date, metric: Timing): InstantRange {
  const from = exposedAt.getTime() + metric.delayHours * HOUR_MS;
  return { from: new Date(from), to: new Date(from + metric.windowDays * DAY_MS) };
}

/** Exposure + delay + window + settling: from then on the unit is in numerator and denominator. */
export function matureAt(exposedAt: Date, metric: Timing): Date {
  return new Date(windowOf(exposedAt, metric).to.getTime() + metric.settlingDays * DAY_MS);
}

export function isMature(exposedAt: Date, metric: Timing, cutoff: Date): boolean {
  return matureAt(exposedAt, metric) <= cutoff;
}

/** When the whole cohort has matured: the last exposure decides. */
export function closesAt(lastExposedAt: Date, metric: Timing): Date {
  return matureAt(lastExposedAt, metric);
}

/** Share of the cohort that has matured; null while nobody was exposed. */
export function maturedFraction(units: { matured: number; exposed: number }): number | null {
  return units.exposed === 0 ? null : units.matured / units.exposed;
}

export interface MoneyTiming {
  occurredAt: Date;
  /** When the entry it refers to occurred (a refund's purchase); null without one. */
  originalOccurredAt: Date | null;
}

/**
 * Whether a ledger entry counts for a unit.
 *
 * An entry that refers to an original takes the original's place in the window, provided it
 * occurred before the unit matured: a refund on day 35 undoes a purchase of day 20, and the refund
 * of a purchase made before the exposure says nothing about the variant. What comes after maturity
 * belongs to the later re-evaluations. An entry without an original counts by its own time. A clock
 * may have dated a refund before its purchase, by less than `MISDATED_DAYS` before the exposure.
 */
export function countsInWindow(entry: MoneyTiming, exposedAt: Date, metric: Timing): boolean {
  const { from, to } = windowOf(exposedAt, metric);
  const placedAt = entry.originalOccurredAt ?? entry.occurredAt;
  const oldest = exposedAt.getTime() - MISDATED_DAYS * DAY_MS;
  return (
    placedAt >= from &&
    placedAt < to &&
    entry.occurredAt.getTime() >= oldest &&
    entry.occurredAt < matureAt(exposedAt, metric)
  );
}

/** An entry that refers to an original and is dated longer before the exposure than this says nothing. */
export const MISDATED_DAYS = 7;
