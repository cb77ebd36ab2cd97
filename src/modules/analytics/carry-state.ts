import type { EntityManager } from 'typeorm';
import type { CountedTerm } from '../../domain/evaluation/counted-columns.js';
import {
  addAllExcess,
  addAllMoments,
  fillMembers,
  insertValues,
  throwMissing,
} from './build-state.js';
import type { Before } from './changes.sql.js';
import { EntriesSql } from './entries.sql.js';
import { isSeen, type Pass, type StateTables } from './pass.js';
import { SqlParameters } from './sql-parameters.js';
import type { Place, Slot, StateLayout, StoredLayout } from './state-layout.js';

/**
 * Which sums of a state can stay when its plan has changed: those that sum the same. Null when too much
 * is different for any to stay: other units, variants or dimensions, another stretch of time around the
 * exposure, or another idea of what takes money back.
 */
export function carriedSlots(known: StoredLayout, wanted: StoredLayout): number[] | null {
  const isSameGround =
    known.unit === wanted.unit &&
    known.variants.join('\n') === wanted.variants.join('\n') &&
    known.dimensions.join('\n') === wanted.dimensions.join('\n') &&
    known.fineDigits === wanted.fineDigits &&
    known.hours.join() === wanted.hours.join() &&
    known.takingBack?.join() === wanted.takingBack?.join();
  if (!isSameGround) return null;
  // Only single values are kept by column, and what is summed of them names theirs.
  const carried = wanted.slots.map((signature) => known.slots.indexOf(signature));
  // What is no longer in the plan, such as single values, would stay behind.
  const isGrowth = known.slots.every((_, at) => carried.includes(at));
  return isGrowth ? carried : null;
}

/**
 * Gives a state the layout of a plan that has more metrics: the sums it has move to their new places,
 * and only what the new metrics count is read from the log, as of the snapshot the state stands at.
 * @param carried By slot of the new layout: its slot in the old one, or -1
 */
export async function carryState(
  manager: EntityManager,
  pass: Pass,
  before: Before & { reversed: readonly number[] },
  known: StoredLayout,
  carried: readonly number[],
  tables: StateTables,
): Promise<void> {
  const then: Pass = {
    ...pass,
    asOf: before.asOf,
    enrolmentEndedAt: before.enrolmentEndedAt,
    snapshot: before.snapshot,
    reversed: before.reversed,
    layout: onlyNew(pass.layout, carried),
  };
  await fillMembers(manager, then, 'all');
  await manager.query('SET LOCAL enable_nestloop = off');
  await addSums(manager, then, knownNames(known), carried, known, tables);
  await insertValues(manager, then, tables, (parameters, entries) => {
    return `WITH ${keptEntries(then, parameters, entries, tables)}`;
  });
  await manager.query('SET LOCAL enable_nestloop = on');
  for (const table of [tables.excess, tables.moments]) {
    await manager.query(`DELETE FROM ${table} WHERE state = $1`, [tables.number]);
  }
  const whole = { ...then, layout: pass.layout };
  await addAllExcess(manager, whole, tables);
  await addAllMoments(manager, whole, tables);
}

/** The same places, with the terms of new sums alone. */
function onlyNew(layout: StateLayout, carried: readonly number[]): StateLayout {
  const isNew = (column: number): boolean =>
    layout.slots.some((slot, at) => slot.column === column && carried[at] === -1);
  return { ...layout, terms: layout.terms.filter(({ column }) => isNew(column)) };
}

