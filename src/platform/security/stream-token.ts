import { createHmac, timingSafeEqual } from 'node:crypto';

/** Who may listen to the changes of a project, until when. */
export interface StreamGrant {
  projectId: string;
  /** The key it was given to: it ends with this key. */
  keyId: string;
  /** Milliseconds since 1970, whole seconds. */
  until: number;
}

const SHAPE = /^([0-9a-z]{1,9})~([0-9a-z_]{1,40})~([0-9a-f-]{36})~([0-9A-Za-z_-]{43})$/;

/**
 * A grant that can stand in an address, because an EventSource sends no headers. It opens nothing but
 * a stream that says when to ask again; HMAC-SHA-256 (RFC 2104) over its parts.
 * @param key 32 bytes derived for this purpose
 */
export function signStreamToken(key: Buffer, { projectId, keyId, until }: StreamGrant): string {
  const parts = `${Math.floor(until / 1_000).toString(36)}~${keyId}~${projectId}`;
  return `${parts}~${macOf(key, parts).toString('base64url')}`;
}

/** The grant, or null for a token that is not one of ours, was changed, or has expired at `now`. */
export function readStreamToken(key: Buffer, token: string, now: number): StreamGrant | null {
  const [, seconds, keyId, projectId, mac] = SHAPE.exec(token) ?? [];
  if (seconds === undefined || keyId === undefined || projectId === undefined) return null;
  const given = Buffer.from(mac ?? '', 'base64url');
  const made = macOf(key, `${seconds}~${keyId}~${projectId}`);
  if (given.length !== made.length || !timingSafeEqual(given, made)) return null;
  const until = Number.parseInt(seconds, 36) * 1_000;
  return now < until ? { projectId, keyId, until } : null;
}

function macOf(key: Buffer, parts: string): Buffer {
  return createHmac('sha256', key).update(parts).digest();
}
