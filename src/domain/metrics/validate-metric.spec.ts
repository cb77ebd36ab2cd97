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
  ])('%s', (_name, metric, codes) => {
    expect(validateMetric(metric).map(({ code }) => code)).toEqual(codes);
  });
});
