import { requireFinite, requireLevel } from '../argument-checks.js';
import { normal } from '../distributions.js';
import { findRoot } from '../find-root.js';
import { requireBounds, requireGrowing } from './check-looks.js';
import {
  type Continuation,
  continueTo,
  REACH,
  REACH_MAX,
  START,
  upperCrossing,
  withDrift,
} from './continuation.js';
import { crossingProbabilities } from './crossing.js';

/** A whole test: its looks and what stops it. */
export interface Design {
  /** Efficacy bound per look. */
  criticalZ: readonly number[];
  /** Information per look as a share of the planned maximum. */
  fractions: readonly number[];
  /** 2: the bounds hold on both sides. */
  sides: 1 | 2;
  /** Futility bound per look before the last, for a one-sided test that does stop there. */
  futilityZ?: readonly number[];
}

/**
 * Chance that the test finds an effect of this size, in the direction of the effect: stopping on the
 * wrong side is not a find.
 *
 * @param design.drift expected z at fraction 1. For a one-sided test its sign counts; for a
 * two-sided one it does not.
 * @throws RangeError for bounds that do not fit the looks, or futility bounds in a two-sided test.
 */
export function powerOfDesign(design: Design & { drift: number }): number {
  requireFinite('drift', design.drift);
  const drift = design.sides === 2 ? Math.abs(design.drift) : design.drift;
  return total(crossingsOf(design, drift).upper);
}

/**
 * The drift (expected z at fraction 1) at which the test has this power. Drift = effect / standard
 * error at the planned maximum, so it gives the effect for a size, or the size for an effect.
 *
 * @throws RangeError for a power outside (0, 1), or one that the test has without any effect.
 */
export function designDrift(design: Design & { power: number }): number {
  requireLevel('power', design.power);
  const powerAt = powerByDrift(design);
  if (powerAt(0) >= design.power) throw new RangeError('the power must be above the type I error');
  let high = 4;
  while (powerAt(high) < design.power) high *= 1.5;
  return findRoot((drift) => powerAt(drift) - design.power, { low: 0, high }, 1e-11);
}

export interface DesignSize {
  drift: number;
  /** Maximum sample divided by the sample of a test with a single look, at the same power. */
  inflationFactor: number;
  /** Expected sample divided by that of a single look, when the effect is the one planned for. */
  expectedSampleRatioH1: number;
  /** The same when there is no effect. */
  expectedSampleRatioH0: number;
}

/**
 * What the looks cost in sample, and what they save (Jennison and Turnbull 2000, sections 2.3 and
 * 19.4): multiply the size of the fixed test by these.
 *
 * @param design.alphaOneSided error of the single-look test compared with, per side.
 * @example
 * // Five O'Brien-Fleming looks at 80 % power: factor 1.02841.
 * sizeOfDesign({ ...design, alphaOneSided: 0.025, power: 0.8 });
 *
 * @throws RangeError as `designDrift`, and for an alpha outside (0, 1).
 */
export function sizeOfDesign(
  design: Design & { alphaOneSided: number; power: number },
): DesignSize {
  requireLevel('alphaOneSided', design.alphaOneSided);
  const drift = designDrift(design);
  const fixedDrift = normal.quantile(design.power) - normal.quantile(design.alphaOneSided);
  const single = fixedDrift * fixedDrift;
  const perFraction = (drift * drift) / single;
  return {
    drift,
    inflationFactor: perFraction * (design.fractions.at(-1) ?? 1),
    expectedSampleRatioH1: perFraction * expectedFraction(design, drift),
    expectedSampleRatioH0: perFraction * expectedFraction(design, 0),
  };
}

/** Information at which the test stops on average. */
function expectedFraction(design: Design, drift: number): number {
  const { upper, lower } = crossingsOf(design, drift);
  const last = design.fractions.at(-1) ?? 1;
  return design.fractions.reduce(
    (expected, t, k) => expected - (last - t) * ((upper[k] ?? 0) + (lower[k] ?? 0)),
    last,
  );
}

function crossingsOf(
  design: Design,
  drift: number,
): { upper: readonly number[]; lower: readonly number[] } {
  const { criticalZ, fractions } = design;
  const lower = lowerBoundsOf(design);
  return crossingProbabilities({ upper: criticalZ, lower, information: fractions, drift });
}

/** The paths before each look are found once; every drift then only re-weights them. */
function powerByDrift(design: Design): (drift: number) => number {
  const { criticalZ, fractions } = design;
  const lower = lowerBoundsOf(design);
  requireGrowing('fractions', fractions);
  requireBounds('criticalZ', criticalZ, fractions.length);
  const before: Continuation[] = [START];
  for (let k = 0; k + 1 < fractions.length; k += 1) {
    const look = {
      information: fractions[k] ?? 1,
      lower: lower[k] ?? -Infinity,
      upper: criticalZ[k] ?? Infinity,
    };
    before.push(continueTo(before[k] ?? START, look, fractions[k + 1] ?? 1, REACH_MAX));
  }
  return (drift) =>
    before.reduce(
      (power, paths, k) =>
        power +
        upperCrossing(withDrift(paths, drift), fractions[k] ?? 1, criticalZ[k] ?? Infinity, REACH),
      0,
    );
}

function lowerBoundsOf({ criticalZ, sides, futilityZ }: Design): number[] {
  if (futilityZ === undefined) return criticalZ.map((z) => (sides === 2 ? -z : -Infinity));
  if (sides === 2) throw new RangeError('futility bounds belong to a one-sided test');
  requireBounds('futilityZ', futilityZ, criticalZ.length - 1);
  return [...futilityZ, -Infinity];
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
