import type { SummedColumn } from '../../domain/evaluation/counted-columns.js';
import type { FrozenCaps } from '../../domain/evaluation/history.js';
import type { Pass, StateTables } from './pass.js';
import type { SqlParameters } from './sql-parameters.js';
import {
  type Cell,
  FINE_DIGITS,
  type Place,
  slotValueSql,
  type StateLayout,
} from './state-layout.js';

/** Rows of units that vectors of moments are summed from, and as of when each has matured. */
export interface UnitRows {
  /** A relation with the columns of `evaluation_unit`. */
  from: string;
  /** SQL of the factor 1 or -1 with which a row counts; null for rows that all count once. */
  sign: string | null;
  /** SQL of the instant up to which a row has matured. */
  asOf: string;
  /** SQL of the end of enrolment, or null. */
  enrolmentEndedAt: string | null;
  /** Whether the days of exposure are kept apart. */
  byDay: boolean;
}

/** Days of exposure are counted from here. */
const FIRST_DAY = '2000-01-01';
/** Where a square is cut in two: of numbers of so many bits, each half fits 64 bits multiplied once more. */
const HALF_BITS = 31;
/** How often a column is a factor of a sum over it; of a product it depends. */
const POWERS: Partial<Record<Cell['sum'], number>> = { first: 1, second: 2, third: 3, nonZero: 0 };
/** Arms beside the variants: units that met several, and units exposed after the end of enrolment. */
export const CROSSED_ARM = 0;
export const LATE_ARM = -1;

/**
 * Adds rows of units to the stored moments of their arm, their day of exposure and the metrics for
 * which they have matured; once for all units, and once for the value of each of their dimensions.
 */
export function addMomentsSql(
  tables: StateTables,
  rows: UnitRows,
  pass: Pass,
  parameters: SqlParameters,
): string {
  return `
    INSERT INTO ${tables.moments} (state, dimension, value, arm, day, matured, sums)
    SELECT ${parameters.bind(tables.number)}::int, vector.dimension, vector.value, vector.arm,
      vector.day, vector.matured, vector.sums
    FROM (${vectorsSql(rows, pass, parameters)}) AS vector
    ON CONFLICT (state, dimension, value, arm, day, matured) DO UPDATE SET sums = ARRAY(
      SELECT sums.known + sums.added
      FROM unnest(${tables.moments}.sums, excluded.sums) AS sums(known, added))`;
}

/** Vectors (dimension, value, arm, day, matured, sums) straight from rows of units. */
function vectorsSql(rows: UnitRows, pass: Pass, parameters: SqlParameters): string {
  const { layout, dimensions } = pass;
  const { cells, maturities } = layout;
  const read = [...new Set(cells.flatMap(columnsOf))];
  const columns = new ColumnsSql(layout, pass, parameters);
  const { enrolmentEndedAt: ended } = rows;
  const arm =
    ended === null
      ? 'counted.arm'
      : `CASE WHEN counted.exposed_at >= ${ended} THEN ${LATE_ARM}::smallint ELSE counted.arm END`;
  const bits = maturities.map(
    (hours, at) =>
      `CASE WHEN counted.exposed_at <= ${rows.asOf} - interval '${hours} hours' THEN ${2 ** at} ELSE 0 END`,
  );
  const day = rows.byDay
    ? `((counted.exposed_at AT TIME ZONE 'UTC')::date - date '${FIRST_DAY}')`
    : '0';
  const groups = ["(0, '')"].concat(
    dimensions.map((_, at) => `(${at + 1}, coalesce('v' || counted.dimensions[${at + 1}], 'n'))`),
  );
  const sums = cells.map((cell) => columns.sum(cell, rows.sign !== null, pass.isWide));
  return `
      SELECT part.dimension, part.value, part.arm, part.day, part.matured,
        ARRAY[${sums.join(', ')}]::numeric[] AS sums
      FROM (
        SELECT ${rows.sign === null ? '' : `${rows.sign} AS sign,`}
          ${dimensions.length === 0 ? `0 AS dimension, '' AS value` : 'named.dimension, named.value'},
          ${arm} AS arm, ${day} AS day, ${bits.join(' + ') || '0'} AS matured,
          counted.late, counted.unassigned
          ${read.map((column) => `, ${columns.value(column)}`).join('')}, ${columns.isFine(read)} AS is_fine
        FROM ${rows.from} AS counted
        ${
          dimensions.length === 0
            ? ''
            : `CROSS JOIN LATERAL (VALUES ${groups.join(', ')}) AS named(dimension, value)`
        }
        OFFSET 0
      ) AS part
      GROUP BY part.dimension, part.value, part.arm, part.day, part.matured`;
}

