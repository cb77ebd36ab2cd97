import { createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from '../../domain/experiments/canonical-json.js';
import { jsonCopy } from '../../domain/experiments/plan.js';

/** One state change, refusal or denial, as it is chained. */
export interface AuditEntry {
  seq: number;
  at: string;
  projectId: string | null;
  actor: string;
  action: string;
  objectType: string;
  objectId: string;
  outcome: 'done' | 'refused' | 'denied';
  reason: string | null;
  beforeHash: string | null;
  afterHash: string | null;
}

/**
 * HMAC-SHA-256 over the previous hash and the entry's canonical JSON (RFC 8785). The key is not in
 * the database: whoever can change a row there cannot restamp the chain.
 */
export function chainHash(key: Buffer, prevHash: string, entry: AuditEntry): string {
  return createHmac('sha256', key)
    .update(`${prevHash}\n${canonicalJson(entry)}`)
    .digest('hex');
}

/** A keyed digest of an object's state: it says "changed" without saying what. */
export function stateHash(key: Buffer, state: unknown): string {
  return createHmac('sha256', key)
    .update(canonicalJson(jsonCopy(state)))
    .digest('hex');
}

/** Signs where the chain stood, so that a cut tail or an old table put back is noticed. */
export function checkpointSignature(
  key: Buffer,
  checkpoint: { seq: number; count: number; headHash: string; at: string },
): string {
  return createHmac('sha256', key)
    .update(`checkpoint\n${canonicalJson(checkpoint)}`)
    .digest('hex');
}

export function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a, 'hex');
  const right = Buffer.from(b, 'hex');
  return left.length === right.length && left.length > 0 && timingSafeEqual(left, right);
}
