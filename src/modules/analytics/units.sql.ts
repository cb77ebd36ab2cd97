import { EntriesSql, oldestHours } from './entries.sql.js';
import { isSeen, type Pass } from './pass.js';
import type { SqlParameters } from './sql-parameters.js';
import type { Place } from './state-layout.js';

/** Which units are derived from the log: all of them, or those that "unit_member" names. */
export type DerivedUnits = 'all' | 'members';

/** What is kept of a unit. */
export const UNIT_COLUMNS = [
  'state',
  'unit',
  'exposed_at',
  'arm',
  'entries',
  'late',
  'unassigned',
  'wholes',
  'decimals',
  'dimensions',
] as const;
type UnitColumn = (typeof UNIT_COLUMNS)[number];

/**
 * What is kept of a unit, of the rows of `alias` and in the order of the columns.
 * @param other SQL of the columns that are something else
 */
export function unitColumns(
  alias: string,
  other: Partial<Record<UnitColumn, string>> = {},
): string {
  return UNIT_COLUMNS.map((column) => other[column] ?? `${alias}.${column}`).join(', ');
}

/** Said as the number of entries of a unit that has money without an exchange rate. */
const WITHOUT_RATE = -1;

/** SQL of how many entries the units of "written" (entries) have, and whether one lacks a rate. */
export const ENTRIES_WRITTEN_SQL = `SELECT coalesce(sum(written.entries), 0)::text AS rows,
    coalesce(bool_or(written.entries = ${WITHOUT_RATE}), false) AS "lacksRate"
  FROM written`;

/**
 * Units with their first exposure, their arm and their sums, as the log has them: rows of
 * `evaluation_unit` without its state. Where an exchange rate is missing, that is said instead of the
 * number of entries, because an insert can answer with nothing but columns of its table; no such row
 * stays.
 */
export function derivedUnitsSql(
  which: DerivedUnits,
  pass: Pass,
  parameters: SqlParameters,
  entries: EntriesSql,
): string {
  return `
    ${cohortSql(which, pass, parameters, entries)},
    summed AS (
      SELECT entry.unit, count(*) AS entries, ${entries.late()} AS late,
        ${entries.missingRates()} AS missing,
        ${entries.wholes()} AS wholes, ${entries.decimals()} AS decimals
      FROM (${entriesOfCohort(which, pass, parameters, entries)}) AS entry
      GROUP BY entry.unit
    ),
    derived AS (
      SELECT cohort.unit, cohort.exposed_at, cohort.arm,
        CASE WHEN summed.missing > 0 THEN ${WITHOUT_RATE}
          ELSE coalesce(summed.entries, 0) END::int AS entries,
        coalesce(summed.late, 0)::int AS late, cohort.unassigned,
        coalesce(summed.wholes, ${zeros(pass, 'whole')}::bigint[]) AS wholes,
        coalesce(summed.decimals, ${zeros(pass, 'decimal')}::numeric[]) AS decimals,
        cohort.dimensions
      FROM cohort LEFT JOIN summed ON summed.unit = cohort.unit
    )`;
}

/** The expressions before the sums: "cohort" has a row for each exposed unit. */
export function cohortSql(
  which: DerivedUnits,
  pass: Pass,
  parameters: SqlParameters,
  entries: EntriesSql,
): string {
  return `sighting AS (${sightingsSql(which, pass, parameters)}),
    cohort AS MATERIALIZED (
      SELECT met.unit, met.exposed_at, met.arm, met.unassigned, met.dimensions,
        ${entries.boundColumns('met.exposed_at')}
      FROM (${unitsOfSightings(pass, parameters)}) AS met
      OFFSET 0
    )`;
}

/** Entries of the units in "cohort"; units that met several variants have none. */
export function entriesOfCohort(
  which: DerivedUnits,
  pass: Pass,
  parameters: SqlParameters,
  entries: EntriesSql,
): string {
  const project = parameters.bind(pass.project);
  const seen = isSeen('event', pass, parameters);
  const since = isSince('event', pass, parameters);
  if (which === 'members') {
    // One probe of the index for each unit and week, whatever the planner knows.
    const probed = entries.logged(
      'event',
      `event.project = ${project}
        AND event.unit = ${pass.hasLinks ? 'unit_member.member' : 'cohort.unit'}
        AND event.occurred_at >= cohort.exposed_at - interval '${oldestHours(pass.layout)} hours'
        AND cohort.arm > 0 AND ${seen} AND ${since}`,
    );
    return entries.rows(`cohort
        ${pass.hasLinks ? 'JOIN unit_member ON unit_member.unit = cohort.unit' : ''}
        CROSS JOIN LATERAL (${probed}) AS event`);
  }
  const read = entries.logged('event', `event.project = ${project} AND ${seen} AND ${since}`);
  return entries.rows(`(${read}) AS event
        ${pass.hasLinks ? 'LEFT JOIN unit_member ON unit_member.member = event.unit' : ''}
        JOIN cohort ON cohort.arm > 0
          AND cohort.unit = ${pass.hasLinks ? 'coalesce(unit_member.unit, event.unit)' : 'event.unit'}`);
}

