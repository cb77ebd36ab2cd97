import { at } from '../moments.js';
import { notComputed, type NotComputed } from '../outcome.js';
import { dot } from './linear-algebra.js';

export interface Hc2Result {
  ok: true;
  /** Least-squares coefficients, one per column of the design. */
  coefficients: readonly number[];
  /** Their standard errors, valid when residual variances differ between rows. */
  standardErrors: readonly number[];
}

/**
 * Least squares on rows with HC2 standard errors: (XᵀX)⁻¹·Σ(x·xᵀ·e²/(1 - h))·(XᵀX)⁻¹ with residual e
 * and leverage h (MacKinnon and White 1985). This is what Lin's estimator and the analysis of
 * covariance are usually reported with; the moment forms serve where rows are not at hand.
 *
 * @param columns the design, one list per column (the constant included), as long as the outcome.
 */
export function hc2(
  columns: readonly (readonly number[])[],
  outcome: readonly number[],
): Hc2Result | NotComputed {
  const n = outcome.length;
  const k = columns.length;
  if (![outcome, ...columns].every((c) => c.length === n && c.every(Number.isFinite))) {
    return notComputed('bad-input', `every column must hold ${n} finite numbers`);
  }
  if (n <= k) return notComputed('too-few', `${n} rows for ${k} coefficients`);
  // Gram-Schmidt, one column after the other taken out of all later ones: columns = basis · upper.
  const basis = columns.map((column) => [...column]);
  const upper = columns.map(() => columns.map(() => 0));
  const residual = [...outcome];
  const rotated: number[] = [];
  for (let i = 0; i < k; i += 1) {
    const own = at(basis, i);
    const norm = Math.sqrt(dot(own, own));
    // Compared with its length before anything was taken out.
    if (!(norm > 1e-11 * Math.sqrt(dot(at(columns, i), at(columns, i))))) {
      return notComputed('not-identified', `column ${i} is explained by the columns before it`);
    }
    for (let row = 0; row < n; row += 1) own[row] = at(own, row) / norm;
    at(upper, i)[i] = norm;
    for (let j = i + 1; j < k; j += 1) at(upper, i)[j] = takeOut(own, at(basis, j));
    rotated.push(takeOut(own, residual));
  }
  const inverse = columns.map((_column, i) =>
    backSubstitute(
      upper,
      columns.map((_other, j) => (i === j ? 1 : 0)),
    ),
  );
  const variances = columns.map(() => 0);
  for (let row = 0; row < n; row += 1) {
    const leverage = basis.reduce((sum, column) => sum + at(column, row) ** 2, 0);
    if (!(1 - leverage > 1e-12)) {
      return notComputed('not-identified', `row ${row} alone decides a coefficient`);
    }
    const square = at(residual, row) ** 2 / (1 - leverage);
    for (let i = 0; i < k; i += 1) {
      // Row i of the inverse of `upper`, times this row of the basis.
      const weight = basis.reduce(
        (sum, column, j) => sum + at(at(inverse, j), i) * at(column, row),
        0,
      );
      variances[i] = at(variances, i) + weight * weight * square;
    }
  }
  const coefficients = backSubstitute(upper, rotated);
  if (![...coefficients, ...variances].every(Number.isFinite)) {
    return notComputed('bad-input', 'the values are too extreme for double precision');
  }
  return { ok: true, coefficients, standardErrors: variances.map(Math.sqrt) };
}

/** Takes the part along a unit vector out of another vector and gives its size. */
function takeOut(unit: readonly number[], from: number[]): number {
  const size = dot(unit, from);
  for (let row = 0; row < from.length; row += 1) from[row] = at(from, row) - size * at(unit, row);
  return size;
}

function backSubstitute(upper: readonly (readonly number[])[], right: readonly number[]): number[] {
  const x = [...right];
  for (let i = x.length - 1; i >= 0; i -= 1) {
    let sum = at(right, i);
    for (let j = i + 1; j < x.length; j += 1) sum -= at(at(upper, i), j) * at(x, j);
    x[i] = sum / at(at(upper, i), i);
  }
  return x;
}
