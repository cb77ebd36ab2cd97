import type { EvaluationResult, MetricReport } from '../evaluation/result.js';
import { BECAUSE_PARTS } from '../experiments/definition.js';
import type { AnalysisPlan } from '../experiments/plan.js';
import { wholeInWords } from '../text/amount-in-words.js';
import type { Brief, BriefEffect, BriefVerdict } from './brief.js';
import {
  amendmentOf,
  decidersOf,
  decisionOf,
  followUpsOf,
  provisionalLabel,
  rereadOf,
} from './brief-decisions.js';
import { gapsOf, guardrailsOf } from './brief-guardrails.js';
import type { BriefInput } from './brief-input.js';
import { learningOfVariants, taughtBy } from './brief-learning.js';
import { moneyOf } from './brief-money.js';
import { earnedSentence, movedSentence, stateSentence } from './sentences.js';

/** What was set aside or not read yet says nothing about the claim. */
const HEARD: ReadonlySet<string> = new Set(['supports', 'contradicts', 'qualifies']);

/** Puts the page together; every sentence in it follows from a stored fact. */
export function composeBrief(input: BriefInput): Brief {
  const { experiment, evaluation, plan, costs, guardrailAnswers } = input;
  const isAa = experiment.kind === 'aa';
  // An A/A test compares a thing with itself: a size in it would be read as a result.
  const effects = evaluation === null || isAa ? [] : effectsOf(evaluation, plan);
  const verdicts = evaluation === null ? [] : verdictsOf(evaluation, plan);
  const voices = input.voices.filter(({ disposition }) => HEARD.has(disposition));
  const deciding = evaluation?.metrics.find(({ role }) => role === 'deciding');
  const money = isAa ? undefined : moneyOf(deciding, costs.coverage);
  const decisions = input.decisions.map(decisionOf);
  const last = decisions.at(-1);
  return {
    experimentKey: experiment.key,
    name: experiment.name,
    kind: experiment.kind,
    status: experiment.status,
    labels: labelsOf(input),
    why: whyOf(input),
    whoSaidSo: { people: new Set(voices.map(({ pseudonym }) => pseudonym)).size, voices },
    ...(evaluation === null ? {} : { asOf: evaluation.asOf }),
    health: evaluation === null ? [] : healthOf(evaluation),
    whatMoved: effects.filter(({ role }) => role !== 'deciding'),
    whatItEarned: effects.filter(({ role }) => role === 'deciding'),
    profitCoverage: costs.coverage,
    unknownCosts: [...costs.unknown],
    ...(money === undefined ? {} : { money }),
    guardrails: guardrailsOf(plan, evaluation, guardrailAnswers, input.answerers),
    gaps: gapsOf(experiment.rationale),
    verdicts,
    ...(evaluation?.verdict.winner === undefined ? {} : { winner: evaluation.verdict.winner }),
    ...(last === undefined ? {} : { decision: last }),
    decisions,
    afterDecision: input.rereads.map(rereadOf),
    learned: isAa ? [] : taughtBy(verdicts),
    learning: isAa ? [] : learningOfVariants(input.learned, input.insights),
    followUps: followUpsOf(input.decisions),
    amendments: input.amendments.map(amendmentOf),
  };
}

function labelsOf(input: BriefInput): string[] {
  const { experiment, evidenceWithdrawn, evidenceGapAnswered, costs, sandbox, rereads } = input;
  const decision = input.decisions.at(-1);
  const labels: string[] = [];
  if (sandbox) labels.push('Sandbox: nothing here is real');
  if (experiment.kind === 'aa') labels.push('A/A test: a health report, never a result');
  if (costs.coverage === 'partial') {
    labels.push(`Partial profit: nobody has declared ${costs.unknown.join(', ')}`);
  }
  if (evidenceWithdrawn) {
    const answered = evidenceGapAnswered ? '; the gap is answered in writing' : '';
    labels.push(`Evidence behind this test was withdrawn${answered}`);
  }
  if (decision?.action === 'ship_provisional') labels.push(provisionalLabel(decision));
  if (decision !== undefined && decision.overrideReason !== null) {
    labels.push(`Decided against the gate by ${decidersOf(decision)}: ${decision.overrideReason}`);
  }
  if (rereads.some(({ proposal }) => proposal !== undefined)) {
    labels.push('A re-read proposes to roll back: profit disagrees with the decision');
  } else if (
    rereads.some(({ findings }) => findings.some(({ outcome }) => outcome === 'revised'))
  ) {
    labels.push('The verdict was revised after the decision');
  }
  return labels;
}