async function addSums(
  manager: EntityManager,
  pass: Pass,
  names: { event: string[]; isAllMoney: boolean; money: string[] },
  carried: readonly number[],
  known: StoredLayout,
  tables: StateTables,
): Promise<void> {
  const parameters = new SqlParameters();
  const entries = new EntriesSql(pass, parameters);
  const source = `WITH ${keptEntries(pass, parameters, entries, tables)}`;
  const isNew = `NOT coalesce(${[
    entries.isNamed('money', names.isAllMoney ? null : names.money),
    entries.isNamed('event', names.event),
  ].join(' OR ')}, false)`;
  const [found] = (await manager.query(
    `${source},
     summed AS MATERIALIZED (
       SELECT entry.unit, ${entries.missingRates()} AS missing,
         count(*) FILTER (WHERE ${isNew}) AS entries, ${entries.late(isNew)} AS late,
         ${entries.wholes()} AS wholes, ${entries.decimals()} AS decimals
       FROM entry GROUP BY entry.unit
     ),
     written AS (
       UPDATE ${tables.units} AS kept
       SET entries = kept.entries + coalesce(added.entries, 0)::int,
         late = kept.late + coalesce(added.late, 0)::int,
         wholes = ${placed(pass.layout.slots, carried, known, 'whole')},
         decimals = ${placed(pass.layout.slots, carried, known, 'decimal')}
       FROM (
         SELECT every.unit, summed.entries, summed.late, summed.wholes, summed.decimals
         FROM ${tables.units} AS every LEFT JOIN summed ON summed.unit = every.unit
         WHERE every.state = ${parameters.bind(tables.number)}::int
       ) AS added
       WHERE kept.state = ${parameters.bind(tables.number)}::int AND kept.unit = added.unit
     )
     SELECT coalesce(sum(summed.missing), 0)::text AS missing FROM summed`,
    parameters.values,
  )) as { missing: string }[];
  if (found?.missing === '0') return;
  const again = new SqlParameters();
  const listed = new EntriesSql(pass, again);
  const entry = `WITH ${keptEntries(pass, again, listed, tables)}`;
  await throwMissing(manager, pass, entry, listed, again);
}

/** "entry": what the units of the state have in the log, by the terms of the pass. */
function keptEntries(
  pass: Pass,
  parameters: SqlParameters,
  entries: EntriesSql,
  tables: StateTables,
): string {
  const { hasLinks } = pass;
  const unit = hasLinks ? 'coalesce(unit_member.unit, event.unit)' : 'event.unit';
  const read = entries.logged(
    'event',
    `event.project = ${parameters.bind(pass.project)} AND ${isSeen('event', pass, parameters)}`,
  );
  return `cohort AS MATERIALIZED (
      SELECT kept.unit, kept.exposed_at, ${entries.boundColumns('kept.exposed_at')}
      FROM ${tables.units} AS kept
      WHERE kept.state = ${parameters.bind(tables.number)}::int AND kept.arm > 0
      OFFSET 0
    ),
    entry AS (${entries.rows(`(${read}) AS event
        ${hasLinks ? 'LEFT JOIN unit_member ON unit_member.member = event.unit' : ''}
        JOIN cohort ON cohort.unit = ${unit}`)})`;
}

/** The array of a unit's sums in their new places. */
function placed(
  slots: readonly Slot[],
  carried: readonly number[],
  known: StoredLayout,
  part: keyof Place,
): string {
  const name = `${part}s`;
  const values = slots.flatMap(({ place }, at) => {
    if (place[part] === null) return [];
    const from = known.places[carried[at] ?? -1];
    return from === undefined
      ? [`coalesce(added.${name}[${place[part]}], 0)`]
      : [`kept.${name}[${from[part]}]`];
  });
  return `ARRAY[${values.join(', ')}]::${part === 'whole' ? 'bigint' : 'numeric'}[]`;
}

/** What the sums of a state counted already, so that nothing is late twice. */
function knownNames({ slots }: StoredLayout): {
  event: string[];
  isAllMoney: boolean;
  money: string[];
} {
  const terms = slots.flatMap(
    (signature) => (JSON.parse(signature) as { terms: CountedTerm[] }).terms,
  );
  const namesOf = (type: CountedTerm['type']) =>
    terms.flatMap((term) => (term.type === type ? (term.names ?? []) : []));
  return {
    event: [...new Set(namesOf('event'))],
    money: [...new Set(namesOf('money'))],
    isAllMoney: terms.some(({ type, names }) => type === 'money' && names === null),
  };
}
