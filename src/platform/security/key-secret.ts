import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { KeyKind } from './scopes.js';

const PREFIX: Readonly<Record<KeyKind, string>> = { secret: 'sk', write: 'wk', public: 'pk' };
const SECRET_BYTES = 32;

/** A secret key that an operator chose instead of having it made. */
export const CHOSEN_SECRET = /^sk_[0-9A-Za-z_-]{20,190}$/;

/** `sk_<id>_<secret>`: the first two parts find the key, only a digest of the whole is stored. */
export function createKeySecret(kind: KeyKind): { id: string; secret: string } {
  const id = `${PREFIX[kind]}_${randomBytes(8).toString('hex')}`;
  return { id, secret: `${id}_${randomBytes(SECRET_BYTES).toString('base64url')}` };
}

/**
 * The public part of a presented secret; null when it cannot be one of ours. A bootstrap key that
 * an operator chose has no id in it: it is found by the beginning of its digest, which tells
 * nothing about the rest.
 */
export function keyIdOf(secret: string): string | null {
  const made = /^((?:sk|wk|pk)_[0-9a-f]{16})_[0-9A-Za-z_-]{43}$/.exec(secret);
  if (made !== null) return made[1] ?? null;
  if (!CHOSEN_SECRET.test(secret)) return null;
  return `sk_${digestOf(secret).toString('hex', 0, 8)}`;
}

/** Secrets have 256 bits of randomness, so a plain SHA-256 is enough: there is nothing to guess. */
export function digestOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** Compares in constant time; an unknown key is compared with zeros, at the same cost. */
export function matches(secret: string, digest: Buffer | null): boolean {
  const known = digest !== null && digest.length === 32;
  const equal = timingSafeEqual(digestOf(secret), known ? digest : Buffer.alloc(32));
  return known && equal;
}
