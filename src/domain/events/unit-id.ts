import { isPrintable } from '../text/is-printable.js';

export const UNIT_ID_LENGTH_MAX = 256;

export const UNIT_ID_FAULTS = ['invalid-unit-id', 'unit-id-looks-personal'] as const;
export type UnitIdFault = (typeof UNIT_ID_FAULTS)[number];

/** What programs send when they have no id: all those people would become one unit. */
const NO_ID = new Set(['', 'null', 'undefined', '0', 'anonymous']);
const NO_ID_LENGTH_MAX = 9;

const EMAIL = /[^\s@]@[^\s@.]+(?:\.[^\s@.]+)+/;
/** How all of the following begin; most ids do not. */
const PHONE_START = /^(?:tel:|[+(\d])/i;
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
  if (!isPrintable(id)) return 'invalid-unit-id';
  const trimmed = id.trim();
  if (trimmed.length <= NO_ID_LENGTH_MAX && NO_ID.has(trimmed.toLowerCase())) {
    return 'invalid-unit-id';
  }
  const isPersonal =
    (trimmed.includes('@') && EMAIL.test(trimmed)) ||
    (PHONE_START.test(trimmed) && PHONE.some((pattern) => pattern.test(trimmed)));
  return isPersonal ? 'unit-id-looks-personal' : null;
}
