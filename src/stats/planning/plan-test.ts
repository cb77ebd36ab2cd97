import { requirePositive } from '../argument-checks.js';
import { findRoot } from '../find-root.js';
import { notComputed, type NotComputed } from '../outcome.js';
import {
  checkPlan,
  levelPerComparison,
  type PlanInput,
  type PlanWithoutPower,
  powerOfDecision,
  powerPerTest,
} from './plan-input.js';
import { controlMeanOf, type PlannedEffect, plannedEffect } from './planned-effect.js';
import { type StoppingRule, stoppingRule } from './planned-test.js';

/** Beyond this drift every test finds the effect; infinities stay out of the recursions. */
const DRIFT_MAX = 40;
/** More units than people will ever be counted; the search for a size ends here. */
const UNITS_MAX = 1e15;
/** An effect of so many doubled standard deviations passes any bound that can be passed. */
const DOUBLINGS_MAX = 60;

export interface PlannedPower {
  ok: true;
  /** Chance that the decision is found: at least this, when there are guardrails. */
  power: number;
  /** Chance that the one test of the metric finds the effect. */
  powerPerTest: number;
}

/**
 * Chance that a test of this size finds a true effect, in the direction of the effect: a significant
 * result with the wrong sign is not a find.
 *
 * @param input.units randomised units in the whole experiment.
 * @param input.effect true treatment - control in the metric's unit.
 * @returns the power, or a reason: `too-few` below two units in an arm, `no-variance`, `bad-input`,
 * `not-identified` for a relative margin on a mean that is not above 0.
 * @throws RangeError for a choice that cannot be planned.
 */
export function powerAt(
  input: PlanWithoutPower & { units: number; effect: number },
): PlannedPower | NotComputed {
  const { units, effect } = input;
  const plan = read(input);
  if (!plan.ok) return plan;
  const problem = problemWithUnits(units, plan.effects) ?? plan.effects.problemWith(effect);
  if (problem !== null) return problem;
  const perTest = plan.rule.powerAt(driftOf(plan, effect, units), units);
  return {
    ok: true,
    power: powerOfDecision(perTest, input.guardrails),
    powerPerTest: perTest,
  };
}

/**
 * Units in the whole experiment until an effect of this size is found with the power wanted. The
 * number is not rounded: `powerAt` gives back the power exactly. For a test with looks it is the
 * maximum; with a real effect it stops earlier on average.
 *
 * @returns the units, or a reason: `not-identified` for an effect of 0 (for non-inferiority: a
 * treatment that is truly worse than the margin), `too-few` when no real test is large enough, and
 * those of `powerAt`.
 * @throws RangeError for a choice that cannot be planned, or a power that is not above alpha.
 */
export function unitsNeeded(
  input: PlanInput & { effect: number },
): { ok: true; units: number } | NotComputed {
  const power = powerPerTest(input);
  const plan = read(input);
  if (!plan.ok) return plan;
  const { effects, rule } = plan;
  const problem = effects.problemWith(input.effect);
  if (problem !== null) return problem;
  if (!(effects.sizeOf(input.effect) > 0)) {
    return notComputed(
      'not-identified',
      input.goal === 'difference'
        ? 'no test can find an effect of 0'
        : 'a treatment at or beyond the margin is not to be found non-inferior',
    );
  }
  // Drift grows with the root of the units, which keeps the search nearly straight.
  const surplus = (root: number): number => {
    const units = root * root;
    return rule.surplus(driftOf(plan, input.effect, units), units, power);
  };
  let low = Math.sqrt(effects.unitsMin);
  if (surplus(low) >= 0) return { ok: true, units: effects.unitsMin };
  let high = 1.5 * low;
  while (surplus(high) < 0) {
    low = high;
    high *= 1.5;
    if (high * high > UNITS_MAX) {
      return notComputed('too-few', 'the effect is too small for any real test');
    }
  }
  const root = findRoot(surplus, { low, high }, 1e-13 * high);
  return { ok: true, units: root * root };
}

export interface SmallestEffect {
  ok: true;
  /** Treatment - control in the metric's unit; below 0 where less is better. */
  effect: number;
  /** The same as a share of the control mean; null unless that is above 0. */
  relative: number | null;
}

