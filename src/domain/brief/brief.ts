import type { Directness } from '../evidence/dossier.js';
import type { EvaluationResult, MetricReport } from '../evaluation/result.js';
import { BECAUSE_PARTS, type BecausePart, type Rationale } from '../experiments/definition.js';
import type { DecisionAction } from '../experiments/decision.js';
import type { ExperimentState } from '../experiments/lifecycle.js';
import type { AnalysisPlan } from '../experiments/plan.js';
import { decidedSentence, earnedSentence, movedSentence, stateSentence } from './sentences.js';

/** The page a stakeholder reads: why we test, who said so, what moved, what it earned, what we decided. */

export interface BriefVoice {
  quoteId: string;
  /** `supports`, `contradicts`, `qualifies`. */
  disposition: string;
  /** The words; null when they were erased at the person's request. */
  words: string | null;
  pseudonym: string;
  /** The method, e.g. interview. */
  how: string;
  /** Against this experiment's audience; computed, never typed in. */
  directness: Directness;
  heardAt: string;
  /** The answer to a contradiction. */
  response?: string;
}

export interface BriefEffect {
  metric: string;
  name: string;
  role: MetricReport['role'];
  variant: string;
  /** Of units whose window has closed (`matured`), or of everybody so far (`running`). */
  basis: 'matured' | 'running';
  sentence: string;
}

export interface BriefVerdict {
  variant: string;
  state: string;
  sentence: string;
  reasons: string[];
  /** The way from the change to the money, link by link. */
  chain: { from: string; to: string; verdict: string; why: string }[];
}

export interface Brief {
  experimentKey: string;
  name: string;
  kind: 'ab' | 'aa';
  status: ExperimentState;
  /** Said at the top of every form of the brief. */
  labels: string[];
  why: {
    insights: string[];
    because: { part: BecausePart; text: string; assumption: boolean }[];
    betterOff?: string;
    worseOff?: string;
    wrongIf?: string;
    /** What the gate let pass and noted. */
    gateNotes: string[];
  };
  whoSaidSo: { people: number; voices: BriefVoice[] };
  /** Absent before the first evaluation. */
  asOf?: string;
  whatMoved: BriefEffect[];
  whatItEarned: BriefEffect[];
  profitCoverage: 'full' | 'partial';
  unknownCosts: string[];
  verdicts: BriefVerdict[];
  winner?: string;
  decision?: {
    action: DecisionAction;
    variant?: string;
    sentence: string;
    overrideReason?: string;
  };
  /** What is known about the reason, whatever the metric did. */
  learned: string[];
}

export interface BriefInput {
  experiment: {
    key: string;
    name: string;
    kind: 'ab' | 'aa';
    status: ExperimentState;
    rationale: Rationale | undefined;
  };
  /** Absent for a draft. */
  plan: AnalysisPlan | null;
  insights: readonly string[];
  voices: readonly BriefVoice[];
  evaluation: EvaluationResult | null;
  decision: {
    action: DecisionAction;
    variant: string | null;
    reason: string;
    overrideReason: string | null;
    by: string;
    at: string;
  } | null;
  /** What the last gate that passed warned of. */
  gateNotes: readonly string[];
  /** Who earlier cited words took them back. */
  evidenceWithdrawn: boolean;
  /** Somebody has answered in writing what that leaves open. */
  evidenceGapAnswered: boolean;
  costs: { coverage: 'full' | 'partial'; unknown: readonly string[] };
  sandbox: boolean;
}

/** What was set aside or not read yet says nothing about the claim. */
const HEARD: ReadonlySet<string> = new Set(['supports', 'contradicts', 'qualifies']);

