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
  /** Per column the sum of (x - mean)³: how lopsided the values are. */
  third: readonly number[];
}

/** Exact sums over rows of whole numbers, such as money in minor units. */
export interface IntegerSums {
  n: number;
  /** Per column the sum of x. */
  sums: readonly bigint[];
  /** Packed upper triangle, row by row, of the sums of x_i·x_j. */
  products: readonly bigint[];
  /** Per column the sum of x³. */
  cubes: readonly bigint[];
  /**
   * Whole numbers per unit of the result, for all columns or for each: 100 turns cents into euros,
   * 1 (when absent) leaves counts as they are.
   */
  scale?: number | readonly number[];
}

/** @throws RangeError when k is not a whole number of at least 0. */
export function emptyMoments(k: number): Moments {
  if (!Number.isInteger(k) || k < 0) throw new RangeError(`k must be a whole number, got ${k}`);
  return { n: 0, mean: zeros(k), comoment: zeros(packedLength(k)), third: zeros(k) };
}

/**
 * Moments of rows, updated one row at a time (Welford 1962; the third sum after Pébay 2008).
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
  const third = [...empty.third];
  let n = 0;
  for (const row of rows) {
    if (row.length !== k || !row.every(Number.isFinite)) {
      throw new RangeError(`row ${n} must hold ${k} finite numbers`);
    }
    addRow({ n, mean, comoment, third }, row);
    n += 1;
  }
  return { n, mean, comoment, third };
}

/**
 * Moments from exact sums. All differences are taken in whole numbers and each result is rounded
 * once, so a large mean costs no digit: with N rows, sums S and P, cubes C,
 * comoment = (N·P - S_i·S_j)/N and third = (N²·C - 3N·S·P + 2S³)/N².
 *
 * @throws RangeError for sums that do not fit together, that no rows can have, or a scale that is
 *   not a whole number above 0.
 */
export function momentsFromSums({ n, sums, products, cubes, scale = 1 }: IntegerSums): Moments {
  const k = sums.length;
  if (!Number.isSafeInteger(n) || n < 0) throw new RangeError(`n must be a whole number, got ${n}`);
  if (products.length !== packedLength(k) || cubes.length !== k) {
    throw new RangeError(`${k} sums need ${packedLength(k)} products and ${k} cubes`);
  }
  const scales = sums.map((_sum, i) => wholeScale(typeof scale === 'number' ? scale : scale[i]));
  if (n === 0) {
    if ([...sums, ...products, ...cubes].some((sum) => sum !== 0n)) {
      throw new RangeError('no rows cannot have sums');
    }
    return emptyMoments(k);
  }
  const rows = BigInt(n);
  const mean = sums.map((sum, i) => quotient(sum, rows * at(scales, i)));
  const comoment: number[] = [];
  const third: number[] = [];
  for (let i = 0; i < k; i += 1) {
    const sum = at(sums, i);
    const square = at(products, comoment.length);
    if (rows * square < sum * sum) throw new RangeError(`no rows have the sums of column ${i}`);
    const scaleCubed = at(scales, i) ** 3n;
    const centredCube =
      rows * rows * at(cubes, i) - 3n * rows * sum * square + 2n * sum * sum * sum;
    third.push(quotient(centredCube, rows * rows * scaleCubed));
    for (let j = i; j < k; j += 1) {
      const centred = rows * at(products, comoment.length) - sum * at(sums, j);
      comoment.push(quotient(centred, rows * at(scales, i) * at(scales, j)));
    }
  }
  return { n, mean, comoment, third };
}

/**
 * Moments of the union of two disjoint sets of rows; any order of merging gives the moments of the
 * whole up to rounding (Chan, Golub and LeVeque 1983, Algorithms for computing the sample variance;
 * the third sum after Pébay 2008, Formulas for robust, one-pass parallel computation of covariances
 * and arbitrary-order statistical moments).
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
  const third: number[] = [];
  for (let i = 0; i < k; i += 1) {
    const d = at(difference, i);
    const squaresA = at(a.comoment, comoment.length);
    const squaresB = at(b.comoment, comoment.length);
    const between = d * d * d * weight * (a.n / n - b.n / n);
    const mixed = 3 * d * ((a.n / n) * squaresB - (b.n / n) * squaresA);
    third.push(at(a.third, i) + at(b.third, i) + (between + mixed));
    for (let j = i; j < k; j += 1) {
      const cell = comoment.length;
      const within = at(a.comoment, cell) + at(b.comoment, cell);
      comoment.push(within + weight * at(difference, i) * at(difference, j));
    }
  }
  return { n, mean, comoment, third };
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

/**
 * What is left of a sum of squares after a subtraction, and 0 where only rounding is left: below
 * 1e-13 of what was subtracted from, no digit can be trusted and the sign may be wrong.
 */
export function remainingSquares(from: number, subtracted: number): number {
  const left = from - subtracted;
  // Written so that NaN and infinity pass on and are refused where the result is checked.
  return left <= 1e-13 * from && from < Infinity ? 0 : left;
}

/** The value at i of a list that is known to have one. */
export function at<Value>(values: readonly Value[], i: number): Value {
  const value = values[i];
  if (value === undefined) throw new RangeError(`no value at ${i} of ${values.length}`);
  return value;
}

function addRow(
  m: { n: number; mean: number[]; comoment: number[]; third: number[] },
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
    const d = at(before, i);
    // The squares of the rows before this one, so the third sum comes first.
    const squares = at(m.comoment, cell);
    m.third[i] = at(m.third, i) + d * (d * d * shrink * ((m.n - 1) / n) - (3 * squares) / n);
    for (let j = i; j < row.length; j += 1) {
      m.comoment[cell] = at(m.comoment, cell) + shrink * at(before, i) * at(before, j);
      cell += 1;
    }
  }
}

function wholeScale(scale: number | undefined): bigint {
  if (scale === undefined || !Number.isSafeInteger(scale) || scale < 1) {
    throw new RangeError(`scale must be a whole number above 0 for each column, got ${scale}`);
  }
  return BigInt(scale);
}

/** numerator / denominator (above 0) as the nearest double. */
function quotient(numerator: bigint, denominator: bigint): number {
  if (numerator === 0n) return 0;
  const size = numerator < 0n ? -numerator : numerator;
  // At least 60 bits of the quotient: more than a double holds, so rounding happens once, below.
  const up = Math.max(0, 64 + bits(denominator) - bits(size));
  const shifted = size << BigInt(up);
  const whole = shifted / denominator;
  // A lost remainder is remembered in the last bit, so that a tie is not seen where there is none.
  const sticky = whole * denominator === shifted ? whole : whole | 1n;
  const value = Number(sticky) * 2 ** -up;
  return numerator < 0n ? -value : value;
}

/** Length in bits, up to 3 too many. */
function bits(value: bigint): number {
  return 4 * value.toString(16).length;
}

function packedLength(k: number): number {
  return (k * (k + 1)) / 2;
}

function zeros(length: number): number[] {
  return Array.from({ length }, () => 0);
}
