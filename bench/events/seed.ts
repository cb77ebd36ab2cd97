import type { Client } from 'pg';
import { type EventSpace, unitKey } from '../../src/modules/events/event-keys.js';
import { oneRow } from '../support/embedded-database.js';
import {
  DAYS_BEFORE,
  ENROLMENT_DAYS,
  LAUNCHED_DAYS_AGO,
  type LaunchedExperiment,
  VARIANTS,
  WINDOW_DAYS,
} from './experiment.js';
import { EVENTS_PER_UNIT } from './sizes.js';

/**
 * Fills the log from inside the database, in the order in which the events would have arrived, with
 * every index in place. What a unit does follows from its number, so that two logs of one size hold
 * the same happenings at the same distance from now; the ids are random.
 */

export interface Seeding {
  db: Client;
  space: EventSpace;
  experiment: LaunchedExperiment;
  /** The instant before which everything lies. */
  now: Date;
}

/** Shares of what units do; what is left is of no metric. The ends of their bands. */
const BANDS: readonly (readonly [name: string, end: number])[] = [
  ['page_viewed', 0.4],
  ['clicked', 0.6],
  ['page_loaded', 0.7],
  ['session_ended', 0.8],
  ['activated', 0.83],
  ['shared', 0.86],
  ['revenue', 0.93],
  ['support_cost', 0.96],
  ['page_scrolled', 1],
];
const REFUNDED_SHARE = 0.1;
const CROSSED_SHARE = 0.005;

/** The name of what happens at `draw`, a number from 0 to below 1. */
export function nameAt(draw: number): string {
  return BANDS.find(([, end]) => draw < end)?.[0] ?? '';
}

const PREPARE = `
  CREATE SCHEMA bench;
  -- From 0 to below 1, the same for the same numbers.
  CREATE FUNCTION bench.draw(unit bigint, which integer) RETURNS double precision
  LANGUAGE sql IMMUTABLE AS
    $$ SELECT (hashint8extended(unit, which) & 2147483647)::float8 / 2147483648 $$;
  CREATE TABLE bench.unit (
    n bigint PRIMARY KEY,
    unit uuid NOT NULL,
    unit_id text NOT NULL,
    variant text NOT NULL,
    exposed_at timestamptz NOT NULL
  );
  CREATE UNLOGGED TABLE bench.happening (
    key uuid NOT NULL DEFAULT gen_random_uuid(),
    n bigint NOT NULL,
    -- null: an exposure.
    name text,
    variant text,
    occurred_at timestamptz NOT NULL,
    draw double precision NOT NULL,
    refers_to uuid
  )`;

/** A unit's key is that of src/modules/events/event-keys.ts. $1 first, $2 last, $3 project, $4 now. */
const UNITS = `
  INSERT INTO bench.unit (n, unit, unit_id, variant, exposed_at)
  SELECT given.n,
    encode(substring(sha256(event_space.salt || convert_to(
      'unit' || chr(10) || 'visitor' || chr(10) || 'visitor-' || given.n, 'UTF8')) FOR 16), 'hex')::uuid,
    'visitor-' || given.n,
    CASE given.n % 2 WHEN 0 THEN '${VARIANTS[0]}' ELSE '${VARIANTS[1]}' END,
    $4::timestamptz - interval '${LAUNCHED_DAYS_AGO} days'
      + bench.draw(given.n, 1000) * interval '${ENROLMENT_DAYS} days'
  FROM generate_series($1::bigint, $2::bigint) AS given(n)
  CROSS JOIN event_space WHERE event_space.number = $3`;

const NAME = `CASE ${BANDS.map(([name, end]) => `WHEN drawn.q < ${end} THEN '${name}'`).join(' ')} END`;