/** Puts the page together; every sentence in it follows from a stored fact. */
export function composeBrief(input: BriefInput): Brief {
  const { experiment, evaluation, decision, costs } = input;
  const effects = evaluation === null ? [] : effectsOf(evaluation, input.plan);
  const verdicts = evaluation === null ? [] : verdictsOf(evaluation);
  const overrideReason = decision?.overrideReason ?? undefined;
  const voices = input.voices.filter(({ disposition }) => HEARD.has(disposition));
  return {
    experimentKey: experiment.key,
    name: experiment.name,
    kind: experiment.kind,
    status: experiment.status,
    labels: labelsOf(input),
    why: whyOf(input),
    whoSaidSo: {
      people: new Set(voices.map(({ pseudonym }) => pseudonym)).size,
      voices,
    },
    ...(evaluation === null ? {} : { asOf: evaluation.asOf }),
    whatMoved: effects.filter(({ role }) => role !== 'deciding'),
    whatItEarned: effects.filter(({ role }) => role === 'deciding'),
    profitCoverage: costs.coverage,
    unknownCosts: [...costs.unknown],
    verdicts,
    ...(evaluation?.verdict.winner === undefined ? {} : { winner: evaluation.verdict.winner }),
    ...(decision === null
      ? {}
      : {
          decision: {
            action: decision.action,
            ...(decision.variant === null ? {} : { variant: decision.variant }),
            sentence: decidedSentence(decision),
            ...(overrideReason === undefined ? {} : { overrideReason }),
          },
        }),
    learned: learnedFrom(input, verdicts),
  };
}

function labelsOf({
  experiment,
  decision,
  evidenceWithdrawn,
  evidenceGapAnswered,
  costs,
  sandbox,
}: BriefInput): string[] {
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
  if (decision?.action === 'ship_provisional') labels.push('Shipped provisionally: profit unknown');
  if (decision !== null && decision.overrideReason !== null) {
    labels.push(`Decided against the gate: ${decision.overrideReason}`);
  }
  return labels;
}

function whyOf({ experiment: { rationale }, insights, gateNotes }: BriefInput): Brief['why'] {
  const { betterOff, worseOff } = rationale?.experience ?? {};
  const wrongIf = rationale?.wrongIf;
  return {
    insights: [...insights],
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

function effectsOf(result: EvaluationResult, plan: AnalysisPlan | null): BriefEffect[] {
  return result.metrics.flatMap((metric) => {
    const planned = plan?.metrics.find(({ definition }) => definition.key === metric.key);
    const name = planned?.definition.name ?? metric.key;
    const partial = result.verdict.profitCoverage === 'partial';
    return metric.comparisons.map((comparison): BriefEffect => {
      const matured = comparison.absolute !== undefined;
      const running = metric.running?.comparisons.find((one) => one.variant === comparison.variant);
      const shown = matured ? comparison : (running ?? comparison);
      const basis = matured ? 'matured' : 'running';
      const said = { metric, name, basis, partial } as const;
      return {
        metric: metric.key,
        name,
        role: metric.role,
        variant: comparison.variant,
        basis,
        sentence:
          metric.role === 'deciding' ? earnedSentence(said, shown) : movedSentence(said, shown),
      };
    });
  });
}

function verdictsOf(result: EvaluationResult): BriefVerdict[] {
  return result.verdict.perVariant.map((judged) => ({
    variant: judged.variant,
    state: judged.state,
    sentence: stateSentence(judged.state, judged.variant),
    reasons: judged.reasons.map(({ sentence }) => sentence),
    chain: judged.chain.map(({ from, to, verdict, why }) => ({ from, to, verdict, why })),
  }));
}

function learnedFrom(input: BriefInput, verdicts: readonly BriefVerdict[]): string[] {
  if (input.experiment.kind === 'aa') return [];
  return verdicts.flatMap(({ variant, state, chain }) => {
    const broken = chain.filter(({ verdict }) => verdict === 'broken');
    const open = chain.filter(({ verdict }) => verdict === 'not_measured');
    const sentences = broken.map(
      ({ from, to, why }) => `${variant}: the step from ${from} to ${to} did not hold. ${why}`,
    );
    if (state === 'proxy_trap') {
      sentences.push(`${variant}: the leading metric was a shadow of success here, not its cause.`);
    }
    if (open.length > 0 && state !== 'collecting') {
      const steps = open.map(({ from, to }) => `${from} to ${to}`).join('; ');
      sentences.push(`${variant}: nobody measured the step ${steps}. Ask the people who saw it.`);
    }
    return sentences;
  });
}
