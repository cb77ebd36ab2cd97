import { requirePoint, requirePositive } from '../argument-checks.js';

/**
 * The least share by which information must grow between two looks. Below it the second look
 * sees the same data; one unit more among a hundred million is above it.
 */
const INFORMATION_GROWTH_MIN = 1e-9;

/** True when every look has more information than the one before it. */
export function isGrowing(informations: readonly number[]): boolean {
  let before = 0;
  for (const information of informations) {
    if (!(information < Infinity && information > before)) return false;
    if (information - before < INFORMATION_GROWTH_MIN * information) return false;
    before = information;
  }
  return true;
}

/** @throws RangeError when there is no look, or information does not grow from look to look. */
export function requireGrowing(name: string, informations: readonly number[]): void {
  if (informations.length === 0) throw new RangeError(`${name} must name at least one look`);
  informations.forEach((information) => requirePositive(name, information));
  if (!isGrowing(informations)) {
    throw new RangeError(`${name} must grow from look to look, got ${informations.join(', ')}`);
  }
}

/** @throws RangeError unless there is one bound per look; an infinite one never stops. */
export function requireBounds(name: string, bounds: readonly number[], looks: number): void {
  if (bounds.length !== looks) {
    throw new RangeError(`${name} must have ${looks} values, got ${bounds.length}`);
  }
  bounds.forEach((bound) => requirePoint(name, bound));
}
