import { normal, studentT } from '../distributions.js';
import { noncentralTSurvival } from '../noncentral-t.js';
import { contrastOfMeans } from '../welch.js';

/** Noncentrality past which the t test misses less than once in 1e300. */
const NONCENTRALITY_MAX = 400;

/** Two arms as they will be; 1 is the treatment, 0 the control. Variances are per unit. */
export interface PlannedArms {
  n0: number;
  n1: number;
  variance0: number;
  variance1: number;
}

/**
 * Drift of Welch's t test: z_{α/2} - Q⁻¹(power) of its noncentral t power in the direction of the
 * effect. Exact for equal variances; otherwise with Satterthwaite's degrees of freedom.
 *
 * @param arms of two units at least, with a variance in one of them.
 */
export function meanDifferenceDrift(arms: PlannedArms, effect: number, alpha: number): number {
  const contrast = contrastOfMeans(
    { n: arms.n1, mean: 0, variance: arms.variance1 },
    { n: arms.n0, mean: 0, variance: arms.variance0 },
  );
  if (!contrast.ok) throw new RangeError(contrast.detail);
  const { se, df } = contrast;
  const critical = -studentT.quantile(alpha / 2, df);
  const z = -normal.quantile(alpha / 2);
  const shift = Math.min(Math.abs(effect) / se, NONCENTRALITY_MAX);
  // Whichever of found and missed is the smaller one keeps its digits.
  const found = noncentralTSurvival(critical, df, shift);
  if (found < 0.5) return z + normal.quantile(found);
  return z - normal.quantile(noncentralTSurvival(-critical, df, -shift));
}

/**
 * Drift of the test of two rates, whose variance is pooled under the null and not under the effect:
 * z_{α/2} + (|effect| - z_{α/2}·σ_pooled)/σ_unpooled (Fleiss, Levin and Paik 2003, Statistical
 * methods for rates and proportions, chapter 4).
 *
 * @param pooledVariance variance per unit at the rate of both arms together.
 */
export function rateDifferenceDrift(
  { n0, n1, variance0, variance1 }: PlannedArms,
  pooledVariance: number,
  effect: number,
  alpha: number,
): number {
  if (effect === 0) return 0;
  const z = -normal.quantile(alpha / 2);
  const unpooled = Math.sqrt(variance1 / n1 + variance0 / n0);
  const pooled = Math.sqrt(pooledVariance * (1 / n1 + 1 / n0));
  const distance = Math.abs(effect) - z * pooled;
  if (unpooled === 0) return distance > 0 ? Infinity : 0;
  return z + distance / unpooled;
}

/**
 * Drift of the test that a treatment is not worse than the control by the margin: the distance from
 * the worst tolerable mean in standard errors.
 *
 * @param factor what the test multiplies the control's mean by: 1 minus a relative margin.
 */
export function nonInferiorityDrift(
  { n0, n1, variance0, variance1 }: PlannedArms,
  factor: number,
  distance: number,
): number {
  if (distance === 0) return 0;
  return distance / Math.sqrt(variance1 / n1 + (factor * factor * variance0) / n0);
}
