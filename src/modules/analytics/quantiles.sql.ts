/** What is asked of the entries of one pass over the log (moments.sql.ts) for quantile metrics. */

/** Events of quantile metrics, among matured units and among all. */
const EVENTS_SQL = `,
occurrence AS MATERIALIZED (
  SELECT scope.matured, entry.arm, entry.col, entry.unit, entry.value::float8 AS value,
    counted_column.quantile
  FROM entry
  JOIN counted_column ON counted_column.col = entry.col AND counted_column.quantile IS NOT NULL
  JOIN (VALUES (true), (false)) AS scope(matured)
    ON NOT scope.matured OR entry.exposed_at <= counted_column.matured_until
)`;

/**
 * Quantiles (type 7) and how the events below them spread over units. The squares are those of
 * (events below - share · events) per unit, exact before they become double precision.
 */
export const QUANTILES_SQL = `${EVENTS_SQL},
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
    sum(cluster.below * cluster.below) AS below2, sum(cluster.events * cluster.events) AS events2,
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

/** The order statistics around them; $18 says at which probabilities. */
export const QUANTILE_LIMITS_SQL = `${EVENTS_SQL}
SELECT asked.matured, asked.arm, asked.col,
  percentile_cont(asked.low) WITHIN GROUP (ORDER BY occurrence.value) AS lower,
  percentile_cont(asked.high) WITHIN GROUP (ORDER BY occurrence.value) AS upper
FROM occurrence
JOIN jsonb_to_recordset($18::jsonb) AS asked(
  matured boolean, arm int, col int, low float8, high float8)
  ON asked.matured = occurrence.matured AND asked.arm = occurrence.arm
    AND asked.col = occurrence.col
GROUP BY asked.matured, asked.arm, asked.col, asked.low, asked.high`;
