import { type Filter, filterFaults, matches } from './filter.js';

const one = (
  property: string,
  operator: Filter['operator'],
  more: Partial<Filter> = {},
): Filter => ({
  property,
  operator,
  ...more,
});

describe('matches', () => {
  const purchase = {
    plan: 'pro',
    items: 3,
    gift: false,
    note: null,
    cart: { total: 3 },
    tags: ['a'],
  };

  it.each<[string, Filter[], object | null, boolean]>([
    ['nothing is asked', [], purchase, true],
    ['nothing is asked of nothing', [], null, true],
    ['equal text', [one('plan', 'eq', { value: 'pro' })], purchase, true],
    ['other text', [one('plan', 'eq', { value: 'Pro' })], purchase, false],
    ['a number', [one('items', 'eq', { value: 3 })], purchase, true],
    ['text is no number', [one('items', 'eq', { value: '3' })], purchase, false],
    ['text is no number, so it differs', [one('items', 'ne', { value: '3' })], purchase, true],
    ['false is false', [one('gift', 'eq', { value: false })], purchase, true],
    ['false is not 0', [one('gift', 'eq', { value: 0 })], purchase, false],
    ['false is there', [one('gift', 'exists')], purchase, true],
    [
      'an object equals nothing',
      [one('cart', 'eq', { value: '[object Object]' })],
      purchase,
      false,
    ],
    ['a list equals nothing', [one('tags', 'eq', { value: 'a' })], purchase, false],
    ['a list is in no list', [one('tags', 'in', { values: ['a'] })], purchase, false],
    ['an object is there', [one('cart', 'exists')], purchase, true],
    ['a path is a name', [one('cart.total', 'exists')], purchase, false],
    ['a name with a dot', [one('cart.total', 'eq', { value: 3 })], { 'cart.total': 3 }, true],
    ['missing is absent', [one('coupon', 'absent')], purchase, true],
    ['null is absent', [one('note', 'absent')], purchase, true],
    ['null is not there', [one('note', 'exists')], purchase, false],
    ['missing equals nothing', [one('coupon', 'eq', { value: '' })], purchase, false],
    ['missing is another', [one('coupon', 'ne', { value: 'x' })], purchase, true],
    ['null is another', [one('note', 'ne', { value: 'x' })], purchase, true],
    ['missing is in no list', [one('coupon', 'not_in', { values: ['x'] })], purchase, true],
    ['missing is not in the list', [one('coupon', 'in', { values: ['x'] })], purchase, false],
    ['in the list', [one('plan', 'in', { values: ['free', 'pro'] })], purchase, true],
    ['not in the list', [one('plan', 'not_in', { values: ['free', 'pro'] })], purchase, false],
    ['below', [one('items', 'lt', { value: 3 })], purchase, false],
    ['at most', [one('items', 'lte', { value: 3 })], purchase, true],
    ['above', [one('items', 'gt', { value: 2.5 })], purchase, true],
    ['at least', [one('items', 'gte', { value: 3.5 })], purchase, false],
    ['text has no size', [one('plan', 'gt', { value: 0 })], purchase, false],
    ['text of digits has no size', [one('n', 'gte', { value: 1 })], { n: '5' }, false],
    ['true has no size', [one('gift', 'lt', { value: 1 })], purchase, false],
    ['missing has no size', [one('coupon', 'lt', { value: 1 })], purchase, false],
    ['an inherited name is absent', [one('constructor', 'absent')], purchase, true],
    ['so is __proto__', [one('__proto__', 'exists')], purchase, false],
    ['nothing was sent', [one('plan', 'exists')], null, false],
    ['nothing was sent, so it is absent', [one('plan', 'absent')], null, true],
    [
      'all must hold',
      [one('plan', 'eq', { value: 'pro' }), one('items', 'gt', { value: 9 })],
      purchase,
      false,
    ],
    [
      'and all hold',
      [one('plan', 'eq', { value: 'pro' }), one('items', 'lt', { value: 9 })],
      purchase,
      true,
    ],
  ])('%s', (_name, filters, properties, holds) => {
    expect(matches(filters, properties as Record<string, unknown> | null)).toBe(holds);
  });
});

