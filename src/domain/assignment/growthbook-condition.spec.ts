import { GrowthBookClient } from '@growthbook/growthbook';
import fc from 'fast-check';
import { FILTER_OPERATORS, type FilterOperator, matches } from '../metrics/filter.js';
import { type Condition, conditionFaults } from './conditions.js';
import { growthBookCondition } from './growthbook-condition.js';

/** What the SDK itself says of a condition. */
function sdkSays(conditions: readonly Condition[], attributes: Record<string, unknown>): boolean {
  const condition = growthBookCondition(conditions);
  const rule = { force: true, ...(condition === undefined ? {} : { condition }) };
  // As it arrives: what JSON cannot hold is gone.
  const payload = JSON.parse(JSON.stringify({ features: { f: { rules: [rule] } } })) as object;
  return new GrowthBookClient().initSync({ payload }).isOn('f', { attributes });
}

/** Near each other on purpose: what a loose comparison would take for equal. */
const PLAIN = ['', '0', '1', '10', '9', 'true', 'null', 'pro', 'Pro', 0, -0, 1, 9, 10, 0.1, -5];
const PLAINS = [...PLAIN, true, false];

const plain = fc.oneof(
  fc.constantFrom(...PLAINS),
  fc.string({ maxLength: 5 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<unknown>(...PLAINS, null, undefined) },
  { weight: 2, arbitrary: fc.array(fc.constantFrom<unknown>(...PLAINS, null), { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>({}, { $eq: 1 }, { length: 1 }, [[1]], [['1']]) },
  { weight: 1, arbitrary: fc.jsonValue() },
);
const property = fc.constantFrom('plan', 'größe', 'a b', 'a/b:c-d');

function conditionWith(operator: FilterOperator): fc.Arbitrary<Condition> {
  switch (operator) {
    case 'exists':
    case 'absent':
      return fc.record({ property, operator: fc.constant(operator) });
    case 'in':
    case 'not_in': {
      const values = fc.array(plain, { minLength: 1, maxLength: 4 });
      return fc.record({ property, operator: fc.constant(operator), values });
    }
    case 'eq':
    case 'ne':
      return fc.record({ property, operator: fc.constant(operator), value: plain });
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte': {
      const size = fc.constantFrom(0, 1, 9, 10, 9.5, -5);
      return fc.record({ property, operator: fc.constant(operator), value: size });
    }
  }
}
const condition = fc.constantFrom(...FILTER_OPERATORS).chain(conditionWith);

describe('conditions in the language of GrowthBook SDKs', () => {
  it('are none where there are none', () => {
    expect(growthBookCondition([])).toBeUndefined();
    expect(sdkSays([], { plan: 'pro' })).toBe(true);
  });

  it.each<[why: string, Omit<Condition, 'property'>, value: unknown, expected: boolean]>([
    ['a number is not its digits', { operator: 'eq', value: 10 }, '10', false],
    ['digits are not their number', { operator: 'eq', value: '10' }, 10, false],
    ['digits have no size', { operator: 'gt', value: 9 }, '10', false],
    ['true has no size', { operator: 'lte', value: 1 }, true, false],
    ['null has no size', { operator: 'lt', value: 1 }, null, false],
    ['a list of one has no size', { operator: 'gte', value: 10 }, [10], false],
    ['a list is not in a list', { operator: 'in', values: ['pro'] }, ['pro'], false],
    ['a list is not in a list, so it is outside', { operator: 'not_in', values: [1] }, [1], true],
    ['a list equals nothing', { operator: 'eq', value: 'pro' }, ['pro'], false],
    ['null is absent', { operator: 'absent' }, null, true],
    ['an empty text is there', { operator: 'exists' }, '', true],
    ['what is missing is unequal', { operator: 'ne', value: 'pro' }, undefined, true],
    ['what is missing is in no list', { operator: 'not_in', values: ['pro'] }, undefined, true],
    ['a size that fits', { operator: 'gt', value: 9 }, 9.5, true],
  ])('%s', (_why, rest, given, expected) => {
    const one = { property: 'plan', ...rest };
    expect(conditionFaults(one)).toEqual([]);
    const attributes = given === undefined ? {} : { plan: given };
    expect(matches([one], attributes)).toBe(expected);
    expect(sdkSays([one], attributes)).toBe(expected);
  });

  it('decide as ours do, for every value an attribute can have', () => {
    let held = 0;
    fc.assert(
      fc.property(
        fc.array(condition, { minLength: 1, maxLength: 3 }),
        fc.dictionary(property, value, { maxKeys: 3, noNullPrototype: true }),
        (conditions, attributes) => {
          const ours = matches(conditions, attributes);
          if (ours) held += 1;
          expect(sdkSays(conditions, attributes)).toBe(ours);
        },
      ),
      { numRuns: 5_000 },
    );
    // Neither answer is so rare that the other would do.
    expect(held).toBeGreaterThan(500);
    expect(held).toBeLessThan(4_500);
  });
});
