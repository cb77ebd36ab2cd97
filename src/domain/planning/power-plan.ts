import { type NotComputed, notComputed } from '../../stats/outcome.js';
import type { PlanInput } from '../../stats/planning/plan-input.js';
import { daysFor, smallestEffect, unitsNeeded } from '../../stats/planning/plan-test.js';
import type { PlannedTest } from '../../stats/planning/planned-test.js';
import { perTestLevels } from '../../stats/ship-rule.js';
import { PLANNED_UNITS_DEFAULT } from '../evaluation/compare-arms.js';
import { noteOf } from '../evaluation/effects.js';
import type { NotComputedNote } from '../evaluation/not-computed.js';
import { looksOf } from '../experiments/definition.js';
import { isRate, type Sized } from '../metrics/metric.js';
import type {
  Baseline,
  EffectPlan,
  EffectSize,
  PowerPlan,
  PowerQuestion,
  TimePlan,
} from './power-question.js';
import { effectSentence, sizeSentence, summarySentence } from './power-sentences.js';

export const POWER_DEFAULT = 0.8;
/** Sizes that are asked for when nobody names one. */
export const EFFECTS_DEFAULT: readonly number[] = [0.01, 0.02, 0.05, 0.1];
export const DAYS_DEFAULT: readonly number[] = [14, 28];
const DAYS_PER_YEAR = 365;
/** How often an open-ended test is taken to be read: once a day for a month. */
const OPEN_LOOKS = 30;

/**
 * The plan of a test in numbers and words.
 *
 * @throws RangeError for choices that no test has, such as a power below alpha.
 */
export function planPower(question: PowerQuestion): PowerPlan {
  const { metric, baseline, unitKind, analysis, power, weights, varianceReduction } = question;
  const input = planInput(question);
  const effects = question.effects.map((size) => effectPlan(question, input, size));
  const times = question.days.map((days) => timePlan(question, input, days));
  const { powerPerTest } = perTestLevels({
    alpha: analysis.alpha,
    beta: 1 - power,
    successMetrics: 1,
    guardrails: question.guardrails,
  });
  const { key, name, unit, currency } = metric;
  return {
    metric: { key, name, unit, ...(currency === undefined ? {} : { currency }) },
    unitKind,
    baseline,
    test: {
      kind: analysis.test,
      alpha: analysis.alpha,
      power,
      powerPerTest,
      variants: weights.length,
      ...shownTest(input.test),
      varianceReduction,
    },
    effects,
    times,
    sentence: summarySentence(question, effects, times),
    warnings: warningsOf(question),
  };
}

/**
 * The sizes that matter when nobody names one: lifts, or where there is none, shares of the spread. A
 * guardrail is planned for a change that truly does nothing.
 */
export function effectsToPlan(
  { mean, standardDeviation }: Baseline,
  margin: Sized | undefined,
): Sized[] {
  if (margin !== undefined) return [{ value: 0, scale: 'absolute' }];
  return EFFECTS_DEFAULT.map((value): Sized =>
    mean > 0
      ? { value, scale: 'relative' }
      : { value: value * standardDeviation, scale: 'absolute' },
  );
}

function planInput(question: PowerQuestion): PlanInput {
  const { metric, baseline, analysis, weights, margin } = question;
  return {
    test: plannedTest(analysis),
    outcome: isRate(metric.kind)
      ? { kind: 'rate', controlRate: baseline.mean }
      : { kind: 'mean', controlMean: baseline.mean, sd: baseline.standardDeviation },
    alpha: analysis.alpha,
    power: question.power,
    arms: weights.length - 1,
    allocation: weights,
    adjustment: analysis.adjustment,
    varianceReduction: question.varianceReduction,
    guardrails: question.guardrails,
    goal:
      margin === undefined
        ? 'difference'
        : { kind: 'non_inferiority', margin: margin.value, scale: margin.scale },
    direction: metric.direction,
  };
}

