import { requireLevel, requirePositive } from '../argument-checks.js';
import { type ArmSummary, notComputed, type NotComputed } from '../outcome.js';

/** What the precision of an arm's quantile follows from, whoever has the rows. */
export interface QuantileSums {
  /** Which quantile, for instance .95. */
  quantile: number;
  /** Distance of the two order statistics from it, in standard errors: that of the interval. */
  z: number;
  rows: number;
  /** Randomised units that have rows. */
  units: number;
  /**
   * Over units: the sum of (rows at or below the quantile - their share of all rows · rows)². With one
   * row per unit it is rows · share · (1 - share).
   */
  squares: number;
}

/** One arm's quantile with the order statistics around it, in the metric's unit. */
export interface QuantileWithLimits extends QuantileSums {
  /** null without rows. */
  estimate: number | null;
  /** The quantiles at `orderProbabilities`; null where those do not exist. */
  lower: number | null;
  upper: number | null;
}

/**
 * Where the two order statistics are read whose distance is the precision of a quantile p:
 * p ± z·σ/√rows, with σ² the delta-method variance, per row, of the share of rows at or below it. With
 * N rows below and D rows in all per unit the share is the ratio ΣN/ΣD, and σ² = s²(N - share·D)/D̄
 * (Deng, Knoblich and Lu 2018, Applying the delta method in metric analytics).
 *
 * @returns two probabilities; `empty-arm` without rows, `too-few` for one unit or when the
 * probabilities leave 0 to 1; `bad-input` for sums that no rows have.
 * @throws RangeError for a quantile outside (0, 1) or a z that is not above 0.
 */
export function orderProbabilities(
  name: string,
  { quantile, z, rows, units, squares }: QuantileSums,
): { ok: true; low: number; high: number } | NotComputed {
  requireLevel('quantile', quantile);
  if (rows === 0) return notComputed('empty-arm', `no rows in ${name}`);
  if (units < 2) return notComputed('too-few', `${name} has 1 unit; a variance needs 2`);
  if (!(units <= rows))
    return notComputed('bad-input', `${name} has ${rows} rows of ${units} units`);
  const variance = squares / (units - 1) / (rows / units);
  return probabilitiesAround(name, { quantile, z, rows, variance });
}

/** The same for a known variance of a row, such as p(1 - p) of rows that are units. */
export function probabilitiesAround(
  name: string,
  around: { quantile: number; z: number; rows: number; variance: number },
): { ok: true; low: number; high: number } | NotComputed {
  const { quantile, z, rows, variance } = around;
  requirePositive('z', z);
  const isCount = Number.isFinite(rows) && rows > 0;
  if (!isCount || !(variance >= 0 && variance < Infinity)) {
    return notComputed('bad-input', `${name} has ${rows} rows with a variance of ${variance}`);
  }
  const reach = z * Math.sqrt(variance / rows);
  const [low, high] = [quantile - reach, quantile + reach];
  return low < 0 || high > 1
    ? notComputed('too-few', `${name} has too few rows beyond its quantile ${quantile}`)
    : { ok: true, low, high };
}

/** Half the distance of the two order statistics, in standard errors. */
export function quantileError(lower: number, upper: number, z: number): number {
  return (upper - lower) / (2 * z);
}

/**
 * An arm's quantile in the form that every test of means takes: `mean` is the quantile, and
 * `variance` / n the variance of the estimate, with the units that have rows as n.
 */
export function quantileSummary(
  name: string,
  arm: QuantileWithLimits,
): (ArmSummary & { variance: number }) | NotComputed {
  const around = orderProbabilities(name, arm);
  if (!around.ok) return around;
  const { estimate, lower, upper, units: n, z } = arm;
  if (estimate === null || lower === null || upper === null) {
    return notComputed('bad-input', `${name} has rows and no quantile`);
  }
  const variance = quantileError(lower, upper, z) ** 2 * n;
  if (!(Number.isFinite(estimate) && Number.isFinite(variance) && lower <= upper)) {
    return notComputed('bad-input', `${name} has a quantile of ${estimate}, ${lower} to ${upper}`);
  }
  return { n, mean: estimate, variance };
}
