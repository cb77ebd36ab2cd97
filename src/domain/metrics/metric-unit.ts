import type { MetricKind } from './metric.js';

export const METRIC_UNITS = ['share', 'count', 'value', 'ratio', 'currency'] as const;
/** What a mean of the metric is: a share of units, a count, a value, a ratio of sums, or money. */
export type MetricUnit = (typeof METRIC_UNITS)[number];

const UNITS: Readonly<Record<MetricKind, MetricUnit>> = {
  proportion: 'share',
  retention: 'share',
  count: 'count',
  mean: 'value',
  ratio: 'ratio',
  money: 'currency',
  quantile: 'value',
};

export function metricUnit(kind: MetricKind): MetricUnit {
  return UNITS[kind];
}
