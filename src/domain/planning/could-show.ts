import type { FieldError } from '../errors.js';
import type { NotComputedNote } from '../evaluation/not-computed.js';
import type { ExperimentDefinition } from '../experiments/definition.js';
import type { Sized } from '../metrics/metric.js';
import { amountInWords, wholeInWords } from '../text/amount-in-words.js';
import { moneyInWords } from '../text/money-in-words.js';
import type { EffectPlan, EffectSize, PowerPlan, TimePlan } from './power-question.js';

/** What an experiment could ever show of one of its metrics, before it costs anything. */

export const WANTED = ['smallest_effect_that_matters', 'prediction'] as const;
/** Why an effect of that size is looked for: it is the least that matters, or the most that is predicted. */
export type WantedBecause = (typeof WANTED)[number];

export const REACHES = ['within', 'beyond', 'unknown'] as const;
/** `beyond`: it takes longer than is planned, or no test of this kind can find it. */
export type Reach = (typeof REACHES)[number];

export interface WantedSize {
  because: WantedBecause;
  size: Sized;
}

/** An effect that the test is to find, and whether it can. */
export interface WantedEffect {
  because: WantedBecause;
  /** Absent where nothing is known of the metric. */
  effect?: EffectSize;
  /** In all variants together. */
  unitsNeeded?: number;
  /** Of enrolment. */
  days?: number;
  reach: Reach;
  sentence: string;
}

export interface CouldShow {
  metric: string;
  role: 'leading' | 'deciding';
  /** Of enrolment: the planned ones, or four weeks. */
  days: number;
  units?: number;
  smallestEffect?: EffectSize;
  /** Of money: what the smallest effect comes to. */
  worth?: {
    currency: string;
    /** If all units of the run had it. */
    ofRun: number;
    /** Over all eligible units, at the traffic there is. */
    perYear: number;
  };
  /** The sizes that somebody declared. */
  wanted: WantedEffect[];
  /** What the metric does today and how many units come are known. */
  isKnown: boolean;
  sentence: string;
}

/** Four weeks, where an experiment plans no end. */
export const DAYS_DEFAULT = 28;
/** Nobody waits longer for a test without an end. */
export const PATIENCE_DAYS = 365;

/**
 * The sizes that a test of this metric is to find: of the deciding one the smallest that matters, and of
 * the predicted one the largest that is predicted. What is predicted without an end is no size.
 */
export function wantedSizes(
  {
    metrics,
    analysis,
    rationale,
  }: Pick<ExperimentDefinition, 'metrics' | 'analysis' | 'rationale'>,
  role: CouldShow['role'],
): WantedSize[] {
  const wanted: WantedSize[] = [];
  const { smallestEffectThatMatters: smallest } = analysis;
  if (role === 'deciding' && smallest !== undefined && smallest.value > 0) {
    wanted.push({ because: 'smallest_effect_that_matters', size: smallest });
  }
  const prediction = rationale?.prediction;
  if (prediction !== undefined && prediction.metric === metrics[role]) {
    const { low, high, scale } = prediction;
    // A decrease is written as a size or with its sign; the end farther from nothing is the larger one.
    const value = high === undefined ? 0 : Math.max(Math.abs(low ?? 0), Math.abs(high));
    if (value > 0 && Number.isFinite(value))
      wanted.push({ because: 'prediction', size: { value, scale } });
  }
  return wanted;
}

/** An experiment and its metric, as far as the answer repeats them. */
export interface Asked {
  metric: string;
  role: CouldShow['role'];
  days: number;
  /** null: no end is planned. */
  plannedDays: number | null;
}

/** The answer from a plan whose effects are those wanted, in order, and whose only time is the run. */
export function couldShowFrom(
  { plannedDays, ...about }: Asked,
  plan: PowerPlan,
  wanted: readonly WantedSize[],
): CouldShow {
  const [time] = plan.times;
  if (time === undefined) throw new RangeError('one time is asked for');
  const { units, smallestEffect } = time;
  const worth = worthOf(plan, time);
  return {
    ...about,
    ...(units === undefined ? {} : { units }),
    ...(smallestEffect === undefined ? {} : { smallestEffect }),
    ...(worth === undefined ? {} : { worth }),
    wanted: wanted.flatMap(({ because }, index) => {
      const effect = plan.effects[index];
      return effect === undefined ? [] : [wantedEffect(plan, because, effect, plannedDays)];
    }),
    isKnown: units !== undefined,
    sentence: shownSentence(time, worth),
  };
}

