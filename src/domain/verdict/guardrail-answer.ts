import { acknowledgementRight } from '../experiments/impacts.js';
import type { GuardrailState } from './classify.js';
import type { GuardrailFindings } from './verdict.js';

/** What the owner of a guardrail says to its breach: who may, to what, and for how long it counts. */

export interface GuardrailAnswer {
  id: string;
  metric: string;
  /** The variant whose state was answered; an answer for all is one for each. */
  variant: string;
  /** Whether the owner takes the damage into account and lets the change go on. */
  accepted: boolean;
  answer: string;
  /** The state that was answered, and whether it had crossed the bound for harm. */
  state: GuardrailState;
  sequentialHarm: boolean;
  /** The evaluation in which the owner saw it. */
  evaluationId: string;
  /** Whoever proposed the change answered, because it is theirs or nobody else could. */
  byAuthor: boolean;
  answeredBy: string;
  answeredAt: string;
}

export const ANSWER_STANDINGS = [
  'nothing_to_answer',
  'unanswered',
  'accepted',
  'declined',
  'outgrown',
] as const;
/**
 * `nothing_to_answer`: the guardrail holds. `declined`: its owner does not take it. `outgrown`: it has
 * got worse since it was answered, so the answer does not cover it any more.
 */
export type AnswerStanding = (typeof ANSWER_STANDINGS)[number];

type Seen = Pick<GuardrailFindings, 'state' | 'sequentialHarm'>;

/** Not shown to be tolerable, so somebody must stand for it. */
export function needsAnswer({ state, sequentialHarm }: Seen): boolean {
  return state !== 'non_inferior' || sequentialHarm;
}

/** How bad it is: that nothing can be told is one step before shown damage. */
function gradeOf(seen: Seen): 0 | 1 | 2 {
  if (!needsAnswer(seen)) return 0;
  return seen.state === 'breached' || seen.sequentialHarm ? 2 : 1;
}

/**
 * What the newest answer to a guardrail in one variant is worth today.
 *
 * @param answers of this guardrail and this variant, oldest first
 */
export function answerStanding(
  seen: Seen,
  answers: readonly Pick<GuardrailAnswer, 'accepted' | 'state' | 'sequentialHarm'>[],
): AnswerStanding {
  if (!needsAnswer(seen)) return 'nothing_to_answer';
  const latest = answers.at(-1);
  if (latest === undefined) return 'unanswered';
  if (gradeOf(seen) > gradeOf(latest)) return 'outgrown';
  return latest.accepted ? 'accepted' : 'declined';
}

/** Whether a guardrail keeps the variant from shipping. */
export function blocksShip(standing: AnswerStanding): boolean {
  return standing !== 'nothing_to_answer' && standing !== 'accepted';
}

/** What the gate needs of an answer. */
export type AnswerFacts = Pick<
  GuardrailAnswer,
  'metric' | 'variant' | 'accepted' | 'state' | 'sequentialHarm'
>;

/** Where a judged guardrail of a variant stands among all answers of the experiment, oldest first. */
export function standingOf(
  seen: Pick<GuardrailFindings, 'key' | 'state' | 'sequentialHarm'>,
  variant: string,
  answers: readonly AnswerFacts[],
): AnswerStanding {
  const own = answers.filter((one) => one.metric === seen.key && one.variant === variant);
  return answerStanding(seen, own);
}

export const ANSWER_RIGHTS = [
  'owner',
  'department',
  'alone',
  'not-guardrail-owner',
  'author-cannot-answer',
] as const;
export type AnswerRight = (typeof ANSWER_RIGHTS)[number];

/**
 * Whether a member may answer for a guardrail: its owner and nobody else, or, where none of the
 * members owns it, somebody of its department. Whoever proposed the change answers for a department
 * only where it has nobody else.
 */
export function answerRight(who: {
  memberId: string;
  author: string;
  /** The member that the metric names; null where it names none, or nobody of the project. */
  owner: string | null;
  /** Members of the metric's department; empty where it has none. */
  departmentMembers: readonly string[];
}): AnswerRight {
  const { memberId, owner } = who;
  if (owner !== null) return memberId === owner ? 'owner' : 'not-guardrail-owner';
  switch (acknowledgementRight(who)) {
    case 'together':
      return 'department';
    case 'alone':
      return 'alone';
    case 'author-cannot-acknowledge':
      return 'author-cannot-answer';
    case 'not-in-department':
      return 'not-guardrail-owner';
  }
}
