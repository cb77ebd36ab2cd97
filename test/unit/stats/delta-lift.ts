import { confidenceSequence } from '../../../src/stats/confidence-sequence.js';
import { normal } from '../../../src/stats/distributions.js';
import { type RelativeLift, relativeLift } from '../../../src/stats/fieller.js';
import type { ArmSummary } from '../../../src/stats/outcome.js';
import { meanOf } from './comparison-checkers.js';
import { computed } from './require-computed.js';

const criticalValue = -normal.quantile(0.025);

/** The lift and its standard error by the delta method: for display only, never for a test. */
export function deltaLift(treatment: ArmSummary, control: ArmSummary): RelativeLift {
  return computed(
    relativeLift({
      treatment: meanOf(treatment),
      control: meanOf(control),
      criticalValue,
      canBeNegative: false,
    }),
  );
}

/** The always-valid p of an effect at this look, past its burn-in. */
export function sequenceP(
  effect: { estimate: number; se: number },
  n: number,
  nStar: number,
): number {
  const nonZero = { treatment: 100, control: 100 };
  return computed(confidenceSequence({ ...effect, n, nStar, alpha: 0.05, nonZero })).pValue;
}
