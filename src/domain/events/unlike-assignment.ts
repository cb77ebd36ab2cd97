import { createAssigner } from '../assignment/assign-variant.js';
import type { AnalysisPlan } from '../experiments/plan.js';

/**
 * Whether seeing `variant` is unlike the assignment: the bucket of the unit belongs to another arm,
 * another test of the layer has the unit, or it is held out. Asked at full traffic and of killed arms too: traffic decides who comes in, never which arm is
 * whose, and what a unit saw before its arm was killed was right. Where another system assigns,
 * nothing is unlike.
 */
export function createUnlikeAssignment(
  plan: Pick<AnalysisPlan, 'assignment' | 'seed' | 'variants' | 'layer' | 'holdouts'>,
): (unitId: string, variant: string) => boolean {
  if (plan.assignment === 'external') return () => false;
  const assign = createAssigner({ ...plan, traffic: 1 });
  return (unitId, variant) => assign(unitId).variantKey !== variant;
}
