import type { MetricUnit } from '../metrics/metric-unit.js';
import { minorUnits } from '../money/currencies.js';

/** A size in the unit of a metric, as people read it. */
export function amountInWords(
  { unit, currency }: { unit: MetricUnit; currency?: string },
  value: number,
): string {
  const minus = value < 0 ? '-' : '';
  const size = Math.abs(value);
  switch (unit) {
    case 'currency':
      return `${minus}${size.toFixed(minorUnits(currency ?? ''))} ${currency ?? ''}`;
    case 'share':
      return `${minus}${(size * 100).toFixed(2)} percentage points`;
    case 'count':
    case 'value':
    case 'ratio':
      return `${minus}${size.toPrecision(3)}`;
  }
}

/** 12345 as "12,345": whole numbers of units and days. */
export function wholeInWords(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}
