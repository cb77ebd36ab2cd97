import { createHash } from 'node:crypto';
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
  const bits = salted(salt, 'event', id);
  bits[6] = ((bits[6] ?? 0) & 0x0f) | 0x80;
  bits[8] = ((bits[8] ?? 0) & 0x3f) | 0x80;
  return uuidText(bits);
}

/** The key of a unit: 128 salted bits of its kind and id. */
export function unitKey({ salt }: EventSpace, { kind, id }: UnitRef): string {
  return uuidText(salted(salt, 'unit', `${kind}\n${id}`));
}

/** 64 bits of the content of an event, as a signed decimal: what two events under one id are told apart by. */
export function contentDigest(content: string): string {
  return createHash('sha256').update(content, 'utf8').digest().readBigInt64BE(0).toString();
}

function salted(salt: Buffer, what: string, text: string): Buffer {
  return createHash('sha256').update(salt).update(`${what}\n${text}`, 'utf8').digest();
}

function uuidText(bits: Buffer): string {
  const hex = bits.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