/** The same where nothing can be planned. */
export function couldNotTell(
  { metric, role, days }: Asked,
  { message, errors = [] }: { message: string; errors?: readonly FieldError[] },
  wanted: readonly WantedSize[],
): CouldShow {
  const isLift = errors.some(({ code }) => code === 'no-lift-on-zero');
  const sentence = isLift
    ? 'Not known: a lift on a metric that is 0 today has no size; declare it on the absolute scale.'
    : `Not known: ${message}`;
  return {
    metric,
    role,
    days,
    wanted: wanted.map(({ because }) => ({ because, reach: 'unknown', sentence })),
    isKnown: false,
    sentence,
  };
}

function worthOf(
  { metric }: PowerPlan,
  { units, smallestEffect }: TimePlan,
): (CouldShow['worth'] & object) | undefined {
  const { perYear, absolute } = smallestEffect ?? {};
  const { currency } = metric;
  if (currency === undefined || units === undefined || absolute === undefined) return undefined;
  if (perYear === undefined) return undefined;
  return { currency, ofRun: Math.abs(absolute) * units, perYear: Math.abs(perYear) };
}

/** "In 14 days (1,400 visitors) you can see 7.5%: 1,050.00 EUR of the run, and 27,375.00 EUR a year." */
function shownSentence({ sentence }: TimePlan, worth: CouldShow['worth']): string {
  if (worth === undefined) return sentence;
  const { currency, ofRun, perYear } = worth;
  return (
    `${sentence.replace(/\.$/, '')}: ${moneyInWords(currency, ofRun)} over the units of the run, and ` +
    `${moneyInWords(currency, perYear)} a year over all eligible units.`
  );
}

function wantedEffect(
  plan: PowerPlan,
  because: WantedBecause,
  found: EffectPlan,
  plannedDays: number | null,
): WantedEffect {
  const { effect, unitsNeeded, days } = found;
  const reach = reachOf(found, plannedDays);
  return {
    because,
    effect,
    ...(unitsNeeded === undefined ? {} : { unitsNeeded }),
    ...(days === undefined ? {} : { days }),
    reach,
    sentence:
      reach === 'beyond' ? beyondSentence(plan, because, found, plannedDays) : found.sentence,
  };
}

function reachOf({ unitsNeeded, days }: EffectPlan, plannedDays: number | null): Reach {
  if (unitsNeeded === undefined) return 'beyond';
  if (days === undefined) return 'unknown';
  return days > (plannedDays ?? PATIENCE_DAYS) ? 'beyond' : 'within';
}

const BECAUSE: Readonly<Record<WantedBecause, string>> = {
  smallest_effect_that_matters: 'the smallest effect that matters',
  prediction: 'the largest effect that is predicted',
};

function beyondSentence(
  { metric, baseline, unitKind }: PowerPlan,
  because: WantedBecause,
  { effect, days, notComputed }: EffectPlan,
  plannedDays: number | null,
): string {
  const { absolute, relative } = effect;
  const size =
    relative === undefined
      ? amountInWords(metric, Math.abs(absolute))
      : `${Number((Math.abs(relative) * 100).toPrecision(3))}%`;
  const what = `${BECAUSE[because]} on ${metric.name} (${size})`;
  if (days === undefined) return `No test of this kind can find ${what}: ${whyNot(notComputed)}.`;
  const planned =
    plannedDays === null
      ? 'no end is planned, and nobody waits that long'
      : `planned are ${wholeInWords(plannedDays)}`;
  const lead = baseline.source === 'measured' ? "At today's traffic" : 'At a traffic';
  return (
    `${lead} of ${wholeInWords(baseline.unitsPerDay ?? 0)} ${unitKind}s a day ${what} would take ` +
    `${wholeInWords(days)} ${days === 1 ? 'day' : 'days'}; ${planned}.`
  );
}

function whyNot(note: NotComputedNote | undefined): string {
  return note?.detail ?? 'there is no number for it';
}
