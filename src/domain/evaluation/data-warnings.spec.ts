import { anEvaluationCase, CLICKS, single } from '../../../test/support/evaluation-case.js';
import { aMetric } from '../../../test/support/metric-builder.js';
import type { Metric } from '../metrics/metric.js';
import { evaluate } from './evaluate.js';

const SPEND = aMetric('spend', { kind: 'mean' });
const RETENTION = aMetric('back', { kind: 'retention', delayHours: 24 });

const ones = (n: number, count: number): number[] => [...Array(n).keys()].map((i) => +(i < count));
const spread = (n: number): number[] => [...Array(n).keys()].map((i) => i % 7);

describe('what the data are not good for', () => {
  it.each<[string, Metric, number[], number[], string[]]>([
    ['nothing to say', CLICKS, ones(100, 10), ones(100, 12), []],
    ['few units', CLICKS, ones(99, 50), ones(100, 50), ['insufficient-data']],
    ['few conversions', CLICKS, ones(5000, 9), ones(5000, 40), ['insufficient-data']],
    ['few who came back', RETENTION, ones(500, 40), ones(500, 9), ['insufficient-data']],
    ['one conversion is no outlier', CLICKS, ones(500, 1), ones(500, 20), ['insufficient-data']],
    ['a spread of values', SPEND, spread(200), spread(210), []],
    [
      'B72 one whale with 99% of the revenue',
      SPEND,
      [...spread(200), 60_000],
      spread(201),
      ['outlier-dominated'],
    ],
    [
      'one whale in the control, among few',
      SPEND,
      spread(150),
      [...spread(40), 99_000],
      ['insufficient-data', 'outlier-dominated'],
    ],
    ['a large value of many', SPEND, [...spread(2000), 400], spread(2001), []],
  ])('%s', (_name, metric, treatment, control, codes) => {
    const rows = { [metric.key]: [single(control), single(treatment)] };
    const result = evaluate(anEvaluationCase({ metrics: [metric], rows }));
    const found = result.metrics[0]?.comparisons[0]?.warnings ?? [];
    // Skewed is the business of the difference, and said beside.
    expect(found.map(({ code }) => code).filter((code) => code !== 'skewed')).toEqual(codes);
  });

  it('is of the values as they came, where the plan cuts them', () => {
    const capped = { ...SPEND, cap: 10 };
    const cut = (values: number[]) => values.map((value) => [value, Math.min(value, 10)]);
    const rows = { spend: [cut(spread(201)), cut([...spread(200), 60_000])] };
    const result = evaluate(anEvaluationCase({ metrics: [capped], rows }));
    const [metric] = result.metrics;
    expect(metric?.cap).toEqual({ high: 10, frozen: true, declared: true });
    expect(metric?.comparisons[0]?.warnings).toMatchObject([{ code: 'outlier-dominated' }]);
    expect(metric?.arms[1]?.uncappedMean).toBeCloseTo((594 + 60_000) / 201, 9);
    expect(metric?.arms[1]?.mean).toBeCloseTo((594 + 10) / 201, 9);
    expect(metric?.comparisons[0]?.uncapped?.estimate).toBeGreaterThan(290);
    expect(metric?.comparisons[0]?.absolute?.estimate).toBeLessThan(1);
  });
});
