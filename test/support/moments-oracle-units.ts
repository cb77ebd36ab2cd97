import type { UnitRef } from '../../src/domain/events/event.js';
import { UNIT_KINDS, type UnitKind } from '../../src/domain/experiments/definition.js';

/** One row of a log as it happened. */
export interface HappenedRow {
  /** A UUID, which is its own key in the log. */
  id: string;
  type: 'exposure' | 'event' | 'money' | 'identify';
  unit: UnitRef;
  /** RFC 3339 in UTC, as all instants here. */
  at: string;
  /** When it reached the log; the clock of the log when absent. */
  receivedAt?: string;
  /** Of an exposure: id of the experiment. */
  experiment?: string;
  variant?: string;
  name?: string;
  value?: number;
  amountMinor?: number;
  currency?: string;
  refersTo?: string;
  /** Of an exposure: its attributes. */
  properties?: Readonly<Record<string, unknown>>;
  /** Of `identify`: who the unit is. */
  to?: UnitRef;
  /** The import that brought it. */
  import?: string;
  /** An exposure unlike the assignment of its experiment. */
  unassigned?: true;
}

/** What a log holds, and what was undone in it since. */
export interface HappenedLog {
  rows: readonly HappenedRow[];
  reversedImports: readonly string[];
  erasedUnits: readonly UnitRef[];
  rates: readonly { date: string; base: string; currency: string; rate: number }[];
  /** When rows without a time of their own reached the log. */
  receivedAt: string;
}

/** Someone who met an experiment. */
export interface ExposedUnit {
  name: string;
  /** Milliseconds. */
  exposedAt: number;
  variant: string;
  /** Met several variants. */
  crossed: boolean;
  unassigned: boolean;
  /** Of the first exposure. */
  attributes: Readonly<Record<string, unknown>>;
}

export const millis = (instant: string): number => Date.parse(instant);

/** Rows that were not voided with their import. */
export function unvoidedRows({ rows, reversedImports }: HappenedLog): HappenedRow[] {
  return rows.filter(
    ({ import: brought }) => brought === undefined || !reversedImports.includes(brought),
  );
}

/** Rows that still count: not voided, and of nobody who was erased. */
export function standingRows(log: HappenedLog): HappenedRow[] {
  const erased = new Set(log.erasedUnits.map(nameOf));
  return unvoidedRows(log).filter(
    ({ unit, to }) => !erased.has(nameOf(unit)) && !(to !== undefined && erased.has(nameOf(to))),
  );
}

/**
 * Whom a unit leads to. A link goes from the lower to the higher kind, and of several from one unit
 * the earliest counts. A unit of a visitor or user experiment is a person, for whom links into an
 * account are none; a unit of an account experiment is the company.
 */
export function leads(
  rows: readonly HappenedRow[],
  { unit: kind, asOf }: { unit: UnitKind; asOf: Date },
): (unit: UnitRef) => string {
  const first = firstLinks(
    rows.filter(({ at }) => millis(at) < asOf.getTime()),
    kind === 'account' ? 'company' : 'person',
  );
  return (unit) => {
    const path: string[] = [];
    let here = unit;
    for (;;) {
      const next = first.get(nameOf(here));
      if (next === undefined) return nameOf(here);
      path.push(nameOf(here));
      const again = path.indexOf(nameOf(next));
      // Who is in a circle is the same as all others in it, whoever of them gives the name.
      if (again >= 0) return path.slice(again).toSorted()[0] ?? '';
      here = next;
    }
  };
}

/** Everyone who met the experiment before an instant. */
export function exposedUnits(
  rows: readonly HappenedRow[],
  experiment: { id: string; unit: UnitKind; asOf: Date },
  leadsTo: (unit: UnitRef) => string,
): ExposedUnit[] {
  const exposures = rows
    .filter(
      (row) =>
        row.type === 'exposure' &&
        row.experiment === experiment.id &&
        row.unit.kind === experiment.unit &&
        millis(row.at) < experiment.asOf.getTime(),
    )
    .toSorted(inOrder);
  const found = new Map<string, ExposedUnit>();
  for (const { unit, at, variant = '', properties = {}, unassigned = false } of exposures) {
    const name = leadsTo(unit);
    const known = found.get(name);
    if (known === undefined) {
      const exposedAt = millis(at);
      const more = { crossed: false, unassigned, attributes: properties };
      found.set(name, { name, exposedAt, variant, ...more });
    } else {
      known.crossed ||= known.variant !== variant;
      known.unassigned ||= unassigned;
    }
  }
  return [...found.values()];
}

function firstLinks(
  rows: readonly HappenedRow[],
  whose: 'person' | 'company',
): Map<string, UnitRef> {
  const first = new Map<string, UnitRef>();
  for (const { unit, to } of rows.filter(({ type }) => type === 'identify').toSorted(inOrder)) {
    if (to === undefined) continue;
    const isDownward = UNIT_KINDS.indexOf(unit.kind) > UNIT_KINDS.indexOf(to.kind);
    const [lower, higher] = isDownward ? [to, unit] : [unit, to];
    if (whose === 'person' && higher.kind === 'account') continue;
    if (!first.has(nameOf(lower))) first.set(nameOf(lower), higher);
  }
  return first;
}

function inOrder(one: HappenedRow, other: HappenedRow): number {
  return millis(one.at) - millis(other.at) || (one.id < other.id ? -1 : 1);
}

function nameOf({ kind, id }: UnitRef): string {
  return `${kind}/${id}`;
}
