import type { EntityManager } from 'typeorm';
import {
  addAllExcess,
  deriveMembers,
  fillMembers,
  insertOccurrences,
  insertValues,
  throwMissing,
} from './build-state.js';
import {
  addEntriesSql,
  addFreshSql,
  addKeptSql,
  addMovedSql,
  type Before,
  freshEntriesSql,
  removeUnitsSql,
  touchedUnitsSql,
  writeUnitsSql,
} from './changes.sql.js';
import { EntriesSql } from './entries.sql.js';
import { addExcessSql, ASKED_SALES_SQL, countsMoney } from './excess.sql.js';
import { freshLinksSql, leadsSql, linksBefore, linkView } from './links.sql.js';
import { addMomentsSql } from './moments.sql.js';
import { isVisible, type Pass, type StateTables } from './pass.js';
import { ask, SqlParameters } from './sql-parameters.js';

/** More new rows than this share of those counted cost less as a rebuild. */
const REBUILD_SHARE = 0.1;
/** Fewer are never worth one. */
const REBUILD_ROWS_MIN = 20_000;

/**
 * Brings a state from the snapshot and instant it stands at to those of the pass, in a time that
 * follows what is new. New entries are added to the sums of their units; units for which something
 * else changed are derived again from the log; and moments take the difference between how each
 * changed unit was and how it is.
 *
 * @returns the number of new entries, or `rebuild` where that is cheaper
 * @throws Invalid `exchange-rate-missing`
 */
export async function refreshState(
  manager: EntityManager,
  pass: Pass,
  before: Before & { rows: number },
  tables: StateTables,
): Promise<{ rows: number } | 'rebuild'> {
  // The planner may not know the newest rows yet, and would read all to find them.
  await manager.query('SET LOCAL enable_seqscan = off');
  const most = Math.ceil(Math.max(REBUILD_ROWS_MIN, REBUILD_SHARE * before.rows));
  const [found] = await ask<{ rows: number }>(manager, (parameters) =>
    addFreshSql(pass, before, most + 1, parameters),
  );
  const fresh = found?.rows ?? 0;
  if (fresh > most) {
    // A rebuild does read all.
    await manager.query('SET LOCAL enable_seqscan = on');
    return 'rebuild';
  }
  // What is found from here on is found row by row; a bitmap of a row would be read by other processes.
  await manager.query('SET LOCAL enable_bitmapscan = off');
  const touched = await findTouched(manager, pass, before, tables);
  await fillMembers(manager, pass, touched);
  const rows = fresh === 0 ? 0 : await addEntries(manager, pass, tables);
  if (touched.length > 0) await deriveTouched(manager, pass, tables, touched);
  await changeExcess(manager, pass, before, tables, fresh);
  await ask(manager, (parameters) => removeUnitsSql(tables, parameters));
  await ask(manager, (parameters) => writeUnitsSql(tables, parameters));
  await manager.query('SET LOCAL enable_bitmapscan = on');
  await ask(manager, (parameters) => addMovedSql(pass, before, tables, parameters));
  await ask(manager, (parameters) => changeMoments(pass, before, tables, parameters));
  await manager.query('SET LOCAL enable_seqscan = on');
  return { rows };
}

/** Units, as they stand in a state or should, whose rows are to be derived again. */
async function findTouched(
  manager: EntityManager,
  pass: Pass,
  before: Before,
  tables: StateTables,
): Promise<string[]> {
  const reversedBefore = await reversedAt(manager, pass, before);
  const newly = pass.reversed.filter((number) => !reversedBefore.includes(number));
  const direct = await ask<{ unit: string }>(manager, (parameters) =>
    touchedUnitsSql(pass, before, newly, tables, parameters),
  );
  const units = direct.map(({ unit }) => unit);
  if (!pass.hasLinks) return units;
  const linked = await newlyLinked(manager, pass, before, newly);
  const view = linkView(pass);
  const older = linksBefore(view, { ...before, reversed: reversedBefore });
  const leads = await ask<{ unit: string }>(manager, (parameters) => {
    const all = `SELECT named.unit FROM unnest(${parameters.bind([...units, ...linked])}::uuid[]) AS named(unit)`;
    const some = `SELECT named.unit FROM unnest(${parameters.bind(linked)}::uuid[]) AS named(unit)`;
    return `WITH RECURSIVE ${leadsSql(all, view, parameters)},
        ${leadsSql(some, older, parameters, 'old_')}
      SELECT leads.unit FROM leads UNION SELECT old_leads.unit FROM old_leads`;
  });
  // An erased unit leads nowhere any more, and may have stood for others.
  return [...new Set([...units, ...leads.map(({ unit }) => unit)])];
}

