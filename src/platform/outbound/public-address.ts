import { isIPv4, isIPv6 } from 'node:net';

/**
 * Which addresses the public internet has, by the registries of special-purpose addresses (IANA,
 * RFC 6890 and its successors). Whatever is not known to be public is not: a request that a member asks
 * for must never reach what only this machine, its network or its provider can reach.
 */

/** Blocks of IPv4 that are no public unicast: address and length of the prefix. */
const V4_BLOCKS: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** Blocks inside 2000::/3, the only part of IPv6 that is given out, that are no public unicast. */
const V6_BLOCKS: readonly (readonly [string, number])[] = [
  // Teredo, ORCHID, benchmarks and other protocols.
  ['2001::', 23],
  ['2001:db8::', 32],
  // 6to4: any IPv4 address may be inside.
  ['2002::', 16],
  ['3fff::', 20],
];
const V6_GIVEN_OUT = ['2000::', 3] as const;
/** IPv4 inside IPv6, in the last 32 bits: mapped, and translated by NAT64 (RFC 6052). */
const V4_INSIDE: readonly (readonly [string, number])[] = [
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
];

/** Whether the address, as text without brackets or zone, is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return isPublicV4(bitsOfV4(address));
  if (!isIPv6(address) || address.includes('%')) return false;
  const bits = bitsOfV6(address);
  if (V4_INSIDE.some((block) => isInV6(bits, block))) return isPublicV4(bits & 0xffff_ffffn);
  return isInV6(bits, V6_GIVEN_OUT) && !V6_BLOCKS.some((block) => isInV6(bits, block));
}

function isPublicV4(bits: bigint): boolean {
  return !V4_BLOCKS.some(([start, length]) => {
    const shift = BigInt(32 - length);
    return bits >> shift === bitsOfV4(start) >> shift;
  });
}

function isInV6(bits: bigint, [start, length]: readonly [string, number]): boolean {
  const shift = BigInt(128 - length);
  return bits >> shift === bitsOfV6(start) >> shift;
}

function bitsOfV4(address: string): bigint {
  return address.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

/** Of a text that is known to be IPv6. */
function bitsOfV6(address: string): bigint {
  const [head = '', tail] = address.split('::');
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  const gap = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array<bigint>(gap).fill(0n), ...after];
  return groups.reduce((bits, group) => (bits << 16n) | group, 0n);
}

function groupsOf(text: string): bigint[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [BigInt(`0x${group}`)];
    const v4 = bitsOfV4(group);
    return [v4 >> 16n, v4 & 0xffffn];
  });
}
