import { readableInterval } from '../../evaluation/find-outcomes.js';
import type { ComparisonReport, EvaluationResult } from '../../evaluation/result.js';
import type { Dossier } from '../../evidence/dossier.js';
import type { StrengthLabel } from '../../evidence/measures/strength.js';
import type { Impact, Rationale } from '../../experiments/definition.js';
import type { AnalysisPlan } from '../../experiments/plan.js';
import type { Interval } from '../classify.js';
import type { VariantVerdict } from '../verdict.js';
import { judgeLinks, type LearnedLink } from './judged-links.js';
import type { SaidLearning, SaidSurprise } from './said.js';
import type { Surprise } from './surprise.js';
import { surprisesOf, undeclaredSideEffects } from './surprises.js';
import { quotesAfterLaunch, readWhyQuotes, type WhyQuote } from './why-quotes.js';

/** What was learned, as the decide gate reads it: people's words beside what was computed. */

export interface AnsweredSurprise extends Surprise {
  /** What people said about it; null when nothing. */
  answer: SaidSurprise | null;
}

export interface LearningCase {
  said: SaidLearning;
  links: readonly LearnedLink[];
  surprises: readonly AnsweredSurprise[];
  impacts: readonly Impact[];
  /** The quotes of the `why`, in the order they were named. */
  quotes: readonly WhyQuote[];
  /** An experience metric has a number for a variant that this is about. */
  experienceMeasured: boolean;
  /** Quotes of the frozen reason whose words came after the launch. */
  postHocPriors: readonly string[];
}

export interface LearningInput {
  said: SaidLearning;
  /** The variant the decision names; null when it names none. */
  variant: string | null;
  rationale: Rationale | undefined;
  plan: Pick<AnalysisPlan, 'chain' | 'prediction' | 'metrics'>;
  /** The latest evaluation; null before the first. */
  result: Pick<EvaluationResult, 'metrics' | 'verdict'> | null;
  /** The quotes that `why` and the frozen reason name, with all they lead to. */
  dossier: Pick<Dossier, 'quotes' | 'interviews' | 'participants'>;
  /** The label of the evidence at launch; null when it is not known. */
  confidence: StrengthLabel | null;
  launchedAt: Date;
  now: Date;
}

export function openLearning(input: LearningInput): LearningCase {
  const { said, plan, dossier, rationale, launchedAt } = input;
  const variants = variantsRead(input);
  const impacts = rationale?.impacts ?? [];
  const surprises = [
    ...variants.flatMap((verdict) => surprisesOfVariant(verdict, input)),
    ...(variants.some(({ state }) => state === 'invalid')
      ? []
      : undeclaredSideEffects(said.sideEffects, impacts)),
  ];
  return {
    said,
    links: judgeLinks(plan.chain, variants, said.links),
    surprises: surprises.map((surprise) => ({
      ...surprise,
      answer: answerTo(surprise, said.surprises),
    })),
    impacts,
    quotes: readWhyQuotes(said.why?.quoteIds ?? [], dossier, input),
    experienceMeasured: variants.some((verdict) => isExperienceMeasured(verdict, input)),
    postHocPriors: quotesAfterLaunch(rationale, dossier, launchedAt),
  };
}

/** The named variant; every judged one where none is named, so that nothing is missed by silence. */
function variantsRead({ result, variant }: LearningInput): VariantVerdict[] {
  const judged = result?.verdict.perVariant ?? [];
  const named = judged.filter((one) => one.variant === variant);
  return named.length > 0 ? named : judged;
}

function surprisesOfVariant(verdict: VariantVerdict, input: LearningInput): Surprise[] {
  const { plan, result, confidence, rationale } = input;
  const { prediction } = plan;
  const comparison = (key: string | undefined) => comparisonOf(result, key, verdict.variant);
  const predicted = comparison(prediction?.metric);
  return surprisesOf({
    verdict,
    prediction,
    predicted: {
      absolute: predicted === undefined ? null : readableInterval({ comparison: predicted }),
      relative: predicted === undefined ? null : readableRelative(predicted),
    },
    guardrails: verdict.guardrails.map((guardrail) => {
      const seen = comparison(guardrail.key);
      const interval = seen === undefined ? null : readableInterval({ comparison: seen });
      return { ...guardrail, interval };
    }),
    leadingMetric: plan.metrics.find(isLeading)?.definition.key ?? '',
    confidence,
    impacts: rationale?.impacts ?? [],
  });
}

function isLeading({ inExperiment }: AnalysisPlan['metrics'][number]): boolean {
  return inExperiment === 'leading';
}

function comparisonOf(
  result: LearningInput['result'],
  key: string | undefined,
  variant: string,
): ComparisonReport | undefined {
  const report = result?.metrics.find((one) => one.key === key);
  return report?.comparisons.find((one) => one.variant === variant);
}

/** Readable when the absolute one is; an end that is not there is open. */
function readableRelative(comparison: ComparisonReport): Interval {
  const { relative } = comparison;
  const isKnown = relative?.lower !== undefined || relative?.upper !== undefined;
  if (!isKnown || readableInterval({ comparison }) === null) return null;
  return { lower: relative.lower ?? -Infinity, upper: relative.upper ?? Infinity };
}

function isExperienceMeasured(
  { variant, state }: VariantVerdict,
  { plan, result }: LearningInput,
): boolean {
  if (state === 'invalid') return false;
  return plan.metrics
    .filter(({ definition }) => definition.class === 'experience')
    .map(({ definition }) => comparisonOf(result, definition.key, variant))
    .some((comparison) => comparison?.absolute !== undefined);
}

/** An answer that names the subject is meant for it alone. */
function answerTo(surprise: Surprise, said: readonly SaidSurprise[]): SaidSurprise | null {
  const about = said.filter(({ code }) => code === surprise.code);
  return (
    about.find(({ subject }) => subject === surprise.subject) ??
    about.find(({ subject }) => subject === undefined) ??
    null
  );
}
