import { nonInferiority, type NonInferiorityResult } from '../../stats/non-inferiority.js';
import type { NotComputed } from '../../stats/outcome.js';
import type { PlannedMetric } from '../experiments/plan.js';
import type { Sized } from '../metrics/metric.js';
import type { NodeEffect, NodeMovement, NodeMovements } from '../verdict/chain.js';
import {
  type GuardrailState,
  guardrailStateOf,
  type Interval,
  moveOf,
  outcomeOf,
} from '../verdict/classify.js';
import type { GuardrailFindings, LeadingBasis, VariantFindings } from '../verdict/verdict.js';
import { measureEffect } from './measure-effect.js';
import { type MetricCase, pairOf } from './metric-report.js';
import type { ComparisonReport, MetricReport, RelativeEffect } from './result.js';

/** From the numbers of a variant to the words the verdict is made of. */

interface Seen {
  one: MetricCase;
  report: MetricReport;
  comparison: ComparisonReport;
  /** Position of the variant. */
  index: number;
}

export function findOutcomes(
  cases: readonly MetricCase[],
  reports: readonly MetricReport[],
  index: number,
): VariantFindings {
  const variant = cases[0]?.plan.variants[index];
  if (variant === undefined) throw new RangeError('the plan has no such variant');
  const seen = cases.map((one, at): Seen => {
    const report = reports[at];
    const comparison = report?.comparisons.find((other) => other.variant === variant.key);
    if (report === undefined || comparison === undefined) {
      throw new RangeError('there is a report for each metric of the plan');
    }
    return { one, report, comparison, index };
  });
  const inRole = (role: PlannedMetric['inExperiment']): Seen[] =>
    seen.filter(({ one }) => one.planned.inExperiment === role);
  const [leading, deciding] = [inRole('leading')[0], inRole('deciding')[0]];
  if (leading === undefined || deciding === undefined) {
    throw new RangeError('a plan has a leading and a deciding metric');
  }
  return {
    variant: variant.key,
    killed: variant.killed,
    leading: {
      metric: leading.report.key,
      outcome: outcomeOf(readableInterval(leading), leading.one.planned.definition.direction),
      by: basisOf(leading),
    },
    deciding: decidingFindings(deciding),
    guardrails: inRole('guardrail').map(guardrailFindings),
    movements: movementsOf(seen),
  };
}

function decidingFindings(seen: Seen): VariantFindings['deciding'] {
  const { one, report, comparison } = seen;
  const { definition } = one.planned;
  const interval = readableInterval(seen);
  const margin = definition.margin ?? one.plan.analysis.smallestEffectThatMatters;
  return {
    metric: report.key,
    outcome: outcomeOf(interval, definition.direction),
    matured: report.maturity.wholeCohort,
    estimate: comparison.absolute?.estimate ?? null,
    interval,
    nonInferior: margin !== undefined && marginState(seen, margin) === 'non_inferior',
    sequentialHarm:
      outcomeOf(alwaysValidInterval(seen), definition.direction) === 'lost' ||
      (isEarlyLook(seen) && outcomeOf(interval, definition.direction) === 'lost'),
  };
}

function guardrailFindings(seen: Seen): GuardrailFindings {
  const { report, one } = seen;
  const { definition } = one.planned;
  return {
    key: report.key,
    state: definition.margin === undefined ? 'not_computed' : marginState(seen, definition.margin),
    sequentialHarm: guardrailHarm(seen),
  };
}

/** Harm is worse than the margin; a guardrail without one is harmed by any change for the worse. */
function guardrailHarm(seen: Seen): boolean {
  const { definition } = seen.one.planned;
  const interval = alwaysValidInterval(seen);
  const { margin } = definition;
  if (margin === undefined) return outcomeOf(interval, definition.direction) === 'lost';
  if (isEarlyLook(seen) && marginState(seen, margin) === 'breached') return true;
  const alwaysValid = seen.comparison.frequentist?.alwaysValid;
  const error = seen.comparison.absolute?.standardError;
  if (interval === null || alwaysValid === undefined || error === undefined) return false;
  const critical = (alwaysValid.upper - alwaysValid.lower) / 2 / error;
  return stateOf(distance(seen, margin, critical)) === 'breached';
}

/** Not worse than the margin, at the level of this look. */
function marginState(seen: Seen, margin: Sized): GuardrailState {
  const { frequentist } = seen.comparison;
  if (frequentist === undefined) return 'not_computed';
  if (readableInterval(seen) === null) return 'unresolved';
  const { test, criticalValue, degreesOfFreedom } = frequentist;
  // A test of counts has intervals of its own shape, and they are read as they are.
  if (degreesOfFreedom === undefined) return stateOfCounts(seen, margin);
  return stateOf(distance(seen, margin, test === 'welch' ? null : criticalValue));
}

