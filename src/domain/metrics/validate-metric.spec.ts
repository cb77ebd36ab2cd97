import type { Filter } from './filter.js';
import type { Metric } from './metric.js';
import { validateMetric } from './validate-metric.js';

const clicks: Metric = {
  key: 'clicks',
  name: 'Clicks',
  role: 'proxy',
  kind: 'proportion',
  class: 'engagement',
  direction: 'increase',
  event: 'click',
  windowDays: 7,
  delayHours: 0,
  settlingDays: 0,
};
const { event: _, ...withoutEvent } = clicks;
const pro: Filter = { property: 'plan', operator: 'eq', value: 'pro' };
const back: Metric = { ...clicks, kind: 'retention', delayHours: 24 };

describe('validateMetric', () => {
  it.each<[string, Metric, string[]]>([
    ['a proportion of an event', clicks, []],
    ['an event metric without an event', withoutEvent, ['event-missing']],
    ['money', { ...withoutEvent, kind: 'money' }, []],
    ['money with an event', { ...clicks, kind: 'money' }, ['not-for-money']],
    ['money names', { ...withoutEvent, kind: 'money', moneyNames: ['revenue'] }, []],
    ['no money names', { ...withoutEvent, kind: 'money', moneyNames: [] }, ['empty-list']],
    ['money names on clicks', { ...clicks, moneyNames: ['revenue'] }, ['only-for-money']],
    ['a value on a count', { ...clicks, kind: 'count', valueProperty: 'x' }, ['only-for-mean']],
    ['a ratio of events', { ...clicks, kind: 'ratio', denominator: { event: 'view' } }, []],
    [
      'a ratio of money per order',
      { ...withoutEvent, kind: 'ratio', moneyNames: ['revenue'], denominator: { event: 'order' } },
      [],
    ],
    ['half a ratio', { ...clicks, kind: 'ratio' }, ['denominator-missing']],
    ['a denominator of nothing', { ...clicks, kind: 'ratio', denominator: {} }, ['event-missing']],
    [
      'a ratio of money and events at once',
      { ...clicks, kind: 'ratio', moneyNames: ['revenue'], denominator: { event: 'view' } },
      ['event-or-money'],
    ],
    ['a denominator on clicks', { ...clicks, denominator: { event: 'view' } }, ['only-for-ratio']],
    ['a guardrail without margin', { ...clicks, role: 'guardrail' }, ['guardrail-without-margin']],
    [
      'a margin of nothing',
      { ...clicks, role: 'guardrail', margin: { value: 0, scale: 'relative' } },
      ['not-positive'],
    ],
    ['a count cut at its 99%', { ...clicks, kind: 'count', winsorise: { quantile: 0.99 } }, []],
    ['a rate that is cut', { ...clicks, winsorise: { quantile: 0.99 } }, ['only-for-sums']],
    [
      'a cut in the middle',
      { ...clicks, kind: 'mean', winsorise: { quantile: 0.5 } },
      ['invalid-quantile'],
    ],
    [
      'a cut of nothing',
      { ...withoutEvent, kind: 'money', winsorise: { quantile: 1 } },
      ['invalid-quantile'],
    ],
    [
      'the 95th percentile of a property',
      { ...clicks, kind: 'quantile', quantile: 0.95, valueProperty: 'ms' },
      [],
    ],
    ['some percentile', { ...clicks, kind: 'quantile' }, ['quantile-missing']],
    ['the maximum', { ...clicks, kind: 'quantile', quantile: 1 }, ['invalid-quantile']],
    ['a percentile of clicks', { ...clicks, quantile: 0.5 }, ['only-for-quantile']],
    [
      'a percentile of money',
      { ...withoutEvent, kind: 'quantile', quantile: 0.5, moneyNames: ['revenue'] },
      ['event-missing', 'only-for-money'],
    ],
    [
      'a percentile that is cut',
      { ...clicks, kind: 'quantile', quantile: 0.5, winsorise: { quantile: 0.99 } },
      ['only-for-sums'],
    ],
    ['units that came back', back, []],
    ['units that never left', { ...back, delayHours: 0 }, ['delay-missing']],
    [
      'a value of those who came back',
      { ...back, event: 'visit', valueProperty: 'x' },
      ['only-for-mean'],
    ],
    [
      'coming back to nothing',
      { ...withoutEvent, kind: 'retention', delayHours: 1 },
      ['event-missing'],
    ],
    ['a retention that is cut', { ...back, cap: 1 }, ['only-for-sums']],
    ['a count with a cap', { ...clicks, kind: 'count', cap: 3 }, []],
    ['money with a cap', { ...withoutEvent, kind: 'money', cap: 250.5 }, []],
    ['a rate with a cap', { ...clicks, cap: 1 }, ['only-for-sums']],
    [
      'a ratio with a cap',
      { ...clicks, kind: 'ratio', denominator: { event: 'view' }, cap: 1 },
      ['only-for-sums'],
    ],
    ['a cap of nothing', { ...clicks, kind: 'mean', cap: 0 }, ['not-positive']],
    ['a cap beyond all numbers', { ...clicks, kind: 'mean', cap: Infinity }, ['not-positive']],
    [
      'a cap and a cut',
      { ...clicks, kind: 'mean', cap: 1, winsorise: { quantile: 0.99 } },
      ['not-with-winsorise'],
    ],
    ['clicks of some', { ...clicks, filters: [pro] }, []],
    ['clicks of all', { ...clicks, filters: [] }, []],
    ['ten conditions', { ...clicks, filters: Array<Filter>(10).fill(pro) }, []],
    ['B42 300 filters', { ...clicks, filters: Array<Filter>(300).fill(pro) }, ['too-many-filters']],
    ['B42 a path', { ...clicks, filters: [{ ...pro, property: '$.plan' }] }, ['invalid-property']],
    [
      'some entries',
      { ...withoutEvent, kind: 'money', moneyNames: ['revenue'], filters: [pro] },
      [],
    ],
    ['some of profit', { ...withoutEvent, kind: 'money', filters: [pro] }, ['money-names-missing']],
    [
      'money of some per order of some',
      {
        ...withoutEvent,
        kind: 'ratio',
        moneyNames: ['revenue'],
        filters: [pro],
        denominator: { event: 'order', filters: [pro] },
      },
      [],
    ],
    [
      'a denominator by a path',
      {
        ...clicks,
        kind: 'ratio',
        denominator: { event: 'o', filters: [{ ...pro, property: '' }] },
      },
      ['invalid-property'],
    ],
  ])('%s', (_name, metric, codes) => {
    expect(validateMetric(metric).map(({ code }) => code)).toEqual(codes);
  });

  it('says where a condition is wrong', () => {
    const wrong: Filter = { property: 'plan', operator: 'in', values: ['a', Number.NaN] };
    const metric: Metric = {
      ...clicks,
      kind: 'ratio',
      filters: [pro, { ...pro, value: Infinity }],
      denominator: { event: 'view', filters: [wrong] },
    };
    expect(validateMetric(metric)).toEqual([
      { pointer: '/filters/1/value', code: 'invalid-value' },
      { pointer: '/denominator/filters/0/values/1', code: 'invalid-value' },
    ]);
  });
});
