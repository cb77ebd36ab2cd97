import { requireLevel, requirePositive } from '../argument-checks.js';
import { normal } from '../distributions.js';
import { dunnettCriticalZ } from '../dunnett.js';
import type { GoodDirection } from '../outcome.js';
import { perTestLevels } from '../ship-rule.js';
import type { PlannedTest } from './planned-test.js';

/** What is expected of the metric, per randomised unit. */
export type ExpectedOutcome =
  | {
      kind: 'mean';
      controlMean: number;
      sd: number;
      /** Where the treatment spreads its values more or less; otherwise the same. */
      treatmentSd?: number;
    }
  | { kind: 'rate'; controlRate: number };

export type PlanGoal =
  | 'difference'
  /** Not worse than the control by the margin or more; a relative margin is a share of its mean. */
  | { kind: 'non_inferiority'; margin: number; scale: 'absolute' | 'relative' };

/** A test before its first unit. Units are randomised units in the whole experiment. */
export interface PlanInput {
  test: PlannedTest;
  outcome: ExpectedOutcome;
  /** Two-sided level of the whole family of arms; non-inferiority uses half of it on its one side. */
  alpha: number;
  /** Chance of the decision wanted when the effect is real. */
  power: number;
  /** Treatments, the control not counted. */
  arms: number;
  /** Weights of the arms, the control first. With unequal treatments the smallest one is planned. */
  allocation: readonly number[];
  /** `dunnett` keeps alpha over all treatments; at several looks it is Bonferroni's division. */
  adjustment: 'dunnett' | 'none';
  /** Share of the variance that an adjustment such as CUPED takes away, 0 to below 1. */
  varianceReduction: number;
  /** Guardrails that must hold as well before anything ships. */
  guardrails: number;
  goal: PlanGoal;
  /** Which way is good; `increase` unless said. */
  direction?: GoodDirection;
}

/** The part of a plan that a given size answers for. */
export type PlanWithoutPower = Omit<PlanInput, 'power'>;

/** @throws RangeError for a choice that cannot be planned. */
export function checkPlan(plan: PlanWithoutPower): void {
  const { alpha, arms, allocation, varianceReduction, guardrails } = plan;
  requireLevel('alpha', alpha);
  if (!Number.isInteger(arms) || arms < 1) {
    throw new RangeError(`arms must be a whole number of at least 1, got ${arms}`);
  }
  if (allocation.length !== arms + 1) {
    throw new RangeError(`allocation must have ${arms + 1} weights, got ${allocation.length}`);
  }
  allocation.forEach((weight) => requirePositive('allocation', weight));
  if (!(varianceReduction >= 0 && varianceReduction < 1)) {
    throw new RangeError(`varianceReduction must be in [0, 1), got ${varianceReduction}`);
  }
  if (!Number.isInteger(guardrails) || guardrails < 0) {
    throw new RangeError(`guardrails must be a whole number, got ${guardrails}`);
  }
  checkGoal(plan);
}

function checkGoal({ goal, direction }: PlanWithoutPower): void {
  if (goal === 'difference') return;
  requirePositive('margin', goal.margin);
  if (goal.scale === 'relative' && direction !== 'decrease' && goal.margin >= 1) {
    throw new RangeError(`a relative margin must be below 1, got ${goal.margin}`);
  }
}

/**
 * Power that each single test needs so that the success metric and every guardrail pass together
 * with the power wanted; the ship rule says how the misses are shared out.
 *
 * @throws RangeError for a power outside (0, 1), or one that is not above alpha.
 */
export function powerPerTest({ power, guardrails, alpha }: PlanInput): number {
  requireLevel('power', power);
  if (power <= alpha) throw new RangeError('power must be above alpha');
  const levels = perTestLevels({ alpha, beta: 1 - power, successMetrics: 1, guardrails });
  return levels.powerPerTest;
}

/** The lower limit of the power of a decision whose tests all have this power: Bonferroni's. */
export function powerOfDecision(perTest: number, guardrails: number): number {
  return Math.max(0, 1 - (1 - perTest) * (guardrails + 1));
}

/** Two-sided level of one treatment against the control. */
export function levelPerComparison(plan: PlanWithoutPower): number {
  const { alpha, adjustment, arms, allocation, test } = plan;
  if (adjustment === 'none' || arms === 1) return alpha;
  if (test.kind !== 'fixed_horizon') return alpha / arms;
  const [control = 1, ...treatments] = allocation;
  return 2 * normal.survival(dunnettCriticalZ({ control, treatments }, alpha));
}

/** Shares of all units in the control and in the smallest treatment. */
export function sharesOf({ allocation }: PlanWithoutPower): {
  control: number;
  treatment: number;
} {
  const total = allocation.reduce((sum, weight) => sum + weight, 0);
  const [control = 1, ...treatments] = allocation;
  return { control: control / total, treatment: Math.min(...treatments) / total };
}
