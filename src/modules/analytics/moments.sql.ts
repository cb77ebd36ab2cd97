import { STRATA_MAX } from '../../domain/evaluation/moments.js';
import { QUANTILE_LIMITS_SQL, QUANTILES_SQL } from './quantiles.sql.js';

/**
 * All sums of one evaluation in one statement, so that every number is of one snapshot and each
 * unit's events are read once whatever the number of metrics. Sums are exact (`numeric`) and
 * centred before they become double precision: raw sums of squares in floating point lose the
 * variance of a metric with a large mean.
 *
 * Parameters: $1 project, $2 what the units are taken from, $3 kind of unit, $4 as of, $5 end of
 * enrolment or null, $6 snapshot or null, $7 variants in order, $8 columns, $9 terms, $10 reporting
 * currency, $11 time zone of its days, $12 currencies that can be converted, $13 factor between their minor units and
 * those of the reporting currency, $14 names of the behaviour that counts, $15 longest time to
 * maturity in hours, $16 hours before the exposure that are looked at, $17 instants at which the
 * shares of the variants changed.
 *
 * Windows are half-open. An entry that refers to an original is placed in the window at the
 * original's time, provided it occurred before the unit matured (src/domain/metrics/maturity.ts).
 */
const COLUMNS_SQL = `
WITH counted_column AS MATERIALIZED (
  SELECT given.*, make_interval(hours => given.opens_hours) AS opens,
    make_interval(hours => given.closes_hours) AS closes,
    make_interval(hours => given.until_hours) AS until,
    given.floor * power(10::numeric, given.decimals) AS low,
    given.cap * power(10::numeric, given.decimals) AS high,
    -- What a unit without entries has. It is left out of the sums, which are of distances from it,
    -- and added to the mean, so that such units need no row of their own.
    least(greatest(0, given.floor), given.cap) * power(10::numeric, given.decimals) AS base
  FROM jsonb_to_recordset($8::jsonb) AS given(
    col int, metric int, part text, floor numeric, cap numeric, cut_at float8,
    quantile float8, decimals int,
    opens_hours int, closes_hours int, until_hours int, matured_until timestamptz)
),
term AS MATERIALIZED (
  SELECT given.*, counted_column.opens, counted_column.closes, counted_column.until
  FROM jsonb_to_recordset($9::jsonb) AS given(
    col int, type text, names text[], take text, property text, price_minor bigint,
    currency text, rate numeric)
  JOIN counted_column ON counted_column.col = given.col
),
exposed AS MATERIALIZED (`;

const IN_COHORT_SQL = `
    array_position($7::text[], exposed.variant) AS arm,
    width_bucket(exposed.exposed_at, $17::timestamptz[]) AS period
  FROM exposed
  WHERE NOT exposed.crossed AND exposed.variant = ANY ($7::text[])
    AND ($5::timestamptz IS NULL OR exposed.exposed_at < $5)`;

const COHORT_SQL = `
  SELECT row_number() OVER ()::int AS unit, exposed.unit_id, exposed.exposed_at,${IN_COHORT_SQL}`;

/**
 * The cohort with an arm for each stratum of each arm: arms of the largest stratum first, then those
 * of the next. Small strata beyond the limit share the last arms.
 */
const STRATIFIED_COHORT_SQL = `
  SELECT row_number() OVER ()::int AS unit, ranked.unit_id, ranked.exposed_at, ranked.period,
    ranked.arm + cardinality($7::text[]) * least(ranked.place, ${STRATA_MAX})::int AS arm
  FROM (
    SELECT sized.*, dense_rank()
      OVER (ORDER BY sized.size DESC, sized.stratum COLLATE "C") - 1 AS place
    FROM (
      SELECT exposed.unit_id, exposed.exposed_at, exposed.stratum,
        count(*) OVER (PARTITION BY exposed.stratum) AS size,${IN_COHORT_SQL}
    ) AS sized
  ) AS ranked`;

