import { capsAfter, minimaAfter } from './history.js';
import type { SampleRatioReport } from './health-report.js';
import type { ComparisonReport, MetricReport } from './result.js';

const comparison = (variant: string, runningPValue: number | null): ComparisonReport => ({
  variant,
  control: 'control',
  ...(runningPValue === null
    ? {}
    : {
        frequentist: {
          test: 'confidence_sequence',
          statistic: 1,
          criticalValue: 3,
          valid: false,
          alwaysValid: {
            lower: -1,
            upper: 1,
            pValue: 0.9,
            runningPValue,
            nStar: 1000,
            burnInPassed: true,
          },
        },
      }),
});

const metric = (key: string, comparisons: ComparisonReport[]): MetricReport => ({
  key,
  role: 'leading',
  kind: 'mean',
  unit: 'value',
  sinceVersion: 1,
  maturity: { maturedUnits: 1, units: 1, wholeCohort: false },
  arms: [],
  comparisons,
});

const health = (srm: Partial<SampleRatioReport>) => ({
  srm: { status: 'ok' as const, observed: [], ...srm },
  crossovers: 0,
  lateEvents: 0,
  outsideCohort: 0,
});

describe('what the next evaluation starts from', () => {
  it('is the smallest p-value of each comparison and of the sample ratio', () => {
    const before = { srmSequentialP: 0.5, alwaysValidP: { 'clicks/b': 0.4, 'clicks/c': 0.3 } };
    const metrics = [metric('clicks', [comparison('b', 0.2), comparison('c', null)])];
    const after = minimaAfter(before, {
      health: health({ smallestSequentialPValue: 0.1 }),
      metrics,
    });
    expect(after).toEqual({
      srmSequentialP: 0.1,
      alwaysValidP: { 'clicks/b': 0.2, 'clicks/c': 0.3 },
    });
  });

  it('has the limits that were frozen, and no others', () => {
    const before = { caps: { basket: { low: null, high: 9 } } };
    const metrics = [
      { ...metric('profit', []), cap: { low: -1, high: 20, quantile: 0.99, frozen: true } },
      { ...metric('spend', []), cap: { high: 30, quantile: 0.99, frozen: false } },
    ];
    expect(capsAfter(before, { metrics })).toEqual({
      basket: { low: null, high: 9 },
      profit: { low: -1, high: 20 },
    });
  });

  it('stays what it was where nothing was computed', () => {
    const before = { srmSequentialP: 0.5, alwaysValidP: {} };
    expect(minimaAfter(before, { health: health({}), metrics: [] })).toEqual(before);
  });
});
