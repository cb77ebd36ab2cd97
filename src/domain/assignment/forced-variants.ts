import type { FieldError } from '../errors.js';
import { checkUnitId } from '../events/unit-id.js';

/** Units that get a variant by hand are for looking at it; more of them would be a test of their own. */
export const FORCED_UNITS_MAX = 100;

/**
 * What is wrong with the units of a body that are to get a variant by hand: every fault with a
 * pointer to its unit.
 *
 * @param units key of a variant by id of a unit
 * @param variants keys of the variants there are
 */
export function forcedVariantFaults(
  units: Readonly<Record<string, unknown>>,
  variants: readonly string[],
): FieldError[] {
  const entries = Object.entries(units);
  if (entries.length > FORCED_UNITS_MAX) {
    const detail = `At most ${FORCED_UNITS_MAX} units can be forced.`;
    return [{ pointer: '/units', code: 'too-many-units', detail }];
  }
  return entries.flatMap(([unitId, variant]) => {
    const pointer = `/units/${unitId.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const fault = checkUnitId(unitId);
    if (fault !== null) return [{ pointer, code: fault }];
    return variants.some((key) => key === variant) ? [] : [{ pointer, code: 'unknown-variant' }];
  });
}
