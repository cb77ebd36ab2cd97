import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { EventSpace } from './event-keys.js';
import { columnsOf, type EventRow } from './event-row.js';

/** What became of the rows of one call. */
export interface Appended {
  /** Keys that had been in the log before. */
  known: ReadonlySet<string>;
  /** Of those, the digests that are not the ones of this call. */
  otherDigests: ReadonlyMap<string, string>;
  /** Units whose events were erased: nothing of theirs was stored. */
  erasedUnits: ReadonlySet<string>;
}

/** The append-only log of events: an id is unique in its project for as long as the event is kept. */
@Injectable()
export class EventLog {
  /**
   * Begins a transaction that appends, and says when it is. Erasures of the project wait for its
   * end, so that none misses what is being stored.
   */
  async enter(manager: EntityManager, space: EventSpace): Promise<Date> {
    const rows = (await manager.query(
      'SELECT becausal_now() AS now, pg_advisory_xact_lock_shared($1, $2)',
      [SPACE_LOCK, space.number],
    )) as { now: Date }[];
    if (rows[0] === undefined) throw new Error('the clock row is missing');
    return rows[0].now;
  }

  /** Begins a transaction that erases: it waits for those that append to the project. */
  async enterAlone(manager: EntityManager, space: EventSpace): Promise<void> {
    await manager.query('SELECT pg_advisory_xact_lock($1, $2)', [SPACE_LOCK, space.number]);
  }

  /**
   * Stores what is not there yet, in the transaction of the caller.
   *
   * Ids are taken in the order of their keys, so that overlapping batches wait for each other
   * instead of dead-locking. A second statement reads what others stored: it has a snapshot of its
   * own and sees the row that made the first one step back.
   *
   * @param rows With distinct keys.
   */
  async append(
    manager: EntityManager,
    space: EventSpace,
    rows: readonly EventRow[],
    how: { receivedAt: Date; import: number | null },
  ): Promise<Appended> {
    const sorted = rows.toSorted((a, b) => (a.key < b.key ? -1 : 1));
    const answers = (await manager.query(APPEND, [
      space.number,
      how.receivedAt.toISOString(),
      how.import,
      ...columnsOf(space, sorted),
    ])) as { key: string | null; unit: string | null }[];
    const known = new Set<string>();
    const erasedUnits = new Set<string>();
    for (const { key, unit } of answers) {
      if (key !== null) known.add(key);
      if (unit !== null) erasedUnits.add(unit);
    }
    if (known.size === 0) return { known, erasedUnits, otherDigests: new Map() };
    const again = sorted.filter(({ key }) => known.has(key));
    const otherDigests = new Map<string, string>();
    for (const [key, digest] of await this.otherDigests(manager, space, again)) {
      if (digest === null) throw new StepBack();
      otherDigests.set(key, digest);
    }
    return { known, erasedUnits, otherDigests };
  }

  /**
   * The keys of those rows whose content is not what the log holds under them, with the digest it
   * holds; null where it holds nothing.
   */
  async otherDigests(
    manager: EntityManager,
    space: EventSpace,
    rows: readonly EventRow[],
  ): Promise<ReadonlyMap<string, string | null>> {
    const others = (await manager.query(COMPARE, [
      space.number,
      `{${rows.map(({ key }) => key).join(',')}}`,
      `{${rows.map(({ digest }) => digest).join(',')}}`,
    ])) as { key: string; digest: string | null }[];
    return new Map(others.map(({ key, digest }) => [key, digest]));
  }
}

/** Any number, for locks on the space of a project. */
const SPACE_LOCK = 7_411_902;

/**
 * An id was there when the insert stepped back, and is gone now: its week has been dropped between.
 * Calling the event a duplicate would lose it, so the transaction is tried again, as after any
 * serialization failure.
 */
class StepBack extends Error {
  readonly code = '40001';
}

/** The number of the transaction is asked for once: as the default of a column, it is for each row. */
const APPEND = `
  WITH sent AS MATERIALIZED (
    SELECT * FROM unnest($4::uuid[], $5::timestamptz[], $6::bigint[], $7::uuid[], $8::text[],
      $9::text[], $10::text[], $11::text[], $12::text[], $13::timestamptz[], $14::uuid[],
      $15::boolean[], $16::jsonb[], $17::text[], $18::text[], $19::float8[], $20::bigint[],
      $21::text[], $22::uuid[], $23::uuid[], $24::uuid[], $25::text[], $26::text[])
      AS sent (key, occurred_at, digest, unit, type, unit_kind, unit_id, id, source, claimed_at,
        experiment_id, unassigned, properties, variant, name, value, amount_minor, currency,
        refers_to, from_unit, to_unit, from_kind, to_kind)
  ), writing AS MATERIALIZED (
    SELECT pg_current_xact_id()::text::bigint AS xid
  ), erased AS MATERIALIZED (
    SELECT erased_unit.unit FROM erased_unit
    WHERE erased_unit.project = $1 AND (erased_unit.unit = ANY ($7::uuid[])
      OR erased_unit.unit = ANY ($23::uuid[]) OR erased_unit.unit = ANY ($24::uuid[]))
  ), kept AS MATERIALIZED (
    SELECT sent.key, sent.occurred_at, sent.digest FROM sent
    WHERE NOT EXISTS (SELECT FROM erased
      WHERE erased.unit IN (sent.unit, sent.from_unit, sent.to_unit))
    ORDER BY sent.key
  ), taken AS (
    INSERT INTO event_id (xid, project, key, occurred_at, digest, import)
    SELECT (SELECT writing.xid FROM writing), $1, kept.key, kept.occurred_at, kept.digest,
      $3::integer
    FROM kept
    ON CONFLICT (project, key) DO NOTHING
    RETURNING event_id.key
  ), appended AS (
    INSERT INTO event (xid, project, received_at, import, key, occurred_at, unit, type, unit_kind,
      unit_id, id, source, claimed_at, experiment_id, variant, unassigned, name, value,
      amount_minor, currency, refers_to, properties)
    SELECT (SELECT writing.xid FROM writing), $1, $2::timestamptz, $3::integer, sent.key,
      sent.occurred_at, sent.unit, sent.type, sent.unit_kind, sent.unit_id, sent.id, sent.source,
      sent.claimed_at, sent.experiment_id, sent.variant, sent.unassigned, sent.name, sent.value,
      sent.amount_minor, sent.currency, sent.refers_to, sent.properties
    FROM sent JOIN taken ON taken.key = sent.key
  ), linked AS (
    INSERT INTO identity_link (project, import, key, occurred_at, from_unit, to_unit, from_kind,
      to_kind)
    SELECT $1, $3::integer, sent.key, sent.occurred_at, sent.from_unit, sent.to_unit,
      sent.from_kind, sent.to_kind
    FROM sent JOIN taken ON taken.key = sent.key WHERE sent.from_unit IS NOT NULL
  )
  SELECT kept.key, NULL AS unit FROM kept
  WHERE NOT EXISTS (SELECT FROM taken WHERE taken.key = kept.key)
  UNION ALL
  SELECT NULL, erased.unit FROM erased`;

/** One look into the index for each key: a join might read the whole table instead. */
const COMPARE = `
  SELECT compared.key, compared.stored AS digest
  FROM (
    SELECT sent.key, sent.digest, (SELECT event_id.digest FROM event_id
      WHERE event_id.project = $1 AND event_id.key = sent.key) AS stored
    FROM unnest($2::uuid[], $3::bigint[]) AS sent (key, digest)
    OFFSET 0
  ) AS compared
  WHERE compared.stored IS DISTINCT FROM compared.digest`;
