import { notComputed, type NotComputed } from '../outcome.js';
import {
  meanDifferenceDrift,
  nonInferiorityDrift,
  type PlannedArms,
  rateDifferenceDrift,
} from './drift.js';
import { type ExpectedOutcome, type PlanWithoutPower, sharesOf } from './plan-input.js';

/** A variance needs two units per arm. */
const UNITS_PER_ARM_MIN = 2;
const VARIANCE_MIN = 1e-280;

/**
 * The effects that a plan can ask about. `size` is how far the truth lies from what the test rejects,
 * in the metric's unit: the absolute value of a difference, or for non-inferiority the distance from
 * the worst tolerable mean.
 */
export interface PlannedEffect {
  ok: true;
  /** Units in the experiment below which an arm has no variance. */
  unitsMin: number;
  /** Sizes that the metric has room for. */
  sizeMin: number;
  sizeMax: number;
  sizeOf(effect: number): number;
  effectOf(size: number): number;
  /** Why there can be no such effect, or null. */
  problemWith(effect: number): NotComputed | null;
  /**
   * Expected z with all units: on the scale on which a single look at this two-sided level has
   * exactly the power Q(z_{α/2} - drift). So the t test's tails and a rate's two variances carry
   * over to tests with several looks.
   */
  driftAt(effect: number, units: number, alpha: number): number;
}

/** Variance per unit in each arm, the treatment's under the effect. */
interface Variances {
  variance0: number;
  variance1: number;
}

/** @returns the effects, or `bad-input`, `no-variance` or `not-identified` for what has none. */
export function plannedEffect(plan: PlanWithoutPower): PlannedEffect | NotComputed {
  const { goal, outcome, direction = 'increase' } = plan;
  const problem = problemWithOutcome(outcome);
  if (problem !== null) return problem;
  const isRelative = goal !== 'difference' && goal.scale === 'relative';
  if (isRelative && controlMeanOf(outcome) <= 0) {
    return notComputed('not-identified', 'a relative margin needs a control mean above 0');
  }
  const sign = direction === 'increase' ? 1 : -1;
  const margin = marginOf(plan);
  const isDifference = goal === 'difference';
  const sizeOf = (effect: number): number =>
    isDifference ? Math.abs(effect) : sign * effect + margin;
  // As in the test itself, a relative margin scales the control's mean, and so its variance.
  const factor = isRelative ? 1 - sign * goal.margin : 1;
  return {
    ok: true,
    unitsMin: UNITS_PER_ARM_MIN / Math.min(...Object.values(sharesOf(plan))),
    ...roomFor(outcome, sign, margin),
    sizeOf,
    effectOf: (size) => sign * (size - margin),
    problemWith: (effect) => problemWithEffect(outcome, effect),
    driftAt: (effect, units, alpha) => {
      const arms = armsAt(plan, units, variancesAt(plan, effect));
      if (!isDifference) return nonInferiorityDrift(arms, factor, sizeOf(effect));
      return outcome.kind === 'mean'
        ? meanDifferenceDrift(arms, effect, alpha)
        : rateDifferenceDrift(arms, pooledVariance(plan, effect), effect, alpha);
    },
  };
}

export function controlMeanOf(outcome: ExpectedOutcome): number {
  return outcome.kind === 'mean' ? outcome.controlMean : outcome.controlRate;
}

/** The margin in the metric's unit; none for a difference. */
function marginOf({ goal, outcome }: PlanWithoutPower): number {
  if (goal === 'difference') return 0;
  return goal.scale === 'relative' ? goal.margin * controlMeanOf(outcome) : goal.margin;
}

/** A rate ends at 0 and 1, so not every size can happen. */
function roomFor(
  outcome: ExpectedOutcome,
  sign: 1 | -1,
  margin: number,
): { sizeMin: number; sizeMax: number } {
  if (outcome.kind === 'mean') return { sizeMin: 0, sizeMax: Infinity };
  const above = 1 - outcome.controlRate;
  const below = outcome.controlRate;
  const [better, worse] = sign === 1 ? [above, below] : [below, above];
  return { sizeMin: Math.max(0, margin - worse), sizeMax: better + margin };
}

function armsAt(plan: PlanWithoutPower, units: number, variances: Variances): PlannedArms {
  const { control, treatment } = sharesOf(plan);
  // Rounding must not take the smallest plan below its two units.
  const n0 = Math.max(UNITS_PER_ARM_MIN, units * control);
  const n1 = Math.max(UNITS_PER_ARM_MIN, units * treatment);
  return { n0, n1, ...variances };
}

function variancesAt({ outcome, varianceReduction }: PlanWithoutPower, effect: number): Variances {
  const kept = 1 - varianceReduction;
  if (outcome.kind === 'mean') {
    const { sd, treatmentSd = sd } = outcome;
    return { variance0: kept * sd * sd, variance1: kept * treatmentSd * treatmentSd };
  }
  const p0 = outcome.controlRate;
  const p1 = treatmentRate(p0, effect);
  return { variance0: kept * p0 * (1 - p0), variance1: kept * p1 * (1 - p1) };
}

/** Variance per unit when both arms have the rate of all units together. */
function pooledVariance(plan: PlanWithoutPower, effect: number): number {
  const { control, treatment } = sharesOf(plan);
  const p0 = controlMeanOf(plan.outcome);
  const p1 = treatmentRate(p0, effect);
  const rate = (control * p0 + treatment * p1) / (control + treatment);
  return (1 - plan.varianceReduction) * rate * (1 - rate);
}

/** Adding and subtracting the room for an effect can pass the end by a rounding. */
function treatmentRate(controlRate: number, effect: number): number {
  return Math.min(1, Math.max(0, controlRate + effect));
}

function problemWithOutcome(outcome: ExpectedOutcome): NotComputed | null {
  if (outcome.kind === 'rate') {
    const { controlRate } = outcome;
    if (controlRate >= 0 && controlRate <= 1) return null;
    return notComputed('bad-input', `a rate cannot be ${controlRate}`);
  }
  const { controlMean, sd, treatmentSd = sd } = outcome;
  if (!Number.isFinite(controlMean)) return notComputed('bad-input', `control mean ${controlMean}`);
  const total = sd * sd + treatmentSd * treatmentSd;
  if (!(sd >= 0 && treatmentSd >= 0) || !Number.isFinite(total)) {
    return notComputed('bad-input', `standard deviations ${sd} and ${treatmentSd}`);
  }
  // A smaller square would be lost when it is divided by the units.
  return total < VARIANCE_MIN ? notComputed('no-variance', 'the metric never varies') : null;
}

function problemWithEffect(outcome: ExpectedOutcome, effect: number): NotComputed | null {
  if (!Number.isFinite(effect)) return notComputed('bad-input', `effect ${effect}`);
  if (outcome.kind === 'mean') return null;
  const rate = outcome.controlRate + effect;
  if (!(rate >= -1e-12 && rate <= 1 + 1e-12)) {
    return notComputed('bad-input', `the treatment's rate would be ${rate}`);
  }
  const isFixed = (p: number): boolean => p <= 0 || p >= 1;
  return isFixed(outcome.controlRate) && isFixed(rate)
    ? notComputed('no-variance', 'neither rate varies')
    : null;
}