const ENTRIES_SQL = `
),
hit AS MATERIALIZED (
  SELECT cohort.unit, cohort.arm, cohort.exposed_at, found.type, found.name, found.occurred_at,
    coalesce(original.occurred_at, found.occurred_at) AS placed_at,
    found.value::text::numeric AS value, found.amount_minor, found.currency, found.properties,
    found.occurred_at >= cohort.exposed_at
      AND found.received_at > found.occurred_at + interval '24 hours' AS late
  FROM cohort
  -- One index probe for each unit, whatever the planner knows of the log: OFFSET 0 keeps it from
  -- turning this into a join over CTEs, whose size it cannot see.
  CROSS JOIN LATERAL (
    SELECT event.* FROM event
    WHERE event.project_id = $1 AND event.unit_kind = $3 AND event.unit_id = cohort.unit_id
      AND event.type IN ('event', 'money')
      AND (event.type = 'money' OR event.name = ANY ($14::text[]))
      AND event.occurred_at < $4
      AND (event.occurred_at >= cohort.exposed_at - make_interval(hours => $16)
        OR event.refers_to IS NOT NULL)
      AND event.occurred_at < cohort.exposed_at + make_interval(hours => $15)
      AND ($6::pg_snapshot IS NULL OR pg_visible_in_snapshot(event.xid, $6::pg_snapshot))
    OFFSET 0
  ) AS found
  LEFT JOIN event AS original ON original.project_id = $1 AND original.id = found.refers_to
    AND original.type = 'money' AND found.type = 'money'
    AND ($6::pg_snapshot IS NULL OR pg_visible_in_snapshot(original.xid, $6::pg_snapshot))
),
counted AS (
  SELECT hit.unit, hit.arm, hit.exposed_at, hit.occurred_at, hit.value, hit.properties,
    term.col, term.take, term.property, term.rate,
    CASE term.take WHEN 'price' THEN -term.price_minor ELSE hit.amount_minor END AS amount_minor,
    CASE term.take WHEN 'price' THEN term.currency ELSE hit.currency END AS currency
  FROM hit
  JOIN term ON term.type = hit.type AND (term.names IS NULL OR hit.name = ANY (term.names))
  WHERE hit.placed_at >= hit.exposed_at + term.opens
    AND hit.placed_at < hit.exposed_at + term.closes
    AND hit.placed_at < $4
    AND hit.occurred_at < hit.exposed_at + term.until
    AND (term.take <> 'each_value' OR hit.value IS NOT NULL)
    AND (term.take <> 'each_property'
      OR jsonb_typeof(hit.properties -> term.property) = 'number')
),
converted AS (
  SELECT counted.unit, counted.arm, counted.exposed_at, counted.col, counted.take, counted.value, counted.properties,
    counted.property, counted.rate, counted.currency,
    (counted.occurred_at AT TIME ZONE $11)::date AS day,
    CASE
      WHEN counted.currency = $10 THEN counted.amount_minor::numeric
      ELSE round(counted.amount_minor * exchange_rate.rate * known.factor)
    END AS amount
  FROM counted
  LEFT JOIN exchange_rate ON counted.currency <> $10 AND exchange_rate.project_id = $1
    AND exchange_rate.date = (counted.occurred_at AT TIME ZONE $11)::date
    AND exchange_rate.base = $10 AND exchange_rate.currency = counted.currency
  LEFT JOIN unnest($12::text[], $13::numeric[]) AS known(currency, factor)
    ON known.currency = counted.currency
),
entry AS MATERIALIZED (
  SELECT converted.unit, converted.arm, converted.exposed_at, converted.col,
    CASE converted.take
      WHEN 'one' THEN 1::numeric
      WHEN 'value' THEN coalesce(converted.value, 0)
      WHEN 'each_value' THEN converted.value
      WHEN 'each_property' THEN (converted.properties -> converted.property)::numeric
      WHEN 'property' THEN
        CASE jsonb_typeof(converted.properties -> converted.property)
          WHEN 'number' THEN (converted.properties -> converted.property)::numeric
          ELSE 0
        END
      WHEN 'rate' THEN -round(converted.amount * converted.rate)
      ELSE converted.amount
    END AS value,
    converted.currency, converted.day
  FROM converted
)`;

