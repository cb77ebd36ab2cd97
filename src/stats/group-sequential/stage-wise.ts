import { requireLevel } from '../argument-checks.js';
import { normal } from '../distributions.js';
import { findRoot } from '../find-root.js';
import { notComputed, type NotComputed } from '../outcome.js';
import { P_VALUE_FLOOR, type PValue, pValueOfLog } from '../p-value.js';
import { type PastLook } from './bounds.js';
import { isGrowing } from './check-looks.js';
import {
  type Continuation,
  continueTo,
  REACH,
  REACH_MAX,
  chanceUnder,
  START,
  upperCrossing,
  withDrift,
} from './continuation.js';

export interface StageWiseInput {
  /** Looks before the one at which the test stopped, with the bounds they were held against. */
  past: readonly PastLook[];
  /** Information and z when the test stopped. */
  information: number;
  z: number;
  /** Information at fraction 1, to which the drift belongs; same unit as the looks. */
  fullInformation: number;
  /** Confidence level of the interval, such as .95. */
  level: number;
}

/** `pValue` and `log10p` are two-sided: twice `pOneSided`, at most 1. */
export interface StageWiseResult extends PValue {
  ok: true;
  /** In the direction of z; `P_VALUE_FLOOR` when `pValueIsBound`. */
  pOneSided: number;
  /** Drift = expected z at full information; times the standard error there it is the effect. */
  medianUnbiasedDrift: number;
  driftLow: number;
  driftHigh: number;
}

/**
 * p-value, median-unbiased estimate and confidence interval after a group-sequential test has stopped,
 * by the stage-wise ordering (Fairbanks and Madsen 1982; Tsiatis, Rosner and Mehta 1984): stopping
 * earlier is more extreme, and at one look a larger z is. No lower bound takes part, so futility
 * stops stay non-binding.
 *
 *     p(θ) = Σ_{j<k} P_θ(first crossing at look j) + P_θ(look k is reached, Z_k >= z)
 *
 * The p-value is p(0), the estimate solves p(θ) = ½, the limits p(θ) = (1 ± level)/2. A negative z is
 * solved as its mirror image, as befits a design with the same bounds on both sides.
 *
 * It holds only once the test has stopped: at a bound, or at its last look. There the p is at most the
 * error spent so far exactly when the bound is crossed, and the interval excludes 0 exactly when p is
 * below 1 - level. At a look that did not stop the test, show the repeated confidence interval
 * instead: estimate ± c_k·SE_k with that look's own bound (Jennison and Turnbull 1989), which needs
 * no function of its own.
 *
 * @throws RangeError for a level outside (0, 1).
 */
export function stageWise(input: StageWiseInput): StageWiseResult | NotComputed {
  const { past, information, z, fullInformation, level } = input;
  requireLevel('level', level);
  if (!Number.isFinite(z) || !(fullInformation > 0 && fullInformation < Infinity)) {
    return notComputed('bad-input', `z ${z} at full information ${fullInformation}`);
  }
  if (past.some((look) => Number.isNaN(look.criticalZ))) {
    return notComputed('bad-input', 'a bound of an earlier look is not a number');
  }
  if (!isGrowing([...past.map((look) => look.information), information])) {
    return notComputed('bad-input', 'information does not grow from look to look');
  }
  const size = Math.abs(z);
  const stages = stagesOf(input, size);
  const pOneSided = chanceOfMore(stages);
  const tail = (1 - level) / 2;
  const [estimate = 0, nearer = 0, farther = 0] = driftsWhere(stages, [0.5, tail, 1 - tail]);
  return {
    ok: true,
    ...twoSided(pOneSided, size),
    pOneSided: Math.max(pOneSided, P_VALUE_FLOOR),
    medianUnbiasedDrift: z < 0 ? -estimate : estimate,
    driftLow: z < 0 ? -farther : nearer,
    driftHigh: z < 0 ? -nearer : farther,
  };
}

/** A look that could have stopped the test, or did. */
interface Stage {
  /** The paths that reach it, under no drift. */
  before: Continuation;
  fraction: number;
  /** Its bound; at the last look the z that was seen. */
  z: number;
}

function stagesOf({ past, information, fullInformation }: StageWiseInput, z: number): Stage[] {
  const looks = past
    // A bound beyond all z takes no path away; such a look is as if it had not been.
    .filter((look) => look.criticalZ < REACH_MAX)
    .map((look) => ({ fraction: look.information / fullInformation, z: look.criticalZ }));
  looks.push({ fraction: information / fullInformation, z });
  const stages: Stage[] = [];
  let before = START;
  looks.forEach((look, k) => {
    stages.push({ before, ...look });
    const next = looks[k + 1];
    if (next === undefined) return;
    const bounds = { information: look.fraction, lower: -Infinity, upper: look.z };
    before = continueTo(before, bounds, next.fraction, REACH_MAX);
  });
  return stages;
}

/** p(0), with the digits of a tiny one. */
function chanceOfMore(stages: readonly Stage[]): number {
  return stages.reduce((p, stage) => p + upperCrossing(stage.before, stage.fraction, stage.z), 0);
}

/** The drifts at which p(θ) has the given values. */
function driftsWhere(stages: readonly Stage[], values: readonly number[]): number[] {
  // p(θ) is at least the chance to be past any one of the bounds, whatever the others.
  const highest = (p: number): number =>
    Math.min(...stages.map(({ fraction, z }) => (z + normal.quantile(p)) / Math.sqrt(fraction)));
  if (stages.length === 1) return values.map(highest);
  const top = highest(Math.max(...values));
  const chances = stages.map((stage) => chanceByDrift(stage, top));
  const scale = 1 / Math.sqrt(stages.at(-1)?.fraction ?? 1);
  return values.map((p) => {
    const residual = (drift: number): number =>
      chances.reduce((sum, chance) => sum + chance(drift), -p);
    // A margin for the rounding of the sum.
    const high = highest(p) + 0.01 * scale;
    let width = 0.25 * scale;
    while (residual(high - width) > 0) width *= 2;
    return findRoot(residual, { low: high - width, high }, 1e-9 * scale);
  });
}

/**
 * Chance to stop at this look, for drifts up to a highest one. The stopped paths are found once;
 * every drift then only re-weights them.
 */
function chanceByDrift({ before, fraction, z }: Stage, highest: number): (drift: number) => number {
  const top = Math.max(z, highest * Math.sqrt(fraction)) + REACH;
  if (top > REACH_MAX) {
    // Their density under no drift would underflow: add up the tails instead.
    return (drift) => upperCrossing(withDrift(before, drift), fraction, z, REACH);
  }
  const stopped = continueTo(
    before,
    { information: fraction, lower: z, upper: top },
    Infinity,
    REACH_MAX,
  );
  return (drift) => chanceUnder(stopped, drift);
}

/** Where p underflows only its last term is left, which is at most that of a single look. */
function twoSided(pOneSided: number, z: number): PValue {
  const lnP = pOneSided < P_VALUE_FLOOR ? normal.logSurvival(z) : Math.log(pOneSided);
  return pValueOfLog(Math.min(0, lnP + Math.LN2));
}
