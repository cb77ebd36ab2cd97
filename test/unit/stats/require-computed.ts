import type { Interval, NotComputed } from '../../../src/stats/outcome.js';

/** The numbers of a result; a reason instead fails the test. */
export function computed<Result extends { ok: true }>(result: Result | NotComputed): Result {
  if (!result.ok) throw new Error(`${result.reason}: ${result.detail}`);
  return result;
}

/** Both ends of an interval; null for an open upper end. */
export function ends(interval: Interval): [number, number | null] {
  switch (interval.shape) {
    case 'interval':
      return [interval.low, interval.high];
    case 'two-rays':
      return [interval.below, interval.above];
    case 'lower-only':
      return [interval.low, null];
    case 'unbounded':
      throw new Error('an unbounded set has no ends');
  }
}

/** True when no value of the first interval lies outside the second. */
export function within(inner: Interval, outer: Interval): boolean {
  const [low, high] = ends(inner);
  const [lowest, highest] = ends(outer);
  return lowest <= low && (high ?? Infinity) <= (highest ?? Infinity);
}
