import { requireFinite } from '../argument-checks.js';
import { requireBounds, requireGrowing } from './check-looks.js';
import { continueTo, lowerCrossing, REACH, START, upperCrossing } from './continuation.js';

export interface CrossingProbabilities {
  /** Chance that the first crossing of any bound is of the upper one at this look. */
  upper: number[];
  /** The same for the lower bound; zeros when there is none. */
  lower: number[];
}

/**
 * Chance of stopping at each look, by the recursion of Armitage, McPherson and Rowe (1969) with
 * Gauss-Legendre quadrature. The chance to reach the end without any crossing is 1 minus all of them.
 *
 * @param input.upper z that stops at or above it, per look; Infinity never stops.
 * @param input.lower z that stops at or below it; for a symmetric two-sided design `-upper`.
 * @param input.information fractions of the planned maximum; with drift 0 any unit will do.
 * @param input.drift expected z at fraction 1 (effect divided by its standard error there).
 *
 * @throws RangeError when the lists differ in length, information does not grow, or a bound is NaN.
 */
export function crossingProbabilities(input: {
  upper: readonly number[];
  lower?: readonly number[];
  information: readonly number[];
  drift: number;
}): CrossingProbabilities {
  const { upper, information, drift } = input;
  requireGrowing('information', information);
  requireBounds('upper', upper, information.length);
  const lower = input.lower ?? upper.map(() => -Infinity);
  requireBounds('lower', lower, information.length);
  requireFinite('drift', drift);
  const result: CrossingProbabilities = { upper: [], lower: [] };
  let paths = { ...START, drift };
  information.forEach((now, k) => {
    const look = { information: now, upper: upper[k] ?? Infinity, lower: lower[k] ?? -Infinity };
    result.upper.push(upperCrossing(paths, now, look.upper));
    // Where the bounds meet or cross, the upper one takes it.
    result.lower.push(lowerCrossing(paths, now, Math.min(look.lower, look.upper)));
    const next = information[k + 1];
    if (next !== undefined) paths = continueTo(paths, look, next, REACH);
  });
  return result;
}
