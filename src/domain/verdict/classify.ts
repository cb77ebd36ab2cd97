import type { Direction } from '../metrics/metric.js';

/** From an interval to a word. The interval carries the error rate; here it is only read. */

export const OUTCOMES = ['won', 'lost', 'flat', 'not_computed'] as const;
/** Seen from the business: `won` is a change in the good direction. */
export type Outcome = (typeof OUTCOMES)[number];

export const MOVES = ['up', 'down', 'flat', 'not_computed'] as const;
/** Seen from the number: where it went, good or bad. */
export type Move = (typeof MOVES)[number];

export const GUARDRAIL_STATES = ['non_inferior', 'breached', 'unresolved', 'not_computed'] as const;
/**
 * `non_inferior`: not worse than the margin. `breached`: worse than the margin, shown. `unresolved`:
 * the data cannot tell yet.
 */
export type GuardrailState = (typeof GUARDRAIL_STATES)[number];

/** Of variant minus control; a bound may be infinite. null is "not computed". */
export type Interval = { lower: number; upper: number } | null;

export function moveOf(interval: Interval): Move {
  if (!isInterval(interval)) return 'not_computed';
  if (interval.lower > 0) return 'up';
  return interval.upper < 0 ? 'down' : 'flat';
}

/** An interval that touches zero is flat: the bound itself is not beyond it. */
export function outcomeOf(interval: Interval, direction: Direction): Outcome {
  const move = moveOf(interval);
  if (move === 'flat' || move === 'not_computed') return move;
  return (move === 'up') === (direction === 'increase') ? 'won' : 'lost';
}

/**
 * Non-inferiority. `margin` is how much worse is tolerable, positive, on the interval's own scale.
 */
export function guardrailStateOf(
  interval: Interval,
  direction: Direction,
  margin: number,
): GuardrailState {
  if (!isInterval(interval) || !(margin > 0)) return 'not_computed';
  // Turned so that worse is always below zero.
  const [worst, best] =
    direction === 'increase'
      ? [interval.lower, interval.upper]
      : [-interval.upper, -interval.lower];
  if (worst > -margin) return 'non_inferior';
  return best < -margin ? 'breached' : 'unresolved';
}

function isInterval(interval: Interval): interval is { lower: number; upper: number } {
  return interval !== null && interval.lower <= interval.upper;
}