const SUMS_SQL = `,
unit_value AS MATERIALIZED (
  SELECT entry.unit, entry.arm, entry.col, counted_column.metric, counted_column.part,
    entry.exposed_at <= counted_column.matured_until AS mature,
    least(greatest(
      sum(CASE WHEN counted_column.quantile IS NULL THEN entry.value ELSE 1 END),
      counted_column.low), counted_column.high)
      - counted_column.base AS value
  FROM entry
  JOIN counted_column ON counted_column.col = entry.col
  GROUP BY entry.unit, entry.arm, entry.col, counted_column.metric, counted_column.part, mature,
    counted_column.low, counted_column.high, counted_column.base
),
total AS MATERIALIZED (
  SELECT unit_value.arm, unit_value.col,
    sum(unit_value.value) AS s1, sum(unit_value.value * unit_value.value) AS s2,
    sum(unit_value.value * unit_value.value * unit_value.value) AS s3,
    count(*) FILTER (WHERE unit_value.value <> 0) AS non_zero,
    sum(unit_value.value) FILTER (WHERE unit_value.mature) AS mature_s1,
    sum(unit_value.value * unit_value.value) FILTER (WHERE unit_value.mature) AS mature_s2,
    sum(unit_value.value * unit_value.value * unit_value.value)
      FILTER (WHERE unit_value.mature) AS mature_s3,
    count(*) FILTER (WHERE unit_value.mature AND unit_value.value <> 0) AS mature_non_zero
  FROM unit_value
  GROUP BY unit_value.arm, unit_value.col
),
size AS MATERIALIZED (
  SELECT cohort.arm, counted_column.col, count(*)::numeric AS n,
    count(*) FILTER (WHERE cohort.exposed_at <= counted_column.matured_until)::numeric AS mature_n
  FROM cohort CROSS JOIN counted_column
  GROUP BY cohort.arm, counted_column.col
),
arm AS (
  SELECT size.arm, size.col, counted_column.metric, counted_column.part, size.n, size.mature_n,
    power(10::numeric, counted_column.decimals) AS unit, counted_column.base,
    coalesce(total.s1, 0) AS s1, coalesce(total.s2, 0) AS s2, coalesce(total.s3, 0) AS s3,
    coalesce(total.non_zero, 0) AS non_zero,
    coalesce(total.mature_s1, 0) AS mature_s1, coalesce(total.mature_s2, 0) AS mature_s2,
    coalesce(total.mature_s3, 0) AS mature_s3,
    coalesce(total.mature_non_zero, 0) AS mature_non_zero
  FROM size
  JOIN counted_column ON counted_column.col = size.col
  LEFT JOIN total ON total.arm = size.arm AND total.col = size.col
),
together AS (
  SELECT unit_value.arm, array_agg(unit_value.col) AS cols,
    array_agg(unit_value.metric) AS metrics, array_agg(unit_value.part) AS parts,
    array_agg(unit_value.mature) AS matures, array_agg(unit_value.value) AS amounts
  FROM unit_value
  GROUP BY unit_value.unit, unit_value.arm
),
product AS (
  SELECT together.arm, one.col, other.col AS other, sum(one.value * other.value) AS s12,
    sum(one.value * other.value) FILTER (WHERE one.mature) AS mature_s12
  FROM together
  CROSS JOIN LATERAL unnest(together.cols, together.metrics, together.parts, together.matures,
    together.amounts) AS one(col, metric, part, mature, value)
  CROSS JOIN LATERAL unnest(together.cols, together.metrics, together.parts, together.amounts)
    AS other(col, metric, part, value)
  WHERE other.col > one.col
    AND (other.metric = one.metric OR (one.part = 'value' AND other.part = 'value'))
  GROUP BY together.arm, one.col, other.col
)
SELECT
  (SELECT count(*)::int FROM exposed
   WHERE exposed.crossed AND ($5::timestamptz IS NULL OR exposed.exposed_at < $5)) AS crossovers,
  (SELECT count(*)::int FROM exposed WHERE exposed.exposed_at >= $5) AS outside_cohort,
  (SELECT count(*)::int FROM hit WHERE hit.late) AS late_events,
  (SELECT min(cohort.exposed_at) FROM cohort) AS first_exposure_at,
  (SELECT max(cohort.exposed_at) FROM cohort) AS last_exposure_at,
  (SELECT coalesce(json_agg(json_build_array(size.arm, size.period, size.n)), '[]') FROM (
     SELECT cohort.arm, cohort.period, count(*) AS n FROM cohort
     GROUP BY cohort.arm, cohort.period) AS size) AS units,
  (SELECT coalesce(json_agg(json_build_object(
     'arm', arm.arm, 'col', arm.col,
     'running', json_build_object('n', arm.n,
       'mean', round(arm.s1 / (arm.n * arm.unit) + arm.base / arm.unit, 300)::float8,
       'squares', round((arm.n * arm.s2 - arm.s1 * arm.s1) / (arm.n * arm.unit * arm.unit), 300)::float8,
       'cubes', round((arm.n * arm.n * arm.s3 - 3 * arm.n * arm.s1 * arm.s2
         + 2 * arm.s1 * arm.s1 * arm.s1) / (arm.n * arm.n * arm.unit ^ 3), 300)::float8,
       'nonZero', arm.non_zero),
     'matured', CASE WHEN arm.mature_n > 0 THEN json_build_object('n', arm.mature_n,
       'mean', round(arm.mature_s1 / (arm.mature_n * arm.unit) + arm.base / arm.unit, 300)::float8,
       'squares', round((arm.mature_n * arm.mature_s2 - arm.mature_s1 * arm.mature_s1)
         / (arm.mature_n * arm.unit * arm.unit), 300)::float8,
       'cubes', round((arm.mature_n * arm.mature_n * arm.mature_s3
         - 3 * arm.mature_n * arm.mature_s1 * arm.mature_s2
         + 2 * arm.mature_s1 * arm.mature_s1 * arm.mature_s1)
         / (arm.mature_n * arm.mature_n * arm.unit ^ 3), 300)::float8,
       'nonZero', arm.mature_non_zero) END)), '[]')
   FROM arm) AS arms,
  (SELECT coalesce(json_agg(json_build_object('arm', one.arm, 'col', one.col,
     'other', other.col,
     'running', round((one.n * coalesce(product.s12, 0) - one.s1 * other.s1)
       / (one.n * one.unit * other.unit), 300)::float8,
     'matured', CASE WHEN one.metric = other.metric AND one.mature_n > 0 THEN
       round((one.mature_n * coalesce(product.mature_s12, 0) - one.mature_s1 * other.mature_s1)
         / (one.mature_n * one.unit * other.unit), 300)::float8 END)
     ORDER BY one.arm, one.col, other.col), '[]')
   FROM arm AS one
   JOIN arm AS other ON other.arm = one.arm AND other.col > one.col
     AND (other.metric = one.metric OR (one.part = 'value' AND other.part = 'value'))
   LEFT JOIN product ON product.arm = one.arm AND product.col = one.col
     AND product.other = other.col) AS comoments,
  (SELECT coalesce(json_agg(json_build_object('currency', missing.currency,
     'date', missing.day) ORDER BY missing.currency, missing.day), '[]')
   FROM (SELECT DISTINCT entry.currency, entry.day FROM entry WHERE entry.value IS NULL) AS missing
  ) AS missing_rates`;