function columnsOf(cell: Cell): number[] {
  if (cell.sum === 'product') return [cell.column, cell.other];
  return 'column' in cell ? [cell.column] : [];
}

/** One of the two ways in which units are summed: which units, and what of them is multiplied. */
interface Way {
  condition: string | null;
  value: (column: number) => string;
  isWhole: (column: number) => boolean;
}

/**
 * What a column of a unit is worth, and the sums over it. Columns of values are summed as whole numbers
 * of 10 ^ -FINE_DIGITS over units all of whose values were such, and exactly over the others.
 */
class ColumnsSql {
  constructor(
    private readonly layout: StateLayout,
    private readonly pass: Pick<Pass, 'caps' | 'plan'>,
    private readonly parameters: SqlParameters,
  ) {}

  /** What a row has of a column. */
  value(column: number): string {
    const found = this.layout.columns[column];
    const place = this.placeOf(column);
    if (found === undefined) throw new RangeError('a cell has a column');
    const sum = slotValueSql('counted', place);
    const limits = capOf(found, this.pass);
    if (found.part === 'capped') {
      const cut = limits === null ? `${sum}::numeric` : this.cut(sum, limits, found.decimals);
      return `${cut} AS c${column}`;
    }
    if (this.isSplit(column)) {
      return `counted.wholes[${place.whole}] AS c${column}, counted.decimals[${place.decimal}] AS r${column}`;
    }
    // Of a share: whether it happened, however often.
    return `${this.isShare(column) ? `least(${sum}, 1)` : sum} AS c${column}`;
  }

  /** Whether all values of a row were whole numbers of the smallest digit. */
  isFine(columns: readonly number[]): string {
    const split = columns.filter((column) => this.isSplit(column));
    const rests = split.map((column) => `counted.decimals[${this.placeOf(column).decimal}] = 0`);
    return rests.join(' AND ') || 'true';
  }

  sum(cell: Cell, isSigned: boolean, isWide: boolean): string {
    if (cell.sum === 'units') return isSigned ? 'sum(part.sign)' : 'count(*)';
    if (cell.sum === 'late' || cell.sum === 'unassigned') {
      return `coalesce(sum(${isSigned ? 'part.sign * ' : ''}part.${cell.sum}), 0)`;
    }
    const split = columnsOf(cell).filter((column) => this.isSplit(column));
    const whole: Way = {
      condition: split.length === 0 ? null : 'part.is_fine',
      value: (column) => `part.c${column}`,
      isWhole: (column) => this.isWhole(column),
    };
    const fine = this.sumOf(cell, whole, isSigned, isWide);
    if (split.length === 0) return fine;
    const rest: Way = {
      condition: 'NOT part.is_fine',
      value: (column) =>
        this.isSplit(column)
          ? `(part.c${column} * 1e-${FINE_DIGITS} + part.r${column})`
          : `part.c${column}`,
      isWhole: (column) => this.isWhole(column) && !this.isSplit(column),
    };
    const digits = FINE_DIGITS * (POWERS[cell.sum] ?? split.length);
    return `${digits === 0 ? fine : `(${fine}) * 1e-${digits}`} + ${this.sumOf(cell, rest, isSigned, isWide)}`;
  }