describe('filterFaults', () => {
  it.each<[string, Filter, string[]]>([
    ['a name', one('plan', 'exists'), []],
    ['a name of a client library', one('$browser', 'exists'), []],
    ['a name with signs', one('utm.source', 'eq', { value: 'a/b' }), []],
    ['a name in any language', one('Größe', 'eq', { value: '' }), []],
    ['no name', one('', 'exists'), ['property invalid-property']],
    ['a very long name', one('x'.repeat(101), 'exists'), ['property invalid-property']],
    ['the longest name', one('x'.repeat(100), 'exists'), []],
    ['B42 JSONPath', one('$.cart.total', 'exists'), ['property invalid-property']],
    ['B42 JSONPath with a filter', one('$..[?(@.x>1)]', 'exists'), ['property invalid-property']],
    ['B42 an operator of jsonb', one("cart->>'total'", 'exists'), ['property invalid-property']],
    ['B42 SQL', one("x') OR 1=1 --", 'exists'), ['property invalid-property']],
    ['B42 a quoted column', one('"event"."amount_minor"', 'exists'), ['property invalid-property']],
    ['a control character', one('a\nb', 'exists'), ['property invalid-property']],
    ['SQL as a value is a value', one('plan', 'eq', { value: "'; DROP TABLE event" }), []],
    ['a pattern as a value is a value', one('plan', 'eq', { value: '^.*$' }), []],
    ['no value', one('plan', 'eq'), ['value invalid-value']],
    ['a long value', one('plan', 'ne', { value: 'x'.repeat(201) }), ['value invalid-value']],
    ['a NUL', one('plan', 'eq', { value: '\0' }), ['value invalid-value']],
    ['half a character', one('plan', 'eq', { value: '\ud800' }), ['value invalid-value']],
    ['infinity', one('n', 'eq', { value: Infinity }), ['value invalid-value']],
    [
      'B42 an object as a value',
      one('n', 'eq', { value: { $regex: '.*' } as never }),
      ['value invalid-value'],
    ],
    ['null as a value', one('n', 'eq', { value: null as never }), ['value invalid-value']],
    ['a size', one('n', 'lt', { value: 1.5 }), []],
    ['a size of text', one('n', 'lt', { value: '1' }), ['value not-a-number']],
    ['a size of nothing', one('n', 'gte'), ['value not-a-number']],
    ['a size beyond numbers', one('n', 'gte', { value: Infinity }), ['value not-a-number']],
    ['a list', one('n', 'in', { values: ['a', 1, true] }), []],
    ['a long list', one('n', 'in', { values: Array<number>(100).fill(1) }), []],
    [
      'a longer list',
      one('n', 'in', { values: Array<number>(101).fill(1) }),
      ['values invalid-list'],
    ],
    ['an empty list', one('n', 'not_in', { values: [] }), ['values invalid-list']],
    ['no list', one('n', 'not_in'), ['values invalid-list']],
    [
      'a list in a list',
      one('n', 'in', { values: ['a', ['b'] as never] }),
      ['values/1 invalid-value'],
    ],
    [
      'a list for one value',
      one('n', 'eq', { value: 1, values: [1] }),
      ['values not-for-operator'],
    ],
    ['a value for a list', one('n', 'in', { value: 1, values: [1] }), ['value not-for-operator']],
    [
      'a value and a list for nothing',
      one('n', 'absent', { value: 1, values: [1] }),
      ['value not-for-operator', 'values not-for-operator'],
    ],
  ])('%s', (_name, filter, faults) => {
    expect(filterFaults(filter).map(({ member, code }) => `${member} ${code}`)).toEqual(faults);
  });
});
