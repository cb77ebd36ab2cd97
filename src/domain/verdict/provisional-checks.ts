import type { DecideCheck, DecideGateInput } from './decide-case.js';
import { decideAgain } from './decide-remedies.js';
import { guardrailChecks } from './guardrail-checks.js';
import { shippingChecks, soundnessCheck } from './ship-checks.js';
import { verdictOn } from './verdict-on.js';

/**
 * Shipping before the money is in. Profit is noisy and waiting has a price too, so a proxy win may
 * go out when the possible loss is small, some people keep the control, and a date is set on which
 * profit is read again.
 */

/** Too few to compare with below, too many to go without the change above. */
export const HOLD_BACK_MIN = 0.05;
export const HOLD_BACK_MAX = 0.1;

export function provisionalChecks(input: DecideGateInput): DecideCheck[] {
  return [
    ...shippingChecks(input),
    ...proxyChecks(input),
    ...guardrailChecks(input, 'held'),
    ...lossChecks(input),
    holdBackCheck(input),
    rereadCheck(input),
  ];
}

function proxyChecks(input: DecideGateInput): DecideCheck[] {
  const judged = verdictOn(input);
  if (judged === undefined) return [];
  const { state, reasons } = judged;
  if (state === 'invalid') return [soundnessCheck(state)];
  const pending = state === 'proxy_win_pending_profit';
  const waiting = pending || state === 'collecting' || state === 'harm';
  return [
    reasons.some(({ code }) => code === 'SRM_NOT_COMPUTED')
      ? uncheckedRatio()
      : soundnessCheck(state),
    {
      // Once profit is known, it is what the decision is about.
      code: waiting ? 'PROXY_NOT_WON' : 'PROFIT_ALREADY_KNOWN',
      met: pending,
      pointer: '/action',
      expected: 'proxy_win_pending_profit',
      actual: state,
      why: proxySentence(pending, waiting),
    },
  ];
}

/** Before the money is in, a win on arms that may not be comparable is all there is. */
function uncheckedRatio(): DecideCheck {
  return {
    code: 'RESULT_INVALID',
    met: false,
    pointer: '/action',
    expected: true,
    actual: false,
    why: 'The sample ratio could not be checked, so nothing may ship on this win.',
  };
}

function proxySentence(pending: boolean, waiting: boolean): string {
  if (pending) return 'The leading metric has won, and profit is still pending.';
  return waiting
    ? 'The leading metric has not won.'
    : 'The money is in: ship, roll back or iterate on what it says.';
}

function lossChecks({ provisionalLossCap: cap, expectedLossOfShipping: loss }: DecideGateInput) {
  const capped: DecideCheck = {
    code: 'LOSS_CAP_MISSING',
    met: cap !== null,
    pointer: '/action',
    expected: true,
    actual: cap !== null,
    why:
      cap === null
        ? 'No cap on the loss was declared at launch, and one set now would be set in sight of the data.'
        : 'A cap on the loss was declared at launch.',
  };
  if (cap === null) return [capped];
  const comparable =
    loss !== null && Number.isFinite(loss.amountMinor) && loss.currency === cap.currency;
  const computed: DecideCheck = {
    code: 'LOSS_NOT_COMPUTED',
    met: comparable,
    pointer: '/action',
    expected: cap.currency,
    actual: loss?.currency ?? null,
    why: comparable
      ? 'The expected loss is computed in the currency of the cap.'
      : 'The expected loss cannot be computed in the currency of the cap.',
  };
  if (!comparable) return [capped, computed];
  const under = loss.amountMinor <= cap.amountMinor;
  const within: DecideCheck = {
    code: 'LOSS_OVER_CAP',
    met: under,
    pointer: '/action',
    expected: cap.amountMinor,
    actual: loss.amountMinor,
    why: under
      ? 'The expected loss is under the cap.'
      : 'Should profit disagree, more is expected to be lost than the cap allows.',
  };
  return [capped, computed, within];
}

function holdBackCheck({ holdBack, experimentKey }: DecideGateInput): DecideCheck {
  const met = holdBack !== null && holdBack >= HOLD_BACK_MIN && holdBack <= HOLD_BACK_MAX;
  return {
    code: 'HOLD_BACK_OUT_OF_RANGE',
    met,
    pointer: '/holdBack',
    expected: `${HOLD_BACK_MIN} to ${HOLD_BACK_MAX}`,
    actual: holdBack,
    why: met
      ? 'Enough units keep the control to read profit later.'
      : 'Between 5% and 10% of units must keep the control, so that profit can be read later.',
    remedy: decideAgain(experimentKey, 'Hold some units back', 'holdBack: 0.05 to 0.1'),
  };
}

function rereadCheck({ rereadAt, now, experimentKey }: DecideGateInput): DecideCheck {
  const met = rereadAt !== null && rereadAt > now;
  return {
    code: 'REREAD_MISSING',
    met,
    pointer: '/rereadAt',
    expected: true,
    actual: met,
    why: met
      ? 'A date is set on which profit is read again.'
      : 'Set a date in the future on which profit is read again.',
    remedy: decideAgain(experimentKey, 'Set the date', 'rereadAt: when profit is read again'),
  };
}