function whyOf({ experiment: { rationale }, insights, gateNotes }: BriefInput): Brief['why'] {
  const { betterOff, worseOff } = rationale?.experience ?? {};
  const wrongIf = rationale?.wrongIf;
  return {
    insights: insights.map(({ statement }) => statement),
    because: BECAUSE_PARTS.flatMap((part) => {
      const clause = rationale?.because?.[part];
      if (clause === undefined) return [];
      return [{ part, text: clause.text, assumption: clause.assumption === true }];
    }),
    ...(betterOff === undefined ? {} : { betterOff }),
    ...(worseOff === undefined ? {} : { worseOff }),
    ...(wrongIf === undefined ? {} : { wrongIf }),
    gateNotes: [...gateNotes],
  };
}

const RATIOS: Readonly<Record<EvaluationResult['health']['srm']['status'], string>> = {
  ok: 'Each variant got the share of units it should have.',
  failed: 'The variants did not get the shares of units they should have (sample ratio mismatch).',
  not_computed: 'Whether each variant got its share of units cannot be told yet.',
};

function healthOf({ health, units }: EvaluationResult): string[] {
  const counted = units.map(({ variant, n }) => `${variant} ${wholeInWords(n)}`).join(', ');
  const { srm, crossovers, dataFaults = [], warnings = [] } = health;
  return [
    ...(units.length === 0 ? [] : [`Units: ${counted}.`]),
    RATIOS[srm.status],
    crossovers === 0
      ? 'No unit met two variants.'
      : `Units that met two variants: ${wholeInWords(crossovers)}.`,
    ...dataFaults.map(({ sentence }) => sentence),
    ...warnings.map(({ detail }) => detail),
  ];
}

function effectsOf(result: EvaluationResult, plan: AnalysisPlan | null): BriefEffect[] {
  const partial = result.verdict.profitCoverage === 'partial';
  return result.metrics.flatMap((metric) => {
    const planned = plan?.metrics.find(({ definition }) => definition.key === metric.key);
    const name = planned?.definition.name ?? metric.key;
    return metric.comparisons.map((comparison) => effectOf({ metric, name, partial }, comparison));
  });
}

function effectOf(
  about: { metric: MetricReport; name: string; partial: boolean },
  comparison: MetricReport['comparisons'][number],
): BriefEffect {
  const { metric, name } = about;
  const { variant } = comparison;
  const matured = comparison.absolute !== undefined;
  const running = metric.running?.comparisons.find((one) => one.variant === variant);
  const shown = matured ? comparison : (running ?? comparison);
  const basis = matured ? 'matured' : 'running';
  const said = { ...about, basis } as const;
  return {
    metric: metric.key,
    name,
    role: metric.role,
    variant,
    basis,
    sentence: metric.role === 'deciding' ? earnedSentence(said, shown) : movedSentence(said, shown),
  };
}

function verdictsOf(result: EvaluationResult, plan: AnalysisPlan | null): BriefVerdict[] {
  const lagOf = (from: string, to: string) =>
    plan?.chain.find((link) => link.from === from && link.to === to)?.lagDays;
  return result.verdict.perVariant.map((judged) => ({
    variant: judged.variant,
    state: judged.state,
    sentence: stateSentence(judged.state, judged.variant),
    reasons: judged.reasons.map(({ sentence }) => sentence),
    chain: judged.chain.map(({ from, to, verdict, why }) => {
      const lagDays = lagOf(from, to);
      return { from, to, verdict, why, ...(lagDays === undefined ? {} : { lagDays }) };
    }),
  }));
}
