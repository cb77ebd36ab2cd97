import { requireLevel, requirePositive } from '../argument-checks.js';
import { confidenceSequenceMultiplier } from '../confidence-sequence.js';
import { normal } from '../distributions.js';
import { efficacyBounds } from '../group-sequential/bounds.js';
import { type Design, designDrift, powerOfDesign } from '../group-sequential/power.js';
import type { Spending } from '../group-sequential/spending.js';

/**
 * When the numbers may speak: once at the end, at equally spaced looks that share alpha, or at any
 * time. `nStar` is where the always-valid interval is narrowest, in units of the whole experiment;
 * its `looks` are how often it is read until the last unit, for instance once a day.
 */
export type PlannedTest =
  | { kind: 'fixed_horizon' }
  | { kind: 'group_sequential'; looks: number; spending: Spending }
  | { kind: 'always_valid'; nStar: number; looks: number };

/** More looks than days in a year only cost time: each further one adds next to nothing. */
const LOOKS_MAX = 366;

/** How a test turns drift (expected z at its last unit) into power. */
export interface StoppingRule {
  /** Two-sided level of this one comparison. */
  alpha: number;
  /** Chance to find the effect at any look, in the direction of the effect. */
  powerAt(drift: number, units: number): number;
  /** Rises with the drift and is 0 where the power is the one wanted. */
  surplus(drift: number, units: number, power: number): number;
}

/**
 * The rule of a planned test.
 *
 * Group-sequential and always-valid tests are followed from look to look by the recursion of
 * Armitage, McPherson and Rowe (1969): the chance that z leaves the bounds at any of the looks. For
 * the always-valid test the bound at a look is the multiplier of its confidence sequence there; the
 * burn-in of 25 non-zero outcomes per arm is not part of it.
 *
 * @param sides 2 where the bounds hold on both sides, 1 for non-inferiority.
 * @throws RangeError for an alpha outside (0, 1), looks that are not a whole number of 1 to 366, or
 * an nStar that is not above 0.
 */
export function stoppingRule(test: PlannedTest, alpha: number, sides: 1 | 2): StoppingRule {
  requireLevel('alpha', alpha);
  switch (test.kind) {
    case 'fixed_horizon':
      return fixedRule(alpha);
    case 'group_sequential':
      return groupSequentialRule(test, alpha, sides);
    case 'always_valid':
      return alwaysValidRule(test, alpha, sides);
  }
}

function fixedRule(alpha: number): StoppingRule {
  const z = -normal.quantile(alpha / 2);
  return {
    alpha,
    powerAt: (drift) => normal.survival(z - drift),
    surplus: (drift, _units, power) => drift - z - normal.quantile(power),
  };
}

function groupSequentialRule(
  { looks, spending }: { looks: number; spending: Spending },
  alpha: number,
  sides: 1 | 2,
): StoppingRule {
  const fractions = equalFractions(looks);
  const { criticalZ } = efficacyBounds({ spending, alphaOneSided: alpha / 2, fractions });
  const design: Design = { criticalZ, fractions, sides };
  const needed = new Map<number, number>();
  return {
    alpha,
    powerAt: (drift) => powerOfDesign({ ...design, drift }),
    surplus: (drift, _units, power) => {
      const known = needed.get(power) ?? designDrift({ ...design, power });
      needed.set(power, known);
      return drift - known;
    },
  };
}

function alwaysValidRule(
  { looks, nStar }: { looks: number; nStar: number },
  alpha: number,
  sides: 1 | 2,
): StoppingRule {
  requirePositive('nStar', nStar);
  const fractions = equalFractions(looks);
  const powerAt = (drift: number, units: number): number => {
    const criticalZ = fractions.map((t) =>
      confidenceSequenceMultiplier({ n: t * units, nStar, alpha }),
    );
    return powerOfDesign({ criticalZ, fractions, sides, drift });
  };
  return {
    alpha,
    powerAt,
    // The bounds move with the units, so there is no single drift to compare with.
    surplus: (drift, units, power) => powerAt(drift, units) - power,
  };
}

function equalFractions(looks: number): number[] {
  if (!Number.isInteger(looks) || looks < 1 || looks > LOOKS_MAX) {
    throw new RangeError(`looks must be a whole number of 1 to ${LOOKS_MAX}, got ${looks}`);
  }
  return Array.from({ length: looks }, (_value, k) => (k + 1) / looks);
}