/**
 * Where the columns with a cut are to be cut, in the metric's unit: quantiles over the matured units
 * of all arms together, units without entries included as 0 (type 7 of Hyndman and Fan 1996).
 */
const CAPS_SQL = `,
unit_sum AS MATERIALIZED (
  SELECT entry.col, sum(entry.value)::float8 AS value
  FROM entry
  JOIN counted_column ON counted_column.col = entry.col
    AND entry.exposed_at <= counted_column.matured_until
  GROUP BY entry.unit, entry.col
),
silent AS (
  SELECT counted_column.col,
    (SELECT count(*) FROM cohort WHERE cohort.exposed_at <= counted_column.matured_until)
      - (SELECT count(*) FROM unit_sum WHERE unit_sum.col = counted_column.col) AS units
  FROM counted_column
),
pooled AS (
  SELECT unit_sum.col, unit_sum.value FROM unit_sum
  UNION ALL
  SELECT silent.col, 0 FROM silent CROSS JOIN LATERAL generate_series(1, silent.units)
)
SELECT pooled.col,
  percentile_cont(1 - counted_column.cut_at) WITHIN GROUP (ORDER BY pooled.value)
    / power(10::float8, counted_column.decimals) AS low,
  percentile_cont(counted_column.cut_at) WITHIN GROUP (ORDER BY pooled.value)
    / power(10::float8, counted_column.decimals) AS high
FROM pooled
JOIN counted_column ON counted_column.col = pooled.col
GROUP BY pooled.col, counted_column.cut_at, counted_column.decimals`;

