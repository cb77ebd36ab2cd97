import type { Client } from 'pg';
import {
  DAYS_BEFORE,
  type LaunchedExperiment,
  METRICS,
  SETTLING_DAYS,
  WINDOW_DAYS,
} from './experiment.js';

/**
 * What an evaluation of the measured plan reads, by one statement written for it alone: what a rebuild is
 * held against. It answers the same: the moments, what the money is made of, entries that came late,
 * units that met both variants, and sales of which more was taken back than they brought.
 *
 * One pass over the log beside the one that finds the first exposures; the bounds of each unit's
 * windows are stored beside it; a unit's numbers are sums under conditions; and per arm there are sums,
 * sums of squares and of cubes, and the products that the moments need. It knows the metrics, so
 * nothing is looked up; it is in double precision, so it is faster than exact; and it keeps nothing.
 *
 * Each subquery ends in OFFSET 0 where the planner would otherwise compute its columns again for every
 * sum that reads them.
 */

/** The planner takes the cohort for a handful of rows; with these it reads the log once and hashes. */
const PLANNED = `SET LOCAL work_mem = '1GB'; SET LOCAL enable_nestloop = off;
  SET LOCAL enable_mergejoin = off; SET LOCAL enable_sort = off`;

/** What happens gets a number, the frequent first, so that names are compared once. */
const CODES = {
  page_viewed: 1,
  clicked: 2,
  page_loaded: 3,
  session_ended: 4,
  revenue: 5,
  activated: 6,
  shared: 7,
  support_cost: 8,
  refund: 9,
  chargeback: 10,
  cogs: 11,
  incentive: 12,
} as const;
/** Added to the number of what happened in the days before the exposure. */
const BEFORE = 16;

/** What a unit has in its window and in the days before. Money is in minor units. */
const COUNTED = {
  activated: { of: 'activated', kind: 'whether' },
  profit: { of: null, kind: 'amount' },
  shared: { of: 'shared', kind: 'whether' },
  pages: { of: 'page_viewed', kind: 'count' },
  clicks: { of: 'clicked', kind: 'count' },
  session: { of: 'session_ended', kind: 'value' },
  loading: { of: 'page_loaded', kind: 'value' },
  revenue: { of: 'revenue', kind: 'amount' },
  support: { of: 'support_cost', kind: 'amount' },
} as const;

/** What money is made of beside what a metric counts; of these there is a sum, and no moments. */
const PIECES = ['refund', 'chargeback', 'cogs', 'incentive'] as const;

type Name = keyof typeof COUNTED;
export type Column = Name | `${Name}_before` | 'known';

const NAMES = Object.keys(COUNTED) as Name[];

/** Which of them are the columns of each metric, in the order of the plan's columns. */
export const COLUMNS_OF: Readonly<Record<string, readonly Column[]>> = Object.fromEntries(
  METRICS.map(({ key }) => [key, columnsOf(key)]),
);

function columnsOf(key: string): Column[] {
  if (key === 'clicks-per-page') {
    return ['clicks', 'pages', 'clicks_before', 'pages_before', 'known'];
  }
  const renamed: Readonly<Record<string, Name>> = {
    activation: 'activated',
    sharing: 'shared',
    'session-length': 'session',
  };
  const name = renamed[key] ?? (key as Name);
  return [name, `${name}_before`, 'known'];
}

const COLUMNS: readonly Column[] = [
  ...NAMES,
  ...NAMES.map((name): Column => `${name}_before`),
  'known',
];

/** Every pair whose product is a moment: columns of one metric, and values of two. */
const PAIRS: readonly string[] = [
  ...new Set([
    ...Object.values(COLUMNS_OF).flatMap(pairsOf),
    ...pairsOf(Object.values(COLUMNS_OF).map(([value]) => value as Column)),
  ]),
];

function pairsOf(columns: readonly Column[]): string[] {
  return columns.flatMap((one, at) =>
    columns.slice(at + 1).flatMap((other) => (one === other ? [] : [pairOf(one, other)])),
  );
}

