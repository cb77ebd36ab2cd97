import { requireLevel, requirePositive, requireProbability } from '../argument-checks.js';
import { normal } from '../distributions.js';
import { findRoot } from '../find-root.js';
import { notComputed, type NotComputed } from '../outcome.js';

/** Two rates to tell apart; both tails count, as in the tables of the method. */
export interface ArcsinePlan {
  controlRate: number;
  treatmentRate: number;
  /** Two-sided level. */
  alpha: number;
}

/**
 * Power of a test of two rates on the scale 2·asin√p, where the variance hardly depends on the rate
 * (Cohen 1988, Statistical power analysis, chapter 6). A second opinion on a planned size: it needs
 * no choice between a pooled and an unpooled variance.
 *
 * @param input.n0 units in the control. @param input.n1 units in the treatment.
 * @throws RangeError for rates outside 0 to 1, sizes that are not above 0, or an alpha outside (0, 1).
 */
export function arcsinePower(input: ArcsinePlan & { n0: number; n1: number }): number {
  const { n0, n1, alpha } = input;
  requireLevel('alpha', alpha);
  requirePositive('n0', n0);
  requirePositive('n1', n1);
  const drift = Math.abs(distance(input)) * Math.sqrt((n0 * n1) / (n0 + n1));
  const z = -normal.quantile(alpha / 2);
  return normal.survival(z - drift) + normal.survival(z + drift);
}

/**
 * Units per arm, in two arms of the same size, until the rates are told apart with this power.
 *
 * @returns the units, or `not-identified` for two equal rates.
 * @throws RangeError as `arcsinePower`, and for a power that is not above alpha.
 */
export function arcsineUnitsPerArm(
  input: ArcsinePlan & { power: number },
): { ok: true; units: number } | NotComputed {
  const { power, alpha } = input;
  requireLevel('power', power);
  if (power <= alpha) throw new RangeError('power must be above alpha');
  const h = distance(input);
  if (h === 0) return notComputed('not-identified', 'the two rates are the same');
  const surplus = (n: number): number => arcsinePower({ ...input, n0: n, n1: n }) - power;
  // Without the far tail the size is a closed form; the tail can only make it smaller.
  const high = 2 * ((normal.quantile(power) - normal.quantile(alpha / 2)) / h) ** 2;
  return { ok: true, units: findRoot(surplus, { low: high * 1e-9, high }, 1e-13 * high) };
}

function distance({ controlRate, treatmentRate }: ArcsinePlan): number {
  requireProbability('controlRate', controlRate);
  requireProbability('treatmentRate', treatmentRate);
  return 2 * (Math.asin(Math.sqrt(treatmentRate)) - Math.asin(Math.sqrt(controlRate)));
}
