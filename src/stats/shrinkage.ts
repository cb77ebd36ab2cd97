import { notComputed, type NotComputed } from './outcome.js';

/** With three means or fewer the raw means cannot be beaten. */
const MEANS_MIN = 4;

export interface JamesSteinInput {
  /** Independent means, measured equally well. */
  means: readonly number[];
  /** Sampling variance of each mean. */
  variance: number;
}

export interface JamesSteinResult {
  ok: true;
  grandMean: number;
  /** Share of each mean's distance from the grand mean that is kept, 0 to 1. */
  factor: number;
  /** The shrunken means in the order given. */
  means: readonly number[];
}

/**
 * Pulls a group of means towards their common mean, which makes the whole group more exact however
 * different the true means are: factor 1 - (k-3)·variance/Σ(y-ȳ)², at least 0 (James and Stein 1961;
 * the form with the grand mean of Efron and Morris 1975, Journal of the American Statistical
 * Association 70:311-319).
 */
export function jamesStein({ means, variance }: JamesSteinInput): JamesSteinResult | NotComputed {
  if (!means.every(Number.isFinite) || !(variance >= 0 && variance < Infinity)) {
    return notComputed('bad-input', 'means and their variance must be finite');
  }
  const k = means.length;
  if (k < MEANS_MIN) return notComputed('too-few', `${k} means; shrinkage needs ${MEANS_MIN}`);
  if (variance === 0) return notComputed('no-variance', 'the means have no sampling variance');
  const grandMean = means.reduce((sum, mean) => sum + mean, 0) / k;
  const squares = means.reduce((sum, mean) => sum + (mean - grandMean) ** 2, 0);
  const factor = squares === 0 ? 0 : Math.max(0, 1 - ((k - 3) * variance) / squares);
  if (!Number.isFinite(squares) || !Number.isFinite(factor)) {
    return notComputed('bad-input', 'the values are too extreme for double precision');
  }
  return {
    ok: true,
    grandMean,
    factor,
    means: means.map((mean) => grandMean + factor * (mean - grandMean)),
  };
}
