import { dominanceOf } from '../../stats/dominance.js';
import type { ArmPair } from './effects.js';
import type { ArmMoments } from './moments.js';
import type { WarningNote } from './warning-note.js';

/** Fewer units in an arm say little, whatever a test makes of them. */
export const ARM_UNITS_MIN = 100;
/** Fewer units other than 0 in an arm say little, however many others there are. */
export const ARM_NON_ZERO_MIN = 10;
/** From this share on it is one unit that is measured, and not the arm. */
export const DOMINANT_SHARE = 0.5;

/** The metric's value as it came. */
const RAW = 0;

/** What the data of two arms are not good for, however exact their numbers are. */
export function dataWarnings(pair: ArmPair): WarningNote[] {
  const arms = [pair.treatment, pair.control];
  const warnings: WarningNote[] = [];
  if (arms.some(({ n, nonZero }) => n < ARM_UNITS_MIN || nonZero < ARM_NON_ZERO_MIN)) {
    const detail =
      `An arm has fewer than ${ARM_UNITS_MIN} units, or than ${ARM_NON_ZERO_MIN} units other than ` +
      '0: the numbers are right, and too few to build on.';
    warnings.push({ code: 'insufficient-data', detail });
  }
  // One conversion of one is no outlier, and events of a quantile are not added up.
  if (!pair.isRate && arms.some(isDominated)) {
    const detail =
      'One unit makes half of the sum of its arm or more, and most of its spread: with another unit ' +
      'in its place the result would be another. A metric with `winsorise` or `cap` is safer.';
    warnings.push({ code: 'outlier-dominated', detail });
  }
  return warnings;
}

function isDominated(arm: ArmMoments): boolean {
  if (arm.quantile !== undefined) return false;
  const dominance = dominanceOf(arm, RAW);
  if (dominance === null) return false;
  return dominance.ofSum >= DOMINANT_SHARE && dominance.ofSquares >= DOMINANT_SHARE;
}
