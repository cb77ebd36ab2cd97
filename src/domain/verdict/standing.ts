import type { DecisionAction } from '../experiments/decision.js';
import type { ExperimentKind } from '../experiments/definition.js';
import type { CostCoverage } from '../money/costs.js';
import { type AnswerFacts, blocksShip, standingOf } from './guardrail-answer.js';
import type { ObservationGap } from './guardrail-panel.js';
import type { GuardrailFindings, Verdict } from './verdict.js';

/** What must be said over every view of a test, before anything that it shows. */

export const LABEL_CODES = [
  'AA_HEALTH_ONLY',
  'EVIDENCE_WITHDRAWN',
  'EVIDENCE_GAP_ANSWERED',
  'EVIDENCE_ERASED',
  'OVERRIDDEN',
  'SHIPPED_PROVISIONALLY',
  'PARTIAL_PROFIT',
  'NOT_FINAL',
  'PROXY_UNAUDITED',
  'GUARDRAIL_BREACH_OPEN',
  'GUARDRAIL_BREACH_ANSWERED',
  'OBSERVED_BY_HAND',
  'PLAN_AMENDED',
] as const;
export type LabelCode = (typeof LABEL_CODES)[number];

/** One thing that must be said; the sentence is complete in itself. */
export interface Label {
  code: LabelCode;
  sentence: string;
}

/** A decision with the names of those who took it. */
export interface LabelledDecision {
  action: DecisionAction;
  overrideReason: string | null;
  by: string;
  /** Who asked for it first, where it took two. */
  overrideRequestedBy: string | null;
  rereadAt: Date | null;
}

export interface StandingCase {
  kind: ExperimentKind;
  /** The metric that moves first, where another one decides; null without such a proxy. */
  proxy: string | null;
  auditedProxies: readonly string[];
  /** Version of the plan; null for a draft. */
  planVersion: number | null;
  /** What is known of the costs: as the result says, else as the plan or the project does. */
  costs: CostCoverage;
  /** Null for a test that cites none. */
  evidence: { withdrawn: boolean; answered: boolean; erased: boolean } | null;
  /** The metric that decides and has not matured; null before any evaluation, or once it has. */
  immature: string | null;
  /** Null before the first evaluation. */
  verdict: Pick<Verdict, 'perVariant'> | null;
  guardrailAnswers: readonly AnswerFacts[];
  gaps: readonly ObservationGap[];
  /** The latest one. */
  decision: LabelledDecision | null;
}

/** In the order in which they are read: what makes the result void first, what colours it after. */
export function standingLabels(test: StandingCase): Label[] {
  if (test.kind === 'aa') return [AA_HEALTH_ONLY, ...notFinal(test), ...amended(test)];
  return [
    ...evidenceLabels(test),
    ...(test.decision === null ? [] : decisionLabels(test.decision)),
    ...partialProfit(test),
    ...notFinal(test),
    ...unauditedProxy(test),
    ...breaches(test),
    ...observedByHand(test),
    ...amended(test),
  ];
}

/** What must be said of one decision, wherever it is shown. */
export function decisionLabels(decision: LabelledDecision): Label[] {
  const { action, overrideReason, by, overrideRequestedBy, rereadAt } = decision;
  const labels: Label[] = [];
  if (overrideReason !== null) {
    const who =
      overrideRequestedBy === null ? `by ${by} alone` : `by ${overrideRequestedBy} and ${by}`;
    const sentence = `Decided against the gate ${who}, because: ${overrideReason.trim()}`;
    labels.push({ code: 'OVERRIDDEN', sentence });
  }
  if (action === 'ship_provisional') {
    const until = rereadAt === null ? '' : `; it is read again on ${dayOf(rereadAt)}`;
    const sentence = `Shipped provisionally: profit unknown${until}. This is not a win.`;
    labels.push({ code: 'SHIPPED_PROVISIONALLY', sentence });
  }
  return labels;
}

const AA_HEALTH_ONLY: Label = {
  code: 'AA_HEALTH_ONLY',
  sentence: 'A/A test: both arms are the same, so this is a health report and never a result.',
};

function evidenceLabels({ evidence }: StandingCase): Label[] {
  if (evidence === null) return [];
  const labels: Label[] = [];
  if (evidence.withdrawn && evidence.answered) {
    labels.push({
      code: 'EVIDENCE_GAP_ANSWERED',
      sentence: 'Evidence behind this test was withdrawn; the gap is answered in writing.',
    });
  } else if (evidence.withdrawn) {
    labels.push({
      code: 'EVIDENCE_WITHDRAWN',
      sentence:
        'Evidence behind this test was withdrawn: it cannot ship until other words stand in for it, or the gap is answered in writing.',
    });
  }
  if (evidence.erased) {
    labels.push({
      code: 'EVIDENCE_ERASED',
      sentence: 'Somebody whose words this test cites asked to be forgotten; the words are gone.',
    });
  }
  return labels;
}

function partialProfit({ costs }: StandingCase): Label[] {
  if (costs.coverage === 'full') return [];
  const sentence = `Partial profit: nobody has declared ${costs.unknown.join(', ')}.`;
  return [{ code: 'PARTIAL_PROFIT', sentence }];
}

function notFinal({ immature }: StandingCase): Label[] {
  if (immature === null) return [];
  const sentence = `Not final: ${immature} has not matured for the whole cohort.`;
  return [{ code: 'NOT_FINAL', sentence }];
}

function unauditedProxy({ proxy, auditedProxies }: StandingCase): Label[] {
  if (proxy === null || auditedProxies.includes(proxy)) return [];
  const sentence = `Unaudited proxy: nothing shows yet that ${proxy} moves with profit.`;
  return [{ code: 'PROXY_UNAUDITED', sentence }];
}

function breaches({ verdict, guardrailAnswers }: StandingCase): Label[] {
  return (verdict?.perVariant ?? []).flatMap(({ variant, guardrails }) =>
    guardrails.filter(isBreach).map((seen): Label => {
      const standing = standingOf(seen, variant, guardrailAnswers);
      const found = `The guardrail ${seen.key} is worse than its margin in ${variant}`;
      if (!blocksShip(standing)) {
        const sentence = `${found}, and its owner accepts that.`;
        return { code: 'GUARDRAIL_BREACH_ANSWERED', sentence };
      }
      const sentence =
        standing === 'declined'
          ? `${found}, and its owner does not accept that.`
          : `${found}, and its owner has not answered.`;
      return { code: 'GUARDRAIL_BREACH_OPEN', sentence };
    }),
  );
}

function isBreach({ state, sequentialHarm }: GuardrailFindings): boolean {
  return state === 'breached' || sequentialHarm;
}

function observedByHand({ gaps }: StandingCase): Label[] {
  return gaps.map(({ department, dueOn, isOver }) => ({
    code: 'OBSERVED_BY_HAND',
    sentence: isOver
      ? `A gap: ${department} was to observe by hand until ${dueOn} what no number watches.`
      : `A gap: ${department} observes by hand until ${dueOn} what no number watches.`,
  }));
}

function amended({ planVersion }: StandingCase): Label[] {
  if (planVersion === null || planVersion === 1) return [];
  const sentence = `The plan was amended while it ran (version ${planVersion}).`;
  return [{ code: 'PLAN_AMENDED', sentence }];
}

function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 'YYYY-MM-DD'.length);
}
