import type { FieldError } from '../errors.js';
import { OWN_NAME_PATTERN } from '../money/ledger.js';
import type { Metric } from './metric.js';

/** What is wrong with a metric's declaration beyond its shape. */
export function validateMetric(metric: Metric): FieldError[] {
  const faults: FieldError[] = [];
  const fault = (pointer: string, code: string): void => {
    faults.push({ pointer, code });
  };
  if (metric.kind === 'money') {
    if (metric.event !== undefined) fault('/event', 'not-for-money');
    for (const [index, name] of (metric.moneyNames ?? []).entries()) {
      if (!OWN_NAME_PATTERN.test(name)) fault(`/moneyNames/${index}`, 'invalid-money-name');
    }
    if (metric.moneyNames?.length === 0) fault('/moneyNames', 'empty-list');
  } else {
    if (metric.event === undefined) fault('/event', 'event-missing');
    if (metric.moneyNames !== undefined) fault('/moneyNames', 'only-for-money');
  }
  if (metric.valueProperty !== undefined && metric.kind !== 'mean') {
    fault('/valueProperty', 'only-for-mean');
  }
  if (metric.role === 'guardrail' && metric.margin === undefined) {
    fault('/margin', 'guardrail-without-margin');
  }
  if (metric.margin !== undefined && metric.margin.value <= 0)
    fault('/margin/value', 'not-positive');
  return faults;
}
