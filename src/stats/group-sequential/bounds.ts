import { requireLevel, requirePoint } from '../argument-checks.js';
import { normal } from '../distributions.js';
import { findRoot } from '../find-root.js';
import { requireGrowing } from './check-looks.js';
import {
  type Continuation,
  continueTo,
  REACH,
  REACH_MAX,
  START,
  upperPoint,
} from './continuation.js';
import { crossingProbabilities } from './crossing.js';
import { spentAlpha, type Spending } from './spending.js';

/** Less than this is nothing: the bound would lie beyond z = 37. */
const ALPHA_MIN = 1e-300;

export interface EfficacyBounds {
  /** z at or above it stops the test at that look; Infinity where nothing is spent. */
  criticalZ: number[];
  /** One-sided error spent up to and including each look. */
  cumulativeAlpha: number[];
}

/**
 * Upper bounds of a group-sequential test that spends its error along a function of the information
 * (Lan and DeMets 1983). For a two-sided test pass half of its alpha and use the bounds on both
 * sides. Futility bounds are non-binding, so they have no place here.
 *
 * @param input.fractions information at each look as a share of the planned maximum, increasing.
 * The look at 1 or above spends all that is left; a later one has nothing to spend.
 * @example
 * // 4.8768849, 3.3570119, 2.6802801, 2.2898168, 2.0310321
 * efficacyBounds({
 *   spending: { kind: 'obrien_fleming' },
 *   alphaOneSided: 0.025,
 *   fractions: [0.2, 0.4, 0.6, 0.8, 1],
 * });
 *
 * @throws RangeError for an alpha outside (0, 1) or fractions that do not grow.
 */
export function efficacyBounds(input: {
  spending: Spending;
  alphaOneSided: number;
  fractions: readonly number[];
}): EfficacyBounds {
  const { spending, alphaOneSided, fractions } = input;
  requireLevel('alphaOneSided', alphaOneSided);
  requireGrowing('fractions', fractions);
  const cumulativeAlpha = fractions.map((t) => spentAlpha(spending, alphaOneSided, t));
  const increments = cumulativeAlpha.map((spent, k) => spent - (cumulativeAlpha[k - 1] ?? 0));
  const reaches = reachesFor(increments);
  const criticalZ: number[] = [];
  let paths = START;
  fractions.forEach((information, k) => {
    const bound = boundToSpend(paths, information, increments[k] ?? 0);
    criticalZ.push(bound);
    const next = fractions[k + 1];
    if (next === undefined) return;
    paths = unlessOutOfReach(
      paths,
      { information, criticalZ: bound },
      next,
      reaches[k + 1] ?? REACH,
    );
  });
  return { criticalZ, cumulativeAlpha };
}

/** A look that has been used: its information and the bound it was held against. */
export interface PastLook {
  information: number;
  criticalZ: number;
}

/**
 * Bound of the current look, when the bounds already used stay as they are. Information is what was
 * really observed, in any unit (units, events, 1/variance): only ratios matter, so a test that runs
 * over or under its plan keeps its error. The last look passes all the error that is left.
 *
 * For the repeated confidence interval of a look take estimate ± criticalZ·SE (Jennison and Turnbull
 * 1989): all looks together cover with 1 minus the error spent.
 *
 * The error that the past looks have really spent, should their information have been revised since,
 * is the sum of `crossingProbabilities({ upper, information, drift: 0 }).upper`.
 *
 * @param input.past looks in order; a skipped one is left out or has criticalZ Infinity.
 * @param input.alphaToSpend one-sided error of this look alone. 0, or a rounding below it, gives
 * Infinity, and so does anything so small that the bound would pass 37.
 *
 * @example
 * // The second look of three: 2.5114275.
 * nextCriticalZ({
 *   past: [{ information: 2000, criticalZ: 3.7103029 }],
 *   information: 4000,
 *   alphaToSpend: 0.006048389 - 0.000103506,
 * });
 *
 * @throws RangeError when information does not grow (by a billionth at least), or when more error
 * is to be spent than the chance that is left.
 */