/** The name of a product, whichever comes first. */
export function pairOf(one: Column, other: Column): string {
  return COLUMNS.indexOf(one) < COLUMNS.indexOf(other) ? `${one}__${other}` : `${other}__${one}`;
}

function numberOf(name: Name, phase: 'after' | 'before'): string {
  const { of, kind } = COUNTED[name];
  const phased = phase === 'after' ? 0 : BEFORE;
  // Only money has an amount.
  const anything = phase === 'after' ? `hit.code < ${BEFORE}` : `hit.code > ${BEFORE}`;
  const when = `FILTER (WHERE ${of === null ? anything : `hit.code = ${CODES[of] + phased}`})`;
  switch (kind) {
    case 'whether':
      return `least(count(*) ${when}, 1)::float8`;
    case 'count':
      return `(count(*) ${when})::float8`;
    case 'value':
      return `coalesce(sum(hit.value) ${when}, 0)`;
    case 'amount':
      return `coalesce(sum(hit.amount) ${when}, 0)`;
  }
}

const CODE = `CASE event.name ${Object.entries(CODES)
  .map(([name, code]) => `WHEN '${name}' THEN ${code}`)
  .join(' ')} END`;

/**
 * $1 number of the project, $2 experiment, $3 as of. Every sum is by arm and by what has matured; what is
 * not of an arm stands in every row.
 */
const BEST_STATEMENT_SQL = `
WITH exposed AS MATERIALIZED (
  SELECT event.unit, min(event.occurred_at) AS exposed_at,
    min(event.variant COLLATE "C") AS variant, max(event.variant COLLATE "C") AS other
  FROM event
  WHERE event.experiment_id = $2 AND event.type = 'exposure' AND event.occurred_at < $3
  GROUP BY event.unit
),
cohort AS MATERIALIZED (
  SELECT row_number() OVER ()::int AS n, exposed.unit, exposed.exposed_at, exposed.variant,
    exposed.exposed_at - interval '${DAYS_BEFORE} days' AS opens,
    exposed.exposed_at + interval '${WINDOW_DAYS} days' AS closes,
    exposed.exposed_at + interval '${WINDOW_DAYS + SETTLING_DAYS} days' AS settles
  FROM exposed WHERE exposed.variant = exposed.other
),
placed AS (
  SELECT cohort.n, cohort.exposed_at, cohort.opens, cohort.closes, cohort.settles,
    event.occurred_at >= cohort.exposed_at AND event.occurred_at < cohort.settles
      AND event.received_at > event.occurred_at + interval '24 hours' AS is_late,
    event.occurred_at, event.value, event.amount_minor::float8 AS amount, ${CODE} AS code,
    CASE WHEN event.refers_to IS NULL THEN event.occurred_at ELSE (
      SELECT event_id.occurred_at FROM event_id
      WHERE event_id.project = $1 AND event_id.key = event.refers_to) END AS at
  FROM event JOIN cohort ON cohort.unit = event.unit
  WHERE event.project = $1 AND event.occurred_at < $3 AND event.name IS NOT NULL
  OFFSET 0
),
hit AS (
  SELECT placed.n, placed.is_late, placed.value, placed.amount,
    CASE
      WHEN placed.at >= placed.exposed_at THEN
        CASE WHEN placed.at < placed.closes AND placed.occurred_at < placed.settles
          THEN placed.code END
      WHEN placed.at >= placed.opens AND placed.occurred_at < placed.exposed_at
        THEN placed.code + ${BEFORE}
    END AS code
  FROM placed
  OFFSET 0
),
summed AS (
  SELECT hit.n,
    ${NAMES.map((name) => `${numberOf(name, 'after')} AS ${name}`).join(',\n    ')},
    ${NAMES.map((name) => `${numberOf(name, 'before')} AS ${name}_before`).join(',\n    ')},
    ${PIECES.map((name) => `coalesce(sum(hit.amount) FILTER (WHERE hit.code = ${CODES[name]}), 0) AS ${name}`).join(',\n    ')},
    count(*) FILTER (WHERE hit.is_late)::float8 AS late,
    least(count(*) FILTER (WHERE hit.code > ${BEFORE}), 1)::float8 AS known
  FROM hit GROUP BY hit.n
),
unit AS (
  SELECT cohort.variant, cohort.closes <= $3 AS is_complete, cohort.settles <= $3 AS is_settled,
    ${[...COLUMNS, ...PIECES, 'late'].map((column) => `coalesce(summed.${column}, 0) AS ${column}`).join(',\n    ')}
  FROM cohort LEFT JOIN summed ON summed.n = cohort.n
),
refunded AS MATERIALIZED (
  SELECT event.refers_to, event.currency, sum(event.amount_minor) AS amount
  FROM event
  WHERE event.project = $1 AND event.refers_to IS NOT NULL AND event.type = 'money'
    AND event.name IN ('refund', 'chargeback') AND event.occurred_at < $3
  GROUP BY event.refers_to, event.currency
),
over_refunded AS (
  SELECT count(*)::float8 AS sales
  FROM refunded
  CROSS JOIN LATERAL (
    SELECT event_id.occurred_at FROM event_id
    WHERE event_id.project = $1 AND event_id.key = refunded.refers_to AND event_id.occurred_at < $3
    OFFSET 0
  ) AS sold
  CROSS JOIN LATERAL (
    SELECT event.unit, event.occurred_at, event.amount_minor FROM event
    WHERE event.project = $1 AND event.occurred_at = sold.occurred_at
      AND event.key = refunded.refers_to AND event.type = 'money'
      AND event.currency = refunded.currency
    OFFSET 0
  ) AS sale
  JOIN cohort ON cohort.unit = sale.unit AND sale.occurred_at >= cohort.exposed_at
  WHERE sale.amount_minor >= 0 AND sale.amount_minor + refunded.amount < 0
)
SELECT unit.variant, unit.is_complete, unit.is_settled, count(*)::float8 AS n,
  (SELECT count(*) FROM exposed WHERE exposed.variant <> exposed.other)::float8 AS crossovers,
  (SELECT over_refunded.sales FROM over_refunded) AS over_refunded,
  sum(unit.late) AS late,
  ${PIECES.map((name) => `sum(unit.${name}) AS ${name}_1`).join(',\n  ')},
  ${COLUMNS.map((one) => powersOf(one)).join(',\n  ')},
  ${METRICS.map(({ key }) => nonZeroOf(key)).join(',\n  ')},
  ${PAIRS.map((pair) => productOf(pair)).join(',\n  ')}
FROM unit
GROUP BY unit.variant, unit.is_complete, unit.is_settled`;

