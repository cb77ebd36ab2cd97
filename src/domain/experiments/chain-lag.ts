import type { ChainLink } from './definition.js';

/**
 * Days from the change to the end of the slowest way to the money. A chain that goes in a circle is
 * the create gate's matter: here the way back onto itself adds nothing.
 */
export function longestLagDays(chain: readonly ChainLink[]): number {
  const known = new Map<string, number>();
  const daysFrom = (node: string): number => {
    const found = known.get(node);
    if (found !== undefined) return found;
    known.set(node, 0);
    const lags = chain
      .filter((link) => link.from === node)
      .map((link) => lagOf(link) + daysFrom(link.to));
    const longest = Math.max(0, ...lags);
    known.set(node, longest);
    return longest;
  };
  return daysFrom('change');
}

function lagOf({ lagDays }: ChainLink): number {
  return Number.isFinite(lagDays) ? Math.max(0, lagDays) : 0;
}
