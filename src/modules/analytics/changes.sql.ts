import { EntriesSql } from './entries.sql.js';
import { leadsSql, linkView } from './links.sql.js';
import { isSeen, isVisible, type Pass, type StateTables } from './pass.js';
import type { Snapshot } from './snapshot.js';
import type { SqlParameters } from './sql-parameters.js';
import type { Place } from './state-layout.js';
import { UNIT_COLUMNS, unitColumns } from './units.sql.js';

/** Up to where the log is in a state. */
export interface Before {
  snapshot: Snapshot;
  asOf: Date;
  enrolmentEndedAt: Date | null;
}

/**
 * Rows of the log that are not in a state, into "fresh_event": those whose transaction its snapshot had
 * not seen, and those that had not happened at its instant. The first are found by the index on
 * arrival, from the oldest transaction that was still under way; the second by time.
 * @param limit Where to stop
 */
export function addFreshSql(
  pass: Pass,
  before: Before,
  limit: number,
  parameters: SqlParameters,
): string {
  const project = parameters.bind(pass.project);
  const [now, then] = [parameters.bind(pass.asOf), parameters.bind(before.asOf)];
  const seen = isSeen('event', { snapshot: null, reversed: pass.reversed }, parameters);
  const rows = (condition: string) => `
      SELECT event.occurred_at, event.received_at, event.value, event.amount_minor, event.key,
        event.unit, event.refers_to, event.experiment_id, event.type, event.variant, event.name,
        event.currency, event.properties, event.unassigned
      FROM event
      WHERE event.project = ${project} AND ${seen} AND event.occurred_at < ${now}::timestamptz
        AND ${condition}`;
  return `WITH added AS (
      INSERT INTO fresh_event
      ${rows(`event.xid >= ${parameters.bind(before.snapshot.xmin)}::bigint
        AND NOT ${isVisible('event.xid', before.snapshot, parameters)}`)}
      UNION ALL
      ${rows(`event.occurred_at >= ${then}::timestamptz
        AND ${isVisible('event.xid', before.snapshot, parameters)}`)}
      LIMIT ${limit}
      RETURNING 1
    )
    SELECT count(*)::int AS rows FROM added`;
}

/**
 * Units whose rows must be derived again, as they stand in the log, as rows (unit): of new exposures
 * that change something, of links, of voided imports, of entries whose original has come, and of
 * erasures.
 */
export function touchedUnitsSql(
  pass: Pass,
  before: Before,
  newlyReversed: readonly number[],
  tables: StateTables,
  parameters: SqlParameters,
): string {
  if (!('experimentId' in pass.subject)) throw new RangeError('only an experiment has a state');
  const project = parameters.bind(pass.project);
  const variants = () => parameters.bind(pass.plan.variants.map(({ key }) => key));
  const experiment = parameters.bind(pass.subject.experimentId);
  // With links the unit that is kept is another than the one that was exposed.
  const changesNothing = pass.hasLinks
    ? 'false'
    : `EXISTS (SELECT FROM ${tables.units} AS kept
          WHERE kept.state = ${parameters.bind(tables.number)}::int AND kept.unit = fresh.unit
            AND kept.exposed_at < fresh.occurred_at AND coalesce(fresh.unassigned, false) = false
            AND kept.arm = array_position(${variants()}::text[], fresh.variant))`;
  const parts = [
    `SELECT fresh.unit FROM fresh_event AS fresh
       WHERE fresh.type = 'exposure' AND fresh.experiment_id = ${experiment}::uuid
         AND NOT ${changesNothing}`,
    `SELECT refund.unit FROM fresh_event AS fresh
       JOIN event AS refund ON refund.project = ${project} AND refund.refers_to = fresh.key
       WHERE EXISTS (SELECT FROM event AS any_refund
         WHERE any_refund.project = ${project} AND any_refund.refers_to IS NOT NULL)`,
    `SELECT around.unit FROM erased_unit AS erased
       CROSS JOIN LATERAL unnest(erased.neighbours || erased.unit) AS around(unit)
       WHERE erased.project = ${project} AND NOT ${isVisible('erased.xid', before.snapshot, parameters)}`,
  ];
  if (newlyReversed.length > 0) {
    const list = parameters.bind(newlyReversed);
    parts.push(
      `SELECT voided.unit FROM event AS voided WHERE voided.import = ANY (${list}::int[])`,
      `SELECT refund.unit FROM event AS voided
         JOIN event AS refund ON refund.project = ${project} AND refund.refers_to = voided.key
         WHERE voided.import = ANY (${list}::int[])`,
    );
  }
  return parts.join('\n      UNION\n      ');
}

/**
 * Changes of units by new entries alone, into "unit_change": how each was (-1) and how it is (+1).
 * Answers how many entries there were, and how many lack an exchange rate.
 */
