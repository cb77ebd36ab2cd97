import { armSummary, momentsFromSums } from '../../../src/stats/moments.js';
import type { ArmSummary } from '../../../src/stats/outcome.js';

const known = new Map<string, ArmSummary>();

/** An arm in which so many of n units converted, as the tests of means take it. */
export function armOf(successes: number, n: number): ArmSummary {
  const key = `${successes}/${n}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  // A conversion is a 1, so the sums of all powers are the same.
  const sums = [BigInt(successes)];
  const arm = armSummary(momentsFromSums({ n, sums, products: sums, cubes: sums }), 0);
  known.set(key, arm);
  return arm;
}
