import type { ArmSummary } from './outcome.js';

/**
 * Sufficient statistics of `k` columns over `n` rows (one row is one randomised unit). Centred cross
 * products are kept, never raw sums of squares: those lose every digit of a variance when the mean
 * is large.
 */
export interface Moments {
  n: number;
  mean: readonly number[];
  /** Packed upper triangle, row by row, of the sums of (x_i - mean_i)(x_j - mean_j). */
  comoment: readonly number[];
}

/** @throws RangeError when k is not a whole number of at least 0. */
export function emptyMoments(k: number): Moments {
  if (!Number.isInteger(k) || k < 0) throw new RangeError(`k must be a whole number, got ${k}`);
  return { n: 0, mean: zeros(k), comoment: zeros((k * (k + 1)) / 2) };
}

/**
 * Moments of rows, updated one row at a time (Welford 1962).
 *
 * @param k number of columns, needed only when there may be no rows.
 * @throws RangeError when a row has another length or holds a number that is not finite.
 */
export function momentsOfRows(
  rows: readonly (readonly number[])[],
  k: number = rows[0]?.length ?? 0,
): Moments {
  const empty = emptyMoments(k);
  const mean = [...empty.mean];
  const comoment = [...empty.comoment];
  let n = 0;
  for (const row of rows) {
    if (row.length !== k || !row.every(Number.isFinite)) {
      throw new RangeError(`row ${n} must hold ${k} finite numbers`);
    }
    addRow({ n, mean, comoment }, row);
    n += 1;
  }
  return { n, mean, comoment };
}

/**
 * Moments of the union of two disjoint sets of rows; any order of merging gives the moments of the
 * whole up to rounding (Chan, Golub and LeVeque 1983, Algorithms for computing the sample variance).
 *
 * @throws RangeError when the two have a different number of columns.
 */
export function mergeMoments(a: Moments, b: Moments): Moments {
  const k = a.mean.length;
  if (b.mean.length !== k) {
    throw new RangeError(`cannot merge moments of ${k} and ${b.mean.length} columns`);
  }
  if (a.n === 0) return b;
  if (b.n === 0) return a;
  const n = a.n + b.n;
  const difference = a.mean.map((mean, i) => at(b.mean, i) - mean);
  // Weighing both means, not moving one, keeps the merge symmetric in a and b.
  const mean = a.mean.map((value, i) => (a.n / n) * value + (b.n / n) * at(b.mean, i));
  const weight = a.n * (b.n / n);
  const comoment: number[] = [];
  for (let i = 0; i < k; i += 1) {
    for (let j = i; j < k; j += 1) {
      const cell = comoment.length;
      const within = at(a.comoment, cell) + at(b.comoment, cell);
      comoment.push(within + weight * at(difference, i) * at(difference, j));
    }
  }
  return { n, mean, comoment };
}

/** Sample variance of column i (divisor n - 1), or null while n < 2. */
export function variance(m: Moments, i: number): number | null {
  return covariance(m, i, i);
}

/**
 * Sample covariance of columns i and j (divisor n - 1), or null while n < 2.
 *
 * @throws RangeError when there is no such column.
 */
export function covariance(m: Moments, i: number, j: number): number | null {
  const cell = packedIndex(m.mean.length, i, j);
  return m.n < 2 ? null : at(m.comoment, cell) / (m.n - 1);
}

/** Column i as the tests take it. */
export function armSummary(m: Moments, i: number): ArmSummary {
  return { n: m.n, mean: at(m.mean, i), variance: variance(m, i) };
}

/** Position of cell (i, j) in the packed upper triangle of a k by k matrix. */
export function packedIndex(k: number, i: number, j: number): number {
  const row = Math.min(i, j);
  const column = Math.max(i, j);
  if (!Number.isInteger(row) || !Number.isInteger(column) || row < 0 || column >= k) {
    throw new RangeError(`no cell ${i}, ${j} among ${k} columns`);
  }
  return row * k - (row * (row - 1)) / 2 + (column - row);
}

function addRow(
  m: { n: number; mean: number[]; comoment: number[] },
  row: readonly number[],
): void {
  const n = m.n + 1;
  const before = row.map((value, i) => value - at(m.mean, i));
  before.forEach((difference, i) => {
    m.mean[i] = at(m.mean, i) + difference / n;
  });
  const shrink = m.n / n;
  let cell = 0;
  for (let i = 0; i < row.length; i += 1) {
    for (let j = i; j < row.length; j += 1) {
      m.comoment[cell] = at(m.comoment, cell) + shrink * at(before, i) * at(before, j);
      cell += 1;
    }
  }
}

function zeros(length: number): number[] {
  return Array.from({ length }, () => 0);
}

function at(values: readonly number[], i: number): number {
  const value = values[i];
  if (value === undefined) throw new RangeError(`no value at ${i} of ${values.length}`);
  return value;
}
