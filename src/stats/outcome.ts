/** Shapes of results. Every method answers one of a closed union: numbers, or the reason why not. */

/**
 * The set of values that the data do not rule out. A ratio can have an open end or, when the
 * control mean may be zero, fall into two rays; `unbounded` rules out nothing.
 */
export type Interval =
  | { shape: 'interval'; low: number; high: number }
  | { shape: 'lower-only'; low: number }
  | { shape: 'two-rays'; below: number; above: number }
  | { shape: 'unbounded' };

export const NOT_COMPUTED_REASONS = [
  'no-variance',
  'too-few',
  'no-control-events',
  'srm',
  'not-identified',
  'not-matured',
  'empty-arm',
  'bad-input',
] as const;
export type NotComputedReason = (typeof NOT_COMPUTED_REASONS)[number];

/** "Cannot be computed" as a result: a stable reason and one plain sentence. */
export interface NotComputed {
  ok: false;
  reason: NotComputedReason;
  detail: string;
}

export function notComputed(reason: NotComputedReason, detail: string): NotComputed {
  return { ok: false, reason, detail };
}

/** Which way is good: more of the metric, or less of it. */
export type GoodDirection = 'increase' | 'decrease';

/** One arm of one metric. `variance` has the n - 1 divisor and is null while n < 2. */
export interface ArmSummary {
  n: number;
  mean: number;
  variance: number | null;
}

/** True when the value is not ruled out. */
export function contains(interval: Interval, value: number): boolean {
  switch (interval.shape) {
    case 'interval':
      return value >= interval.low && value <= interval.high;
    case 'lower-only':
      return value >= interval.low;
    case 'two-rays':
      return value <= interval.below || value >= interval.above;
    case 'unbounded':
      return true;
  }
}

/** The same set with every value moved by a constant. */
export function shift(interval: Interval, by: number): Interval {
  switch (interval.shape) {
    case 'interval':
      return { shape: 'interval', low: interval.low + by, high: interval.high + by };
    case 'lower-only':
      return { shape: 'lower-only', low: interval.low + by };
    case 'two-rays':
      return { shape: 'two-rays', below: interval.below + by, above: interval.above + by };
    case 'unbounded':
      return interval;
  }
}
