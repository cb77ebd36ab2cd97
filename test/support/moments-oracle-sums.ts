import type { Cut } from '../../src/domain/evaluation/counted-columns.js';
import { normal } from '../../src/stats/distributions.js';
import type { Moments } from '../../src/stats/moments.js';
import {
  orderProbabilities,
  type QuantileWithLimits,
} from '../../src/stats/rows/clustered-quantile.js';
import type { Cap } from '../../src/stats/rows/winsorise.js';
import {
  asNumber,
  exact,
  type Exact,
  minus,
  plus,
  quotient,
  times,
  totalOf,
} from './exact-decimals.js';

export interface ColumnLimits {
  low: number | null;
  high: number | null;
}

/** Centred sums of `k` columns over units, each rounded once. */
export function momentsOfUnits(rows: readonly (readonly Exact[])[], k: number): Moments {
  const columns = [...Array(k).keys()].map((at) => rows.map((row) => row[at] ?? exact(0)));
  return {
    n: rows.length,
    mean: columns.map((values) =>
      rows.length === 0 ? 0 : quotient(totalOf(values), exact(rows.length)),
    ),
    comoment: columns.flatMap((one, at) =>
      columns.slice(at).map((other) => productsOf(one, other)),
    ),
    third: columns.map(cubesOf),
  };
}

/** Sum of the products of the distances from the means: P - S·T / n. */
export function productsOf(one: readonly Exact[], other: readonly Exact[]): number {
  if (one.length === 0) return 0;
  const n = exact(one.length);
  const products = totalOf(one.map((value, at) => times(value, other[at] ?? exact(0))));
  return quotient(minus(times(n, products), times(totalOf(one), totalOf(other))), n);
}

/** Sum of the cubes of the distances from the mean: C - 3·S·P / n + 2·S³ / n². */
function cubesOf(values: readonly Exact[]): number {
  if (values.length === 0) return 0;
  const n = exact(values.length);
  const sum = totalOf(values);
  const squares = totalOf(values.map((value) => times(value, value)));
  const cubes = totalOf(values.map((value) => times(value, value, value)));
  const above = plus(
    minus(times(n, n, cubes), times(exact(3), n, sum, squares)),
    times(exact(2), sum, sum, sum),
  );
  return quotient(above, times(n, n));
}

/** Where values are cut: quantiles over units; null without any. */
export function capOfUnits(values: readonly Exact[], { quantile, bothSides }: Cut): Cap | null {
  if (values.length === 0) return null;
  const sorted = ascending(values.map(asNumber));
  return {
    low: bothSides ? quantileOf(sorted, 1 - quantile) : null,
    high: quantileOf(sorted, quantile),
  };
}

/** A quantile over the events of units, and what its precision follows from. */
export function quantileOfUnits(
  events: readonly (readonly Exact[])[],
  { quantile, alpha }: { quantile: number; alpha: number },
): QuantileWithLimits {
  const z = -normal.quantile(alpha / 2);
  const units = events.filter(({ length }) => length > 0).map((own) => own.map(asNumber));
  const sorted = ascending(units.flat());
  const rows = sorted.length;
  const nothing = { estimate: null, lower: null, upper: null };
  if (rows === 0) return { quantile, z, rows, units: 0, squares: 0, ...nothing };
  const estimate = quantileOf(sorted, quantile);
  const isBelow = (value: number): boolean => value <= estimate;
  const below = sorted.filter(isBelow).length;
  // (events below - their share of all · events), times all events, is a whole number.
  const distances = units.map((own) =>
    exact(own.filter(isBelow).length * rows - below * own.length),
  );
  const squares = quotient(
    totalOf(distances.map((distance) => times(distance, distance))),
    times(exact(rows), exact(rows)),
  );
  const sums = { quantile, z, rows, units: units.length, squares };
  const around = orderProbabilities('the arm', sums);
  return {
    ...sums,
    estimate,
    lower: around.ok ? quantileOf(sorted, around.low) : null,
    upper: around.ok ? quantileOf(sorted, around.high) : null,
  };
}

function ascending(values: readonly number[]): number[] {
  return values.toSorted((one, other) => one - other);
}

/** Type 7 of Hyndman and Fan (1996): straight lines between order statistics. */
function quantileOf(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] ?? 0;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? low;
  return low + (place - below) * (high - low);
}
