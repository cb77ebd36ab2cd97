import { requireLevel } from '../argument-checks.js';
import { normal } from '../distributions.js';
import { type Interval, notComputed, type NotComputed } from '../outcome.js';
import { type PValue, pValueOfLog } from '../p-value.js';
import { orderProbabilities, probabilitiesAround, quantileError } from './clustered-quantile.js';
import { problemWithRows, quantileOfSorted, sortedAscending } from './sorted-rows.js';

export interface RowsOfArm {
  values: readonly number[];
  /**
   * The randomised unit of each row, when a unit may have several rows (page loads of one visitor).
   * Without it every row is its own unit.
   */
  units?: readonly (string | number)[];
}

export interface QuantileDifferenceInput {
  treatment: RowsOfArm;
  control: RowsOfArm;
  /** Which quantile, for instance .95. */
  quantile: number;
  /** Two-sided level; the interval covers 1 - alpha. */
  alpha: number;
}

/** The quantile of one arm, in the metric's unit. */
export interface ArmQuantile {
  estimate: number;
  se: number;
  rows: number;
  units: number;
}

/** Quantile of treatment - quantile of control, in the metric's unit. */
export interface QuantileDifference extends PValue {
  ok: true;
  treatment: ArmQuantile;
  control: ArmQuantile;
  estimate: number;
  se: number;
  statistic: number;
  interval: Interval;
}

/**
 * Difference of a quantile between two arms, such as the 95th percentile of a loading time.
 *
 * The standard error of an arm's quantile is read off its order statistics at n(p ± z·σ/√n), as
 * (upper - lower)/(2z), so no density is estimated. σ² is p(1-p) for independent rows. When a unit
 * has several rows they resemble each other, and σ² is the delta-method variance of the share of
 * rows at or below the quantile (Deng, Knoblich and Lu 2018, Applying the delta method in metric
 * analytics): the naive one would be too sure. The p-value and the interval use the same normal
 * quantile, so they agree.
 *
 * @returns numbers, or a reason: `empty-arm`, `too-few` when the order statistics asked for lie
 * beyond the data, `no-variance` when they are all equal, `bad-input`.
 * @throws RangeError for a quantile or an alpha outside (0, 1).
 */
export function quantileDifference(
  input: QuantileDifferenceInput,
): QuantileDifference | NotComputed {
  const { quantile, alpha } = input;
  requireLevel('quantile', quantile);
  requireLevel('alpha', alpha);
  const z = -normal.quantile(alpha / 2);
  const treatment = quantileOfArm('treatment', input.treatment, quantile, z);
  if (!treatment.ok) return treatment;
  const control = quantileOfArm('control', input.control, quantile, z);
  if (!control.ok) return control;
  const estimate = treatment.arm.estimate - control.arm.estimate;
  const se = Math.hypot(treatment.arm.se, control.arm.se);
  if (se === 0) return notComputed('no-variance', 'the values around the quantile are all equal');
  const statistic = estimate / se;
  if (!Number.isFinite(statistic)) {
    return notComputed('bad-input', 'the values are too extreme for double precision');
  }
  return {
    ok: true,
    treatment: treatment.arm,
    control: control.arm,
    estimate,
    se,
    statistic,
    ...pValueOfLog(statistic === 0 ? 0 : Math.LN2 + normal.logSurvival(Math.abs(statistic))),
    interval: { shape: 'interval', low: estimate - z * se, high: estimate + z * se },
  };
}

function quantileOfArm(
  name: string,
  rows: RowsOfArm,
  p: number,
  z: number,
): { ok: true; arm: ArmQuantile } | NotComputed {
  const problem = problemWithRows(name, rows.values);
  if (problem !== null) return problem;
  const n = rows.values.length;
  if (rows.units !== undefined && rows.units.length !== n) {
    return notComputed('bad-input', `${name} has ${n} rows and ${rows.units.length} units`);
  }
  const sorted = sortedAscending(rows.values);
  const estimate = quantileOfSorted(sorted, p);
  const clusters =
    rows.units === undefined ? null : clusterSquares(rows.values, rows.units, estimate);
  const units = clusters?.units ?? n;
  if (units < 2) return notComputed('too-few', `${name} has 1 unit; a variance needs 2`);
  const shared = { quantile: p, z, rows: n };
  const around =
    clusters === null
      ? probabilitiesAround(name, { ...shared, variance: p * (1 - p) })
      : orderProbabilities(name, { ...shared, ...clusters });
  if (!around.ok) return around;
  const lower = quantileOfSorted(sorted, around.low);
  const upper = quantileOfSorted(sorted, around.high);
  return { ok: true, arm: { estimate, se: quantileError(lower, upper, z), rows: n, units } };
}

/** The squares that `orderProbabilities` asks for, over units with several rows each. */
function clusterSquares(
  values: readonly number[],
  units: readonly (string | number)[],
  point: number,
): { units: number; squares: number } {
  const places = new Map<string | number, number>();
  const below: number[] = [];
  const rows: number[] = [];
  let allBelow = 0;
  for (let i = 0; i < values.length; i += 1) {
    const unit = units[i] ?? '';
    let place = places.get(unit);
    if (place === undefined) {
      place = rows.length;
      places.set(unit, place);
      below.push(0);
      rows.push(0);
    }
    const isBelow = (values[i] ?? 0) <= point ? 1 : 0;
    below[place] = (below[place] ?? 0) + isBelow;
    rows[place] = (rows[place] ?? 0) + 1;
    allBelow += isBelow;
  }
  const share = allBelow / values.length;
  // The residuals sum to 0, so their squares need no centring.
  let squares = 0;
  for (let i = 0; i < rows.length; i += 1) {
    squares += ((below[i] ?? 0) - share * (rows[i] ?? 0)) ** 2;
  }
  return { units: rows.length, squares };
}