  private sumOf(
    cell: Cell,
    { condition, value, isWhole }: Way,
    isSigned: boolean,
    isWide: boolean,
  ): string {
    if (!('column' in cell)) throw new RangeError('no such sum');
    const total = (summed: string, when: string | null = null): string => {
      const conditions = [condition, when].filter((one) => one !== null).join(' AND ');
      const filter = conditions === '' ? '' : `FILTER (WHERE ${conditions})`;
      return `coalesce(sum(${isSigned ? 'part.sign * ' : ''}${summed}) ${filter}, 0)`;
    };
    const x = value(cell.column);
    const isOfWholes = isWhole(cell.column);
    const wide = isWide && isOfWholes ? `${x}::numeric` : x;
    // All powers of 0 and 1 are the same.
    if (cell.sum === 'first' || (cell.sum !== 'product' && this.isShare(cell.column))) {
      return total(x);
    }
    switch (cell.sum) {
      case 'second':
        return total(`${wide} * ${x}`);
      case 'third':
        if (isWide || !isOfWholes) return total(`${wide} * ${x} * ${x}`);
        // Cubes leave 64 bits long before squares do, so the two halves of the square are multiplied.
        return `${total(`(${x} * ${x} >> ${HALF_BITS}) * ${x}`)} * ${2 ** HALF_BITS}
          + ${total(`(${x} * ${x} & ${2 ** HALF_BITS - 1}) * ${x}`)}`;
      case 'nonZero':
        return total('1', `${x} <> 0`);
      case 'product':
        return total(`${wide} * ${value(cell.other)}`);
    }
  }

  private isShare(column: number): boolean {
    const found = this.layout.columns[column];
    return found?.part !== 'capped' && found?.cap === 1;
  }

  private isSplit(column: number): boolean {
    const { whole, decimal } = this.placeOf(column);
    return this.layout.columns[column]?.part !== 'capped' && whole !== null && decimal !== null;
  }

  private isWhole(column: number): boolean {
    return this.layout.columns[column]?.part !== 'capped' && this.placeOf(column).whole !== null;
  }

  private placeOf(column: number): Place {
    const slot = this.layout.slots[this.layout.slotOf[column] ?? -1];
    if (slot === undefined) throw new RangeError('a column has a slot');
    return slot.place;
  }

  private cut(
    sum: string,
    { low, high }: { low: number | null; high: number },
    decimals: number,
  ): string {
    const limit = (value: number) =>
      `${this.parameters.bind(String(value))}::numeric * 1e${decimals}`;
    const least = `least(${sum}::numeric, ${limit(high)})`;
    return low === null ? least : `greatest(${least}, ${limit(low)})`;
  }
}

/** Where a column is cut: as the metric says, or as its limits were found; null for not at all. */
export function capOf(
  column: SummedColumn,
  { plan, caps }: { plan: Pass['plan']; caps: FrozenCaps },
): { low: number | null; high: number } | null {
  if (column.part !== 'capped') return null;
  if (column.cut === null) return column.cap === null ? null : { low: null, high: column.cap };
  return caps[plan.metrics[column.metric]?.definition.key ?? ''] ?? null;
}

/** All vectors of a state, days together, as rows (matured, dimension, value, arm, sums as text). */
export function readMomentsSql(tables: StateTables, parameters: SqlParameters): string {
  return `
    SELECT total.matured, total.dimension, total.value, total.arm,
      array_agg(total.sum::text ORDER BY total.place) AS sums
    FROM (
      SELECT moment.matured, moment.dimension, moment.value, moment.arm, cell.place,
        sum(cell.sum) AS sum
      FROM ${tables.moments} AS moment
      CROSS JOIN LATERAL unnest(moment.sums) WITH ORDINALITY AS cell(sum, place)
      WHERE moment.state = ${parameters.bind(tables.number)}::int
      GROUP BY moment.matured, moment.dimension, moment.value, moment.arm, cell.place
    ) AS total
    GROUP BY total.matured, total.dimension, total.value, total.arm`;
}

/** The same straight from the units: for limits that are not frozen yet. */
export function scanMomentsSql(tables: StateTables, pass: Pass, parameters: SqlParameters): string {
  const rows = keptRows(tables, pass, parameters, false);
  return `
    SELECT vector.matured, vector.dimension, vector.value, vector.arm,
      vector.sums::text[] AS sums
    FROM (${vectorsSql(rows, pass, parameters)}) AS vector`;
}

/** Every unit of a state, as of a pass. */
export function keptRows(
  tables: StateTables,
  { asOf, enrolmentEndedAt }: Pass,
  parameters: SqlParameters,
  byDay: boolean,
): UnitRows {
  return {
    from: `(SELECT kept.* FROM ${tables.units} AS kept
            WHERE kept.state = ${parameters.bind(tables.number)}::int)`,
    sign: null,
    asOf: `${parameters.bind(asOf)}::timestamptz`,
    enrolmentEndedAt:
      enrolmentEndedAt === null ? null : `${parameters.bind(enrolmentEndedAt)}::timestamptz`,
    byDay,
  };
}
