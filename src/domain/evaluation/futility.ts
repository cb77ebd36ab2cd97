import { efficacyBounds } from '../../stats/group-sequential/bounds.js';
import { futilityBounds } from '../../stats/group-sequential/futility.js';
import { type Analysis, looksOf } from '../experiments/definition.js';

/** A win that the plan would have found in 80 of 100 tests. */
const FUTILITY_BETA = 0.2;

/**
 * The bound at or below which an early look calls a win unlikely, on the z of the good direction; null
 * where the plan asks for none. It is that of equally spaced looks: advice need not be exact to the
 * unit, and alpha never counts on it (non-binding).
 */
export function futilityBound(
  analysis: Analysis,
  look: number,
  comparisons: number,
): number | null {
  const looks = looksOf(analysis);
  if (analysis.futility !== true || look >= looks) return null;
  const fractions = Array.from({ length: looks }, (_, index) => (index + 1) / looks);
  const spending = { kind: analysis.spending ?? 'obrien_fleming' } as const;
  const alphaOneSided = analysis.alpha / comparisons / 2;
  const { criticalZ } = efficacyBounds({ spending, alphaOneSided, fractions });
  const { futilityZ } = futilityBounds({ criticalZ, fractions, spending, beta: FUTILITY_BETA });
  const bound = futilityZ[look - 1];
  return bound === undefined || !Number.isFinite(bound) ? null : bound;
}
