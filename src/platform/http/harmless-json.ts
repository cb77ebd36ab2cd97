/** What could be a number that cannot be represented: minus zero, many digits, or an exponent. */
const RARE_NUMBER = /(?:^|[:,[\s])(?:-0(?!\.\d*[1-9])|-?\d{16}|-?[\d.]+[eE])/;

/** A key is counted by the colon right behind it. */
const LOOSE_COLON = /"[ \t\r\n]+:/;

/** Names of members that are never allowed, anywhere in the text: then somebody must look closely. */
const FORBIDDEN = ['__proto__', 'constructor', 'prototype'];

/**
 * Whether JSON that has been read is sure to hold nothing to refuse, told by a few searches of the
 * text and one count of the members: as many in the value as in the text means that no key stands
 * twice. Where this says no, nothing is said yet.
 */
export function isHarmless(text: string, value: unknown, membersMax: number): boolean {
  // Without escapes, quotes only begin and end strings.
  if (text.includes('\\') || FORBIDDEN.some((name) => text.includes(name))) return false;
  if (RARE_NUMBER.test(text) || LOOSE_COLON.test(text)) return false;
  const members = membersOf(value, membersMax);
  return members !== null && members === keysIn(text);
}

/** How many keys stand in the text. */
function keysIn(text: string): number {
  let keys = 0;
  for (let at = text.indexOf('":'); at !== -1; at = text.indexOf('":', at + 2)) keys += 1;
  return keys;
}

/** How many members all objects have together; null when one of them has more than `max`. */
function membersOf(value: unknown, max: number): number | null {
  if (typeof value !== 'object' || value === null) return 0;
  const isList = Array.isArray(value);
  let own = 0;
  let below = 0;
  for (const name in value) {
    own += 1;
    const member = (value as Readonly<Record<string, unknown>>)[name];
    if (typeof member !== 'object' || member === null) continue;
    const inner = membersOf(member, max);
    if (inner === null) return null;
    below += inner;
  }
  if (isList) return below;
  return own > max ? null : own + below;
}
