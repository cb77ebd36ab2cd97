import type { DecisionAction } from '../experiments/decision.js';
import type { OverrideRequestState } from './decide-case.js';

/** What one member asks another to decide against the gate. */
export interface OverrideRequest {
  id: string;
  action: DecisionAction;
  variant: string | null;
  reason: string;
  requestedBy: string;
  requestedAt: Date;
}

/**
 * Where a request stands. It is about what was known when it was made, so a later decision ends it.
 *
 * @param decisions of the experiment
 */
export function stateOfRequest(
  { id, requestedAt }: Pick<OverrideRequest, 'id' | 'requestedAt'>,
  decisions: readonly { requestId: string | null; decidedAt: Date }[],
): OverrideRequestState {
  if (decisions.some(({ requestId }) => requestId === id)) return 'used';
  return decisions.some(({ decidedAt }) => decidedAt > requestedAt) ? 'overtaken' : 'open';
}
