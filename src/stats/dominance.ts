import { at, type Moments, packedIndex } from './moments.js';

/** What one row at least makes of its arm, as shares. */
export interface Dominance {
  /** Of the sum: size of the row over size of the sum. Above 1 where others take from the sum. */
  ofSum: number;
  /** Of the squared distances from the mean. */
  ofSquares: number;
}

/**
 * How much the most extreme row of a column makes of it, known from sums alone: Σ(x - m)³ is at most
 * max(x - m)·Σ(x - m)², so the largest row is at least m + Σ(x - m)³/Σ(x - m)², and likewise on the
 * other side. The bound is close where one row stands out, and never says too much.
 *
 * @returns null where all rows are equal, or the sums are not usable numbers.
 * @throws RangeError when there is no such column.
 */
export function dominanceOf(
  { n, mean, comoment, third }: Moments,
  column: number,
): Dominance | null {
  const squares = at(comoment, packedIndex(mean.length, column, column));
  const middle = at(mean, column);
  const distance = at(third, column) / squares;
  if (!(squares > 0) || !Number.isFinite(distance) || !Number.isFinite(n * middle)) return null;
  const extreme = middle + distance;
  // A row beyond the mean on this side says something of its size only if it is beyond 0 too.
  const size = distance > 0 === extreme > 0 ? Math.abs(extreme) : 0;
  const sum = Math.abs(n * middle);
  return {
    ofSum: sum === 0 ? (size > 0 ? Infinity : 0) : size / sum,
    ofSquares: (distance / squares) * distance,
  };
}