function powersOf(column: Column): string {
  const x = `unit.${column}`;
  return `sum(${x}) AS ${column}_1, sum(${x} * ${x}) AS ${column}_2, sum(${x} * ${x} * ${x}) AS ${column}_3`;
}

function nonZeroOf(key: string): string {
  const [value] = COLUMNS_OF[key] ?? [];
  return `(count(*) FILTER (WHERE unit.${value} <> 0))::float8 AS "${key}"`;
}

function productOf(pair: string): string {
  const [one, other] = pair.split('__');
  return `sum(unit.${one} * unit.${other}) AS ${pair}`;
}

/** Sums of the units of one arm that are as far, under the names of the statement. */
export interface Group {
  variant: string;
  is_complete: boolean;
  is_settled: boolean;
  sums: Readonly<Record<string, number>>;
}

/** @param asOf with all its digits */
export async function bestSums(
  db: Client,
  project: number,
  experiment: LaunchedExperiment,
  asOf: string,
): Promise<Group[]> {
  await db.query('BEGIN');
  await db.query(PLANNED);
  const { rows } = await db.query<Omit<Group, 'sums'> & Record<string, number>>(
    BEST_STATEMENT_SQL,
    [project, experiment.id, asOf],
  );
  await db.query('COMMIT');
  return rows.map(({ variant, is_complete, is_settled, ...sums }) => ({
    variant,
    is_complete,
    is_settled,
    sums,
  }));
}
