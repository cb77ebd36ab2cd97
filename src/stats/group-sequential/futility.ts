import { requireLevel } from '../argument-checks.js';
import { normal } from '../distributions.js';
import { findRoot } from '../find-root.js';
import { requireBounds, requireGrowing } from './check-looks.js';
import {
  type Continuation,
  continueTo,
  lowerCrossing,
  mirrored,
  REACH,
  START,
  upperPoint,
} from './continuation.js';
import { spentAlpha, type Spending } from './spending.js';

/** Less than this is not worth a bound: the error it leaves unspent is below rounding. */
const BETA_MIN = 1e-15;

export interface FutilityBounds {
  /**
   * Per look before the last: z at or below it says that the effect planned for will not be found.
   * -Infinity where nothing is spent. At the last look it is the efficacy bound itself.
   */
  futilityZ: number[];
  /** Expected z at fraction 1 at which the test, stopping for futility too, has power 1 - beta. */
  drift: number;
}

/**
 * Non-binding futility bounds that spend beta (Pampallona, Tsiatis and Kim 2001): the efficacy bounds
 * ignore them, so going on in spite of one never costs type I error, and stopping lowers it. The
 * drift is the one at which the beta spent at the last look meets the efficacy bound.
 *
 * @param input.criticalZ efficacy bounds, one per look.
 * @throws RangeError for a beta outside (0, 1), fractions that do not grow or end below 1, or lists
 * of different length.
 */
export function futilityBounds(input: {
  criticalZ: readonly number[];
  fractions: readonly number[];
  spending: Spending;
  beta: number;
}): FutilityBounds {
  const { criticalZ, fractions, spending, beta } = input;
  requireLevel('beta', beta);
  requireGrowing('fractions', fractions);
  requireBounds('criticalZ', criticalZ, fractions.length);
  const last = fractions.at(-1) ?? 1;
  if (last < 1) throw new RangeError('the last fraction must be 1: beta must be spent whole');
  const spent = fractions.map((t) => spentAlpha(spending, beta, t));
  const increments = spent.map((value, k) => value - (spent[k - 1] ?? 0));
  const missed = (drift: number): number =>
    boundsUnder(drift, criticalZ, fractions, increments).missedAtLast - (increments.at(-1) ?? 0);
  // Without a look before it the last one would need this drift; each look only adds to it.
  const single = ((criticalZ.at(-1) ?? 0) - normal.quantile(beta)) / Math.sqrt(last);
  let high = Math.max(1, 1.2 * single);
  while (missed(high) > 0) high *= 1.3;
  let low = single - 0.01;
  while (missed(low) < 0) low -= 0.5;
  const drift = findRoot(missed, { low, high }, 1e-11);
  return { futilityZ: boundsUnder(drift, criticalZ, fractions, increments).futilityZ, drift };
}

/** The bounds that spend beta under a drift, and the chance to end below the last efficacy bound. */
function boundsUnder(
  drift: number,
  criticalZ: readonly number[],
  fractions: readonly number[],
  increments: readonly number[],
): { futilityZ: number[]; missedAtLast: number } {
  const futilityZ: number[] = [];
  let paths: Continuation = { ...START, drift };
  const last = fractions.length - 1;
  for (let k = 0; k < last; k += 1) {
    const information = fractions[k] ?? 1;
    const upper = criticalZ[k] ?? Infinity;
    const lower = pointToSpend(paths, information, upper, increments[k] ?? 0);
    futilityZ.push(lower);
    paths = continueTo(paths, { information, lower, upper }, fractions[k + 1] ?? 1, REACH);
  }
  const missedAtLast = lowerCrossing(paths, fractions[last] ?? 1, criticalZ[last] ?? 0);
  return { futilityZ, missedAtLast };
}

/** Never above the efficacy bound: a path cannot be hopeless and proven at once. */
function pointToSpend(
  paths: Continuation,
  information: number,
  upper: number,
  beta: number,
): number {
  if (beta < BETA_MIN) return -Infinity;
  if (lowerCrossing(paths, information, upper) <= beta) return upper;
  return -upperPoint(mirrored(paths), information, beta, REACH);
}
