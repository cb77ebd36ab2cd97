import type { Metric } from '../../src/domain/metrics/metric.js';

/** A weekly proportion of an event of the same name, changed as a case needs it. */
export function aMetric(key: string, changes: Partial<Metric> = {}): Metric {
  return {
    key,
    name: key,
    role: 'proxy',
    kind: 'proportion',
    class: 'stage_conversion',
    direction: 'increase',
    event: key,
    windowDays: 7,
    delayHours: 0,
    settlingDays: 0,
    ...changes,
  };
}
