import { isWellFormed } from '../text/is-well-formed.js';

export const UNIT_ID_LENGTH_MAX = 256;

export const UNIT_ID_FAULTS = ['invalid-unit-id', 'unit-id-looks-personal'] as const;
export type UnitIdFault = (typeof UNIT_ID_FAULTS)[number];

/** What programs send when they have no id: all those people would become one unit. */
const NO_ID = new Set(['', 'null', 'undefined', '0', 'anonymous']);

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

const EMAIL = /[^\s@]@[^\s@.]+(?:\.[^\s@.]+)+/;
/** International form, a North American group of 3-3-4, or an area code in parentheses. */
const PHONE = [
  /^(?:tel:)?\+\d(?:[\s./()-]*\d){6,14}$/i,
  /^\d{3}[\s.-]\d{3}[\s.-]\d{4}$/,
  /^\(\d{2,5}\)(?:[\s./-]*\d){5,10}$/,
];

/**
 * What is wrong with the id of a unit, or null. Ids are compared as they are: case, surrounding
 * spaces and Unicode normalisation make different units. An e-mail address or phone number is
 * refused, because ids are kept in the clear; send a pseudonym. Plain digits pass: most are
 * database keys.
 */
export function checkUnitId(id: unknown): UnitIdFault | null {
  if (typeof id !== 'string' || id.length > UNIT_ID_LENGTH_MAX) return 'invalid-unit-id';
  if (CONTROL.test(id) || !isWellFormed(id)) return 'invalid-unit-id';
  const trimmed = id.trim();
  if (NO_ID.has(trimmed.toLowerCase())) return 'invalid-unit-id';
  const personal = EMAIL.test(trimmed) || PHONE.some((pattern) => pattern.test(trimmed));
  return personal ? 'unit-id-looks-personal' : null;
}