function stateOfCounts({ comparison, one }: Seen, margin: Sized): GuardrailState {
  const { absolute, relative } = comparison;
  const { direction } = one.planned.definition;
  if (margin.scale === 'absolute') {
    return guardrailStateOf(absolute ?? null, direction, margin.value);
  }
  return relative?.lower === undefined
    ? 'unresolved'
    : guardrailStateOf(
        { lower: relative.lower, upper: relative.upper ?? Infinity },
        direction,
        margin.value,
      );
}

/** `critical` null: the planned look, one-sided at the level of guardrails. */
function distance(
  seen: Seen,
  margin: Sized,
  critical: number | null,
): NonInferiorityResult | NotComputed | null {
  const { direction } = seen.one.planned.definition;
  // "At most 100% worse" allows everything where more is better.
  if (margin.scale === 'relative' && direction === 'increase' && margin.value >= 1) return null;
  const effect = measureEffect(pairOf(seen.one, 'matured', seen.index, { is: 'open' }));
  if (!effect.ok) return effect;
  return nonInferiority({
    treatment: effect.treatment,
    control: effect.control,
    adjusted: effect.relative,
    margin,
    direction,
    ...(critical === null ? {} : { criticalValue: critical }),
  });
}

/** The distance from the worst tolerable value, read as a guardrail whose margin is that value. */
function stateOf(answer: NonInferiorityResult | NotComputed | null): GuardrailState {
  if (answer === null || !answer.ok) return 'not_computed';
  const { lowerLimit, distance: middle } = answer;
  const upperLimit = 2 * middle - lowerLimit;
  if (lowerLimit > 0) return 'non_inferior';
  return upperLimit < 0 ? 'breached' : 'unresolved';
}

/** The interval shown, where a verdict may be read from it. */
export function readableInterval({ comparison }: Pick<Seen, 'comparison'>): Interval {
  const { absolute, frequentist } = comparison;
  if (absolute === undefined || frequentist === undefined) return null;
  const isOpen = frequentist.test === 'confidence_sequence';
  if (isOpen && !frequentist.alwaysValid.burnInPassed) return null;
  return { lower: absolute.lower, upper: absolute.upper };
}

function alwaysValidInterval({ comparison }: Seen): Interval {
  const always = comparison.frequentist?.alwaysValid;
  if (always === undefined || !always.burnInPassed) return null;
  return { lower: always.lower, upper: always.upper };
}

function basisOf({ comparison }: Seen): LeadingBasis {
  const { test = 'confidence_sequence' } = comparison.frequentist ?? {};
  return test === 'confidence_sequence' ? 'always_valid' : 'planned_look';
}

/** A planned look before the end: its bound is one of those that may stop a test for harm. */
function isEarlyLook({ report }: Seen): boolean {
  return report.look !== undefined && !report.look.final;
}

function movementsOf(seen: readonly Seen[]): NodeMovements {
  const nodes = seen.map((one) => [`metric:${one.report.key}`, movementOf(one)] as const);
  const all = seen[0]?.one.all;
  // Moments from before compositions are judged as they were.
  if (all?.compositions === undefined) return Object.fromEntries(nodes);
  const met = { lastAt: all.lastExposureAt, asOf: all.asOf };
  const change: NodeMovement = { move: 'up', matured: true, met };
  return Object.fromEntries([['change', change], ...nodes]);
}

function movementOf(seen: Seen): NodeMovement {
  const { closesAt, wholeCohort } = seen.report.maturity;
  const interval = readableInterval(seen);
  const movement: NodeMovement = { move: moveOf(interval), matured: wholeCohort };
  if (closesAt !== undefined) movement.closesAt = closesAt;
  const { absolute, relative } = seen.comparison;
  if (interval !== null && absolute !== undefined) {
    const { estimate, lower, upper } = absolute;
    movement.effect = { estimate, lower, upper };
    const lift = liftOf(relative);
    if (lift !== null) movement.effect.relative = lift;
  }
  return movement;
}

/** What is known of a lift, without why the rest is not. */
function liftOf(relative: RelativeEffect | undefined): NonNullable<NodeEffect['relative']> | null {
  if (relative === undefined) return null;
  const { notComputed: _why, ...lift } = relative;
  return Object.keys(lift).length === 0 ? null : lift;
}
