import { at } from '../moments.js';

/**
 * Triangular factor of a symmetric matrix, rows packed one after the other. Columns that the
 * earlier ones already explain are left out: their row and column are 0 and `kept` is false.
 */
export interface Factor {
  lower: readonly number[];
  kept: readonly boolean[];
}

/**
 * Cholesky factor of a symmetric matrix given as its packed upper triangle.
 *
 * @param floors per column: a pivot at or below it counts as 0 and the column is left out, so of two
 *   columns that say the same the later one goes. Infinity always leaves the column out.
 */
export function factorise(matrix: readonly number[], floors: readonly number[]): Factor {
  const k = floors.length;
  const lower: number[] = [];
  const kept: boolean[] = [];
  for (let i = 0; i < k; i += 1) {
    const row = (i * (i + 1)) / 2;
    for (let j = 0; j <= i; j += 1) {
      // Cell (j, i) of the upper triangle.
      let sum = at(matrix, j * k - (j * (j - 1)) / 2 + (i - j));
      const other = (j * (j + 1)) / 2;
      for (let c = 0; c < j; c += 1) sum -= at(lower, row + c) * at(lower, other + c);
      if (j < i) {
        lower.push(kept[j] === true ? sum / at(lower, other + j) : 0);
      } else if (sum <= at(floors, i)) {
        kept.push(false);
        lower.fill(0, row);
        lower.push(0);
      } else {
        kept.push(true);
        lower.push(Math.sqrt(sum));
      }
    }
  }
  return { lower, kept };
}

/** The solution x of A·x = right, with 0 for columns that were left out. */
export function solve({ lower, kept }: Factor, right: readonly number[]): number[] {
  const k = kept.length;
  const x = forward({ lower, kept }, right);
  for (let i = k - 1; i >= 0; i -= 1) {
    let sum = at(x, i);
    for (let c = i + 1; c < k; c += 1) sum -= at(lower, (c * (c + 1)) / 2 + i) * at(x, c);
    x[i] = kept[i] === true ? sum / at(lower, (i * (i + 1)) / 2 + i) : 0;
  }
  return x;
}

/** vᵀ·A⁻¹·v over the columns that were kept. */
export function inverseForm(factor: Factor, v: readonly number[]): number {
  let sum = 0;
  for (const part of forward(factor, v)) sum += part * part;
  return sum;
}

/** vᵀ·A·v for a symmetric matrix given as its packed upper triangle. */
export function quadraticForm(matrix: readonly number[], v: readonly number[]): number {
  let sum = 0;
  let cell = 0;
  for (let i = 0; i < v.length; i += 1) {
    for (let j = i; j < v.length; j += 1) {
      sum += (i === j ? 1 : 2) * at(v, i) * at(v, j) * at(matrix, cell);
      cell += 1;
    }
  }
  return sum;
}

export function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += at(a, i) * at(b, i);
  return sum;
}

/** The solution z of L·z = right, with 0 for columns that were left out. */
function forward({ lower, kept }: Factor, right: readonly number[]): number[] {
  const z: number[] = [];
  for (let i = 0; i < kept.length; i += 1) {
    const row = (i * (i + 1)) / 2;
    let sum = at(right, i);
    for (let c = 0; c < i; c += 1) sum -= at(lower, row + c) * at(z, c);
    z.push(kept[i] === true ? sum / at(lower, row + i) : 0);
  }
  return z;
}
