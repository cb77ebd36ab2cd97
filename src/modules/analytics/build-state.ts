import type { EntityManager } from 'typeorm';
import { Invalid } from '../../domain/errors.js';
import { EntriesSql } from './entries.sql.js';
import { addExcessSql, countsMoney } from './excess.sql.js';
import { belowSql, leadsSql, linkView } from './links.sql.js';
import { addMomentsSql, keptRows } from './moments.sql.js';
import { isSeen, type Pass, type StateTables } from './pass.js';
import { SqlParameters } from './sql-parameters.js';
import {
  cohortSql,
  type DerivedUnits,
  derivedUnitsSql,
  ENTRIES_WRITTEN_SQL,
  entriesOfCohort,
  UNIT_COLUMNS,
  unitColumns,
} from './units.sql.js';

/** Up to so many units, their rows are looked up one by one instead of reading the whole log. */
const FEW_UNITS = 2_000;

/** How much of a build is done after each of its statements, by what they cost (`npm run bench`). */
const SHARE_DONE = { units: 0.75, occurrences: 0.85, excess: 0.92 };

/** How far a build has come, 0 to 1, and how many entries it has counted. */
export type Progress = (fraction: number, rows: number) => Promise<void>;

/**
 * Fills empty tables of a state from the log. Answers the number of entries that were counted.
 * @throws Invalid `exchange-rate-missing`
 */
export async function buildState(
  manager: EntityManager,
  pass: Pass,
  tables: StateTables,
  progress: Progress = async () => {},
): Promise<number> {
  const which = await chooseUnits(manager, pass);
  // The planner cannot see how many units there are, and would probe an index for each.
  if (which === 'all') await manager.query('SET LOCAL enable_nestloop = off');
  await manager.query('SET LOCAL enable_sort = off');
  const rows = await insertDerived(manager, which, pass, tables.number, tables.units);
  await progress(SHARE_DONE.units, rows);
  await insertOccurrences(manager, which, pass, tables);
  await progress(SHARE_DONE.occurrences, rows);
  await manager.query('SET LOCAL enable_nestloop = on');
  await manager.query('SET LOCAL enable_sort = on');
  await addAllExcess(manager, pass, tables);
  await progress(SHARE_DONE.excess, rows);
  await addAllMoments(manager, pass, tables);
  await progress(1, rows);
  return rows;
}

/** Every sale of which more was taken back than it brought, into an empty table. */
export async function addAllExcess(
  manager: EntityManager,
  pass: Pass,
  tables: StateTables,
): Promise<void> {
  if (!countsMoney(pass)) return;
  const parameters = new SqlParameters();
  await manager.query(addExcessSql(null, tables, pass, parameters), parameters.values);
}

/** The moments of every unit of a state, into an empty table. */
export async function addAllMoments(
  manager: EntityManager,
  pass: Pass,
  tables: StateTables,
): Promise<void> {
  const parameters = new SqlParameters();
  const rows = keptRows(tables, pass, parameters, true);
  await manager.query(addMomentsSql(tables, rows, pass, parameters), parameters.values);
}

/** Who leads to whom: of everybody that is linked, or of the units named and those below them. */
export async function fillMembers(
  manager: EntityManager,
  pass: Pass,
  units: readonly string[] | 'all',
): Promise<void> {
  await manager.query('DELETE FROM unit_member');
  const parameters = new SqlParameters();
  const view = linkView(pass);
  if (units === 'all') {
    if (!pass.hasLinks) return;
    const all = `SELECT DISTINCT link.from_unit AS unit FROM identity_link AS link
      WHERE link.project = ${parameters.bind(pass.project)}
        AND ${isSeen('link', pass, parameters)}`;
    await manager.query(
      `WITH RECURSIVE ${leadsSql(all, view, parameters)}
       INSERT INTO unit_member SELECT leads.member, leads.unit FROM leads`,
      parameters.values,
    );
    return;
  }
  const given = `SELECT named.unit FROM unnest(${parameters.bind(units)}::uuid[]) AS named(unit)`;
  await manager.query(
    pass.hasLinks
      ? `WITH RECURSIVE ${belowSql(given, view, parameters)},
         ${leadsSql('SELECT below.unit FROM below', view, parameters)}
         INSERT INTO unit_member
         SELECT leads.member, leads.unit FROM leads
         WHERE leads.unit IN (SELECT named.unit FROM (${given}) AS named)`
      : `INSERT INTO unit_member SELECT named.unit, named.unit FROM (${given}) AS named`,
    parameters.values,
  );
}

/** Derives the units of "unit_member" into "unit_change", as they are now. */
export async function deriveMembers(
  manager: EntityManager,
  pass: Pass,
  tables: StateTables,
): Promise<void> {
  await insertDerived(manager, 'members', pass, tables.number, 'unit_change');
}

