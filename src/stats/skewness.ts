import { at, type Moments, packedIndex } from './moments.js';
import { notComputed, type NotComputed } from './outcome.js';

/**
 * Units that a mean needs per squared skewness of its values, for its sampling distribution to be
 * near enough to a normal one (Kohavi, Deng, Longbotham and Xu 2014, Seven rules of thumb for web
 * site experimenters).
 */
export const UNITS_PER_SQUARED_SKEWNESS = 355;

/** Skewness of a sampling distribution: 0 for a normal one. It has no unit. */
export interface SamplingSkewness {
  ok: true;
  skewness: number;
}

/**
 * Skewness of the sampling distribution of one arm's mean: the skewness of the values over √n.
 *
 * The skewness of the values is that of the unbiased second and third cumulants,
 * k3 = n·Σ(x - mean)³/((n - 1)(n - 2)), and needs 3 units.
 *
 * @throws RangeError when there is no such column.
 */
export function skewnessOfMean(moments: Moments, column: number): SamplingSkewness | NotComputed {
  const arm = cumulantsOfMean('the arm', moments, column);
  if ('ok' in arm) return arm;
  return standardised(arm.second, arm.third);
}

/**
 * Skewness of the sampling distribution of the difference treatment - control: its third cumulant,
 * k3_treatment/n² - k3_control/n², over the cube of its standard error. In arms of one size and
 * shape the two cancel, which is why a difference of very skewed means can still be tested when
 * neither mean can be trusted alone.
 *
 * @throws RangeError when there is no such column.
 */
export function skewnessOfDifference(input: {
  treatment: Moments;
  control: Moments;
  column: number;
}): SamplingSkewness | NotComputed {
  if (input.treatment.mean.length !== input.control.mean.length) {
    return notComputed('bad-input', 'the arms have a different number of columns');
  }
  const one = cumulantsOfMean('treatment', input.treatment, input.column);
  if ('ok' in one) return one;
  const zero = cumulantsOfMean('control', input.control, input.column);
  if ('ok' in zero) return zero;
  return standardised(one.second + zero.second, one.third - zero.third);
}

/**
 * True when the normal approximation is unsafe: the skewness of the sampling distribution is above
 * 1/√355 on either side. For one mean this is n < 355·(skewness of the values)²; for a difference it
 * is the same bound on the same distribution.
 */
export function normalApproximationIsUnsafe(skewness: number): boolean {
  return !(UNITS_PER_SQUARED_SKEWNESS * skewness * skewness <= 1);
}

/** Second and third cumulant of the arm's mean. */
function cumulantsOfMean(
  name: string,
  { n, mean, comoment, third }: Moments,
  column: number,
): { second: number; third: number } | NotComputed {
  const squares = at(comoment, packedIndex(mean.length, column, column));
  const cubes = at(third, column);
  if (n === 0) return notComputed('empty-arm', `no units in ${name}`);
  if (!(n > 0) || !(squares >= 0) || !Number.isFinite(squares + cubes) || n === Infinity) {
    return notComputed('bad-input', `${name} has sums that are not usable numbers`);
  }
  if (n < 3) return notComputed('too-few', `${name} has ${n} units; a skewness needs 3`);
  return { second: squares / (n - 1) / n, third: cubes / (n - 1) / (n - 2) / n };
}

function standardised(second: number, third: number): SamplingSkewness | NotComputed {
  if (second === 0) return notComputed('no-variance', 'every unit has the same value');
  const se = Math.sqrt(second);
  // Divided step by step, so that the cube of a very small or very large error is never formed.
  const skewness = third / se / se / se;
  return Number.isFinite(skewness)
    ? { ok: true, skewness }
    : notComputed('bad-input', 'the values are too extreme for double precision');
}
