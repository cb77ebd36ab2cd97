import { type Condition, conditionFaults } from './conditions.js';

describe('a condition of an audience', () => {
  it.each<[Condition, { member: string; code: string }[]]>([
    [{ property: 'plan', operator: 'eq', value: 'pro' }, []],
    [{ property: 'seats', operator: 'gte', value: 3 }, []],
    [{ property: 'Größe', operator: 'exists' }, []],
    [{ property: 'a.b', operator: 'exists' }, [{ member: 'property', code: 'invalid-property' }]],
    [{ property: '$or', operator: 'exists' }, [{ member: 'property', code: 'invalid-property' }]],
    [
      { property: 'constructor', operator: 'exists' },
      [{ member: 'property', code: 'invalid-property' }],
    ],
    [
      { property: 'toString', operator: 'eq' },
      [
        { member: 'property', code: 'invalid-property' },
        { member: 'value', code: 'invalid-value' },
      ],
    ],
    [{ property: '', operator: 'exists' }, [{ member: 'property', code: 'invalid-property' }]],
    [
      { property: 'seats', operator: 'lt', value: 'x' },
      [{ member: 'value', code: 'not-a-number' }],
    ],
  ])('%j -> %j', (condition, faults) => {
    expect(conditionFaults(condition)).toEqual(faults);
  });
});
