import { Invalid, type FieldError } from '../errors.js';
import { numberOfText } from '../text/json-number.js';
import type { LineFault } from './line-fault.js';

/** A file of events as a table: a row an event, named columns, an empty cell for what is absent. */

/** Where the cells of a column go in the event. */
export interface CsvColumn {
  /** A member of the event, or of its member `in`. */
  member: string;
  in: string | null;
  /** `text` stays text, `number` is one where it can be, `any` may also be true or false. */
  holds: 'text' | 'number' | 'any';
}

type Place = Omit<CsvColumn, 'in'> & { in?: string };

const COLUMNS: Readonly<Record<string, Place>> = {
  id: { member: 'id', holds: 'text' },
  type: { member: 'type', holds: 'text' },
  unitKind: { in: 'unit', member: 'kind', holds: 'text' },
  unitId: { in: 'unit', member: 'id', holds: 'text' },
  occurredAt: { member: 'occurredAt', holds: 'text' },
  sentAt: { member: 'sentAt', holds: 'text' },
  experiment: { member: 'experiment', holds: 'text' },
  variant: { member: 'variant', holds: 'text' },
  name: { member: 'name', holds: 'text' },
  value: { member: 'value', holds: 'number' },
  amountMinor: { member: 'amountMinor', holds: 'number' },
  currency: { member: 'currency', holds: 'text' },
  refersTo: { member: 'refersTo', holds: 'text' },
  fromKind: { in: 'from', member: 'kind', holds: 'text' },
  fromId: { in: 'from', member: 'id', holds: 'text' },
  toKind: { in: 'to', member: 'kind', holds: 'text' },
  toId: { in: 'to', member: 'id', holds: 'text' },
};

export const CSV_COLUMNS: readonly string[] = Object.keys(COLUMNS);

/** `attributes.country` is the member `country` of `attributes`. */
const FREE = /^(attributes|properties)\.(.{1,200})$/u;

/** As in any JSON that comes in: such a member could reach behind the object. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

const ALWAYS = ['id', 'type', 'occurredAt'];
/** Half of a unit is none. */
const PAIRS = [
  ['unitKind', 'unitId'],
  ['fromKind', 'fromId'],
  ['toKind', 'toId'],
] as const;

/**
 * What the columns of a header line are, in their order.
 * @throws Invalid `unknown-column`, `duplicate-column` or `missing-column`, naming all of them
 */
export function csvColumns(header: readonly string[]): CsvColumn[] {
  const names = header.map((name) => name.trim());
  const errors: FieldError[] = [];
  const columns = names.map((name, index) => {
    const column = columnOf(name);
    if (column === null) errors.push(fault(name, 'unknown-column'));
    else if (names.indexOf(name) < index) errors.push(fault(name, 'duplicate-column'));
    return column;
  });
  errors.push(...missing(new Set(names)).map((name) => fault(name, 'missing-column')));
  const [first] = errors;
  if (first !== undefined) {
    throw new Invalid(
      first.code,
      `The first line names the columns: ${CSV_COLUMNS.join(', ')}, attributes.NAME and ` +
        'properties.NAME. errors says which are wrong; nothing was stored.',
      errors,
    );
  }
  return columns.filter((column) => column !== null);
}

function columnOf(name: string): CsvColumn | null {
  const known = Object.hasOwn(COLUMNS, name) ? COLUMNS[name] : undefined;
  if (known !== undefined) return { in: null, ...known };
  const [, group, member] = FREE.exec(name) ?? [];
  if (group === undefined || member === undefined || FORBIDDEN.has(member)) return null;
  return { in: group, member, holds: 'any' };
}

/** A file has units, or both sides of links, or all of these. */
function missing(names: ReadonlySet<string>): string[] {
  const needed = new Set(ALWAYS);
  for (const pair of PAIRS) {
    if (pair.some((name) => names.has(name))) for (const name of pair) needed.add(name);
  }
  const [units, from, to] = PAIRS;
  if (names.has('fromKind') || names.has('toKind'))
    for (const name of [...from, ...to]) needed.add(name);
  else for (const name of units) needed.add(name);
  return [...needed].filter((name) => !names.has(name));
}

function fault(name: string, code: string): FieldError {
  return {
    pointer: `/columns/${name.slice(0, 200).replaceAll('~', '~0').replaceAll('/', '~1')}`,
    code,
  };
}

/**
 * The event of a row, as its sender would have written it in JSON; whether it is one, the reader of
 * events says. A number that is written in another way stays text, which is then refused by name.
 */
export function eventOfCells(
  columns: readonly CsvColumn[],
  cells: readonly string[],
): Record<string, unknown> | LineFault {
  if (cells.length !== columns.length) return 'wrong-cell-count';
  const event: Record<string, unknown> = {};
  for (const [index, { in: group, member, holds }] of columns.entries()) {
    const cell = cells[index] ?? '';
    if (cell === '') continue;
    // What no UTF-8 is was read as this character.
    if (cell.includes('\ufffd')) return 'invalid-encoding';
    if (cell.includes('\0')) return 'invalid-string';
    const value = valueOf(cell, holds);
    if (group === null) event[member] = value;
    else ((event[group] ??= {}) as Record<string, unknown>)[member] = value;
  }
  return event;
}

function valueOf(cell: string, holds: CsvColumn['holds']): string | number | boolean {
  if (holds === 'text') return cell;
  if (holds === 'any' && (cell === 'true' || cell === 'false')) return cell === 'true';
  return numberOfText(cell) ?? cell;
}
