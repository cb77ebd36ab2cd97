import { randomUUID } from 'node:crypto';
import type { UnitRef } from '../../src/domain/events/event.js';
import { UNIT_KINDS } from '../../src/domain/experiments/definition.js';
import type { HappenedRow } from './moments-oracle-units.js';

const DAY_MS = 86_400_000;
const FIRST_DAY = '2026-01-01T00:00:00Z';

/** `days` after the first one; the day has parts. */
export const dayAt = (days: number): string =>
  new Date(Date.parse(FIRST_DAY) + Math.round(days * DAY_MS)).toISOString();

type Some = Partial<HappenedRow>;

/**
 * Rows of one story in a log that others write too: its units have names of their own. A unit is
 * `name`, a visitor, or `kind/name`.
 */
export class Happenings {
  constructor(
    private readonly experimentId: string,
    private readonly story: string,
  ) {}

  unit(name: string): UnitRef {
    const [first = '', rest] = name.split('/');
    const kind = UNIT_KINDS.find((one) => one === first) ?? 'visitor';
    return { kind, id: `${this.story}-${rest ?? name}` };
  }

  met(unit: string, variant: string, day = 0, more: Some = {}): HappenedRow {
    const what = { type: 'exposure', experiment: this.experimentId, variant } as const;
    return { id: randomUUID(), unit: this.unit(unit), at: dayAt(day), ...what, ...more };
  }

  did(unit: string, name: string, day: number, more: Some = {}): HappenedRow {
    return {
      id: randomUUID(),
      type: 'event',
      unit: this.unit(unit),
      name,
      at: dayAt(day),
      ...more,
    };
  }

  /** Revenue, or a refund of less than nothing. */
  paid(unit: string, amountMinor: number, day: number, more: Some = {}): HappenedRow {
    return {
      ...this.did(unit, amountMinor < 0 ? 'refund' : 'revenue', day),
      type: 'money',
      amountMinor,
      currency: 'USD',
      ...more,
    };
  }

  is(from: string, to: string, day: number, more: Some = {}): HappenedRow {
    const units = { unit: this.unit(from), to: this.unit(to) };
    return { id: randomUUID(), type: 'identify', at: dayAt(day), ...units, ...more };
  }
}

/** The same rows in another order, the same one for the same numbers. */
export function shuffled<T>(rows: readonly T[], uniform: () => number): T[] {
  return rows
    .map((row) => ({ row, place: uniform() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ row }) => row);
}

/** `parts` lists of about one size, in order. */
export function inParts<T>(rows: readonly T[], parts: number): T[][] {
  const size = Math.ceil(rows.length / parts);
  return [...Array(parts).keys()]
    .map((part) => rows.slice(part * size, (part + 1) * size))
    .filter(({ length }) => length > 0);
}
