import { type StandIn, standInsOf } from '../experiments/launch-gate-guardrails.js';
import { type AnalysisPlan, metricsInRole, type PlannedMetric } from '../experiments/plan.js';
import type { Rationale } from '../experiments/definition.js';
import type { GuardrailState } from './classify.js';
import {
  type AnswerStanding,
  blocksShip,
  type GuardrailAnswer,
  standingOf,
} from './guardrail-answer.js';
import type { GuardrailOwner } from './guardrail-owner.js';
import type { Verdict } from './verdict.js';

/** Every guardrail of a test on one page: whose it is, where it stands, and what was said to it. */

export interface GuardrailInVariant {
  variant: string;
  /** Null where the latest evaluation says nothing of it. */
  judged: { state: GuardrailState; sequentialHarm: boolean; standing: AnswerStanding } | null;
  /** Whether it keeps this variant from shipping. */
  blocksShip: boolean;
}

export interface GuardrailOnPanel {
  metric: PlannedMetric;
  owner: GuardrailOwner;
  variants: GuardrailInVariant[];
  /** Oldest first; the last one for a variant holds. */
  answers: GuardrailAnswer[];
  /** Whether it keeps any variant from shipping. */
  blocksShip: boolean;
}

/** What somebody observes by hand, because no number watches it. */
export interface ObservationGap extends StandIn {
  /** The day is over; what was seen is said with the decision. */
  isOver: boolean;
}

export interface GuardrailPanel {
  guardrails: GuardrailOnPanel[];
  gaps: ObservationGap[];
}

export function guardrailPanel(test: {
  plan: AnalysisPlan;
  rationale: Rationale | undefined;
  /** Null before the first evaluation. */
  verdict: Verdict | null;
  answers: readonly GuardrailAnswer[];
  owners: readonly { key: string; owner: GuardrailOwner }[];
  now: Date;
}): GuardrailPanel {
  const { plan, verdict, answers, owners } = test;
  const guardrails = metricsInRole(plan, 'guardrail').flatMap((metric) => {
    const { key } = metric.definition;
    const owner = owners.find((one) => one.key === key)?.owner;
    if (owner === undefined) return [];
    const variants = plan.variants
      .filter(({ control }) => !control)
      .map((arm) => inVariant(key, arm.key, verdict, answers));
    return [
      {
        metric,
        owner,
        variants,
        answers: answers.filter((one) => one.metric === key),
        blocksShip: variants.some((one) => one.blocksShip),
      },
    ];
  });
  return { guardrails, gaps: gapsOf(test) };
}

function inVariant(
  key: string,
  variant: string,
  verdict: Verdict | null,
  answers: readonly GuardrailAnswer[],
): GuardrailInVariant {
  const seen = verdict?.perVariant
    .find((one) => one.variant === variant)
    ?.guardrails.find((one) => one.key === key);
  if (seen === undefined) return { variant, judged: null, blocksShip: true };
  const standing = standingOf(seen, variant, answers);
  const { state, sequentialHarm } = seen;
  return { variant, judged: { state, sequentialHarm, standing }, blocksShip: blocksShip(standing) };
}

/** What is observed by hand in place of a number, of the plan as it is today. */
export function gapsOf({
  plan,
  rationale,
  now,
}: {
  plan: AnalysisPlan;
  rationale: Rationale | undefined;
  now: Date;
}): ObservationGap[] {
  const today = now.toISOString().slice(0, 'YYYY-MM-DD'.length);
  const metrics = plan.metrics.flatMap(({ inExperiment, definition }) =>
    inExperiment === 'leading' || inExperiment === 'guardrail'
      ? [{ ...definition, inExperiment }]
      : [],
  );
  const launchedAt = new Date(plan.launchedAt);
  return standInsOf({ metrics, rationale: rationale ?? {}, launchedAt }).map((standIn) => ({
    ...standIn,
    isOver: standIn.dueOn < today,
  }));
}