/** Units at either end of links that have come, or were voided. */
async function newlyLinked(
  manager: EntityManager,
  pass: Pass,
  before: Before,
  newlyReversed: readonly number[],
): Promise<string[]> {
  const rows = await ask<{ unit: string }>(manager, (parameters) => {
    const fresh = freshLinksSql(linkView(pass), before, parameters);
    const voided = `SELECT link.from_unit, link.to_unit FROM identity_link AS link
      WHERE link.project = ${parameters.bind(pass.project)}
        AND link.import = ANY (${parameters.bind(newlyReversed)}::int[])`;
    return `SELECT DISTINCT ends.unit FROM (${fresh} UNION ALL ${voided}) AS changed
      CROSS JOIN LATERAL (VALUES (changed.from_unit), (changed.to_unit)) AS ends(unit)`;
  });
  return rows.map(({ unit }) => unit);
}

/** Which of the voided imports were so when a state was brought up to date. */
export async function reversedAt(
  manager: EntityManager,
  { reversed }: Pass,
  { snapshot }: Pick<Before, 'snapshot'>,
): Promise<number[]> {
  if (reversed.length === 0) return [];
  const rows = await ask<{ import: number }>(
    manager,
    (parameters) => `SELECT reversal.import FROM import_reversal AS reversal
      WHERE reversal.import = ANY (${parameters.bind(reversed)}::int[])
        AND ${isVisible('reversal.xid', snapshot, parameters)}`,
  );
  return rows.map((row) => row.import);
}

async function addEntries(
  manager: EntityManager,
  pass: Pass,
  tables: StateTables,
): Promise<number> {
  const [found] = await ask<{ rows: string; missing: string }>(manager, (parameters) =>
    addEntriesSql(pass, tables, parameters),
  );
  if (found?.missing !== '0') {
    const parameters = new SqlParameters();
    const entries = new EntriesSql(pass, parameters);
    const source = `WITH RECURSIVE ${freshEntriesSql(pass, tables, parameters, entries)}`;
    await throwMissing(manager, pass, source, entries, parameters);
  }
  await insertValues(manager, pass, tables, (parameters, entries) => {
    return `WITH RECURSIVE ${freshEntriesSql(pass, tables, parameters, entries)}`;
  });
  return Number(found?.rows ?? 0);
}

async function deriveTouched(
  manager: EntityManager,
  pass: Pass,
  tables: StateTables,
  touched: readonly string[],
): Promise<void> {
  await ask(manager, (parameters) => addKeptSql(touched, tables, parameters));
  await deriveMembers(manager, pass, tables);
  if (!pass.layout.columns.some(({ quantile }) => quantile !== null)) return;
  await manager.query(
    `DELETE FROM ${tables.occurrences} AS found
     WHERE found.state = $1 AND found.unit = ANY ($2::uuid[])`,
    [tables.number, touched],
  );
  await insertOccurrences(manager, 'members', pass, tables);
}

/** Sales that were over-refunded are asked about again where something new refers to them. */
async function changeExcess(
  manager: EntityManager,
  pass: Pass,
  before: Before,
  tables: StateTables,
  fresh: number,
): Promise<void> {
  if (!countsMoney(pass)) return;
  const reversed = await reversedAt(manager, pass, before);
  const [erased] = await ask<{ found: boolean }>(
    manager,
    (parameters) => `SELECT EXISTS (SELECT FROM erased_unit AS erased
      WHERE erased.project = ${parameters.bind(pass.project)}
        AND NOT ${isVisible('erased.xid', before.snapshot, parameters)}) AS found`,
  );
  if (reversed.length < pass.reversed.length || erased?.found === true) {
    await manager.query(`DELETE FROM ${tables.excess} WHERE state = $1`, [tables.number]);
    await addAllExcess(manager, pass, tables);
    return;
  }
  if (fresh === 0) return;
  const asked = await ask<{ sale: string }>(manager, () => ASKED_SALES_SQL);
  const sales = asked.map(({ sale }) => sale);
  await manager.query(`DELETE FROM ${tables.excess} WHERE state = $1 AND sale = ANY ($2::uuid[])`, [
    tables.number,
    sales,
  ]);
  await ask(manager, (parameters) => {
    const named = `SELECT named.sale FROM unnest(${parameters.bind(sales)}::uuid[]) AS named(sale)`;
    return addExcessSql(named, tables, pass, parameters);
  });
}

function changeMoments(
  pass: Pass,
  before: Before,
  tables: StateTables,
  parameters: SqlParameters,
): string {
  const bySign = (now: Date | null, then: Date | null) =>
    `CASE counted.sign WHEN 1 THEN ${parameters.bind(now)}::timestamptz
       ELSE ${parameters.bind(then)}::timestamptz END`;
  const hasEnd = pass.enrolmentEndedAt !== null || before.enrolmentEndedAt !== null;
  return addMomentsSql(
    tables,
    {
      from: 'unit_change',
      sign: 'counted.sign',
      asOf: `(${bySign(pass.asOf, before.asOf)})`,
      enrolmentEndedAt: hasEnd
        ? `coalesce(${bySign(pass.enrolmentEndedAt, before.enrolmentEndedAt)}, 'infinity')`
        : null,
      byDay: true,
    },
    pass,
    parameters,
  );
}
