import { requireLevel, requirePoint, requirePositive, requireFinite } from '../argument-checks.js';
import { normal } from '../distributions.js';

/**
 * How the error is spread over the looks. `obrien_fleming` keeps nearly all of it for the end,
 * `pocock` spends it evenly; `kim_demets` (phi > 0: larger is later) and `hwang_shih_decani`
 * (gamma: negative is later, 0 is even) range between and beyond.
 */
export type Spending =
  | { kind: 'obrien_fleming' }
  | { kind: 'pocock' }
  | { kind: 'kim_demets'; phi: number }
  | { kind: 'hwang_shih_decani'; gamma: number };

/**
 * Error spent up to a share of the maximum information, in one direction (Lan and DeMets 1983,
 * Biometrika 70:659-663): 2Q(z_{α/2}/√t), α·ln(1+(e-1)t), α·t^φ or α(1-e^{-γt})/(1-e^{-γ}).
 * From fraction 1 on all of it is spent. The same functions spend beta for futility bounds.
 *
 * @example
 * // Half of the information: .00153 of .025 are spent.
 * spentAlpha({ kind: 'obrien_fleming' }, 0.025, 0.5);
 *
 * @throws RangeError for an alpha outside (0, 1), a negative fraction, or a shape out of its range.
 */
export function spentAlpha(spending: Spending, alphaOneSided: number, fraction: number): number {
  requireLevel('alphaOneSided', alphaOneSided);
  requirePoint('fraction', fraction);
  if (fraction < 0) throw new RangeError(`fraction must not be negative, got ${fraction}`);
  const share = shareOf(spending, alphaOneSided, fraction);
  if (fraction >= 1) return alphaOneSided;
  return fraction === 0 ? 0 : alphaOneSided * share;
}

function shareOf(spending: Spending, alpha: number, t: number): number {
  switch (spending.kind) {
    case 'obrien_fleming':
      if (t === 0) return 0;
      return (2 * normal.survival(-normal.quantile(alpha / 2) / Math.sqrt(t))) / alpha;
    case 'pocock':
      return Math.log1p((Math.E - 1) * t);
    case 'kim_demets':
      requirePositive('phi', spending.phi);
      return t ** spending.phi;
    case 'hwang_shih_decani':
      requireFinite('gamma', spending.gamma);
      return hwangShihDecani(spending.gamma, t);
  }
}

/** (1-e^{-γt})/(1-e^{-γ}); for γ < 0 written so that nothing overflows. */
function hwangShihDecani(gamma: number, t: number): number {
  if (gamma === 0) return t;
  const ratio = Math.expm1(-Math.abs(gamma) * t) / Math.expm1(-Math.abs(gamma));
  return gamma > 0 ? ratio : ratio * Math.exp(gamma * (1 - t));
}