export function addEntriesSql(pass: Pass, tables: StateTables, parameters: SqlParameters): string {
  const entries = new EntriesSql(pass, parameters);
  const { slots } = pass.layout;
  const added = (part: keyof Place, type: string) => {
    const name = `${part}s`;
    const sums = slots.flatMap(({ place }) => {
      const at = place[part];
      return at === null ? [] : [`kept.${name}[${at}] + delta.${name}[${at}]`];
    });
    return `CASE sign.sign WHEN 1 THEN ARRAY[${sums.join(', ')}]::${type}[] ELSE kept.${name} END`;
  };
  const more = (column: 'entries' | 'late') =>
    `kept.${column} + CASE sign.sign WHEN 1 THEN delta.${column} ELSE 0 END`;
  return `
    WITH RECURSIVE ${freshEntriesSql(pass, tables, parameters, entries)},
    delta AS MATERIALIZED (
      SELECT entry.unit, count(*)::int AS entries, ${entries.late()}::int AS late,
        ${entries.missingRates()} AS missing,
        ${entries.wholes()} AS wholes, ${entries.decimals()} AS decimals
      FROM entry GROUP BY entry.unit
    ),
    changed AS (
      INSERT INTO unit_change (sign, ${UNIT_COLUMNS.join(', ')})
      SELECT sign.sign, ${unitColumns('kept', {
        entries: more('entries'),
        late: more('late'),
        wholes: added('whole', 'bigint'),
        decimals: added('decimal', 'numeric'),
      })}
      FROM delta
      CROSS JOIN LATERAL (${keptUnit('delta.unit', tables, parameters)}) AS kept
      CROSS JOIN (VALUES (-1), (1)) AS sign(sign)
    )
    SELECT coalesce(sum(delta.entries), 0)::text AS rows,
      coalesce(sum(delta.missing), 0)::text AS missing
    FROM delta`;
}

/**
 * "entry": new entries of units whose rows stand, those of "unit_member" left out, because they are
 * derived again and would count twice.
 */
export function freshEntriesSql(
  pass: Pass,
  tables: StateTables,
  parameters: SqlParameters,
  entries: EntriesSql,
): string {
  const unit = pass.hasLinks ? 'leads.unit' : 'event.unit';
  const leads = pass.hasLinks
    ? `${leadsSql('SELECT fresh.unit FROM fresh_event AS fresh', linkView(pass), parameters)},`
    : '';
  return `${leads}
    entry AS (${entries.rows(`(${entries.logged('fresh_event AS event', 'true')}) AS event
        ${pass.hasLinks ? 'JOIN leads ON leads.member = event.unit' : ''}
        CROSS JOIN LATERAL (
          SELECT known.unit, known.exposed_at, ${entries.boundColumns('known.exposed_at')}
          FROM (${keptUnit(unit, tables, parameters)}) AS known
          WHERE known.arm > 0
            AND NOT EXISTS (SELECT FROM unit_member WHERE unit_member.unit = known.unit)
          OFFSET 0
        ) AS cohort`)})`;
}

/** Units that a change of the clock or of the end of enrolment moves, into "unit_change". */
export function addMovedSql(
  pass: Pass,
  before: Before,
  tables: StateTables,
  parameters: SqlParameters,
): string | null {
  const [now, then] = [parameters.bind(pass.asOf), parameters.bind(before.asOf)];
  const ranges = pass.layout.maturities.map(
    (hours) => `(kept.exposed_at > ${then}::timestamptz - interval '${hours} hours'
        AND kept.exposed_at <= ${now}::timestamptz - interval '${hours} hours')`,
  );
  const ends = [pass.enrolmentEndedAt, before.enrolmentEndedAt];
  if (ends[0]?.getTime() !== ends[1]?.getTime()) {
    const first = ends.reduce((one, other) => earlier(one, other), null);
    if (first !== null) ranges.push(`kept.exposed_at >= ${parameters.bind(first)}::timestamptz`);
  }
  if (ranges.length === 0) return null;
  return `
    INSERT INTO unit_change (sign, ${UNIT_COLUMNS.join(', ')})
    SELECT sign.sign, ${unitColumns('kept')}
    FROM ${tables.units} AS kept
    CROSS JOIN (VALUES (-1), (1)) AS sign(sign)
    WHERE kept.state = ${parameters.bind(tables.number)}::int AND (${ranges.join(' OR ')})
      AND NOT EXISTS (SELECT FROM unit_change AS known WHERE known.unit = kept.unit)`;
}

/** Writes what "unit_change" says. */
export function writeUnitsSql(tables: StateTables, parameters: SqlParameters): string {
  const changing = UNIT_COLUMNS.filter((column) => column !== 'state' && column !== 'unit')
    .map((column) => `${column} = excluded.${column}`)
    .join(', ');
  return `
    INSERT INTO ${tables.units} (${UNIT_COLUMNS.join(', ')})
    SELECT ${unitColumns('changed')}
    FROM unit_change AS changed
    WHERE changed.sign = 1 AND changed.state = ${parameters.bind(tables.number)}::int
    ON CONFLICT (state, unit) DO UPDATE SET ${changing}`;
}

/** Units that are not in the log any more go. */
export function removeUnitsSql(tables: StateTables, parameters: SqlParameters): string {
  return `
    DELETE FROM ${tables.units} AS kept
    USING unit_change AS changed
    WHERE kept.state = ${parameters.bind(tables.number)}::int AND kept.unit = changed.unit
      AND changed.sign = -1
      AND NOT EXISTS (SELECT FROM unit_change AS still
        WHERE still.unit = changed.unit AND still.sign = 1)`;
}

/** How units that are to be derived again were, into "unit_change". */
export function addKeptSql(
  units: readonly string[],
  tables: StateTables,
  parameters: SqlParameters,
): string {
  return `
    INSERT INTO unit_change (sign, ${UNIT_COLUMNS.join(', ')})
    SELECT -1, ${unitColumns('kept')}
    FROM unnest(${parameters.bind(units)}::uuid[]) AS named(unit)
    CROSS JOIN LATERAL (${keptUnit('named.unit', tables, parameters)}) AS kept`;
}

/** A probe of the index for each unit, whatever the planner knows: OFFSET 0. */
function keptUnit(unit: string, tables: StateTables, parameters: SqlParameters): string {
  return `SELECT probed.* FROM ${tables.units} AS probed
            WHERE probed.state = ${parameters.bind(tables.number)}::int AND probed.unit = ${unit}
            OFFSET 0`;
}

function earlier(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}