/** $1 first, $2 last, $3 now. Evenly from before the exposure to the end of the window, or to now. */
const HAPPENINGS = `
  INSERT INTO bench.happening (n, name, variant, occurred_at, draw)
  SELECT drawn.n, CASE WHEN drawn.slot > 0 THEN ${NAME} END,
    CASE WHEN drawn.slot = 0 THEN drawn.variant END,
    CASE WHEN drawn.slot = 0 THEN drawn.exposed_at
      ELSE drawn.opens + drawn.t * (drawn.closes - drawn.opens) END,
    drawn.r
  FROM (
    SELECT unit.*, slot.slot, unit.exposed_at - interval '${DAYS_BEFORE} days' AS opens,
      least(unit.exposed_at + interval '${WINDOW_DAYS} days', $3::timestamptz - interval '1 hour')
        AS closes,
      bench.draw(unit.n, 4 * slot.slot) AS t, bench.draw(unit.n, 4 * slot.slot + 1) AS q,
      bench.draw(unit.n, 4 * slot.slot + 2) AS r
    FROM bench.unit CROSS JOIN generate_series(0, ${EVENTS_PER_UNIT - 1}) AS slot(slot)
    WHERE unit.n BETWEEN $1 AND $2
  ) AS drawn`;

/** Some sales are taken back within five days. $1 now. */
const REFUNDS = `
  INSERT INTO bench.happening (n, name, occurred_at, draw, refers_to)
  SELECT sale.n, 'refund',
    least(sale.occurred_at + 5 * sale.draw * interval '1 day', $1::timestamptz - interval '1 minute'),
    sale.draw, sale.key
  FROM bench.happening AS sale
  WHERE sale.name = 'revenue' AND (100 * sale.draw)::numeric % 1 < ${REFUNDED_SHARE}`;

/** Some units meet the other variant an hour later. */
const CROSSOVERS = `
  INSERT INTO bench.happening (n, variant, occurred_at, draw)
  SELECT unit.n, CASE unit.variant WHEN '${VARIANTS[0]}' THEN '${VARIANTS[1]}' ELSE '${VARIANTS[0]}' END,
    unit.exposed_at + interval '1 hour', 0
  FROM bench.unit
  WHERE unit.n BETWEEN $1 AND $2 AND bench.draw(unit.n, 1001) < ${CROSSED_SHARE}`;

/**
 * $1 how many, $2 now: one more thing that so many of the cohort did after their exposure. Each is of
 * another unit, so that as many units are touched in a small log as in a large one, and as many as
 * there can be.
 */
const NEW_HAPPENINGS = `
  INSERT INTO bench.happening (n, name, occurred_at, draw)
  SELECT drawn.n, ${NAME},
    drawn.exposed_at + drawn.t * (least(drawn.exposed_at + interval '${WINDOW_DAYS} days',
      $2::timestamptz - interval '1 minute') - drawn.exposed_at),
    drawn.r
  FROM (
    SELECT chosen.*, random() AS t, random() AS q, random() AS r
    FROM (SELECT unit.* FROM bench.unit ORDER BY random() LIMIT $1) AS chosen
  ) AS drawn`;

/** $1 first, $2 last, $3 now: new units, met in the last two days. */
const NEW_EXPOSURES = `
  WITH met AS (
    UPDATE bench.unit SET exposed_at = $3::timestamptz - interval '2 days' * bench.draw(unit.n, 1000)
      - interval '1 minute'
    WHERE unit.n BETWEEN $1 AND $2 RETURNING unit.n, unit.variant, unit.exposed_at
  )
  INSERT INTO bench.happening (n, variant, occurred_at, draw)
  SELECT met.n, met.variant, met.exposed_at, 0 FROM met`;

const WEEKS = `
  SELECT ensure_event_week(week.starts_at) FROM (
    SELECT DISTINCT date_trunc('week', happening.occurred_at, 'UTC') AS starts_at FROM bench.happening
  ) AS week`;

const SALE = `500 + floor(happening.draw * happening.draw * 20000)`;

