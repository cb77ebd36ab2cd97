import type { Condition } from './conditions.js';

/**
 * A condition in the language of GrowthBook SDKs: members are names of attributes or operators, and
 * all must hold.
 */
export type GrowthBookCondition = Readonly<Record<string, unknown>>;

/**
 * Conditions of ours in the language of GrowthBook SDKs, which then decide as `matches` does for every
 * JSON value. Undefined where there are none.
 *
 * The SDKs compare sizes of whatever they are given ("10" < 9), and find a list in a list where the
 * two share an entry; the grammar knows neither. So sizes ask for a number first, and lists of
 * values for what is no list. The names of attributes need no care: `conditionFaults` refuses those
 * that would be paths or operators.
 *
 * Source: the condition language of the GrowthBook SDKs, spec 0.8.0.
 */
export function growthBookCondition(
  conditions: readonly Condition[],
): GrowthBookCondition | undefined {
  if (conditions.length === 0) return undefined;
  return { $and: conditions.map((one) => ({ [one.property]: operatorsOf(one) })) };
}

/** Several operators in one object must all hold. */
function operatorsOf({ operator, value, values = [] }: Condition): GrowthBookCondition {
  switch (operator) {
    case 'exists':
      return { $exists: true };
    case 'absent':
      return { $exists: false };
    case 'eq':
      return { $eq: value };
    case 'ne':
      return { $ne: value };
    case 'in':
      return oneOf(values);
    case 'not_in':
      return { $not: oneOf(values) };
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return { $type: 'number', [`$${operator}`]: value };
  }
}

function oneOf(values: readonly unknown[]): GrowthBookCondition {
  return { $in: values, $not: { $type: 'array' } };
}