async function chooseUnits(manager: EntityManager, pass: Pass): Promise<DerivedUnits> {
  if ('experimentId' in pass.subject && !pass.hasLinks) {
    const [exposed] = (await manager.query(
      `SELECT count(*)::int AS rows, coalesce(array_agg(DISTINCT exposed.unit), '{}') AS units FROM (
         SELECT event.unit FROM event
         WHERE event.type = 'exposure' AND event.experiment_id = $1
         LIMIT ${3 * FEW_UNITS}
       ) AS exposed`,
      [pass.subject.experimentId],
    )) as { rows: number; units: string[] }[];
    if (
      exposed !== undefined &&
      exposed.rows < 3 * FEW_UNITS &&
      exposed.units.length <= FEW_UNITS
    ) {
      await fillMembers(manager, pass, exposed.units);
      return 'members';
    }
  }
  await fillMembers(manager, pass, 'all');
  return 'all';
}

/**
 * Units as the log has them, into a table of the units of a state, or into "unit_change" as they are now.
 * Answers how many entries they have.
 * @throws Invalid `exchange-rate-missing`
 */
async function insertDerived(
  manager: EntityManager,
  which: DerivedUnits,
  pass: Pass,
  state: number,
  into: string,
): Promise<number> {
  const parameters = new SqlParameters();
  const entries = new EntriesSql(pass, parameters);
  const isChange = into === 'unit_change';
  const [found] = (await manager.query(
    `WITH ${derivedUnitsSql(which, pass, parameters, entries)},
     written AS (
       INSERT INTO ${into} (${isChange ? 'sign, ' : ''}${UNIT_COLUMNS.join(', ')})
       SELECT ${isChange ? '1, ' : ''}${unitColumns('derived', { state: `${parameters.bind(state)}::int` })}
       FROM derived
       RETURNING entries
     )
     ${ENTRIES_WRITTEN_SQL}`,
    parameters.values,
  )) as { rows: string; lacksRate: boolean }[];
  if (found === undefined || found.lacksRate) await throwMissingRates(manager, which, pass);
  return Number(found?.rows ?? 0);
}

/** Single values for quantiles, of all units or of those in "unit_member". */
export async function insertOccurrences(
  manager: EntityManager,
  which: DerivedUnits,
  pass: Pass,
  tables: StateTables,
): Promise<void> {
  await insertValues(manager, pass, tables, (parameters, entries) => {
    return `WITH ${cohortSql(which, pass, parameters, entries)},
      entry AS MATERIALIZED (${entriesOfCohort(which, pass, parameters, entries)})`;
  });
}

/** @param source Expressions that end in "entry" */
export async function insertValues(
  manager: EntityManager,
  pass: Pass,
  tables: StateTables,
  source: (parameters: SqlParameters, entries: EntriesSql) => string,
): Promise<void> {
  const { slots, columns } = pass.layout;
  const quantiles = slots.filter(({ column }) => columns[column]?.quantile !== null);
  if (quantiles.length === 0) return;
  const parameters = new SqlParameters();
  const entries = new EntriesSql(pass, parameters);
  const before = source(parameters, entries);
  const selects = quantiles.flatMap((slot) => {
    const found = entries.occurrence(slot);
    return found === null
      ? []
      : `SELECT ${parameters.bind(tables.number)}::int, entry.unit, ${slot.column}, ${found.value}
         FROM entry WHERE ${found.condition}`;
  });
  await manager.query(
    `${before} INSERT INTO ${tables.occurrences} (state, unit, "column", value)
     ${selects.join(' UNION ALL ')}`,
    parameters.values,
  );
}

async function throwMissingRates(
  manager: EntityManager,
  which: DerivedUnits,
  pass: Pass,
): Promise<never> {
  const parameters = new SqlParameters();
  const entries = new EntriesSql(pass, parameters);
  return await throwMissing(
    manager,
    pass,
    `WITH ${cohortSql(which, pass, parameters, entries)},
      entry AS (${entriesOfCohort(which, pass, parameters, entries)})`,
    entries,
    parameters,
  );
}

/**
 * @param before Expressions that end in "entry"
 * @throws Invalid `exchange-rate-missing`, always
 */
export async function throwMissing(
  manager: EntityManager,
  pass: Pass,
  before: string,
  entries: EntriesSql,
  parameters: SqlParameters,
): Promise<never> {
  const missing = (await manager.query(
    `${before}
     SELECT DISTINCT ${entries.missingCurrency()} AS currency, ${entries.day()}::text AS date
     FROM entry WHERE ${entries.isWithoutRate()}
     ORDER BY 1, 2`,
    parameters.values,
  )) as { currency: string; date: string }[];
  const base = pass.plan.currency;
  const named = missing.map(({ currency, date }) => `${currency} on ${date}`).join(', ');
  throw new Invalid(
    'exchange-rate-missing',
    `There is no rate to ${base} for ${named}. Store it with PUT /v1/exchange-rates and evaluate again.`,
    [],
    { base, missing },
  );
}
