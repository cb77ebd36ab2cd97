import {
  assertProbability,
  requireFinite,
  requireLevel,
  requirePositive,
} from './argument-checks.js';
import { normal } from './distributions.js';
import { findRoot } from './find-root.js';
import { integrate } from './gauss-legendre.js';

export interface ArmSizes {
  control: number;
  treatments: readonly number[];
}

/** Nodes per panel of at most three standard deviations. */
const NODES = 32;
const PANEL = 3;
/** Beyond nine standard deviations nothing is left that counts. */
const REACH = 9;

/**
 * Two-sided critical value for several arms against one control: the chance that any arm without an
 * effect passes it is alpha (Dunnett 1955, JASA 50:1096-1121, with known variances).
 *
 * The comparisons share the control, so they correlate by λ_iλ_j with λ_i = √(n_i/(n_i+n0)); given
 * the control they are independent, which leaves one integral.
 *
 * @example
 * // Two arms as large as the control: 2.2121277; three: 2.3489706.
 * dunnettCriticalZ({ control: 1000, treatments: [1000, 1000] }, 0.05);
 *
 * @throws RangeError for sizes that are not above 0, no arms, or an alpha outside (0, 1).
 */
export function dunnettCriticalZ(sizes: ArmSizes, alpha: number): number {
  requireLevel('alpha', alpha);
  const loadings = loadingsOf(sizes);
  // One comparison alone is a lower limit, Bonferroni an upper one.
  const low = -normal.quantile(alpha / 2);
  if (loadings.length === 1) return low;
  const high = -normal.quantile(alpha / (2 * loadings.length));
  // Logarithms keep the search straight for a small alpha.
  const residual = (z: number): number =>
    Math.log(alpha) - Math.log(chanceOfAnyBeyond(z, loadings));
  return findRoot(residual, { low: low - 0.01, high: high + 0.01 }, 1e-12);
}

/**
 * p-value of one arm's z adjusted for all the arms tried: the chance that the largest |z| among arms
 * without an effect is at least this large.
 *
 * @throws RangeError for a z that is not finite, sizes that are not above 0, or no arms.
 */
export function dunnettAdjustedP(z: number, sizes: ArmSizes): number {
  requireFinite('z', z);
  const loadings = loadingsOf(sizes);
  const size = Math.abs(z);
  if (size === 0) return 1;
  if (loadings.length === 1) return 2 * normal.survival(size);
  return chanceOfAnyBeyond(size, loadings);
}

/**
 * P(max |Z_i| > z), built up from the tails so that a tiny probability keeps its digits. One near 1
 * is the complement of what lies inside: rounding could otherwise lift it above 1.
 */
function chanceOfAnyBeyond(z: number, loadings: readonly number[]): number {
  // The integrands are the same on both sides of 0.
  const over = (f: (logInside: number) => number): number =>
    2 *
    integrate(
      (u) => f(logInsideGiven(u, z, loadings)) * normal.pdf(u),
      panelsOf(z, loadings),
      NODES,
    );
  const beyond = over((logInside) => -Math.expm1(logInside));
  if (beyond < 0.5) return assertProbability('adjusted p', beyond);
  return assertProbability('adjusted p', 1 - over(Math.exp));
}

/** ln P(every |Z_i| <= z) given the shared control's deviate. */
function logInsideGiven(u: number, z: number, loadings: readonly number[]): number {
  return loadings.reduce((sum, loading) => {
    const spread = Math.sqrt(1 - loading * loading);
    const tail =
      normal.survival((z - loading * u) / spread) + normal.survival((z + loading * u) / spread);
    return sum + Math.log1p(-Math.min(1, tail));
  }, 0);
}

/**
 * Panels for the control's deviate u >= 0. A far z is reached through a far u, so the range grows
 * with it; an arm much larger than the control turns its tail into a step at u = z/λ, which gets its
 * own panels.
 */
function panelsOf(z: number, loadings: readonly number[]): number[] {
  const end = z + REACH;
  const breaks = new Set([end]);
  for (let u = 0; u < end; u += PANEL) breaks.add(u);
  for (const loading of new Set(loadings)) {
    const width = Math.sqrt(1 - loading * loading) / loading;
    if (width > 0.5) continue;
    for (const steps of [-REACH, -PANEL, 0, PANEL, REACH]) breaks.add(z / loading + steps * width);
  }
  return [...breaks].filter((u) => u >= 0 && u <= end).sort((p, q) => p - q);
}

function loadingsOf({ control, treatments }: ArmSizes): number[] {
  requirePositive('control', control);
  if (treatments.length === 0) throw new RangeError('there must be at least one treatment');
  return treatments.map((n) => {
    requirePositive('treatment', n);
    return Math.sqrt(n / (n + control));
  });
}
