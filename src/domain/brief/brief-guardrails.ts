import type { EvaluationResult } from '../evaluation/result.js';
import type { Rationale } from '../experiments/definition.js';
import { type AnalysisPlan, metricsInRole } from '../experiments/plan.js';
import type { GuardrailState } from '../verdict/classify.js';
import {
  type AnswerStanding,
  type GuardrailAnswer,
  standingOf,
} from '../verdict/guardrail-answer.js';
import type { BriefGap, BriefGuardrail } from './brief.js';
import type { BriefInput } from './brief-input.js';

/** What must not get worse, whose it is, and what its owner said. */

const STATES: Readonly<Record<GuardrailState, string>> = {
  non_inferior: 'is not worse than its margin',
  breached: 'is worse than its margin',
  unresolved: 'cannot be told from its margin yet',
  not_computed: 'cannot be computed',
};

const ANSWERED: Readonly<Record<AnswerStanding, string>> = {
  nothing_to_answer: '',
  unanswered: '; nobody has answered for it',
  accepted: '; its owner accepts that',
  declined: '; its owner does not accept that',
  outgrown: '; it has got worse since its owner answered',
};

export function guardrailsOf(
  plan: AnalysisPlan | null,
  evaluation: EvaluationResult | null,
  answers: readonly GuardrailAnswer[],
  answerers: BriefInput['answerers'],
): BriefGuardrail[] {
  if (plan === null) return [];
  return metricsInRole(plan, 'guardrail').map(({ definition }) => {
    const { key, name, department, owner } = definition;
    return {
      metric: key,
      name,
      ...(department === undefined ? {} : { department }),
      ...(owner === undefined ? {} : { owner }),
      answerer: answerers.find((one) => one.key === key)?.answerer ?? 'nobody',
      states: (evaluation?.verdict.perVariant ?? []).flatMap(({ variant, guardrails }) =>
        guardrails
          .filter((guardrail) => guardrail.key === key)
          .map((seen) => {
            const { state, sequentialHarm } = seen;
            const standing = standingOf(seen, variant, answers);
            const sentence =
              `${name} in ${variant} ${STATES[state]}` +
              `${sequentialHarm ? '; waiting longer would do harm' : ''}${ANSWERED[standing]}.`;
            return { variant, state, standing, sentence };
          }),
      ),
      answers: answers
        .filter(({ metric }) => metric === key)
        .map(({ variant, accepted, answer, answeredBy, answeredAt }) => ({
          variant,
          accepted,
          answer,
          by: answeredBy,
          at: answeredAt,
        })),
    };
  });
}

/** An impact that no metric watches is a gap, and its plan to observe stands in. */
export function gapsOf(rationale: Rationale | undefined): BriefGap[] {
  return (rationale?.impacts ?? []).flatMap(
    ({ department, expectedEffect, guardrail, observationPlan }) =>
      guardrail !== undefined || observationPlan === undefined || observationPlan.trim() === ''
        ? []
        : [{ department, expectedEffect, observationPlan }],
  );
}
