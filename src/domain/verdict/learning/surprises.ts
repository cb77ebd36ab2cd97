import type { StrengthLabel } from '../../evidence/measures/strength.js';
import type { Impact, Prediction } from '../../experiments/definition.js';
import type { GuardrailState, Interval } from '../classify.js';
import { moveOf } from '../classify.js';
import type { VariantVerdict } from '../verdict.js';
import type { SaidSideEffect } from './said.js';
import type { Surprise, SurpriseCode } from './surprise.js';

/**
 * What nobody said would happen, computed: it must not depend on whether anybody likes to notice.
 * A fault of the data explains any number, so an invalid result surprises nobody.
 */

export interface MovedGuardrail {
  key: string;
  state: GuardrailState;
  sequentialHarm: boolean;
  /** Variant minus control, valid at this look; null when it may not be read. */
  interval: Interval;
}

export interface SurpriseInput {
  verdict: Pick<VariantVerdict, 'variant' | 'state' | 'reasons'>;
  prediction: Prediction | null;
  /** Of the predicted metric, on both scales; bounds may be infinite. */
  predicted: { absolute: Interval; relative: Interval };
  guardrails: readonly MovedGuardrail[];
  /** The leading metric, which a flat result is about. */
  leadingMetric: string;
  /** The label of the evidence at launch; null when it is not known. */
  confidence: StrengthLabel | null;
  impacts: readonly Impact[];
}

/** The surprises of one variant, in the order of `SURPRISE_CODES`. */
export function surprisesOf(input: SurpriseInput): Surprise[] {
  if (input.verdict.state === 'invalid') return [];
  return [...predictionSurprises(input), ...guardrailSurprises(input), ...flatSurprises(input)];
}

/** A department that felt something although nobody had declared that it would. */
export function undeclaredSideEffects(
  sideEffects: readonly SaidSideEffect[],
  impacts: readonly Impact[],
): Surprise[] {
  return sideEffects
    .filter(({ observed }) => observed === 'better' || observed === 'worse')
    .filter(({ department }) => impacts.every((impact) => impact.department !== department))
    .map(({ department, observed }) => ({
      code: 'UNDECLARED_SIDE_EFFECT',
      subject: department,
      variant: null,
      sentence: `${department} found things ${observed}, and nobody had declared that it would notice.`,
    }));
}

/**
 * The predicted range on the scale of the number. A decrease may be written as a size (10% to 30%
 * less) or with its sign; a size is what has no negative end. A missing end is open.
 */
export function predictedRange({ direction, low, high }: Prediction): {
  lower: number;
  upper: number;
} {
  const ends = [low, high].filter((end) => end !== undefined);
  const isSize = direction === 'decrease' && ends.length > 0 && ends.every((end) => end >= 0);
  const range = isSize
    ? { lower: negated(high) ?? -Infinity, upper: negated(low) ?? Infinity }
    : { lower: low ?? -Infinity, upper: high ?? Infinity };
  // Ends that were written the other way round mean the same range.
  return range.lower <= range.upper ? range : { lower: range.upper, upper: range.lower };
}

function negated(end: number | undefined): number | undefined {
  // Not -0, which prints oddly.
  return end === undefined ? undefined : 0 - end;
}

function predictionSurprises({ verdict, prediction, predicted }: SurpriseInput): Surprise[] {
  if (prediction === null) return [];
  const { metric, direction, scale } = prediction;
  const found = (code: SurpriseCode, sentence: string): Surprise[] => [
    { code, subject: metric, variant: verdict.variant, sentence },
  ];
  const move = moveOf(predicted.absolute ?? predicted.relative);
  if (move === (direction === 'increase' ? 'down' : 'up')) {
    return found('SIGN_REVERSED', `${metric} went ${move}, against what was predicted.`);
  }
  const interval = predicted[scale];
  const range = predictedRange(prediction);
  if (interval === null) return [];
  const isBelow = interval.upper < range.lower;
  if (!isBelow && !(interval.lower > range.upper)) return [];
  const side = isBelow ? 'smaller' : 'larger';
  const size = range.upper <= 0 ? opposite(side) : side;
  return found(
    'PREDICTION_MISSED',
    `The effect on ${metric} is ${size} than the whole range that was predicted.`,
  );
}

/** Of a decrease: further below zero is larger. */
function opposite(side: 'smaller' | 'larger'): 'smaller' | 'larger' {
  return side === 'smaller' ? 'larger' : 'smaller';
}

/**
 * A guardrail is there to stand still. Worse than its margin is always a surprise; a move within
 * it is none where an impact named the guardrail.
 */
function guardrailSurprises({ verdict, guardrails, impacts }: SurpriseInput): Surprise[] {
  return guardrails.flatMap(({ key, state, sequentialHarm, interval }) => {
    const isWorse = state === 'breached' || sequentialHarm;
    const move = moveOf(interval);
    const moved = move === 'up' || move === 'down';
    const isDeclared = impacts.some(({ guardrail }) => guardrail === key);
    if (!isWorse && (!moved || isDeclared)) return [];
    const sentence = isWorse
      ? `The guardrail ${key} is worse than its margin.`
      : `The guardrail ${key} went ${move}, and no declared side effect names it.`;
    return [{ code: 'GUARDRAIL_MOVED', subject: key, variant: verdict.variant, sentence }];
  });
}

function flatSurprises({ verdict, leadingMetric, confidence }: SurpriseInput): Surprise[] {
  const isFlat =
    verdict.state === 'no_detectable_change' &&
    verdict.reasons.some(({ code }) => code === 'LEADING_FLAT');
  if (!isFlat || confidence !== 'high') return [];
  const sentence = `The evidence was strong, and no change of ${leadingMetric} can be seen.`;
  const { variant } = verdict;
  return [{ code: 'FLAT_UNDER_STRONG_EVIDENCE', subject: leadingMetric, variant, sentence }];
}
