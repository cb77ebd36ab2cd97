import type { MetricUnit } from '../metrics/metric-unit.js';
import { amountInWords, wholeInWords } from './amount-in-words.js';

describe('amounts in words', () => {
  it.each<[MetricUnit, string | undefined, number, string]>([
    ['currency', 'EUR', 1.5, '1.50 EUR'],
    ['currency', 'JPY', -300, '-300 JPY'],
    ['share', undefined, 0.0125, '1.25 percentage points'],
    ['count', undefined, 12.345, '12.3'],
    ['value', undefined, -0.001234, '-0.00123'],
    ['ratio', undefined, 2, '2.00'],
  ])('%s %s %d', (unit, currency, value, words) => {
    const metric = currency === undefined ? { unit } : { unit, currency };
    expect(amountInWords(metric, value)).toBe(words);
  });

  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1234567.4, '1,234,567'],
  ])('%d units', (value, words) => {
    expect(wholeInWords(value)).toBe(words);
  });
});
