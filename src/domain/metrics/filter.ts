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

/** `in` and `not_in` have `values`, `exists` and `absent` neither, the others `value`. */
export interface Filter {
  property: string;
  operator: FilterOperator;
  value?: FilterValue;
  values?: readonly FilterValue[];
}

type Properties = Readonly<Record<string, unknown>>;

/**
 * Whether all conditions hold. Values are equal when type and value are; sizes are compared of
 * numbers only. A property that is missing or null is `absent`, and fulfils `ne` and `not_in`.
 */
export function matches(filters: readonly Filter[], properties: Properties | null): boolean {
  return filters.every((filter) => holds(filter, properties?.[filter.property] ?? null));
}

function holds({ operator, value, values = [] }: Filter, property: unknown): boolean {
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
      return values.some((one) => one === property);
    case 'not_in':
      return !values.some((one) => one === property);
    default:
      return (
        typeof property === 'number' && typeof value === 'number' && SIZES[operator](property, value)
      );
  }
}

const SIZES = {
  lt: (one: number, other: number) => one < other,
  lte: (one: number, other: number) => one <= other,
  gt: (one: number, other: number) => one > other,
  gte: (one: number, other: number) => one >= other,
};
