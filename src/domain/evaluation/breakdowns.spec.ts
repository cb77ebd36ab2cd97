import { anEvaluationCase, CLICKS, single } from '../../../test/support/evaluation-case.js';
import { aMetric } from '../../../test/support/metric-builder.js';
import { evaluate } from './evaluate.js';
import type { Breakdown, EvaluationResult } from './result.js';

const SPEND = aMetric('spend', { kind: 'mean' });

/** Means 1 and 3, variances 2/3 · n/(n - 1) with equal thirds of mean - 1, mean, mean + 1. */
const thirds = (n: number, mean: number) =>
  single([...Array(n).keys()].map((index) => mean + (index % 3) - 1));
const varianceOf = (n: number) => (2 / 3) * (n / (n - 1));

const phones = { value: 'phone', rows: { spend: [thirds(300, 1), thirds(300, 3)] } };
const silent = { value: null, rows: { spend: [thirds(90, 2), thirds(90, 2)] } };
const others = {
  value: null,
  isOther: true as const,
  rows: { spend: [thirds(3, 1), [] as number[][]] },
};
const device = { attribute: 'device', values: [phones, silent, others] };
const rows = { spend: [thirds(393, 1), thirds(390, 2)] };

const first = (result: EvaluationResult): Breakdown => {
  const [breakdown] = result.breakdowns ?? [];
  if (breakdown === undefined) throw new Error('no breakdown');
  return breakdown;
};
const spendOf = (result: EvaluationResult, value: number) =>
  first(result).values[value]?.metrics.find(({ key }) => key === 'spend');

