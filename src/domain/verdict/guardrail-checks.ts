import type { DecideCheck, DecideGateInput } from './decide-case.js';
import { answerGuardrail, evaluateNow } from './decide-remedies.js';
import { type AnswerStanding, standingOf } from './guardrail-answer.js';
import type { GuardrailFindings } from './verdict.js';
import { verdictOn } from './verdict-on.js';

/**
 * `held_or_answered`: not worse than its margin, or its owner takes the damage. `held`: not worse, whatever was
 * answered; before the money is in, nobody knows yet what the damage would have to be weighed against.
 */
export type GuardrailDemand = 'held_or_answered' | 'held';

/** Every guardrail of the plan is where the decision needs it, in the variant that would be shipped. */
export function guardrailChecks(input: DecideGateInput, demand: GuardrailDemand): DecideCheck[] {
  const judged = verdictOn(input);
  if (judged === undefined) return [];
  const unseen = input.plannedGuardrails
    .filter(({ key }) => !judged.guardrails.some((one) => one.key === key))
    .map(({ key }) => unseenCheck(key, input));
  return [...judged.guardrails.map((seen) => seenCheck(seen, input, demand)), ...unseen];
}

function seenCheck(
  seen: GuardrailFindings,
  input: DecideGateInput,
  demand: GuardrailDemand,
): DecideCheck {
  const { key, state, sequentialHarm } = seen;
  const standing = standingOf(seen, input.variant ?? '', input.guardrailAnswers);
  const holds = standing === 'nothing_to_answer';
  const isWorse = state === 'breached' || sequentialHarm;
  return {
    code: isWorse ? 'GUARDRAIL_BREACHED' : 'GUARDRAIL_UNRESOLVED',
    met: holds || (demand === 'held_or_answered' && standing === 'accepted'),
    pointer: '/action',
    expected: 'non_inferior',
    actual: state,
    subjects: [key],
    why: sentence(key, { standing, isWorse, demand }),
    remedy:
      demand === 'held'
        ? evaluateNow(input.experimentKey)
        : answerGuardrail(input.experimentKey, key, answererOf(key, input)),
  };
}

/** Added to the plan after the evaluation that the decision would rest on. */
function unseenCheck(key: string, { experimentKey }: DecideGateInput): DecideCheck {
  return {
    code: 'GUARDRAIL_UNRESOLVED',
    met: false,
    pointer: '/action',
    expected: 'non_inferior',
    actual: null,
    subjects: [key],
    why: `The guardrail ${key} was added to the plan and has not been evaluated since.`,
    remedy: evaluateNow(experimentKey),
  };
}

function answererOf(key: string, { plannedGuardrails }: DecideGateInput): string {
  return plannedGuardrails.find((one) => one.key === key)?.answerer ?? 'its owner';
}

function sentence(
  key: string,
  {
    standing,
    isWorse,
    demand,
  }: { standing: AnswerStanding; isWorse: boolean; demand: GuardrailDemand },
): string {
  if (standing === 'nothing_to_answer') {
    return `The guardrail ${key} is not worse than its margin.`;
  }
  const found = isWorse
    ? `The guardrail ${key} is worse than its margin`
    : `It cannot be told yet whether the guardrail ${key} is worse than its margin`;
  if (demand === 'held') {
    return `${found}: before the money is in, every guardrail must hold, whatever was answered.`;
  }
  switch (standing) {
    case 'accepted':
      return `${found}, and its owner has answered.`;
    case 'declined':
      return `${found}, and its owner does not accept that.`;
    case 'outgrown':
      return `${found}: it has got worse since its owner answered, so it must be answered anew.`;
    case 'unanswered':
      return `${found}: its owner must answer.`;
  }
}
