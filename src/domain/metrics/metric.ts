import type { Filter } from './filter.js';

/** Metrics: what is counted per unit, over which window, and what it stands for. */

export const METRIC_ROLES = ['proxy', 'downstream', 'guardrail'] as const;
export type MetricRole = (typeof METRIC_ROLES)[number];

/** Kinds the evaluation computes today; the closed set grows with the analysis. */
export const METRIC_KINDS = [
  'proportion',
  'mean',
  'count',
  'ratio',
  'retention',
  'money',
  'quantile',
] as const;
export type MetricKind = (typeof METRIC_KINDS)[number];

/** Whether a unit has 1 or 0, so that the mean is a share of units. */
export function isRate(kind: MetricKind): boolean {
  return kind === 'proportion' || kind === 'retention';
}

export const METRIC_CLASSES = [
  'attention',
  'engagement',
  'stage_conversion',
  'stage_quality',
  'revenue',
  'expense',
  'experience',
  'load',
  'quality',
] as const;
export type MetricClass = (typeof METRIC_CLASSES)[number];

export const DIRECTIONS = ['increase', 'decrease'] as const;
export type Direction = (typeof DIRECTIONS)[number];

export const SCALES = ['absolute', 'relative'] as const;
export type Scale = (typeof SCALES)[number];

/** A size that says on which scale it is meant. */
export interface Sized {
  value: number;
  scale: Scale;
}

/** What is counted of the log. */
export interface Counted {
  /** Event name; absent where the ledger counts. */
  event?: string;
  /** Numeric property that is summed. */
  valueProperty?: string;
  /** Which occurrences count: those whose properties fulfil all of these. */
  filters?: readonly Filter[];
}

/**
 * A metric as it is declared. A unit's value is taken over the half-open window
 * [exposure + delay, exposure + delay + windowDays): a proportion is 1 when the event happened,
 * retention is the same after a delay, so that the unit came back, a count is how often, a mean is the sum of the event's value, money is the signed sum of ledger
 * entries in the project's currency (minor units). A ratio has two such values, and an arm's number
 * is the sum of one over the sum of the other: revenue per order, clicks per page. A quantile is taken
 * over all events of an arm, such as the 95th percentile of a loading time.
 */
export interface Metric extends Counted {
  key: string;
  name: string;
  role: MetricRole;
  kind: MetricKind;
  class: MetricClass;
  department?: string;
  owner?: string;
  /** What the number is a shadow of: what it stands for outside the system. */
  standsFor?: string;
  /** How it can rise while what it stands for falls. */
  howItLies?: string;
  /** How visits of programs are kept out, where it counts attention or clicks. */
  botFilter?: string;
  /** The direction that is good for the business. */
  direction: Direction;
  /** For `ratio`: what is divided by. Without a property both sides count events. */
  denominator?: Counted;
  /**
   * For `quantile`: which one, strictly between 0 and 1, of the event's value or numeric property.
   * Events without it do not count.
   */
  quantile?: number;
  windowDays: number;
  delayHours: number;
  settlingDays: number;
  /** How much worse is still tolerable for a guardrail (non-inferiority margin, positive). */
  margin?: Sized;
  /**
   * For sums: the largest value a unit can have, in the metric's unit (money in major units of the
   * reporting currency). What is estimated is then the mean of the cut values. Not beside `winsorise`,
   * which takes the limit from the data.
   */
  cap?: number;
  /**
   * For sums with a heavy tail: a unit's value is cut at this quantile of all arms together, and of a
   * metric that can be negative also at 1 - quantile. What is estimated is then the mean of the cut
   * values, which is another number than the mean.
   */
  winsorise?: { quantile: number };
  /**
   * For money: the names of the ledger that count; absent means the whole ledger, i.e. profit. For a
   * ratio of money: the names of its numerator.
   */
  moneyNames?: readonly string[];
}

/** A cut below this quantile would change what the metric means, not only its tail. */
export const WINSORISE_QUANTILE_MIN = 0.9;

/** The money metric every project starts with: the sum of the whole ledger. */
export const PROFIT_KEY = 'profit';
export const PROFIT_WINDOW_DAYS = 30;
export const PROFIT_SETTLING_DAYS = 14;
