import { armSummary, type Moments } from './moments.js';
import { notComputed, type NotComputed } from './outcome.js';
import type { PValue } from './p-value.js';
import { welch } from './welch.js';

/** How one covariate differs between the arms, or why that cannot be said. */
export type CovariateBalance = { column: number } & (BalanceFigures | NotComputed);

export interface BalanceFigures extends PValue {
  ok: true;
  /** Mean of treatment minus mean of control, in the covariate's unit. */
  difference: number;
  /** The difference over the root of the mean of both variances: in standard deviations. */
  standardisedDifference: number;
}

/**
 * Are the arms alike in what was known before exposure? For each covariate the standardised
 * difference, which does not grow with the number of units (Austin 2009, Balance diagnostics for
 * comparing the distribution of baseline covariates), and Welch's p-value, which tells whether chance
 * alone explains it.
 *
 * The p-values are not adjusted for the number of covariates. A covariate without spread answers
 * `no-variance`.
 *
 * @throws RangeError when there is no such column.
 */
export function covariateBalance(input: {
  treatment: Moments;
  control: Moments;
  columns: readonly number[];
}): CovariateBalance[] {
  return input.columns.map((column) => ({ column, ...balanceOf(input, column) }));
}

function balanceOf(
  { treatment, control }: { treatment: Moments; control: Moments },
  column: number,
): BalanceFigures | NotComputed {
  if (treatment.mean.length !== control.mean.length) {
    return notComputed('bad-input', 'the arms have a different number of columns');
  }
  const one = armSummary(treatment, column);
  const zero = armSummary(control, column);
  // The level only sets the width of an interval that is not used here.
  const test = welch({ treatment: one, control: zero, alpha: 0.05 });
  if (!test.ok) return test;
  const spread = Math.sqrt(((one.variance ?? NaN) + (zero.variance ?? NaN)) / 2);
  return {
    ok: true,
    difference: test.estimate,
    standardisedDifference: test.estimate / spread,
    pValue: test.pValue,
    pValueIsBound: test.pValueIsBound,
    log10p: test.log10p,
  };
}
