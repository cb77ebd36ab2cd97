import { requireLevel, requirePositive, requireProbability } from './argument-checks.js';
import { type Interval, notComputed, type NotComputed } from './outcome.js';
import { type PValue, pValueOfLog } from './p-value.js';

/** Below this many non-zero outcomes in an arm its mean is not yet near a normal distribution. */
export const BURN_IN_NON_ZERO = 25;

export interface ConfidenceSequenceInput {
  estimate: number;
  se: number;
  /** Units in both arms together, now. */
  n: number;
  /** Units in both arms at which a decision is expected: the interval is narrowest there. */
  nStar: number;
  alpha: number;
  /** Units whose outcome is not 0, per arm. */
  nonZero: { treatment: number; control: number };
  /** The running p-value of the looks before this one. */
  previousPValue?: number;
}

export interface ConfidenceSequenceResult extends PValue {
  ok: true;
  rho: number;
  /** Half-width in standard errors; the relative interval takes it as its critical value. */
  multiplier: number;
  halfWidth: number;
  interval: Interval;
  /** Smallest p of this and all earlier looks: valid at any time, and it only falls. */
  runningPValue: number;
  /** False: show the interval, but draw no verdict yet. */
  burnInPassed: boolean;
}

/**
 * Asymptotic confidence sequence: an interval that covers the effect at all looks at once, however
 * often and whenever one looks (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024, Time-uniform
 * central limit theory and asymptotic confidence sequences).
 *
 * half-width = SE·√(2(nρ²+1)·ln(√(nρ²+1)/α)/(nρ²)). The p-value at a look is below alpha exactly when
 * the interval of that look excludes 0.
 *
 * @throws RangeError for an alpha outside (0, 1), an nStar that is not above 0, or a previous p-value
 * outside 0 to 1.
 */
export function confidenceSequence(
  input: ConfidenceSequenceInput,
): ConfidenceSequenceResult | NotComputed {
  const { estimate, se, n, nStar, alpha, nonZero, previousPValue = 1 } = input;
  requireLevel('alpha', alpha);
  requirePositive('nStar', nStar);
  requireProbability('previousPValue', previousPValue);
  if (n === 0) return notComputed('empty-arm', 'no units yet');
  if (!(n > 0 && n < Infinity) || !Number.isFinite(estimate) || !(se >= 0 && se < Infinity)) {
    return notComputed('bad-input', `estimate ${estimate}, standard error ${se}, units ${n}`);
  }
  if (se === 0) return notComputed('no-variance', 'every unit has the same value in both arms');
  const rho = rhoOf(nStar, alpha);
  const multiplier = multiplierAt(n * rho ** 2, alpha);
  const { pValue, pValueIsBound, log10p } = pValueOfLog(lnPOf(estimate / se, n * rho * rho));
  const halfWidth = multiplier * se;
  if (!Number.isFinite(log10p) || !Number.isFinite(Math.abs(estimate) + halfWidth)) {
    return notComputed('bad-input', 'the values are too extreme for double precision');
  }
  return {
    ok: true,
    pValue,
    pValueIsBound,
    log10p,
    rho,
    multiplier,
    halfWidth,
    interval: { shape: 'interval', low: estimate - halfWidth, high: estimate + halfWidth },
    runningPValue: Math.min(previousPValue, pValue),
    burnInPassed: Math.min(nonZero.treatment, nonZero.control) >= BURN_IN_NON_ZERO,
  };
}

/** Half-width of the confidence sequence in standard errors; 3.035 at n = nStar and alpha .05. */
export function confidenceSequenceMultiplier(at: {
  n: number;
  nStar: number;
  alpha: number;
}): number {
  requireLevel('alpha', at.alpha);
  requirePositive('nStar', at.nStar);
  requirePositive('n', at.n);
  return multiplierAt(at.n * rhoOf(at.nStar, at.alpha) ** 2, at.alpha);
}

/** The multiplier where n·rho² is the information. */
function multiplierAt(information: number, alpha: number): number {
  return Math.sqrt(
    (2 * (information + 1) * (0.5 * Math.log1p(information) - Math.log(alpha))) / information,
  );
}

/** The tuning that makes the interval narrowest near n = nStar. */
function rhoOf(nStar: number, alpha: number): number {
  const twice = -2 * Math.log(alpha);
  return Math.sqrt((twice + Math.log1p(twice)) / nStar);
}

/** ln of min(1, √(m+1)·exp(-z²m/(2(m+1)))) with m = nρ². */
function lnPOf(z: number, m: number): number {
  return Math.min(0, 0.5 * Math.log1p(m) - (z * z * m) / (2 * (m + 1)));
}
