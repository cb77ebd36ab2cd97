import type { FieldError } from '../errors.js';
import { OWN_NAME_PATTERN } from '../money/ledger.js';
import { type Metric, WINSORISE_QUANTILE_MIN } from './metric.js';

/** What is wrong with a metric's declaration beyond its shape. */
export function validateMetric(metric: Metric): FieldError[] {
  return [
    ...countedFaults(metric),
    ...moneyFaults(metric),
    ...marginFaults(metric),
    ...winsoriseFaults(metric),
    ...quantileFaults(metric),
  ];
}

function countedFaults({
  kind,
  event,
  valueProperty,
  denominator,
  moneyNames,
}: Metric): FieldError[] {
  const countsMoney = kind === 'money' || (kind === 'ratio' && moneyNames !== undefined);
  return faultsWhere([
    [kind === 'money' && event !== undefined, '/event', 'not-for-money'],
    [kind === 'ratio' && countsMoney && event !== undefined, '/event', 'event-or-money'],
    [!countsMoney && event === undefined, '/event', 'event-missing'],
    [
      valueProperty !== undefined && !readsValues(kind) && (kind !== 'ratio' || countsMoney),
      '/valueProperty',
      'only-for-mean',
    ],
    [kind === 'ratio' && denominator === undefined, '/denominator', 'denominator-missing'],
    [kind !== 'ratio' && denominator !== undefined, '/denominator', 'only-for-ratio'],
    [
      kind === 'ratio' && denominator !== undefined && denominator.event === undefined,
      '/denominator/event',
      'event-missing',
    ],
  ]);
}

function moneyFaults({ kind, moneyNames }: Metric): FieldError[] {
  if (moneyNames === undefined) return [];
  if (kind !== 'money' && kind !== 'ratio') {
    return [{ pointer: '/moneyNames', code: 'only-for-money' }];
  }
  return faultsWhere([
    ...moneyNames.map((name, index): Check => [
      !OWN_NAME_PATTERN.test(name),
      `/moneyNames/${index}`,
      'invalid-money-name',
    ]),
    [moneyNames.length === 0, '/moneyNames', 'empty-list'],
  ]);
}

function marginFaults({ role, margin }: Metric): FieldError[] {
  return faultsWhere([
    [role === 'guardrail' && margin === undefined, '/margin', 'guardrail-without-margin'],
    [margin !== undefined && margin.value <= 0, '/margin/value', 'not-positive'],
  ]);
}

function readsValues(kind: Metric['kind']): boolean {
  return kind === 'mean' || kind === 'quantile';
}

function quantileFaults({ kind, quantile }: Metric): FieldError[] {
  const isQuantile = kind === 'quantile';
  return faultsWhere([
    [isQuantile && quantile === undefined, '/quantile', 'quantile-missing'],
    [!isQuantile && quantile !== undefined, '/quantile', 'only-for-quantile'],
    [
      isQuantile && quantile !== undefined && !(quantile > 0 && quantile < 1),
      '/quantile',
      'invalid-quantile',
    ],
  ]);
}

function winsoriseFaults({ kind, winsorise }: Metric): FieldError[] {
  if (winsorise === undefined) return [];
  const { quantile } = winsorise;
  const isSum = kind === 'mean' || kind === 'count' || kind === 'money';
  return faultsWhere([
    [!isSum, '/winsorise', 'only-for-sums'],
    [
      !(quantile >= WINSORISE_QUANTILE_MIN && quantile < 1),
      '/winsorise/quantile',
      'invalid-quantile',
    ],
  ]);
}

type Check = [isWrong: boolean, pointer: string, code: string];

function faultsWhere(checks: readonly Check[]): FieldError[] {
  return checks.filter(([isWrong]) => isWrong).map(([, pointer, code]) => ({ pointer, code }));
}