describe('breakdowns', () => {
  it('have the units, means and differences of each value, and words of warning', () => {
    const result = evaluate(
      anEvaluationCase({ metrics: [SPEND], rows, dimensions: [device], analysis: {} }),
    );
    const { attribute, note, values } = first(result);
    expect([attribute, values.map(({ value, isOther }) => [value, isOther])]).toEqual([
      'device',
      [
        ['phone', undefined],
        [null, undefined],
        [null, true],
      ],
    ]);
    expect(note).toMatch(/exploring only/);
    expect(values[0]?.units).toEqual([
      { variant: 'control', n: 300 },
      { variant: 'short', n: 300 },
    ]);
    const spend = spendOf(result, 0);
    expect(spend?.unit).toBe('value');
    expect(spend?.arms).toEqual([
      { variant: 'control', n: 300, mean: expect.closeTo(1, 12) },
      { variant: 'short', n: 300, mean: expect.closeTo(3, 12) },
    ]);
    // Equal arms: standard error √(2·variance/n), 598 degrees of freedom; t quantile by SciPy.
    const standardError = Math.sqrt((2 * varianceOf(300)) / 300);
    expect(spend?.comparisons).toEqual([
      {
        variant: 'short',
        control: 'control',
        by: 'planned_look',
        absolute: {
          estimate: expect.closeTo(2, 12),
          standardError: expect.closeTo(standardError, 12),
          lower: expect.closeTo(2 - 1.963939 * standardError, 6),
          upper: expect.closeTo(2 + 1.963939 * standardError, 6),
        },
      },
    ]);
    expect(JSON.stringify(result.breakdowns)).not.toMatch(/pValue|verdict"|bayesian/);
  });

  it.each<[string, { analysis: object; isOpen: boolean }]>([
    ['before the end', { analysis: {}, isOpen: true }],
    ['at the last of several looks', { analysis: { test: 'group_sequential' }, isOpen: false }],
    ['without an end', { analysis: { test: 'always_valid' }, isOpen: false }],
  ])('have the interval that holds at any look, %s', (_name, { analysis, isOpen }) => {
    const result = evaluate(
      anEvaluationCase({
        metrics: [SPEND],
        rows,
        dimensions: [device],
        analysis: { plannedUnits: 600, ...analysis },
        isOpen,
      }),
    );
    const [comparison] = spendOf(result, 0)?.comparisons ?? [];
    expect(comparison?.by).toBe('always_valid');
    // At n = n* and alpha .05 the confidence sequence reaches 3.035 standard errors.
    const { estimate = 0, upper = 0, standardError = 1 } = comparison?.absolute ?? {};
    expect((upper - estimate) / standardError).toBeCloseTo(3.035, 3);
  });

  it('say what cannot be said of a value', () => {
    const result = evaluate(anEvaluationCase({ metrics: [SPEND], rows, dimensions: [device] }));
    const [lone] = spendOf(result, 2)?.comparisons ?? [];
    expect(lone).toMatchObject({ notComputed: { reason: 'empty-arm' } });
    expect(spendOf(result, 2)?.arms).toEqual([
      { variant: 'control', n: 3, mean: expect.closeTo(1, 12) },
      { variant: 'short', n: 0 },
    ]);
  });

  it('wait for units that have had their time', () => {
    const open = anEvaluationCase({ metrics: [SPEND], rows, dimensions: [device], isOpen: true });
    const empty = anEvaluationCase({ metrics: [SPEND], rows: { spend: [[], []] } });
    const [none] = empty.moments.metrics;
    const [breakdown] = open.moments.dimensions ?? [];
    const [phone] = breakdown?.values ?? [];
    if (none === undefined || breakdown === undefined || phone === undefined) throw new Error();
    const unmatured = phone.metrics.map(({ running }) => ({ running, matured: none.matured }));
    const result = evaluate({
      ...open,
      moments: {
        ...open.moments,
        dimensions: [{ ...breakdown, values: [{ ...phone, metrics: unmatured }] }],
      },
    });
    expect(spendOf(result, 0)?.comparisons).toMatchObject([
      { notComputed: { reason: 'not-matured' } },
    ]);
  });

  it('take rates as rates, and cut values where the metric does', () => {
    const ones = (n: number, count: number) =>
      single([...Array(n).keys()].map((index) => Number(index < count)));
    const cut = (values: number[]) => values.map((value) => [value, Math.min(value, 4)]);
    const spent = [cut([1, 9, 2, 0]), cut([3, 90, 3, 5])];
    const clicked = [ones(1000, 3), ones(1000, 12)];
    const result = evaluate(
      anEvaluationCase({
        metrics: [CLICKS, { ...SPEND, cap: 4 }],
        rows: { clicks: clicked, spend: spent },
        dimensions: [
          {
            attribute: 'plan',
            values: [{ value: 'pro', rows: { clicks: clicked, spend: spent } }],
          },
        ],
      }),
    );
    const [value] = first(result).values;
    // Of the whole cohort, so they are what the reports of the metrics say.
    for (const [index, metric] of (value?.metrics ?? []).entries()) {
      const report = result.metrics.find(({ key }) => key === metric.key);
      expect(metric.comparisons[0]?.absolute).toEqual(report?.comparisons[0]?.absolute);
      expect(metric.arms[1]?.mean).toBe(report?.arms[1]?.mean);
      expect(index).toBeLessThan(3);
    }
    expect(value?.metrics.find(({ key }) => key === 'spend')?.arms[1]?.mean).toBe(14 / 4);
  });

  it('leave quantiles out, of which only whole variants are known', () => {
    const quantile = aMetric('load', { kind: 'quantile', quantile: 0.9 });
    const events = [single([3, 4]), single([2, 5])];
    const result = evaluate(
      anEvaluationCase({
        metrics: [CLICKS, quantile],
        rows: { clicks: [single([0, 1]), single([1, 1])], load: events },
        dimensions: [
          { attribute: 'plan', values: [{ value: 'pro', rows: { load: events, clicks: events } }] },
        ],
      }),
    );
    const load = first(result).values[0]?.metrics.find(({ key }) => key === 'load');
    expect(load?.arms).toEqual([
      { variant: 'control', n: 2 },
      { variant: 'short', n: 2 },
    ]);
    expect(load?.comparisons[0]?.notComputed?.reason).toBe('not-kept');
  });

  it('compare each of several variants, at the bound they share', () => {
    const three = [thirds(300, 1), thirds(300, 2), thirds(300, 3)];
    const result = evaluate(
      anEvaluationCase({
        metrics: [SPEND],
        variants: ['control', 'short', 'shorter'],
        rows: { spend: three },
        dimensions: [{ attribute: 'plan', values: [{ value: 'pro', rows: { spend: three } }] }],
      }),
    );
    const comparisons = spendOf(result, 0)?.comparisons ?? [];
    expect(comparisons.map(({ variant }) => variant)).toEqual(['short', 'shorter']);
    const report = result.metrics.find(({ key }) => key === 'spend');
    expect(comparisons.map(({ absolute }) => absolute)).toEqual(
      report?.comparisons.map(({ absolute }) => absolute),
    );
  });

  it('need moments of each metric', () => {
    const open = anEvaluationCase({ metrics: [SPEND], rows, dimensions: [device] });
    const dimensions = (open.moments.dimensions ?? []).map(({ attribute, values }) => ({
      attribute,
      values: values.map((value) => ({ ...value, metrics: value.metrics.slice(1) })),
    }));
    expect(() => evaluate({ ...open, moments: { ...open.moments, dimensions } })).toThrow(
      RangeError,
    );
  });
});
