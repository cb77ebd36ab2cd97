import { hoursToMaturity } from '../../domain/evaluation/counted-columns.js';
import type { Pass, StateTables } from './pass.js';
import type { SqlParameters } from './sql-parameters.js';
import { slotValueSql } from './state-layout.js';

const HOUR_MS = 3_600_000;

/**
 * Quantiles (type 7) and how the events below them spread over units. The squares are those of
 * (events below - share · events) per unit, exact before they become double precision.
 */
export function quantilesSql(tables: StateTables, pass: Pass, parameters: SqlParameters): string {
  return `WITH ${occurrencesSql(tables, pass, parameters)},
    point AS MATERIALIZED (
      SELECT occurrence.matured, occurrence.arm, occurrence.col,
        percentile_cont(occurrence.quantile) WITHIN GROUP (ORDER BY occurrence.value) AS estimate
      FROM occurrence
      GROUP BY occurrence.matured, occurrence.arm, occurrence.col, occurrence.quantile
    ),
    cluster AS (
      SELECT point.matured, point.arm, point.col, point.estimate, count(*)::numeric AS events,
        count(*) FILTER (WHERE occurrence.value <= point.estimate)::numeric AS below
      FROM occurrence
      JOIN point ON point.matured = occurrence.matured AND point.arm = occurrence.arm
        AND point.col = occurrence.col
      GROUP BY point.matured, point.arm, point.col, point.estimate, occurrence.unit
    ),
    summed AS (
      SELECT cluster.matured, cluster.arm, cluster.col, cluster.estimate, count(*) AS units,
        sum(cluster.events) AS events, sum(cluster.below) AS below,
        sum(cluster.below * cluster.below) AS below2,
        sum(cluster.events * cluster.events) AS events2,
        sum(cluster.below * cluster.events) AS product
      FROM cluster
      GROUP BY cluster.matured, cluster.arm, cluster.col, cluster.estimate
    )
    SELECT summed.matured, summed.arm, summed.col, summed.estimate, summed.units::float8,
      summed.events::float8 AS rows,
      ((summed.events * summed.events * summed.below2
        - 2 * summed.events * summed.below * summed.product
        + summed.below * summed.below * summed.events2)
        / (summed.events * summed.events))::float8 AS squares
    FROM summed`;
}

/** Order statistics at probabilities that are asked for: JSON of (matured, arm, col, low, high). */
export function quantileLimitsSql(
  asked: readonly object[],
  tables: StateTables,
  pass: Pass,
  parameters: SqlParameters,
): string {
  return `WITH ${occurrencesSql(tables, pass, parameters)}
    SELECT asked.matured, asked.arm, asked.col,
      percentile_cont(asked.low) WITHIN GROUP (ORDER BY occurrence.value) AS lower,
      percentile_cont(asked.high) WITHIN GROUP (ORDER BY occurrence.value) AS upper
    FROM occurrence
    JOIN jsonb_to_recordset(${parameters.bind(JSON.stringify(asked))}::jsonb) AS asked(
      matured boolean, arm int, col int, low float8, high float8)
      ON asked.matured = occurrence.matured AND asked.arm = occurrence.arm
        AND asked.col = occurrence.col
    GROUP BY asked.matured, asked.arm, asked.col, asked.low, asked.high`;
}

/** Where the columns with a cut that has no limits yet are to be cut, in the metric's unit. */
export function capsSql(
  columns: Pass['layout']['columns'],
  tables: StateTables,
  pass: Pass,
  parameters: SqlParameters,
): string {
  return columns
    .map((column) => {
      const slot = pass.layout.slots[pass.layout.slotOf[column.column] ?? -1];
      const quantile = column.cut?.quantile ?? 0;
      if (slot === undefined) throw new RangeError('a column has a slot');
      const value = `${slotValueSql('kept', slot.place)}::float8`;
      const at = (share: number) =>
        `percentile_cont(${share}) WITHIN GROUP (ORDER BY ${value}) / 1e${column.decimals}`;
      return `
        SELECT ${column.column} AS col, ${at(1 - quantile)} AS low, ${at(quantile)} AS high
        FROM ${tables.units} AS kept
        WHERE ${inCohort('kept', tables, pass, parameters)}
          AND kept.exposed_at <= ${parameters.bind(maturedUntil(column.metric, pass))}::timestamptz
        HAVING count(*) > 0`;
    })
    .join(' UNION ALL ');
}

/** Events of quantile metrics, among matured units and among all. */
function occurrencesSql(tables: StateTables, pass: Pass, parameters: SqlParameters): string {
  const columns = pass.layout.columns
    .filter(({ quantile }) => quantile !== null)
    .map(
      ({ column, quantile, metric }) =>
        `(${column}, ${quantile}::float8, ${parameters.bind(maturedUntil(metric, pass))}::timestamptz)`,
    );
  return `occurrence AS MATERIALIZED (
      SELECT scope.matured, kept.arm, found."column" AS col, kept.unit, found.value,
        wanted.quantile
      FROM ${tables.occurrences} AS found
      JOIN (VALUES ${columns.join(', ')}) AS wanted(col, quantile, matured_until)
        ON wanted.col = found."column"
      JOIN ${tables.units} AS kept ON kept.state = found.state AND kept.unit = found.unit
      JOIN (VALUES (true), (false)) AS scope(matured)
        ON NOT scope.matured OR kept.exposed_at <= wanted.matured_until
      WHERE found.state = ${parameters.bind(tables.number)}::int
        AND ${inCohort('kept', tables, pass, parameters)}
    )`;
}

function inCohort(
  alias: string,
  tables: StateTables,
  { enrolmentEndedAt }: Pass,
  parameters: SqlParameters,
): string {
  const ended =
    enrolmentEndedAt === null
      ? ''
      : ` AND ${alias}.exposed_at < ${parameters.bind(enrolmentEndedAt)}::timestamptz`;
  return `${alias}.state = ${parameters.bind(tables.number)}::int AND ${alias}.arm > 0${ended}`;
}

function maturedUntil(metric: number, { plan, asOf }: Pass): Date {
  const definition = plan.metrics[metric]?.definition;
  const hours = definition === undefined ? 0 : hoursToMaturity(definition);
  return new Date(asOf.getTime() - hours * HOUR_MS);
}
