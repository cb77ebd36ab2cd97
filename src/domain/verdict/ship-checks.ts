import type { DecideCheck, DecideGateInput } from './decide-case.js';
import { answerGap, decideAgain, evaluateNow } from './decide-remedies.js';
import { guardrailChecks } from './guardrail-checks.js';
import { verdictOn } from './verdict-on.js';
import type { VerdictState } from './verdict.js';

/** What shipping needs, for good: matured profit, or an audited proxy with profit that held up. */

/** States a variant can be in while its money is still coming in. */
const NOT_MATURED: ReadonlySet<VerdictState> = new Set([
  'collecting',
  'harm',
  'proxy_win_pending_profit',
]);

export function shipChecks(input: DecideGateInput): DecideCheck[] {
  return [
    ...shippingChecks(input),
    ...profitChecks(input),
    ...guardrailChecks(input, 'held_or_answered'),
  ];
}

/** What every way of shipping needs, whatever the numbers say. */
export function shippingChecks(input: DecideGateInput): DecideCheck[] {
  const { kind, policy, variant, killedVariants, experimentKey } = input;
  const isAb = kind === 'ab';
  const mayShip = policy.profile !== 'explore';
  const known = verdictOn(input) !== undefined;
  const killed = variant !== null && killedVariants.includes(variant);
  return [
    {
      code: 'AA_CANNOT_SHIP',
      met: isAb,
      pointer: '/action',
      expected: 'ab',
      actual: kind,
      why: isAb
        ? 'The test compares a change with the control.'
        : 'Both arms of an A/A test are the same: there is nothing to ship.',
    },
    {
      code: 'EXPLORE_CANNOT_SHIP',
      met: mayShip,
      pointer: '/action',
      expected: 'standard or rigorous',
      actual: policy.profile,
      why: mayShip
        ? `The evidence passed the profile ${policy.profile}.`
        : 'One story opened this test; shipping takes the evidence that standard asks for.',
      remedy: {
        action: 'See what standard would ask for',
        method: 'POST',
        path: '/v1/experiments/check?gate=create',
        needs: `the body of ${experimentKey} with policy: standard`,
      },
    },
    withdrawalCheck(input),
    {
      code: 'VARIANT_UNKNOWN',
      met: known,
      pointer: '/variant',
      expected: input.verdict?.perVariant.map((judged) => judged.variant).join(', ') ?? null,
      actual: variant,
      why: known
        ? 'The variant was judged against the control.'
        : 'Name a variant that was judged against the control; the control itself is rolled back to.',
      remedy: evaluateNow(experimentKey),
    },
    {
      code: 'VARIANT_KILLED',
      met: !killed,
      pointer: '/variant',
      expected: false,
      actual: killed,
      why: killed ? 'The variant was killed during the test.' : 'The variant was not killed.',
    },
  ];
}

function withdrawalCheck({
  evidenceWithdrawn,
  evidenceGapAnswered,
  experimentKey,
}: DecideGateInput): DecideCheck {
  const isOpen = evidenceWithdrawn && !evidenceGapAnswered;
  const standing = evidenceWithdrawn
    ? 'Evidence behind this test was withdrawn, and the gap is answered in writing.'
    : 'The evidence behind this test stands.';
  return {
    code: 'EVIDENCE_WITHDRAWN',
    met: !isOpen,
    pointer: '/action',
    expected: false,
    actual: isOpen,
    why: isOpen
      ? 'Evidence behind this test was withdrawn: replace it, or answer the gap in writing.'
      : standing,
    remedy: answerGap(experimentKey),
  };
}

/** A result that is not sound carries no decision but going back. */
export function soundnessCheck(state: VerdictState): DecideCheck {
  const sound = state !== 'invalid';
  return {
    code: 'RESULT_INVALID',
    met: sound,
    pointer: '/action',
    expected: true,
    actual: sound,
    why: sound ? 'The result is sound.' : 'The result is invalid: its reasons say what to repair.',
  };
}

function profitChecks(input: DecideGateInput): DecideCheck[] {
  const state = verdictOn(input)?.state;
  if (state === undefined) return [];
  const { leadingMetric, auditedProxies, experimentKey } = input;
  if (state === 'invalid') return [soundnessCheck(state)];
  const matured = !NOT_MATURED.has(state);
  const checks: DecideCheck[] = [
    soundnessCheck(state),
    {
      code: 'PROFIT_NOT_MATURED',
      met: matured,
      pointer: '/action',
      expected: 'matured',
      actual: state,
      why: matured ? 'The money is in.' : 'The money that follows is still coming in.',
      remedy: evaluateNow(experimentKey),
    },
  ];
  if (!matured) return checks;
  const won = state === 'profit_win' || state === 'proxy_win_profit_flat';
  checks.push({
    code: 'PROFIT_NOT_WON',
    met: won,
    pointer: '/action',
    expected: 'profit_win',
    actual: state,
    why: won ? 'Profit won, or held up under a proxy win.' : 'Profit did not win.',
    remedy: decideAgain(experimentKey, 'Roll back or iterate', 'action: roll_back or iterate'),
  });
  if (state === 'proxy_win_profit_flat') {
    const audited = auditedProxies.includes(leadingMetric);
    checks.push({
      code: 'PROXY_UNAUDITED',
      met: audited,
      pointer: '/action',
      expected: true,
      actual: audited,
      subjects: [leadingMetric],
      why: audited
        ? `Past experiments show that ${leadingMetric} moves with profit.`
        : `Nothing shows that ${leadingMetric} moves with profit, so its win is not enough.`,
    });
  }
  return checks;
}
