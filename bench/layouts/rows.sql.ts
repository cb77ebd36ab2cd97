/**
 * Rows of the log that follow from their number alone, so that every layout holds the same ones and
 * every run measures the same. The stored ones arrive evenly over thirteen and a half weeks, those of
 * a cell after them; most happened within the hour before they arrive, some up to six days before.
 */

/** A Monday. */
const BEGIN = '2026-01-05T00:00:00Z';
export const STORED_WEEKS = 13.5;
/** What is stored is of so many events a unit. */
const EVENTS_PER_UNIT = 20;
const LATE_SHARE = 0.05;

/** How the ids of events are made: version 4 is random, version 7 begins with the time of arrival. */
export type IdKind = 'v4' | 'v7';

const KEY: Record<IdKind, string> = {
  v4: `substr(mixed.hash, 1, 12) || '4' || substr(mixed.hash, 14, 3) || '8' || substr(mixed.hash, 18)`,
  v7: `lpad(to_hex((extract(epoch FROM mixed.received_at) * 1000)::bigint), 12, '0')
         || '7' || substr(mixed.hash, 14, 3) || '8' || substr(mixed.hash, 18)`,
};

/** Makes `layouts.happenings`: rows from `first` to `last`, of which so many are stored beforehand. */
export function generatorSql(kind: IdKind, stored: number): string {
  const units = Math.max(1, Math.round(stored / EVENTS_PER_UNIT));
  return `
    -- From 0 to below 1, the same for the same numbers.
    CREATE FUNCTION layouts.draw(n bigint, which integer) RETURNS double precision
    LANGUAGE sql IMMUTABLE AS
      $$ SELECT (hashint8extended(n, which) & 2147483647)::float8 / 2147483648 $$;
    CREATE FUNCTION layouts.happenings(first bigint, last bigint) RETURNS TABLE (
      n bigint, received_at timestamptz, occurred_at timestamptz, key uuid, digest bigint, unit uuid,
      unit_id text, type text, experiment_id uuid, variant text, name text, value double precision,
      amount_minor bigint, currency text, properties jsonb
    ) LANGUAGE sql STABLE AS $$
      SELECT mixed.n, mixed.received_at,
        greatest('${BEGIN}', mixed.received_at - mixed.late * CASE
          WHEN layouts.draw(mixed.n, 3) < ${LATE_SHARE} THEN interval '6 days'
          ELSE interval '1 hour' END),
        (${KEY[kind]})::uuid, hashint8extended(mixed.n, 7), md5('unit' || mixed.unit)::uuid,
        'visitor-' || mixed.unit, mixed.type,
        CASE WHEN mixed.type = 'exposure' THEN md5('experiment')::uuid END,
        CASE WHEN mixed.type = 'exposure' THEN 'treatment' END,
        CASE mixed.type WHEN 'event' THEN 'page_viewed' WHEN 'money' THEN 'revenue' END,
        CASE WHEN mixed.type = 'event' AND mixed.draw > 0.6 THEN mixed.draw END,
        CASE WHEN mixed.type = 'money' THEN (20000 * mixed.draw)::bigint END,
        CASE WHEN mixed.type = 'money' THEN 'USD' END,
        CASE WHEN mixed.type = 'event' AND mixed.draw < 0.3 THEN '{"page": "/pricing"}'::jsonb END
      FROM (
        SELECT given.n, md5('event' || given.n) AS hash,
          '${BEGIN}'::timestamptz + CASE WHEN given.n <= ${stored}
            THEN given.n::float8 / ${stored} * interval '${STORED_WEEKS * 7} days'
            ELSE interval '${STORED_WEEKS * 7} days' + (given.n - ${stored}) * interval '1 ms'
          END AS received_at,
          (layouts.draw(given.n, 1) * ${units})::bigint AS unit,
          layouts.draw(given.n, 2) AS late, layouts.draw(given.n, 5) AS draw,
          CASE WHEN layouts.draw(given.n, 4) < 0.05 THEN 'exposure'
            WHEN layouts.draw(given.n, 4) < 0.15 THEN 'money' ELSE 'event' END AS type
        FROM generate_series(first, last) AS given(n)
      ) AS mixed
    $$`;
}

/** The week that is dropped: all before this instant. */
export const OLDEST_WEEK_ENDS = new Date(Date.parse(BEGIN) + 7 * 86_400_000);

/** Instants at which weeks begin, from before the first row to after the last. */
export function weeks(): Date[] {
  return Array.from(
    { length: Math.ceil(STORED_WEEKS) },
    (_, week) => new Date(Date.parse(BEGIN) + week * 7 * 86_400_000),
  );
}

export interface Batch {
  receivedAt: string;
  /** Array literals of PostgreSQL, in the order of SENT, sorted by key. */
  columns: string[];
}

/** What is sent with each row, and its type. */
const SENT = [
  ['key', 'uuid'],
  ['occurred_at', 'timestamptz'],
  ['digest', 'bigint'],
  ['unit', 'uuid'],
  ['unit_id', 'text'],
  ['type', 'text'],
  ['experiment_id', 'uuid'],
  ['variant', 'text'],
  ['name', 'text'],
  ['value', 'float8'],
  ['amount_minor', 'bigint'],
  ['currency', 'text'],
  ['properties', 'jsonb'],
] as const;

/** Parameter 1 is the time of arrival; one array per column follows. */
export const SENT_ROWS = `
  SELECT * FROM unnest(${SENT.map(([, type], at) => `$${at + 2}::${type}[]`).join(', ')})
    AS sent (${SENT.map(([name]) => name).join(', ')})`;

/** Of rows $1 to $2. */
export const BATCH = `
  SELECT max(sorted.received_at)::text AS "receivedAt",
    ARRAY[${SENT.map(([name]) => `array_agg(sorted.${name})::text`).join(', ')}] AS columns
  FROM (SELECT * FROM layouts.happenings($1, $2) AS one ORDER BY one.key) AS sorted`;

/** Of the log, what the rows do not take from a default or a constant. */
export const EVENT_COLUMNS = SENT.map(([name]) => name).filter((name) => name !== 'digest');
