import { aMetric } from '../support/evaluated-experiment.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('metrics', () => {
  let it_: TestApp;

  beforeAll(async () => {
    it_ = await startTestApp();
  });
  afterAll(() => it_.close());

  const pro = { property: 'plan', operator: 'eq', value: 'pro' };
  const refused = async (changes: object) => {
    const answer = await it_.send('post', '/v1/metrics', {
      ...aMetric({ key: 'refused' }),
      ...changes,
    });
    expect([answer.status, answer.body.code]).toEqual([422, 'validation-failed']);
    return (answer.body.errors as { pointer: string; code: string }[]).map(
      ({ pointer, code }) => `${pointer} ${code}`,
    );
  };

  it.each<[string, object]>([
    [
      'conditions on both sides of a ratio',
      {
        key: 'per-order',
        kind: 'ratio',
        event: 'item',
        filters: [pro, { property: '$browser', operator: 'in', values: ['a', 2, true] }],
        denominator: { event: 'order', filters: [{ property: 'gift', operator: 'absent' }] },
      },
    ],
    ['who came back', { key: 'back', kind: 'retention', delayHours: 24 }],
    ['a largest value', { key: 'basket', kind: 'mean', cap: 250.5 }],
  ])('are shown as they were declared: %s', async (_name, changes) => {
    const metric = { ...aMetric({ key: 'x' }), ...changes };
    const created = await it_.ok('post', '/v1/metrics', metric);
    expect(created.body).toMatchObject(metric);
    const shown = await it_.ok('get', `/v1/metrics/${metric.key}`);
    expect(shown.body).toEqual(created.body);
  });

  it.each<[string, object, string]>([
    ['SQL', { property: "plan') OR 1=1 --", operator: 'exists' }, 'property invalid-property'],
    ['JSONPath', { property: '$.cart[0].total', operator: 'exists' }, 'property invalid-property'],
    [
      'an operator of the database',
      { property: 'cart->>total', operator: 'exists' },
      'property invalid-property',
    ],
    ['a pattern', { property: 'plan', operator: 'matches', value: '^p' }, 'operator not-in-set'],
    [
      'a pattern as a value',
      { property: 'plan', operator: 'eq', value: { $regex: '^p' } },
      'value invalid-value',
    ],
    ['a column of the log', { ...pro, column: 'amount_minor' }, 'column unknown-member'],
    ['an expression', { ...pro, sql: 'amount_minor > 0' }, 'sql unknown-member'],
    ['a size of text', { property: 'plan', operator: 'gt', value: 'a' }, 'value not-a-number'],
    ['nothing to compare with', { property: 'plan', operator: 'eq' }, 'value invalid-value'],
    ['null', { property: 'plan', operator: 'eq', value: null }, 'value invalid-value'],
    ['no list', { property: 'plan', operator: 'in', values: 'pro' }, 'values is-array'],
    [
      'a nested list',
      { property: 'plan', operator: 'in', values: [['pro']] },
      'values/0 invalid-value',
    ],
  ])('B42 a condition with %s is refused', async (_name, filter, fault) => {
    expect(await refused({ filters: [filter] })).toContain(`/filters/0/${fault}`);
    const ratio = { kind: 'ratio', denominator: { event: 'view', filters: [filter] } };
    expect(await refused(ratio)).toContain(`/denominator/filters/0/${fault}`);
  });

  it.each<[string, object, string]>([
    ['300 conditions', { filters: Array<object>(300).fill(pro) }, '/filters array-max-size'],
    ['conditions as text', { filters: 'plan = pro' }, '/filters is-array'],
    ['a query of its own', { query: 'SELECT 1' }, '/query unknown-member'],
    [
      'conditions on all of profit',
      { kind: 'money', event: undefined, filters: [pro] },
      '/filters money-names-missing',
    ],
    ['coming back at once', { kind: 'retention' }, '/delayHours delay-missing'],
    ['a largest value of a rate', { cap: 3 }, '/cap only-for-sums'],
    ['a largest value of nothing', { kind: 'count', cap: 0 }, '/cap not-positive'],
    [
      'two kinds of limits',
      { kind: 'count', cap: 3, winsorise: { quantile: 0.99 } },
      '/cap not-with-winsorise',
    ],
  ])('B42 %s: refused', async (_name, changes, fault) => {
    expect(await refused(changes)).toContain(fault);
  });
});
