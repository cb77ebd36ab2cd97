import { createHmac, timingSafeEqual } from 'node:crypto';

/** How long after its signing a webhook is taken: a recorded one must not be played again later. */
export const SIGNATURE_TOLERANCE_SECONDS = 300;

/** More signatures than any exchange of secrets has. */
const SIGNATURES_MAX = 16;
const DIGEST_BYTES = 32;
const HEX_DIGEST = /^[0-9a-f]{64}$/;
const SECONDS = /^\d{1,12}$/;

/** What the header `Stripe-Signature` says. */
export interface SignatureHeader {
  /** As it was sent: it is part of what is signed. */
  timestamp: string;
  /** HMACs, one for each secret that is in force. */
  digests: readonly Buffer[];
}

/**
 * Reads `t=<seconds>,v1=<hex>[,v1=<hex>...]`. Other schemes are left alone: `v0` signs test events of
 * long ago. A digest of another length than SHA-256 is none; comparing it would throw.
 * @returns null when there is no time or no digest to compare
 */
export function readSignatureHeader(header: string): SignatureHeader | null {
  let timestamp: string | null = null;
  const digests: Buffer[] = [];
  for (const part of header.split(',')) {
    const [scheme, value] = split(part.trim());
    if (scheme === 't' && SECONDS.test(value)) timestamp = value;
    if (scheme === 'v1' && HEX_DIGEST.test(value) && digests.length < SIGNATURES_MAX) {
      digests.push(Buffer.from(value, 'hex'));
    }
  }
  return timestamp === null || digests.length === 0 ? null : { timestamp, digests };
}

function split(part: string): [string, string] {
  const equals = part.indexOf('=');
  return equals === -1 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
}

/** Whether it was signed lately, by a clock that may be wrong either way. */
export function isTimely({ timestamp }: SignatureHeader, nowMs: number): boolean {
  return Math.abs(nowMs / 1000 - Number(timestamp)) <= SIGNATURE_TOLERANCE_SECONDS;
}

/** Whether one of the digests is the HMAC-SHA256 of `<timestamp>.<body>` under the secret. */
export function isSignedWith(secret: string, header: SignatureHeader, body: Buffer): boolean {
  const expected = createHmac('sha256', secret)
    .update(`${header.timestamp}.`)
    .update(body)
    .digest();
  return header.digests.some(
    (digest) => digest.length === DIGEST_BYTES && timingSafeEqual(digest, expected),
  );
}
