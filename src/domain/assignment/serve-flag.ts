import type { Decision } from '../experiments/decision.js';
import type { FlagValue } from '../experiments/definition.js';
import { type ExperimentState, whatIsServed } from '../experiments/lifecycle.js';
import type { AnalysisPlan, PlannedVariant } from '../experiments/plan.js';
import { createAssigner, createHoldBack } from './assign-variant.js';

/** Why a unit gets its value, in the words of OpenFeature. */
export const SERVING_REASONS = ['SPLIT', 'STATIC', 'DISABLED'] as const;
export type ServingReason = (typeof SERVING_REASONS)[number];

/** What serving depends on besides the unit. */
export interface ServableExperiment {
  status: ExperimentState;
  plan: Pick<AnalysisPlan, 'seed' | 'variants' | 'traffic' | 'assignment'>;
  decision: Decision | null;
}

export interface ServedFlag {
  /** The variant whose value this is. */
  variationId: string;
  value: FlagValue;
  /**
   * The unit is in the test and really gets the variant it was assigned to. Only then is seeing the
   * value an exposure: anything else would put a unit into an arm that it does not belong to.
   */
  inExperiment: boolean;
  reason: ServingReason;
  /** 0 to 9,999. */
  bucket: number;
}

/**
 * What one unit is served, or null when clients do not know the experiment: it is a draft, archived,
 * or its units are assigned elsewhere. Pure, so every replica and every retry answers the same.
 *
 * - In the test: the variant of the unit, `SPLIT`.
 * - Outside its traffic: the control, `SPLIT`.
 * - Paused, stopped, rolled back, or in a killed arm: the control, `DISABLED`.
 * - Shipped: the winner, `STATIC`; with a hold-back `SPLIT`, and the control for those held back.
 */
export function serveFlag(experiment: ServableExperiment, unitId: string): ServedFlag | null {
  const { status, plan, decision } = experiment;
  if (plan.assignment === 'external') return null;
  const control = plan.variants.find((variant) => variant.control);
  if (control === undefined) throw new RangeError('a plan has a control');
  const { variantKey, bucket } = createAssigner(plan)(unitId);
  const assigned = plan.variants.find(({ key }) => key === variantKey);
  const served = (
    variant: PlannedVariant,
    reason: ServingReason,
    inExperiment = false,
  ): ServedFlag => ({
    variationId: variant.key,
    value: variant.value,
    inExperiment,
    reason,
    bucket,
  });

  const serving = whatIsServed(status, decision, assigned?.killed ?? false);
  switch (serving.serve) {
    case 'unknown':
      return null;
    case 'control':
      return served(control, 'DISABLED');
    case 'assigned':
      return assigned === undefined ? served(control, 'SPLIT') : served(assigned, 'SPLIT', true);
    case 'winner': {
      const winner = plan.variants.find(({ key }) => key === serving.variant) ?? control;
      if (serving.holdBack === 0) return served(winner, 'STATIC');
      const { seed, variants } = plan;
      const isHeldBack = createHoldBack({
        seed,
        variants,
        controlKey: control.key,
        holdBack: serving.holdBack,
      });
      return served(isHeldBack(unitId) ? control : winner, 'SPLIT');
    }
  }
}