/** Rows (unit, occurred_at, key, arm, unassigned, dimensions) of which the earliest of a unit counts. */
function sightingsSql(which: DerivedUnits, pass: Pass, parameters: SqlParameters): string {
  const { subject, hasLinks, plan } = pass;
  const project = parameters.bind(pass.project);
  const asOf = parameters.bind(pass.asOf);
  const unit = unitOf(which, hasLinks);
  // One probe of the index for each member, whatever the planner knows: OFFSET 0.
  const from =
    which === 'members'
      ? `unit_member CROSS JOIN LATERAL (
          SELECT probed.* FROM event AS probed
          WHERE probed.project = ${project} AND ${isSince('probed', pass, parameters)}
            AND probed.unit = ${hasLinks ? 'unit_member.member' : 'unit_member.unit'}
          OFFSET 0
        ) AS event`
      : hasLinks
        ? 'event LEFT JOIN unit_member ON unit_member.member = event.unit'
        : 'event';
  const common = `event.project = ${project} AND event.occurred_at < ${asOf}::timestamptz
        AND ${isSince('event', pass, parameters)} AND ${isSeen('event', pass, parameters)}`;
  if ('firstSeenFrom' in subject) {
    return `
      SELECT ${unit} AS unit, event.occurred_at, event.key, 1 AS arm, NULL::boolean AS unassigned,
        '{}'::text[] AS dimensions
      FROM ${from}
      WHERE ${common} AND event.unit_kind = ${parameters.bind(plan.unit)}`;
  }
  const variants = parameters.bind(plan.variants.map(({ key }) => key));
  return `
      SELECT ${unit} AS unit, event.occurred_at, event.key, event.unassigned,
        coalesce(array_position(${variants}::text[], event.variant), 0) AS arm,
        ${attributes(pass, parameters)} AS dimensions
      FROM ${from}
      WHERE ${common} AND event.type = 'exposure'
        AND event.experiment_id = ${parameters.bind(subject.experimentId)}::uuid`;
}

/** Weeks before anything that can count are left out when the statement is planned. */
function isSince(alias: string, { since }: Pass, parameters: SqlParameters): string {
  return since === null ? 'true' : `${alias}.occurred_at >= ${parameters.bind(since)}::timestamptz`;
}

function unitsOfSightings({ subject, dimensions }: Pass, parameters: SqlParameters): string {
  const grouped = `
      SELECT sighting.unit, min(sighting.occurred_at) AS exposed_at,
        CASE WHEN min(sighting.arm) = max(sighting.arm) THEN min(sighting.arm) ELSE 0 END::smallint
          AS arm,
        coalesce(bool_or(sighting.unassigned), false)::int AS unassigned,
        ${
          dimensions.length === 0
            ? `'{}'::text[]`
            : `(array_agg(to_jsonb(sighting.dimensions)
                ORDER BY sighting.occurred_at, sighting.key))[1]`
        } AS said
      FROM sighting GROUP BY sighting.unit
      ${
        'firstSeenFrom' in subject
          ? `HAVING min(sighting.occurred_at) >= ${parameters.bind(subject.firstSeenFrom)}::timestamptz`
          : ''
      }`;
  const said =
    dimensions.length === 0
      ? 'grouped.said'
      : `ARRAY[${dimensions.map((_, at) => `grouped.said ->> ${at}`).join(', ')}]::text[]`;
  return `SELECT grouped.unit, grouped.exposed_at, grouped.arm, grouped.unassigned,
        ${said} AS dimensions FROM (${grouped}) AS grouped`;
}

function unitOf(which: DerivedUnits, hasLinks: boolean): string {
  if (which === 'members') return 'unit_member.unit';
  return hasLinks ? 'coalesce(unit_member.unit, event.unit)' : 'event.unit';
}

/** Longer values are cut: they are names of groups. */
const DIMENSION_LENGTH_MAX = 100;

function attributes({ dimensions }: Pass, parameters: SqlParameters): string {
  if (dimensions.length === 0) return `'{}'::text[]`;
  const values = dimensions.map(
    (name) => `left(event.properties ->> ${parameters.bind(name)}::text, ${DIMENSION_LENGTH_MAX})`,
  );
  return `ARRAY[${values.join(', ')}]::text[]`;
}

function zeros({ layout }: Pass, part: keyof Place): string {
  const count = layout.slots.filter(({ place }) => place[part] !== null).length;
  return `'{${Array<string>(count).fill('0').join(',')}}'`;
}
