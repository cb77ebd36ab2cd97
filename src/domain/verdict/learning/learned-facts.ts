import { readableInterval } from '../../evaluation/find-outcomes.js';
import type { EvaluationResult, MetricReport } from '../../evaluation/result.js';
import type { ChainLink } from '../../experiments/definition.js';
import type { AnalysisPlan } from '../../experiments/plan.js';
import type { Direction } from '../../metrics/metric.js';
import type { LinkVerdict } from '../chain.js';
import { type Move, moveOf } from '../classify.js';
import type { VariantVerdict, VerdictState } from '../verdict.js';
import { judgeLinks, type LinkJudge } from './judged-links.js';
import type { SaidLink } from './said.js';

/** What a test leaves behind, as far as it tells whether the reason was right: plain JSON. */

export interface LearnedFacts {
  variant: string;
  /** Of the evaluation; null before the first. */
  state: VerdictState | null;
  metric: MovedMetric & {
    /** Where it was said to go; where there is no prediction, the good direction. */
    expected: Direction;
    /** False: nothing was predicted, so it is the metric that decides. */
    isPredicted: boolean;
  };
  /** The links on the way before the money, in the order of the chain. */
  links: readonly LinkFacts[];
  /** Metrics of people's experience. */
  experience: readonly MovedMetric[];
  /** Whether what would have shown the reason wrong has happened; null when nobody said. */
  wrongIfMet: boolean | null;
  people: PeopleAfterwards;
}

export interface MovedMetric {
  key: string;
  move: Move;
  /** Every unit's window has closed; before that, standing still means nothing. */
  matured: boolean;
  good: Direction;
}

export interface LinkFacts {
  from: string;
  to: string;
  /** Null: nobody has judged it. */
  verdict: LinkVerdict | null;
  by: LinkJudge | null;
}

/** People heard after they had met the change. */
export interface PeopleAfterwards {
  heard: number;
  /** How many of them it takes before they count. */
  needed: number;
  /** Described the claim without being asked for it. */
  described: number;
  contradicted: number;
}

export interface TaughtInput {
  plan: Pick<AnalysisPlan, 'chain' | 'prediction' | 'metrics'>;
  /** Null before the first evaluation. */
  result: Pick<EvaluationResult, 'metrics' | 'verdict'> | null;
  /** Links that people judged. */
  links: readonly SaidLink[];
  wrongIfMet: boolean | null;
  people: PeopleAfterwards;
}

/** What the test of one variant leaves behind. */
export function learnedFactsOf(variant: string, input: TaughtInput): LearnedFacts {
  const { plan, result, wrongIfMet, people } = input;
  const verdict = result?.verdict.perVariant.find((one) => one.variant === variant);
  return {
    variant,
    state: verdict?.state ?? null,
    metric: judgedMetric(variant, input),
    links: linksBeforeMoney(input, verdict),
    experience: plan.metrics
      .filter(({ definition }) => definition.class === 'experience')
      .map(({ definition }) => movedMetric(definition.key, variant, input)),
    wrongIfMet,
    people,
  };
}

function judgedMetric(variant: string, input: TaughtInput): LearnedFacts['metric'] {
  const { prediction, metrics } = input.plan;
  const deciding = metrics.find(({ inExperiment }) => inExperiment === 'deciding');
  const moved = movedMetric(
    prediction?.metric ?? deciding?.definition.key ?? 'profit',
    variant,
    input,
  );
  return {
    ...moved,
    expected: prediction?.direction ?? moved.good,
    isPredicted: prediction !== null,
  };
}

function movedMetric(key: string, variant: string, { plan, result }: TaughtInput): MovedMetric {
  const planned = plan.metrics.find(({ definition }) => definition.key === key);
  const report = result?.metrics.find((one) => one.key === key);
  return {
    key,
    move: moveIn(report, variant),
    matured: report?.maturity.wholeCohort ?? false,
    good: planned?.definition.direction ?? 'increase',
  };
}

function moveIn(report: MetricReport | undefined, variant: string): Move {
  const comparison = report?.comparisons.find((one) => one.variant === variant);
  return comparison === undefined ? 'not_computed' : moveOf(readableInterval({ comparison }));
}

function linksBeforeMoney(
  { plan, links }: TaughtInput,
  verdict: VariantVerdict | undefined,
): LinkFacts[] {
  const before = plan.chain.filter((link) => !isMoney(link.to, plan));
  const judged = judgeLinks(before, verdict === undefined ? [] : [verdict], links);
  return judged.map(({ from, to, verdict: said, by }) => ({ from, to, verdict: said, by }));
}

/** Money, or where the chain ends: the gate lets no chain end in anything else. */
function isMoney(node: string, { chain, metrics }: TaughtInput['plan']): boolean {
  const isEnd = chain.every(({ from }: ChainLink) => from !== node);
  const planned = metrics.find(({ definition }) => `metric:${definition.key}` === node);
  return isEnd || planned?.definition.kind === 'money';
}