/** Units of an experiment, by their exposures; $2 is the experiment. */
const EXPOSED_SQL = exposedSql('');

/** With an attribute of the first exposure, whose name is $18. */
const EXPOSED_IN_STRATA_SQL = exposedSql(`
    (array_agg(event.properties ->> $18::text ORDER BY event.occurred_at, event.id))[1] AS stratum,`);

function exposedSql(more: string): string {
  return `
  SELECT event.unit_id, min(event.occurred_at) AS exposed_at,${more}
    min(event.variant COLLATE "C") AS variant,
    min(event.variant COLLATE "C") <> max(event.variant COLLATE "C") AS crossed
  FROM event
  WHERE event.project_id = $1 AND event.experiment_id = $2 AND event.type = 'exposure'
    AND event.unit_kind = $3 AND event.occurred_at < $4
    AND ($6::pg_snapshot IS NULL OR pg_visible_in_snapshot(event.xid, $6::pg_snapshot))
  GROUP BY event.unit_id`;
}

/**
 * Units of the whole project, as if each had been exposed when it was first seen: $2 is the earliest
 * first sight that counts, and there is one variant.
 */
const FIRST_SEEN_SQL = `
  SELECT event.unit_id, min(event.occurred_at) AS exposed_at, ($7::text[])[1] AS variant,
    false AS crossed
  FROM event
  WHERE event.project_id = $1 AND event.unit_kind = $3 AND event.occurred_at < $4
    AND ($6::pg_snapshot IS NULL OR pg_visible_in_snapshot(event.xid, $6::pg_snapshot))
  GROUP BY event.unit_id
  HAVING min(event.occurred_at) >= $2::timestamptz`;

/** What is asked of the log: sums of all columns, limits of those with a cut, and quantiles. */
export interface PassSql {
  sums: string;
  caps: string;
  quantiles: string;
  quantileLimits: string;
  /** The sums once more, of each stratum of each arm; null where there are no strata. */
  strata: string | null;
}

export const MOMENTS_SQL: PassSql = {
  ...passOver(EXPOSED_SQL),
  strata: `${entriesOf(EXPOSED_IN_STRATA_SQL, STRATIFIED_COHORT_SQL)}${SUMS_SQL}`,
};
export const BASELINE_SQL = passOver(FIRST_SEEN_SQL);

function passOver(units: string): PassSql {
  const entries = entriesOf(units, COHORT_SQL);
  return {
    sums: `${entries}${SUMS_SQL}`,
    caps: `${entries}${CAPS_SQL}`,
    quantiles: `${entries}${QUANTILES_SQL}`,
    quantileLimits: `${entries}${QUANTILE_LIMITS_SQL}`,
    strata: null,
  };
}

function entriesOf(units: string, cohort: string): string {
  return `${COLUMNS_SQL}${units}
),
cohort AS MATERIALIZED (${cohort}${ENTRIES_SQL}`;
}

/** The currencies that have a rate at all against the reporting currency. */
export const CONVERTIBLE_SQL = `
SELECT DISTINCT exchange_rate.currency FROM exchange_rate
WHERE exchange_rate.project_id = $1 AND exchange_rate.base = $2
ORDER BY exchange_rate.currency`;
