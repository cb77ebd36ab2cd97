import { isWellFormed } from '../text/is-well-formed.js';

/**
 * Which occurrences of an event a metric counts, as a closed grammar: a list of conditions that must
 * all hold, each of one property against plain values. There is no expression, path or pattern in
 * it, so nothing a member writes reaches a query language.
 */

export const FILTER_OPERATORS = [
  'eq',
  'ne',
  'lt',
  'lte',
  'gt',
  'gte',
  'in',
  'not_in',
  'exists',
  'absent',
] as const;
export type FilterOperator = (typeof FILTER_OPERATORS)[number];

export type FilterValue = string | number | boolean;

/** A question with more conditions than this is a question to the data, not a metric. */
export const FILTERS_MAX = 10;
export const FILTER_PROPERTY_MAX = 100;
export const FILTER_TEXT_MAX = 200;
export const FILTER_VALUES_MAX = 100;

/** `in` and `not_in` have `values`, `exists` and `absent` neither, the others `value`. */
export interface Filter {
  property: string;
  operator: FilterOperator;
  value?: FilterValue;
  values?: readonly FilterValue[];
}

/**
 * The name of a property as it was sent, never a path into one: letters, digits and the signs that
 * names are made of. Some senders begin theirs with a dollar sign.
 */
const PROPERTY = /^\$?[\p{L}\p{N}_][\p{L}\p{N}_ .:/-]*$/u;

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** What is wrong with one condition: the members that are, each with a code. */
export function filterFaults(filter: Filter): { member: string; code: string }[] {
  const { property, operator, value, values } = filter;
  const takes = TAKEN[operator];
  const isList = values !== undefined && values.length >= 1 && values.length <= FILTER_VALUES_MAX;
  const checks: readonly [isWrong: boolean, member: string, code: string][] = [
    [
      property.length > FILTER_PROPERTY_MAX || !PROPERTY.test(property),
      'property',
      'invalid-property',
    ],
    [takes !== 'value' && takes !== 'size' && value !== undefined, 'value', 'not-for-operator'],
    [takes !== 'values' && values !== undefined, 'values', 'not-for-operator'],
    [takes === 'value' && !isPlain(value), 'value', 'invalid-value'],
    [takes === 'size' && !Number.isFinite(value), 'value', 'not-a-number'],
    [takes === 'values' && !isList, 'values', 'invalid-list'],
  ];
  const faults = checks.filter(([is]) => is).map(([, member, code]) => ({ member, code }));
  if (takes !== 'values' || !isList) return faults;
  const unplain = values.findIndex((one) => !isPlain(one));
  return unplain < 0 ? faults : [...faults, { member: `values/${unplain}`, code: 'invalid-value' }];
}

const TAKEN: Readonly<Record<FilterOperator, 'value' | 'size' | 'values' | 'nothing'>> = {
  eq: 'value',
  ne: 'value',
  lt: 'size',
  lte: 'size',
  gt: 'size',
  gte: 'size',
  in: 'values',
  not_in: 'values',
  exists: 'nothing',
  absent: 'nothing',
};

function isPlain(value: unknown): value is FilterValue {
  if (typeof value === 'string') {
    return value.length <= FILTER_TEXT_MAX && !CONTROL.test(value) && isWellFormed(value);
  }
  return typeof value === 'boolean' || Number.isFinite(value);
}

type Properties = Readonly<Record<string, unknown>>;

const NONE: readonly FilterValue[] = [];

/**
 * Whether all conditions hold. Values are equal when type and value are; sizes are compared of
 * numbers only. A property that is missing or null is `absent`, and fulfils `ne` and `not_in`.
 */
export function matches(filters: readonly Filter[], properties: Properties | null): boolean {
  return createMatcher(filters)(properties);
}

/** The same for many occurrences. */
export function createMatcher(
  filters: readonly Filter[],
): (properties: Properties | null) => boolean {
  const asked = filters.map((filter) => ({ filter, propertyOf: readerOf(filter.property) }));
  return (properties) => {
    for (const { filter, propertyOf } of asked) {
      if (!holds(filter, propertyOf(properties))) return false;
    }
    return true;
  };
}

/** What every object inherits is no property of an occurrence; other names need no such look. */
function readerOf(name: string): (properties: Properties | null) => unknown {
  if (!(name in Object.prototype)) return (properties) => properties?.[name] ?? null;
  return (properties) =>
    properties !== null && Object.hasOwn(properties, name) ? (properties[name] ?? null) : null;
}

function holds({ operator, value, values = NONE }: Filter, property: unknown): boolean {
  switch (operator) {
    case 'exists':
      return property !== null;
    case 'absent':
      return property === null;
    case 'eq':
      return property === value;
    case 'ne':
      return property !== value;
    case 'in':
      return values.includes(property as FilterValue);
    case 'not_in':
      return !values.includes(property as FilterValue);
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return (
        typeof property === 'number' &&
        typeof value === 'number' &&
        SIZES[operator](property, value)
      );
  }
}

const SIZES = {
  lt: (one: number, other: number) => one < other,
  lte: (one: number, other: number) => one <= other,
  gt: (one: number, other: number) => one > other,
  gte: (one: number, other: number) => one >= other,
};