function plannedTest(analysis: PowerQuestion['analysis']): PlannedTest {
  const looks = looksOf(analysis);
  if (looks === 0) {
    const nStar = analysis.plannedUnits ?? PLANNED_UNITS_DEFAULT;
    return { kind: 'always_valid', nStar, looks: OPEN_LOOKS };
  }
  if (looks === 1) return { kind: 'fixed_horizon' };
  const spending = { kind: analysis.spending ?? 'obrien_fleming' } as const;
  return { kind: 'group_sequential', looks, spending };
}

function shownTest(test: PlannedTest): Pick<PowerPlan['test'], 'looks' | 'spending' | 'nStar'> {
  switch (test.kind) {
    case 'fixed_horizon':
      return { looks: 1 };
    case 'group_sequential':
      return test.spending.kind === 'obrien_fleming' || test.spending.kind === 'pocock'
        ? { looks: test.looks, spending: test.spending.kind }
        : { looks: test.looks };
    case 'always_valid':
      return { nStar: test.nStar };
  }
}

function effectPlan(question: PowerQuestion, input: PlanInput, size: Sized): EffectPlan {
  const effect = absoluteOf(question, size);
  const shown = effectSize(question, effect);
  const needed = unitsNeeded({ ...input, effect });
  if (!needed.ok) {
    return { effect: shown, ...without(needed) };
  }
  const units = Math.ceil(needed.units * (1 - 1e-12));
  const enrolment = daysToEnrol(question, units);
  const plan = {
    effect: shown,
    unitsNeeded: units,
    unitsPerVariant: unitsPerVariant(question, units),
    ...(enrolment.ok
      ? {
          days: enrolment.days,
          daysToResult: enrolment.days + question.metric.waitingDays,
        }
      : { notComputed: noteOf(enrolment) }),
  };
  return { ...plan, sentence: effectSentence(question, plan) };
}

function timePlan(question: PowerQuestion, input: PlanInput, days: number): TimePlan {
  const { baseline, traffic } = question;
  if (baseline.unitsPerDay === null) return { days, ...without(UNKNOWN_TRAFFIC) };
  const units = Math.floor(baseline.unitsPerDay * traffic * days);
  const smallest = smallestEffect({ ...input, units });
  if (!smallest.ok) return { days, units, ...without(smallest) };
  const plan = { days, units, smallestEffect: effectSize(question, smallest.effect) };
  return { ...plan, sentence: sizeSentence(question, plan) };
}

const UNKNOWN_TRAFFIC = notComputed(
  'too-few',
  'Nothing is known of the traffic: say baseline.unitsPerDay, or send events first.',
);

function daysToEnrol({ baseline, traffic }: PowerQuestion, units: number) {
  return baseline.unitsPerDay === null
    ? UNKNOWN_TRAFFIC
    : daysFor(units, baseline.unitsPerDay * traffic);
}

/** A size is a change for the better; for non-inferiority, how much better the truth may be. */
function absoluteOf({ metric, baseline }: PowerQuestion, { value, scale }: Sized): number {
  const size = scale === 'relative' ? value * Math.abs(baseline.mean) : value;
  return metric.direction === 'increase' ? size : -size;
}

function effectSize({ metric, baseline }: PowerQuestion, absolute: number): EffectSize {
  const { mean, unitsPerDay } = baseline;
  const relative = absolute / mean;
  return {
    absolute,
    ...(mean > 0 && Number.isFinite(relative) ? { relative } : {}),
    ...(metric.kind === 'money' && unitsPerDay !== null
      ? { perYear: absolute * unitsPerDay * DAYS_PER_YEAR }
      : {}),
  };
}

function unitsPerVariant({ weights }: PowerQuestion, units: number): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => Math.ceil((units * weight) / total));
}

function without(why: NotComputed): { sentence: string; notComputed: NotComputedNote } {
  return { sentence: `Not known: ${why.detail}`, notComputed: noteOf(why) };
}

function warningsOf({ baseline, metric }: PowerQuestion): string[] {
  const warnings: string[] = [];
  if (baseline.matured === false) {
    warnings.push(
      `No unit has had its whole ${metric.waitingDays} days yet, so the baseline is what units have so far.`,
    );
  }
  return warnings;
}
