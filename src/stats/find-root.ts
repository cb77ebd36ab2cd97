import { requirePositive } from './argument-checks.js';

const STEPS_MAX = 300;

interface End {
  x: number;
  f: number;
}

/**
 * Finds where a continuous function crosses zero between two points of opposite sign: regula falsi
 * with the Illinois correction (Dowell and Jarratt 1971), and a bisection where three steps did not
 * halve the bracket.
 *
 * @param tolerance absolute size of the bracket or of a step at which the search ends.
 * @throws RangeError when the function has the same sign at both ends.
 */
export function findRoot(
  f: (x: number) => number,
  bracket: { low: number; high: number },
  tolerance: number,
): number {
  requirePositive('tolerance', tolerance);
  // `fresh` is the end moved last, `kept` the end on the other side of the root.
  let kept: End = { x: bracket.low, f: f(bracket.low) };
  let fresh: End = { x: bracket.high, f: f(bracket.high) };
  if (kept.f === 0) return kept.x;
  if (!(kept.f * fresh.f <= 0)) {
    throw new RangeError(`no sign change between ${bracket.low} and ${bracket.high}`);
  }
  let widthBefore = Math.abs(fresh.x - kept.x);
  for (let step = 1; step <= STEPS_MAX && fresh.f !== 0; step += 1) {
    const width = Math.abs(fresh.x - kept.x);
    if (width <= tolerance) break;
    let x = secant(kept, fresh);
    // Infinite values or three steps without halving the bracket: take the middle.
    const isSlow = step % 3 === 0 && width > widthBefore / 2;
    if (step % 3 === 0) widthBefore = width;
    if (isSlow || !Number.isFinite(x)) x = (kept.x + fresh.x) / 2;
    // A step too small to leave an end: the root is there, up to rounding.
    if (x === kept.x || x === fresh.x) return x;
    const next = { x, f: f(x) };
    const isSettled = !isSlow && Math.abs(x - fresh.x) <= tolerance;
    // The same end again: halving its partner's weight pulls the next secant across the root.
    if (next.f * fresh.f < 0) kept = fresh;
    else kept = { x: kept.x, f: kept.f / 2 };
    fresh = next;
    if (isSettled) break;
  }
  return fresh.x;
}

function secant(a: End, b: End): number {
  return (a.x * b.f - b.x * a.f) / (b.f - a.f);
}