/** $1 project, $2 experiment. */
const STORE_EVENTS = `
  INSERT INTO event (occurred_at, received_at, value, amount_minor, project, key, unit, refers_to,
    experiment_id, type, unit_kind, unit_id, variant, name, currency, properties, source)
  SELECT happening.occurred_at, happening.occurred_at + interval '1 second',
    CASE happening.name WHEN 'page_loaded' THEN floor(happening.draw * 3000) / 100
      WHEN 'session_ended' THEN floor(happening.draw * 600) END,
    CASE happening.name WHEN 'revenue' THEN ${SALE} WHEN 'refund' THEN -(${SALE})
      WHEN 'support_cost' THEN -(100 + floor(happening.draw * 900)) END,
    $1, happening.key, unit.unit, happening.refers_to,
    CASE WHEN happening.name IS NULL THEN $2::uuid END,
    CASE WHEN happening.name IS NULL THEN 'exposure'
      WHEN happening.name IN ('revenue', 'refund', 'support_cost') THEN 'money' ELSE 'event' END,
    'visitor', unit.unit_id, happening.variant, happening.name,
    CASE WHEN happening.name IN ('revenue', 'refund', 'support_cost') THEN 'USD' END,
    CASE happening.name WHEN 'page_viewed' THEN '{"page": "/pricing"}'::jsonb END, 'server'
  FROM bench.happening JOIN bench.unit ON unit.n = happening.n
  ORDER BY happening.occurred_at`;

/** $1 project. */
const STORE_IDS = `
  INSERT INTO event_id (occurred_at, digest, project, key)
  SELECT happening.occurred_at, hashtextextended(happening.key::text, 0), $1, happening.key
  FROM bench.happening ORDER BY happening.occurred_at`;

export async function prepareSeeding({ db }: Seeding): Promise<void> {
  await db.query(PREPARE);
}

/**
 * Stores whole units until the log holds about so many events.
 * @returns how many units there are
 */
export async function fillUntil(seeding: Seeding, events: number): Promise<number> {
  const { db, now } = seeding;
  const wanted = Math.round(events / EVENTS_PER_UNIT);
  const known = await unitsOf(seeding);
  if (wanted <= known) return known;
  await addUnits(seeding, known + 1, wanted);
  await db.query(HAPPENINGS, [known + 1, wanted, now]);
  await db.query(REFUNDS, [now]);
  await db.query(CROSSOVERS, [known + 1, wanted]);
  await store(seeding);
  await db.query('VACUUM (ANALYZE) event, event_id, bench.unit');
  await db.query('CHECKPOINT');
  return wanted;
}

/** One new event in twenty is the exposure of a new unit, as in the log. */
export async function addNews(seeding: Seeding, count: number): Promise<void> {
  const { db } = seeding;
  const { now } = await oneRow<{ now: Date }>(db, 'SELECT becausal_now() AS now');
  const exposures = Math.floor(count / EVENTS_PER_UNIT);
  const { rowCount } = await db.query(NEW_HAPPENINGS, [count - exposures, now]);
  if (rowCount !== count - exposures) throw new Error(`there are only ${rowCount} units`);
  const known = await unitsOf(seeding);
  if (exposures > 0) {
    await addUnits(seeding, known + 1, known + exposures);
    await db.query(NEW_EXPOSURES, [known + 1, known + exposures, now]);
  }
  await store(seeding);
}

async function unitsOf({ db }: Seeding): Promise<number> {
  const { units } = await oneRow<{ units: string }>(
    db,
    'SELECT coalesce(max(unit.n), 0) AS units FROM bench.unit',
  );
  return Number(units);
}

async function addUnits(seeding: Seeding, first: number, last: number): Promise<void> {
  const { db, space, now } = seeding;
  await db.query(UNITS, [first, last, space.number, now]);
  const { unit } = await oneRow<{ unit: string }>(
    db,
    'SELECT unit.unit FROM bench.unit WHERE unit.n = $1',
    [last],
  );
  if (unit !== unitKey(space, { kind: 'visitor', id: `visitor-${last}` })) {
    throw new Error('the service has other keys of units than the benchmark');
  }
}

/** Both tables in one transaction, as the service stores them; this commit need not be durable. */
async function store({ db, space, experiment }: Seeding): Promise<void> {
  await db.query(WEEKS);
  await db.query('BEGIN');
  await db.query("SET LOCAL synchronous_commit = off; SET LOCAL work_mem = '1GB'");
  await db.query(STORE_EVENTS, [space.number, experiment.id]);
  await db.query(STORE_IDS, [space.number]);
  await db.query('COMMIT');
  await db.query('TRUNCATE bench.happening');
}
