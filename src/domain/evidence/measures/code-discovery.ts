/** How many codes the first interviews had found, and would have found in any other order. */
export interface DiscoveryPoint {
  interviews: number;
  /** Distinct codes in the order the interviews were held. */
  found: number;
  /** The average of all orders. */
  expected: number;
}

/**
 * The discovery curve. Its expected part is sample-based rarefaction, exact for all orders at once:
 * S - sum over codes of C(n - holders, k) / C(n, k) (Colwell, Mao and Chang 2004, Ecology 85:2717-2727,
 * "Mao Tau").
 *
 * @param newCodes how many codes each interview was the first to have, in order.
 * @param holders for every code the number of interviews that have it.
 */
export function discoveryCurve(
  newCodes: readonly number[],
  holders: readonly number[],
): DiscoveryPoint[] {
  const total = newCodes.length;
  // Chance that the first interviews of a random order all lack a code, by how many lack it.
  const missChance = holders.map(() => 1);
  let found = 0;
  return newCodes.map((isNew, at) => {
    found += isNew;
    let missed = 0;
    for (const [code, held] of holders.entries()) {
      const lacking = Math.max(0, total - held - at);
      const chance = ((missChance[code] ?? 0) * lacking) / (total - at);
      missChance[code] = chance;
      missed += chance;
    }
    return { interviews: at + 1, found, expected: holders.length - missed };
  });
}

/**
 * How many new codes some more interviews like these would bring: Q0 [1 - (1 - Q1/(n Q0 + Q1))^more],
 * where Q0 is what Chao2 says is still unseen, Q1 the codes of one interview and Q2 those of two
 * (Colwell et al. 2012, Journal of Plant Ecology 5:3-21, equation 18; Chao 1987, Biometrics 43:783-791).
 *
 * It is an estimate for interviews with the same kind of people; who was never asked is not in it.
 *
 * @param holders for every code the number of interviews that have it.
 */
export function expectedNewCodes(
  holders: readonly number[],
  interviews: number,
  more: number,
): number {
  const once = holders.filter((held) => held === 1).length;
  const twice = holders.filter((held) => held === 2).length;
  if (once === 0 || interviews === 0) return 0;
  const pairs = twice > 0 ? once ** 2 / (2 * twice) : (once * (once - 1)) / 2;
  const unseen = ((interviews - 1) / interviews) * pairs;
  return unseen * (1 - (1 - once / (interviews * unseen + once)) ** more);
}
