import type {
  ComparisonReport,
  EvaluationResult,
  MetricReport,
} from '../../src/domain/evaluation/result.js';
import { exposure, type LoggedRow } from './evaluated-experiment.js';

/** One calendar and ways to look at results, shared by the tests of evaluations. */

export const START = '2026-01-01T00:00:00Z';
export const ENDED = '2026-01-10T00:00:00Z';
export const AFTER_ALL = '2026-04-01T00:00:00Z';

/** `days` and `hours` after the start. */
export const at = (days: number, hours = 0): string =>
  new Date(Date.parse(START) + (days * 24 + hours) * 3_600_000).toISOString();

export const metricOf = (result: EvaluationResult, key: string): MetricReport => {
  const metric = result.metrics.find((one) => one.key === key);
  if (metric === undefined) throw new Error(`no metric ${key}`);
  return metric;
};
export const firstOf = (result: EvaluationResult, key: string): ComparisonReport => {
  const comparison = metricOf(result, key).comparisons[0];
  if (comparison === undefined) throw new Error('no comparison');
  return comparison;
};
export const armsOf = (result: EvaluationResult, key: string) =>
  metricOf(result, key).arms.map(({ n, mean, variance, nonZero }) => ({
    n,
    mean,
    variance,
    nonZero,
  }));

/** Units `variant-0`, `variant-1`, ... all exposed at the start. */
export const manyUnits = (counts: Record<string, number>): LoggedRow[] =>
  Object.entries(counts).flatMap(([variant, count]) =>
    [...Array(count).keys()].map((n) => exposure(`${variant}-${n}`, variant, START)),
  );
