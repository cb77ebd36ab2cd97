import {
  countedColumns,
  countedPieces,
  type CountedTerm,
  countedTerms,
  hoursToMaturity,
  type SummedColumn,
} from '../../src/domain/evaluation/counted-columns.js';
import type { UnitRef } from '../../src/domain/events/event.js';
import type { AnalysisPlan } from '../../src/domain/experiments/plan.js';
import { matches } from '../../src/domain/metrics/filter.js';
import { minorUnits } from '../../src/domain/money/currencies.js';
import { type Exact, exact, movedBy, rounded, times } from './exact-decimals.js';
import {
  type ExposedUnit,
  type HappenedLog,
  type HappenedRow,
  millis,
  unvoidedRows,
} from './moments-oracle-units.js';

const HOUR_MS = 3_600_000;

/** What one unit of the cohort did, by column of the plan. */
export interface CountedUnit extends ExposedUnit {
  /** What each occurrence adds, in the metric's unit. */
  entries: readonly (readonly Exact[])[];
  late: number;
}

/** Money counts for which no rate is stored. */
export class RatesMissing extends Error {
  constructor(readonly missing: readonly { currency: string; date: string }[]) {
    super(missing.map(({ currency, date }) => `${currency} on ${date}`).join(', '));
  }
}

interface Counting {
  log: HappenedLog;
  /** Those that still count. */
  rows: readonly HappenedRow[];
  plan: AnalysisPlan;
  asOf: Date;
  leadsTo: (unit: UnitRef) => string;
}

/**
 * What counts of the rows, unit by unit.
 * @throws RatesMissing
 */
export function countUnits(units: readonly ExposedUnit[], counting: Counting): CountedUnit[] {
  const { rows, plan, asOf, leadsTo } = counting;
  const columns: SummedColumn[] = [...countedColumns(plan), ...countedPieces(plan)];
  const terms = countedTerms(plan);
  const hasHappened = ({ at }: HappenedRow): boolean => millis(at) < asOf.getTime();
  const visible = rows.filter(hasHappened);
  const known = unvoidedRows(counting.log).filter(hasHappened);
  const byId = new Map(known.map((row) => [row.id, row]));
  const mine = new Map<string, HappenedRow[]>(units.map(({ name }) => [name, []]));
  for (const row of visible) {
    if (row.type === 'event' || row.type === 'money') mine.get(leadsTo(row.unit))?.push(row);
  }
  const missing = new Map<string, { currency: string; date: string }>();
  // So far before the exposure an entry that refers to another may be dated.
  const oldest = Math.min(-7 * 24, ...columns.map(({ opensHours }) => opensHours));
  const counted = units.map((unit) => {
    const own = mine.get(unit.name) ?? [];
    const entries = columns.map((column) =>
      terms
        .filter((term) => term.column === column.column)
        .flatMap((term) =>
          own
            .filter((row) => isOf(term, row) && isInWindow(column, row, unit, byId, oldest))
            .flatMap((row) => takenBy(term, row, counting, missing))
            .map((value) => movedBy(value, column.decimals)),
        ),
    );
    return { ...unit, entries, late: own.filter((row) => isLate(row, unit, counting)).length };
  });
  if (missing.size > 0) {
    throw new RatesMissing([...missing].toSorted(byFirst).map(([, one]) => one));
  }
  return counted;
}

function isOf(term: CountedTerm, row: HappenedRow): boolean {
  return (
    term.type === row.type &&
    (term.names === null || term.names.includes(row.name ?? '')) &&
    term.except?.includes(row.name ?? '') !== true &&
    matches(term.filters, row.properties ?? null)
  );
}

/**
 * An entry stands where its original does, and must itself come before the unit has matured. When
 * something happened is known even after its unit was erased.
 */
function isInWindow(
  { opensHours, closesHours, untilHours }: SummedColumn,
  row: HappenedRow,
  { exposedAt }: ExposedUnit,
  byId: ReadonlyMap<string, HappenedRow>,
  oldest: number,
): boolean {
  const original = row.refersTo === undefined ? undefined : byId.get(row.refersTo);
  const placed = millis((original ?? row).at);
  return (
    placed >= exposedAt + opensHours * HOUR_MS &&
    placed < exposedAt + closesHours * HOUR_MS &&
    millis(row.at) >= exposedAt + oldest * HOUR_MS &&
    millis(row.at) < exposedAt + untilHours * HOUR_MS
  );
}

/** Nothing when it is no occurrence after all, or no rate says what it is worth. */
function takenBy(
  term: CountedTerm,
  row: HappenedRow,
  counting: Counting,
  missing: Map<string, { currency: string; date: string }>,
): Exact[] {
  const property = term.property === null ? undefined : row.properties?.[term.property];
  const numeric = typeof property === 'number' ? property : undefined;
  switch (term.take) {
    case 'one':
      return [exact(1)];
    case 'value':
      return [exact(row.value ?? 0)];
    case 'each_value':
      return row.value === undefined ? [] : [exact(row.value)];
    case 'property':
      return [exact(numeric ?? 0)];
    case 'each_property':
      return numeric === undefined ? [] : [exact(numeric)];
    case 'amount':
    case 'rate':
    case 'price':
      return moneyOf(term, row, counting, missing);
  }
}

function moneyOf(
  { take, priceMinor, currency, rate }: CountedTerm,
  row: HappenedRow,
  counting: Counting,
  missing: Map<string, { currency: string; date: string }>,
): Exact[] {
  const entry =
    take === 'price'
      ? { minor: -(priceMinor ?? 0), currency: currency ?? '' }
      : { minor: row.amountMinor ?? 0, currency: row.currency ?? '' };
  const amount = converted({ ...entry, at: row.at }, counting, missing);
  if (amount === null) return [];
  return [exact(take === 'rate' ? -rounded(times(exact(amount), exact(rate ?? 0))) : amount)];
}

/** Whole minor units of the reporting currency, at the rate of the day. */
function converted(
  { minor, currency, at }: { minor: number; currency: string; at: string },
  { log, plan }: Counting,
  missing: Map<string, { currency: string; date: string }>,
): bigint | null {
  if (currency === plan.currency) return BigInt(minor);
  const date = new Intl.DateTimeFormat('en-CA', {
    timeZone: plan.timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(new Date(at));
  const stored = log.rates.find(
    (one) => one.date === date && one.currency === currency && one.base === plan.currency,
  );
  if (stored === undefined) {
    missing.set(`${currency} ${date}`, { currency, date });
    return null;
  }
  const digits = minorUnits(currency) - minorUnits(plan.currency);
  const amount = times(exact(minor), exact(stored.rate));
  return rounded(digits >= 0 ? movedBy(amount, digits) : times(amount, exact(10 ** -digits)));
}

/** It happened at or after the exposure, and we heard of it more than a day later. */
function isLate(row: HappenedRow, { exposedAt }: ExposedUnit, { log, plan }: Counting): boolean {
  const isNamed = countedTerms(plan).some(
    ({ type, names }) => type === row.type && (names === null || names.includes(row.name ?? '')),
  );
  const longest = Math.max(...plan.metrics.map(({ definition }) => hoursToMaturity(definition)));
  const at = millis(row.at);
  return (
    isNamed &&
    at >= exposedAt &&
    at < exposedAt + longest * HOUR_MS &&
    millis(row.receivedAt ?? log.receivedAt) > at + 24 * HOUR_MS
  );
}

function byFirst([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}
