import {
  type CountedColumn,
  countedColumns,
  type CountedPiece,
  countedPieces,
  type CountedPlan,
  type CountedTerm,
  countedTerms,
  hoursBefore,
  hoursToMaturity,
  type SummedColumn,
} from '../../domain/evaluation/counted-columns.js';
import { canonicalJson } from '../../domain/experiments/canonical-json.js';
import { TAKING_BACK } from '../../domain/money/ledger.js';

/**
 * How the numbers of a plan lie in the accumulators: which sum of a unit has which place, and which
 * sums over units a vector of moments holds. Everything follows from the plan, so two states with one
 * layout can be compared place by place.
 */
export interface StateLayout {
  /** All that is summed: `statistics` and then `pieces`. */
  columns: readonly SummedColumn[];
  statistics: readonly CountedColumn[];
  pieces: readonly CountedPiece[];
  terms: readonly CountedTerm[];
  /** Sums of a unit, in the order of their places; `capped` has none, it is a cut `value`. */
  slots: readonly Slot[];
  /** By column: where its sum is. Columns that sum the same share a slot. */
  slotOf: readonly number[];
  /** By column: the first one that has the same number for every unit. */
  sameAs: readonly number[];
  /** Distinct hours to maturity. */
  maturities: readonly number[];
  /** What a vector of moments holds, in its order. */
  cells: readonly Cell[];
  /** Hours before the exposure that are looked at. */
  hoursBefore: number;
  /** Hours after the exposure at which the last metric has matured. */
  hoursAfter: number;
}

export interface Slot {
  /** The column whose terms are summed. */
  column: number;
  /** Where it is kept. */
  place: Place;
  /** What is summed, as text: equal for the same sum in another version of the plan. */
  signature: string;
}

/**
 * Positions in `wholes` and `decimals` of a unit, from 1 as PostgreSQL counts; null for none. Whole
 * numbers are summed in 64 bits, and decimals exactly as they were written. A sum of values of events
 * has both: 64 bits are several times as fast, so what is a small whole number of 10 ^ -FINE_DIGITS is
 * summed as such, and only the others as decimals.
 */
export interface Place {
  whole: number | null;
  decimal: number | null;
}

/** Digits after the point of what is summed in 64 bits of values of events. */
export const FINE_DIGITS = 4;

/** One sum over units: of 1, of a column's powers, of a product of two columns. */
export type Cell =
  | { sum: 'units' | 'late' | 'unassigned' }
  | { sum: 'first' | 'second' | 'third' | 'nonZero'; column: number }
  | { sum: 'product'; column: number; other: number };

type LaidOutPlan = CountedPlan & { timezone: string };

export function layOut(plan: LaidOutPlan): StateLayout {
  const statistics = countedColumns(plan);
  const pieces = countedPieces(plan);
  const columns: SummedColumn[] = [...statistics, ...pieces];
  const terms = countedTerms(plan);
  const slots: Slot[] = [];
  const places = { wholes: 0, decimals: 0 };
  for (const column of columns) {
    if (column.part === 'capped') continue;
    const own = terms.filter((term) => term.column === column.column);
    const signature = signatureOf(column, own, plan);
    if (slots.some((slot) => slot.signature === signature)) continue;
    const isWhole = column.quantile !== null || own.every(({ take }) => WHOLE_TAKES.has(take));
    const isOfValues = own.every(({ take }) => take === 'value');
    const whole = isWhole || isOfValues ? (places.wholes += 1) : null;
    const decimal = isWhole ? null : (places.decimals += 1);
    slots.push({ column: column.column, place: { whole, decimal }, signature });
  }
  const slotOf = columns.map((column) => {
    const source = column.part === 'capped' ? valueColumnOf(columns, column) : column;
    const own = terms.filter((term) => term.column === source.column);
    const signature = signatureOf(source, own, plan);
    return slots.findIndex((slot) => slot.signature === signature);
  });
  const sameAs = columns.map((column, at) =>
    columns.findIndex(
      (other, before) =>
        before === at ||
        (slotOf[before] === slotOf[at] &&
          other.cap === column.cap &&
          other.part !== 'capped' &&
          column.part !== 'capped'),
    ),
  );
  const hours = plan.metrics.map(({ definition }) => hoursToMaturity(definition));
  const maturities = [...new Set(hours)].toSorted((one, other) => one - other);
  return {
    columns,
    statistics,
    pieces,
    terms,
    slots,
    slotOf,
    sameAs,
    maturities,
    cells: cellsOf(columns, statistics, sameAs),
    hoursBefore: hoursBefore(plan),
    hoursAfter: Math.max(0, ...hours),
  };
}

