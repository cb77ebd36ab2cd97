import { isWellFormed } from '../text/is-well-formed.js';

/**
 * The canonical form of a JSON value: members sorted by UTF-16 code units, no white space, numbers
 * and strings as ECMAScript writes them. Equal values have equal text, so a digest of the text
 * proves that a frozen plan has not changed.
 *
 * Source: RFC 8785 (JSON Canonicalization Scheme).
 *
 * @throws TypeError on what JSON cannot hold (undefined, functions, dates, numbers that are not
 *   finite, ill-formed strings): leaving it out silently would sign less than was meant.
 */
export function canonicalJson(value: unknown): string {
  return write(value, '');
}

function write(value: unknown, pointer: string): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (typeof value === 'string') return writeString(value, pointer);
  if (Array.isArray(value)) {
    // Array.from, so that a hole is seen as the undefined it is.
    return `[${Array.from(value, (item: unknown, index) => write(item, `${pointer}/${index}`)).join(',')}]`;
  }
  if (isPlainObject(value)) {
    const members = Object.keys(value)
      .toSorted(byCodeUnits)
      .map((key) => `${writeString(key, pointer)}:${write(value[key], `${pointer}/${key}`)}`);
    return `{${members.join(',')}}`;
  }
  throw new TypeError(`no JSON value at "${pointer}"`);
}

function writeString(text: string, pointer: string): string {
  if (!isWellFormed(text)) throw new TypeError(`ill-formed string at "${pointer}"`);
  return JSON.stringify(text);
}

function byCodeUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
