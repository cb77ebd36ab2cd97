import type { FieldError } from '../errors.js';
import { OWN_NAME_PATTERN } from '../money/ledger.js';
import { type Filter, filterFaults, FILTERS_MAX } from './filter.js';
import { type Metric, WINSORISE_QUANTILE_MIN } from './metric.js';

/** What is wrong with a metric's declaration beyond its shape. */
export function validateMetric(metric: Metric): FieldError[] {
  return [
    ...countedFaults(metric),
    ...moneyFaults(metric),
    ...marginFaults(metric),
    ...winsoriseFaults(metric),
    ...capFaults(metric),
    ...quantileFaults(metric),
    ...filtersFaults(metric),
  ];
}

function countedFaults({
  kind,
  event,
  valueProperty,
  denominator,
  moneyNames,
  delayHours,
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
    // Whoever is still there has not come back.
    [kind === 'retention' && !(delayHours > 0), '/delayHours', 'delay-missing'],
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

/** Entries of the whole ledger are told apart by their names, so a part of it has names first. */
function filtersFaults({ kind, filters, denominator, moneyNames }: Metric): FieldError[] {
  const isWhole = kind === 'money' && moneyNames === undefined && (filters ?? []).length > 0;
  return [
    ...(isWhole ? [{ pointer: '/filters', code: 'money-names-missing' }] : []),
    ...filterListFaults(filters, '/filters'),
    ...filterListFaults(denominator?.filters, '/denominator/filters'),
  ];
}

function filterListFaults(filters: readonly Filter[] | undefined, pointer: string): FieldError[] {
  if (filters === undefined) return [];
  if (filters.length > FILTERS_MAX) return [{ pointer, code: 'too-many-filters' }];
  return filters.flatMap((filter, index) =>
    filterFaults(filter).map(({ member, code }) => ({
      pointer: `${pointer}/${index}/${member}`,
      code,
    })),
  );
}

function isSum(kind: Metric['kind']): boolean {
  return kind === 'mean' || kind === 'count' || kind === 'money';
}

function capFaults({ kind, cap, winsorise }: Metric): FieldError[] {
  if (cap === undefined) return [];
  return faultsWhere([
    [!isSum(kind), '/cap', 'only-for-sums'],
    [!(cap > 0 && cap < Infinity), '/cap', 'not-positive'],
    [winsorise !== undefined, '/cap', 'not-with-winsorise'],
  ]);
}

function winsoriseFaults({ kind, winsorise }: Metric): FieldError[] {
  if (winsorise === undefined) return [];
  const { quantile } = winsorise;
  return faultsWhere([
    [!isSum(kind), '/winsorise', 'only-for-sums'],
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
