import type { MeanWithVariance } from '../fieller.js';
import { type ArmSummary, notComputed, type NotComputed } from '../outcome.js';
import { contrastOfMeans } from '../welch.js';
import { combinedVariance } from './combined-variance.js';

/** Both arms within one group of units that was fixed before exposure. */
export interface Stratum {
  treatment: ArmSummary;
  control: ArmSummary;
}

export interface PostStratifiedResult {
  ok: true;
  estimate: number;
  se: number;
  /** Satterthwaite's, over the arms of all strata. */
  df: number;
  /** Weighted means of the arms, independent of each other, ready for the relative lift. */
  treatment: MeanWithVariance;
  control: MeanWithVariance;
  /** Share of all units per stratum, in the order given. */
  weights: readonly number[];
}

/** Fewer units than this have no variance. */
const UNITS_PER_ARM_MIN = 2;

/**
 * Post-stratification: the difference within each stratum, weighed with the stratum's share w of all
 * units. Estimate Σw·Δ, variance Σw²·(v_treatment + v_control), with the weights taken as given
 * (Miratrix, Sekhon and Yu 2013, Adjusting treatment effect estimates by post-stratification).
 *
 * A stratum with no units at all carries no weight. One with fewer than 2 units in an arm is
 * refused as `too-few`: merge it with another first, see `mergeSmallStrata`.
 */
export function postStratified(strata: readonly Stratum[]): PostStratifiedResult | NotComputed {
  let total = 0;
  for (const stratum of strata) total += unitsOf(stratum);
  if (total === 0) return notComputed('empty-arm', 'no units in any stratum');
  const variances: number[] = [];
  const dfs: number[] = [];
  const treatment = { mean: 0, varianceOfMean: 0 };
  const control = { mean: 0, varianceOfMean: 0 };
  for (const [position, stratum] of strata.entries()) {
    if (unitsOf(stratum) === 0) continue;
    const problem = problemWith(stratum, position);
    if (problem !== null) return problem;
    const weight = unitsOf(stratum) / total;
    for (const [sum, arm] of [
      [treatment, stratum.treatment],
      [control, stratum.control],
    ] as const) {
      const variance = weight * weight * ((arm.variance ?? NaN) / arm.n);
      sum.mean += weight * arm.mean;
      sum.varianceOfMean += variance;
      variances.push(variance);
      dfs.push(arm.n - 1);
    }
  }
  const { se, df } = combinedVariance(variances, dfs);
  if (se === 0) return notComputed('no-variance', 'no stratum has any spread in either arm');
  const estimate = treatment.mean - control.mean;
  if (!Number.isFinite(estimate / se) || !Number.isFinite(df)) {
    return notComputed('bad-input', 'the values are too extreme for double precision');
  }
  const weights = strata.map((stratum) => unitsOf(stratum) / total);
  return { ok: true, estimate, se, df, treatment, control, weights };
}

/**
 * Merges the strata with fewer than 2 units in an arm, looking at counts only so that the outcome
 * cannot steer the choice: all of them become one, which joins the smallest of the others when it is
 * still too small. The rest keep their order, the merged one comes last.
 */
export function mergeSmallStrata(strata: readonly Stratum[]): Stratum[] {
  const large = strata.filter((stratum) => !isSmall(stratum));
  const small = strata.filter(isSmall);
  const [first, ...others] = small;
  if (first === undefined) return [...large];
  const merged = others.reduce(mergeStrata, first);
  if (!isSmall(merged) || large.length === 0) return [...large, merged];
  const smallest = large.reduce((a, b) => (unitsOf(b) < unitsOf(a) ? b : a));
  return [...large.filter((stratum) => stratum !== smallest), mergeStrata(smallest, merged)];
}

function problemWith(stratum: Stratum, position: number): NotComputed | null {
  if (isSmall(stratum)) {
    const { treatment, control } = stratum;
    return notComputed(
      'too-few',
      `stratum ${position} has ${treatment.n} treatment and ${control.n} control units; ` +
        `each needs ${UNITS_PER_ARM_MIN}, so merge it with another`,
    );
  }
  const within = contrastOfMeans(stratum.treatment, stratum.control);
  // A stratum without spread is fine as long as another one has some.
  return within.ok || within.reason === 'no-variance' ? null : within;
}

function isSmall({ treatment, control }: Stratum): boolean {
  return treatment.n < UNITS_PER_ARM_MIN || control.n < UNITS_PER_ARM_MIN;
}

function unitsOf({ treatment, control }: Stratum): number {
  return treatment.n + control.n;
}

function mergeStrata(a: Stratum, b: Stratum): Stratum {
  return {
    treatment: mergeArms(a.treatment, b.treatment),
    control: mergeArms(a.control, b.control),
  };
}

/** The arm of both sets of units together (Chan, Golub and LeVeque 1983). */
function mergeArms(a: ArmSummary, b: ArmSummary): ArmSummary {
  if (a.n === 0) return b;
  if (b.n === 0) return a;
  const n = a.n + b.n;
  const gap = b.mean - a.mean;
  const squares = squaresOf(a) + squaresOf(b) + gap * gap * a.n * (b.n / n);
  return { n, mean: (a.n / n) * a.mean + (b.n / n) * b.mean, variance: squares / (n - 1) };
}

function squaresOf({ n, variance }: ArmSummary): number {
  return n < 2 ? 0 : (variance ?? NaN) * (n - 1);
}
