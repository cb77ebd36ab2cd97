import { normal } from '../distributions.js';
import type { PValue } from '../p-value.js';

/** Below this a tail is near the end of double precision and is solved for by its logarithm. */
const LOG_TAIL_FROM = -690;
const NEWTON_STEPS = 4;

/**
 * The normal quantile that has this two-sided p-value: -quantile(p/2), zero or more. It puts an exact
 * test on the scale of every other bound. It works below the smallest double too, from the logarithm.
 */
export function equivalentZ({ pValue, pValueIsBound, log10p }: PValue): number {
  const logTail = log10p * Math.LN10 - Math.LN2;
  if (!pValueIsBound && logTail > LOG_TAIL_FROM) return Math.max(0, -normal.quantile(pValue / 2));
  // Far out the tail is nearly φ(z)/z, so its logarithm falls with a slope of nearly z.
  let z = Math.sqrt(-2 * logTail);
  for (let step = 0; step < NEWTON_STEPS; step += 1) {
    z += (normal.logSurvival(z) - logTail) / (z + 1 / z);
  }
  return z;
}