export function nextCriticalZ(input: {
  past: readonly PastLook[];
  information: number;
  alphaToSpend: number;
}): number {
  const { past, information, alphaToSpend } = input;
  requireGrowing('information', [...past.map((look) => look.information), information]);
  past.forEach((look) => requirePoint('criticalZ', look.criticalZ));
  requirePoint('alphaToSpend', alphaToSpend);
  if (alphaToSpend < ALPHA_MIN) return Infinity;
  if (alphaToSpend >= 1) throw new RangeError(`alphaToSpend must be below 1, got ${alphaToSpend}`);
  const reach = reachFor(alphaToSpend);
  const seen = past.filter((look) => look.criticalZ < reach);
  let paths = START;
  seen.forEach((look, k) => {
    paths = unlessOutOfReach(paths, look, seen[k + 1]?.information ?? information, reach);
  });
  return boundToSpend(paths, information, alphaToSpend);
}

/**
 * Bounds of the classical designs: one constant for all looks (Pocock 1977, Biometrika 64:191-199),
 * or a constant on the scale of the sum, z_k = C/√t_k with t_k relative to the last look (O'Brien
 * and Fleming 1979, Biometrics 35:549-556). The looks must be known beforehand; where they may move,
 * use `efficacyBounds`.
 *
 * @throws RangeError for an alpha outside (0, 1) or fractions that do not grow.
 */
export function classicalBounds(input: {
  shape: 'obrien_fleming' | 'pocock';
  alphaOneSided: number;
  fractions: readonly number[];
}): EfficacyBounds {
  const { shape, alphaOneSided, fractions } = input;
  requireLevel('alphaOneSided', alphaOneSided);
  requireGrowing('fractions', fractions);
  const last = fractions.at(-1) ?? 1;
  const boundsAt = (constant: number): number[] =>
    fractions.map((t) => (shape === 'pocock' ? constant : constant * Math.sqrt(last / t)));
  const spentAt = (constant: number): number[] => {
    const upper = boundsAt(constant);
    return crossingProbabilities({ upper, information: fractions, drift: 0 }).upper;
  };
  // One look alone is a lower limit of the constant; Bonferroni is an upper one for both shapes.
  const low = -normal.quantile(alphaOneSided) - 1e-6;
  const high = -normal.quantile(alphaOneSided / fractions.length) + 1e-6;
  const residual = (constant: number): number => sum(spentAt(constant)) - alphaOneSided;
  const constant = findRoot(residual, { low, high }, 1e-11);
  let total = 0;
  const cumulativeAlpha = spentAt(constant).map((spent) => (total += spent));
  return { criticalZ: boundsAt(constant), cumulativeAlpha };
}

function boundToSpend(paths: Continuation, information: number, alpha: number): number {
  if (alpha < ALPHA_MIN) return Infinity;
  return upperPoint(paths, information, alpha, reachFor(alpha));
}

/** A bound that no path in question passes takes none away: the look can be left out. */
function unlessOutOfReach(
  paths: Continuation,
  look: PastLook,
  nextInformation: number,
  reach: number,
): Continuation {
  if (look.criticalZ >= reach) return paths;
  const { information, criticalZ } = look;
  return continueTo(
    paths,
    { information, lower: -Infinity, upper: criticalZ },
    nextInformation,
    reach,
  );
}

/** Three standard deviations past the point of a tiny probability keep twelve of its digits. */
function reachFor(alpha: number): number {
  return Math.min(REACH_MAX, Math.max(REACH, 3 - normal.quantile(Math.min(alpha, 0.5))));
}

/** Per look, the reach that the smallest error spent there or later asks for. */
function reachesFor(increments: readonly number[]): number[] {
  let reach = REACH;
  return increments
    .toReversed()
    .map((alpha) => (reach = alpha < ALPHA_MIN ? reach : Math.max(reach, reachFor(alpha))))
    .toReversed();
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
