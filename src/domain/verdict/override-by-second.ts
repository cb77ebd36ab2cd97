import type { AskedOverride, DecideCheck, DecideGateInput } from './decide-case.js';
import { askSecond } from './decide-remedies.js';

/**
 * To decide against the gate where the policy asks for two: one member asks for exactly this decision,
 * another one takes it. A project of one member has nobody to ask; that is said wherever the decision
 * is shown.
 */
export function secondMemberCheck(
  input: Pick<DecideGateInput, 'action' | 'variant' | 'overrideBySecond' | 'experimentKey'>,
  override: AskedOverride,
): DecideCheck[] {
  const { asked, possible } = input.overrideBySecond;
  if (override.request === null && !(asked && possible)) return [];
  const fault = faultOf(input, override);
  return [
    {
      code: 'OVERRIDE_NEEDS_SECOND',
      met: fault === null,
      pointer: '/override/requestId',
      expected: true,
      actual: fault === null,
      subjects: override.request === null ? [] : [override.request.id],
      why: fault ?? 'Another member asked for this decision in writing.',
      remedy: askSecond(input.experimentKey),
    },
  ];
}

function faultOf(
  { action, variant }: Pick<DecideGateInput, 'action' | 'variant'>,
  { by, request }: AskedOverride,
): string | null {
  if (request === null) return 'The policy asks for two members to decide against the gate.';
  const { found } = request;
  if (found === null) return 'The experiment has no such request.';
  if (found.state === 'used') return 'A decision was already taken on this request.';
  if (found.state === 'overtaken') {
    return 'Another decision was taken since this was asked for: ask again, in sight of it.';
  }
  if (found.requestedBy === by) return 'Whoever asked for it cannot decide it as well.';
  if (found.action !== action || found.variant !== variant) {
    return 'The request is for another decision than this one.';
  }
  return null;
}