/**
 * Smallest true effect that a test of this size finds with the power wanted: what the test can ever
 * show. For non-inferiority it is the worst truth that still passes, so it may have the wrong sign.
 *
 * Never fill in a measured effect and call the answer observed power: it says nothing that the
 * p-value did not say.
 *
 * @returns the effect, or a reason: `not-identified` when a rate has no room for such an effect, and
 * those of `powerAt`; `too-few` also far below the nStar of an always-valid test.
 * @throws RangeError for a choice that cannot be planned, or a power that is not above alpha.
 */
export function smallestEffect(input: PlanInput & { units: number }): SmallestEffect | NotComputed {
  const { units } = input;
  const power = powerPerTest(input);
  const plan = read(input);
  if (!plan.ok) return plan;
  const { effects, rule } = plan;
  const problem = problemWithUnits(units, effects);
  if (problem !== null) return problem;
  const surplus = (size: number): number =>
    rule.surplus(driftOf(plan, effects.effectOf(size), units), units, power);
  const size = smallestSize(surplus, effects, input);
  if (size === null) {
    return input.outcome.kind === 'rate'
      ? notComputed('not-identified', `${units} units are too few for any effect on this rate`)
      : notComputed('too-few', `${units} units are too few for the bounds of this test`);
  }
  const effect = effects.effectOf(size);
  const controlMean = controlMeanOf(input.outcome);
  return { ok: true, effect, relative: controlMean > 0 ? effect / controlMean : null };
}

/**
 * Whole days of enrolment until this many units have entered. The metric's window and settling days
 * come on top.
 *
 * @param units units in the whole experiment, above 0.
 * @param unitsPerDay new units per day that enter the experiment, all arms together.
 */
export function daysFor(
  units: number,
  unitsPerDay: number,
): { ok: true; days: number } | NotComputed {
  if (!(units > 0 && units < Infinity) || !(unitsPerDay >= 0 && unitsPerDay < Infinity)) {
    return notComputed('bad-input', `${units} units at ${unitsPerDay} a day`);
  }
  const days = units / unitsPerDay;
  if (!Number.isFinite(days)) return notComputed('too-few', 'no units enter the test');
  // A full day must not become one more by a rounding.
  return { ok: true, days: Math.max(1, Math.ceil(days * (1 - 1e-12))) };
}

interface ReadPlan {
  ok: true;
  effects: PlannedEffect;
  rule: StoppingRule;
}

function read(input: PlanWithoutPower): ReadPlan | NotComputed {
  checkPlan(input);
  const sides = input.goal === 'difference' ? 2 : 1;
  const rule = stoppingRule(input.test, levelPerComparison(input), sides);
  const effects = plannedEffect(input);
  return effects.ok ? { ok: true, effects, rule } : effects;
}

function driftOf({ effects, rule }: ReadPlan, effect: number, units: number): number {
  const drift = effects.driftAt(effect, units, rule.alpha);
  return Math.max(-DRIFT_MAX, Math.min(DRIFT_MAX, drift));
}

/** The size at which the surplus crosses 0, or null when the metric has no room for it. */
function smallestSize(
  surplus: (size: number) => number,
  effects: PlannedEffect,
  { outcome }: PlanInput,
): number | null {
  const { sizeMin, sizeMax } = effects;
  if (sizeMin > 0 && surplus(sizeMin) >= 0) return sizeMin;
  let high = sizeMax;
  if (outcome.kind === 'mean') {
    // One standard deviation is enough for any but the smallest test.
    high = Math.max(outcome.sd, outcome.treatmentSd ?? 0);
    for (let step = 0; surplus(high) < 0; step += 1) {
      if (step === DOUBLINGS_MAX) return null;
      high *= 2;
    }
  } else if (!(high > sizeMin) || surplus(high) < 0) {
    return null;
  }
  requirePositive('size', high);
  return findRoot(surplus, { low: sizeMin, high }, 1e-13 * high);
}

function problemWithUnits(units: number, { unitsMin }: PlannedEffect): NotComputed | null {
  if (!Number.isFinite(units)) return notComputed('bad-input', `${units} units`);
  if (units >= unitsMin * (1 - 1e-12)) return null;
  return notComputed('too-few', `${units} units; every arm needs 2, which takes ${unitsMin}`);
}
