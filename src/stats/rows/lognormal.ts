import { requireLevel } from '../argument-checks.js';
import { normal } from '../distributions.js';
import { armSummary, momentsOfRows } from '../moments.js';
import { type Interval, notComputed, type NotComputed } from '../outcome.js';

export interface LognormalMean {
  ok: true;
  /** The mean exp(m + s²/2), in the metric's unit. */
  mean: number;
  logMean: number;
  logVariance: number;
  interval: Interval;
}

/**
 * Mean of values that are lognormal, such as the amounts of those who bought, with Cox's interval
 * exp(m + s²/2 ± z√(s²/n + s⁴/(2(n-1)))) from the mean m and variance s² of the logarithms (Zhou and
 * Gao 1997, Confidence intervals for the log-normal mean).
 *
 * It leans on the shape: where the amounts are not lognormal it is wrong at any n, so it stands
 * beside the plain mean and never replaces it.
 *
 * @returns numbers, or a reason: `too-few` below two values, `no-variance`, `bad-input` for values
 * that are not above 0.
 * @throws RangeError for an alpha outside (0, 1).
 */
export function lognormalMean(
  positiveValues: readonly number[],
  alpha: number,
): LognormalMean | NotComputed {
  requireLevel('alpha', alpha);
  const n = positiveValues.length;
  if (n === 0) return notComputed('empty-arm', 'no positive values');
  const bad = positiveValues.find((value) => !(value > 0 && value < Infinity));
  if (bad !== undefined) return notComputed('bad-input', `a lognormal value cannot be ${bad}`);
  const { mean, variance } = armSummary(
    momentsOfRows(positiveValues.map((value) => [Math.log(value)])),
    0,
  );
  if (variance === null) return notComputed('too-few', '1 value; a variance needs 2');
  if (variance === 0) return notComputed('no-variance', 'every value is the same');
  const centre = mean + variance / 2;
  const reach =
    -normal.quantile(alpha / 2) * Math.sqrt(variance / n + (variance * variance) / (2 * (n - 1)));
  if (!Number.isFinite(Math.exp(centre + reach))) {
    return notComputed('bad-input', 'the values are too extreme for double precision');
  }
  return {
    ok: true,
    mean: Math.exp(centre),
    logMean: mean,
    logVariance: variance,
    interval: { shape: 'interval', low: Math.exp(centre - reach), high: Math.exp(centre + reach) },
  };
}
