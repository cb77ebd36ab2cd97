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
 * @example fnv32a('a') // 0xe40c292c
 */
export function fnv32a(text: string): number {
  let hash = FNV_OFFSET_BASIS;
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
  return fnv32a(String(fnv32a(seed + unitId))) % BUCKETS;
}