const WHOLE_TAKES: ReadonlySet<string> = new Set(['one', 'amount', 'price', 'rate']);

function valueColumnOf(columns: readonly SummedColumn[], { metric }: SummedColumn): SummedColumn {
  const value = columns.find((column) => column.metric === metric && column.part === 'value');
  if (value === undefined) throw new RangeError('a metric has a value column');
  return value;
}

/** Everything that the sum of a unit depends on. */
function signatureOf(
  { column, opensHours, closesHours, untilHours, quantile }: SummedColumn,
  terms: readonly CountedTerm[],
  { currency, timezone }: LaidOutPlan,
): string {
  return canonicalJson({
    opensHours,
    closesHours,
    untilHours,
    // Single values are kept by column.
    ...(quantile === null ? {} : { quantileOf: column }),
    terms: terms.map(({ column: _of, ...term }) => term),
    currency,
    timezone,
  });
}

/** Of a piece there is a sum, and nothing that only statistics need. */
function cellsOf(
  columns: readonly SummedColumn[],
  statistics: readonly CountedColumn[],
  sameAs: readonly number[],
): Cell[] {
  const distinct = [...new Set(sameAs)];
  const powersOf = (column: number) =>
    columns[column]?.part === 'piece'
      ? (['first'] as const)
      : (['first', 'second', 'third', 'nonZero'] as const);
  return [
    { sum: 'units' },
    { sum: 'late' },
    { sum: 'unassigned' },
    ...distinct.flatMap((column) => powersOf(column).map((sum) => ({ sum, column }))),
    ...productsOf(statistics, sameAs),
  ];
}

/** Products within a metric, and between the values of two; each once. */
function productsOf(columns: readonly CountedColumn[], sameAs: readonly number[]): Cell[] {
  const products = new Map<string, Cell>();
  for (const [at, one] of columns.entries()) {
    for (const other of columns.slice(at + 1)) {
      const isBetweenMetrics = one.part === 'value' && other.part === 'value';
      if (one.metric !== other.metric && !isBetweenMetrics) continue;
      const [first, second] = pairOf(sameAs, one.column, other.column);
      if (first === second) continue;
      products.set(`${first}/${second}`, { sum: 'product', column: first, other: second });
    }
  }
  return [...products.values()];
}

/** The columns under which the product of two is kept; equal where it is a square. */
export function pairOf(
  sameAs: readonly number[],
  one: number,
  other: number,
): readonly [number, number] {
  const [first, second] = [sameAs[one] ?? one, sameAs[other] ?? other];
  return first < second ? [first, second] : [second, first];
}

/** What is kept with a state, to see whether another plan lies the same way. */
export interface StoredLayout {
  slots: readonly string[];
  /** By slot: its column, and where its sum is. */
  columns: readonly number[];
  places: readonly Place[];
  fineDigits: number;
  /** Hours around the exposure that are looked at. */
  hours: readonly number[];
  cells: string;
  dimensions: readonly string[];
  unit: string;
  variants: readonly string[];
  /** Names of the ledger that make a sale over-refunded; absent where every entry did. */
  takingBack?: readonly string[];
}

export function storedLayout(
  layout: StateLayout,
  plan: { unit: string; variants: readonly { key: string }[] },
  dimensions: readonly string[],
): StoredLayout {
  return {
    slots: layout.slots.map(({ signature }) => signature),
    columns: layout.slots.map(({ column }) => column),
    places: layout.slots.map(({ place }) => place),
    fineDigits: FINE_DIGITS,
    hours: [layout.hoursBefore, layout.hoursAfter],
    cells: canonicalJson({ maturities: layout.maturities, cells: layout.cells }),
    dimensions,
    unit: plan.unit,
    variants: plan.variants.map(({ key }) => key),
    takingBack: TAKING_BACK,
  };
}

/** SQL of the exact number that a unit has in a slot. */
export function slotValueSql(unit: string, { whole, decimal }: Place): string {
  if (whole === null) return `${unit}.decimals[${decimal}]`;
  const sum = `${unit}.wholes[${whole}]`;
  return decimal === null ? sum : `(${sum} * 1e-${FINE_DIGITS} + ${unit}.decimals[${decimal}])`;
}
