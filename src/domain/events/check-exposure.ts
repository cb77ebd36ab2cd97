import type { UnitKind } from '../experiments/definition.js';
import { EventFault, type Exposure } from './event.js';

/** What of a frozen plan an exposure is held against. */
export interface ExposablePlan {
  unit: UnitKind;
  variants: readonly { key: string }[];
}

/**
 * What is wrong with an exposure, or null.
 *
 * @param plan The plan of the experiment it names; undefined when there is no such experiment, or
 *   it is a draft or archived. When enrolment is over the exposure is stored all the same: it is
 *   outside the cohort, and tells when a client goes on showing variants.
 */
export function checkExposure(
  exposure: Exposure,
  plan: ExposablePlan | undefined,
): EventFault | null {
  if (plan === undefined) {
    return new EventFault('unknown-experiment', 'There is no launched experiment with this key.');
  }
  if (!plan.variants.some(({ key }) => key === exposure.variant)) {
    return new EventFault('unknown-variant', 'The experiment has no variant with this key.');
  }
  if (exposure.unit.kind !== plan.unit) {
    return new EventFault('unit-kind-mismatch', `The unit of the experiment is ${plan.unit}.`);
  }
  return null;
}
