/** Deterministic hashing of units into buckets, as feature-flag SDKs do it (hash version 2). */

/** Steps of traffic: one bucket is a basis point, 0.01% of units. */
export const BUCKETS = 10_000;

const FNV_OFFSET_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
// A local name: looked up once, not for every character of every id.
const { imul } = Math;

/**
 * FNV-1a, 32 bit, as an unsigned integer, taken over the UTF-16 code units of the text, as the
 * JavaScript SDKs take it. For ASCII that equals the hash over bytes; clients in languages that
 * hash UTF-8 bytes differ for other characters.
 *
 * Source: Fowler, Noll, Vo; RFC 9923.
 *
 * @param begun The hash of what stands before the text.
 * @example fnv32a('a') // 0xe40c292c
 */
export function fnv32a(text: string, begun: number = FNV_OFFSET_BASIS): number {
  let hash = begun;
  for (let index = 0; index < text.length; index++) {
    hash = imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  }
  return hash >>> 0;
}

/**
 * The bucket of a unit, 0 to 9,999. The hash of seed and unit is written in decimal and hashed
 * again, which removes the bias a single pass leaves between experiments with similar seeds.
 * `bucketOf(...) / BUCKETS` is the number that SDKs with hash version 2 compare with their ranges.
 */
export function bucketOf(seed: string, unitId: string): number {
  return createBucketFinder(seed)(unitId);
}

/** The same for many units: the seed is hashed once, and no text is made on the way. */
export function createBucketFinder(seed: string): (unitId: string) => number {
  const begun = fnv32a(seed);
  return (unitId) => hashOfDecimal(fnv32a(unitId, begun)) % BUCKETS;
}

const ZERO = '0'.charCodeAt(0);
const FIVE_DIGITS = 100_000;

/** `fnv32a(String(value))` of an unsigned 32-bit integer, which has at most ten digits. */
function hashOfDecimal(value: number): number {
  const high = Math.floor(value / FIVE_DIGITS);
  if (high === 0) return afterDigits(FNV_OFFSET_BASIS, value, false) >>> 0;
  const hash = afterDigits(FNV_OFFSET_BASIS, high, false);
  return afterDigits(hash, value - high * FIVE_DIGITS, true) >>> 0;
}

/** Goes on with up to five digits. Divisions by constants of small integers: those are cheap. */
function afterDigits(begun: number, value: number, withZeros: boolean): number {
  let hash = begun;
  if (withZeros || value >= 10_000) hash = imul(hash ^ (ZERO + ((value / 10_000) | 0)), FNV_PRIME);
  if (withZeros || value >= 1_000)
    hash = imul(hash ^ (ZERO + (((value / 1_000) | 0) % 10)), FNV_PRIME);
  if (withZeros || value >= 100) hash = imul(hash ^ (ZERO + (((value / 100) | 0) % 10)), FNV_PRIME);
  if (withZeros || value >= 10) hash = imul(hash ^ (ZERO + (((value / 10) | 0) % 10)), FNV_PRIME);
  return imul(hash ^ (ZERO + (value % 10)), FNV_PRIME);
}
