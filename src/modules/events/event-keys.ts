import { hash } from 'node:crypto';
import type { UnitRef } from '../../domain/events/event.js';

/** What the log knows of a project: its number in every row, and the salt of its keys. */
export interface EventSpace {
  number: number;
  salt: Buffer;
}

/** Text of a UUID (RFC 9562) of version 1 to 7 in small letters: such an id is its own key. */
const OWN_KEY = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-7][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * The key of an event's id, as text of a UUID. UUIDs are their own keys, so that those of version 7
 * arrive in the order of the index; any other id becomes 128 salted bits under version 8, which no
 * id that is its own key has.
 */
export function eventKey({ salt }: EventSpace, id: string): string {
  if (id.length === 36 && OWN_KEY.test(id)) return id;
  const hex = salted(salt, `event\n${id}`);
  const variant = '89ab'.charAt(parseInt(hex.charAt(16), 16) & 3);
  return uuidText(`${hex.slice(0, 12)}8${hex.slice(13, 16)}${variant}${hex.slice(17, 32)}`);
}

/** The key of a unit: 128 salted bits of its kind and id. */
export function unitKey({ salt }: EventSpace, { kind, id }: UnitRef): string {
  return uuidText(salted(salt, `unit\n${kind}\n${id}`));
}

/** 64 bits of the content of an event, as a signed decimal: what two events under one id are told apart by. */
export function contentDigest(content: string): string {
  return BigInt.asIntN(64, BigInt(`0x${hash('sha256', content).slice(0, 16)}`)).toString();
}

/** Room for a salt and any name that is not absurd; nothing is kept in it from call to call. */
const SCRATCH = Buffer.alloc(4_096);

/** SHA-256 as hexadecimal text. In one call: streams of such short texts cost several times as much. */
function salted(salt: Buffer, text: string): string {
  const room = SCRATCH.length - salt.length;
  // A code unit of UTF-16 is at most three bytes of UTF-8.
  if (text.length * 3 > room) return hash('sha256', Buffer.concat([salt, Buffer.from(text)]));
  salt.copy(SCRATCH);
  return hash('sha256', SCRATCH.subarray(0, salt.length + SCRATCH.write(text, salt.length)));
}

function uuidText(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
