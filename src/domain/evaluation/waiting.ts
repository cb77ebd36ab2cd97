import type { AbsoluteEffect, WaitingReport } from './result.js';

/** What waiting is good for. */

export interface WaitingCase {
  asOf: string;
  /** When the cohort so far will have matured. */
  closesAt: string;
  maturedUnits: number;
  /** Of the cohort so far. */
  units: number;
  /** The differences of the matured units; of all units so far while none has matured. */
  comparisons: readonly { variant: string; absolute?: AbsoluteEffect }[];
}

const DAY_MS = 86_400_000;

/**
 * When the window of the cohort so far closes, and how wide the interval would be then: half of its
 * width now times the square root of matured units over units. A standard error shrinks with the
 * square root of the units, so the formula assumes that those who are still on their way scatter as
 * those whose time has come, in the same shares of the arms, and that the interval then is of the kind
 * it is now; the final look's is narrower than one that holds at every look. While no unit has matured
 * the comparison is of all units already, and the guess is that it will be as wide as it is: what is
 * still to come makes values larger, and more units do not come of it.
 *
 * Undefined when all units have matured, or no difference was computed.
 */
export function waitingOf(situation: WaitingCase): WaitingReport | undefined {
  const { asOf, closesAt, maturedUnits, units, comparisons } = situation;
  if (maturedUnits >= units) return undefined;
  const variants = comparisons.flatMap(({ variant, absolute }) => {
    if (absolute === undefined) return [];
    const halfWidthNow = (absolute.upper - absolute.lower) / 2;
    const shrinks = maturedUnits === 0 ? 1 : Math.sqrt(maturedUnits / units);
    return [{ variant, halfWidthNow, halfWidthThen: halfWidthNow * shrinks }];
  });
  if (variants.length === 0) return undefined;
  const days = Math.max(0, Math.ceil((Date.parse(closesAt) - Date.parse(asOf)) / DAY_MS));
  return { days, basis: maturedUnits === 0 ? 'running' : 'matured', variants };
}
