import { type Filter, filterFaults } from '../metrics/filter.js';

/**
 * Who may enter a test, by what clients say about a unit: the grammar of metric filters, all of
 * which must hold, over the attributes of the context. Attributes are claims of the client.
 */
export type Condition = Filter;

/** More conditions than this describe a person, not an audience. */
export const CONDITIONS_MAX = 10;

/** Names that every object has: clients in other languages would find them where nobody sent them. */
const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

/**
 * What is wrong with one condition. Narrower than for events: a dot is a path and a leading dollar
 * sign an operator in the conditions of client SDKs, which must decide the same as the service.
 */
export function conditionFaults(condition: Condition): { member: string; code: string }[] {
  const { property } = condition;
  const isAmbiguous = property.includes('.') || property.startsWith('$') || INHERITED.has(property);
  const faults = filterFaults(condition);
  if (!isAmbiguous || faults.some(({ member }) => member === 'property')) return faults;
  return [{ member: 'property', code: 'invalid-property' }, ...faults];
}
