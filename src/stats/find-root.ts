import { requirePositive } from './argument-checks.js';

const STEPS_MAX = 300;

/**
 * Finds where a continuous function crosses zero between two points of opposite sign: regula falsi
 * with the Illinois correction, and a bisection whenever three steps did not halve the bracket.
 *
 * @param tolerance absolute width of the final bracket.
 * @throws RangeError when the function has the same sign at both ends.
 */
export function findRoot(
  f: (x: number) => number,
  bracket: { low: number; high: number },
  tolerance: number,
): number {
  requirePositive('tolerance', tolerance);
  let { low, high } = bracket;
  let fLow = f(low);
  let fHigh = f(high);
  if (fLow === 0) return low;
  if (fHigh === 0) return high;
  if (!(fLow * fHigh < 0)) throw new RangeError(`no sign change between ${low} and ${high}`);
  let widthBefore = high - low;
  let side = 0;
  for (let step = 1; step <= STEPS_MAX && Math.abs(high - low) > tolerance; step += 1) {
    const secant = (low * fHigh - high * fLow) / (fHigh - fLow);
    const slow = step % 3 === 0 && Math.abs(high - low) > 0.5 * Math.abs(widthBefore);
    if (step % 3 === 0) widthBefore = high - low;
    const middle = low + (high - low) / 2;
    const x = slow || !(secant > low && secant < high) ? middle : secant;
    if (x === low || x === high) return x;
    const fx = f(x);
    if (fx === 0) return x;
    if (fx * fHigh < 0) {
      low = x;
      fLow = fx;
      if (side === -1) fHigh /= 2;
      side = -1;
    } else {
      high = x;
      fHigh = fx;
      if (side === 1) fLow /= 2;
      side = 1;
    }
  }
  return Math.abs(fLow) < Math.abs(fHigh) ? low : high;
}
