import type { AnalysisPlan } from '../experiments/plan.js';
import type { Metric } from '../metrics/metric.js';
import { minorUnits } from '../money/currencies.js';
import type { CostDeclarations } from '../money/costs.js';

/** What of the log counts for a plan's metrics, as plain terms that a store turns into sums. */

export const TAKES = ['one', 'value', 'property', 'amount', 'price', 'rate'] as const;
/**
 * What one occurrence adds to a unit: 1, the event's value, a numeric property, the entry's amount
 * in the reporting currency, minus a unit price, or minus a share of the amount. Money is rounded
 * to whole minor units once for each occurrence, half away from zero.
 */
export type Take = (typeof TAKES)[number];

/** Occurrences of these names add to this metric. A metric's value is the sum over its terms. */
export interface CountedTerm {
  /** Position of the metric in the plan. */
  metric: number;
  type: 'event' | 'money';
  /** null: every name. */
  names: readonly string[] | null;
  take: Take;
  /** For `property`. */
  property: string | null;
  /** For `price`: minor units of `currency` for one occurrence. */
  priceMinor: number | null;
  currency: string | null;
  /** For `rate`: share of the amount. */
  rate: number | null;
}

export interface CountedMetric {
  /** Position of the metric in the plan. */
  metric: number;
  /** The largest value a unit can have: 1 for a proportion. */
  cap: number | null;
  /** Digits by which money is moved from minor to major units; 0 for anything else. */
  decimals: number;
}

const REVENUE = 'revenue';

export function countedMetrics(plan: AnalysisPlan): CountedMetric[] {
  return plan.metrics.map(({ definition }, metric) => ({
    metric,
    cap: definition.kind === 'proportion' ? 1 : null,
    decimals: definition.kind === 'money' ? minorUnits(plan.currency) : 0,
  }));
}

export function countedTerms(plan: AnalysisPlan): CountedTerm[] {
  return plan.metrics.flatMap(({ definition }, metric) => termsOf(definition, metric, plan.costs));
}

const NOTHING_MORE = { property: null, priceMinor: null, currency: null, rate: null };

function termsOf(metric: Metric, index: number, costs: CostDeclarations): CountedTerm[] {
  const names = metric.event === undefined ? [] : [metric.event];
  const event = { metric: index, type: 'event', names, ...NOTHING_MORE } as const;
  switch (metric.kind) {
    case 'proportion':
    case 'count':
      return [{ ...event, take: 'one' }];
    case 'mean':
      return metric.valueProperty === undefined
        ? [{ ...event, take: 'value' }]
        : [{ ...event, take: 'property', property: metric.valueProperty }];
    case 'money':
      return moneyTerms(metric.moneyNames ?? null, index, costs);
  }
}

/**
 * The ledger itself, and the costs that are declared rather than measured. A kind of cost is the
 * name of its ledger entries, so a metric over a part of the ledger has a declared cost exactly
 * when it names its kind; profit, the whole ledger, has them all.
 */
function moneyTerms(
  names: readonly string[] | null,
  metric: number,
  costs: CostDeclarations,
): CountedTerm[] {
  const terms: CountedTerm[] = [{ metric, type: 'money', names, take: 'amount', ...NOTHING_MORE }];
  for (const [kind, cost] of Object.entries(costs)) {
    if (names !== null && !names.includes(kind)) continue;
    if (cost.how === 'unit_price') {
      terms.push({
        ...NOTHING_MORE,
        metric,
        type: 'event',
        names: [cost.event],
        take: 'price',
        priceMinor: cost.amountMinor,
        currency: cost.currency,
      });
    } else if (cost.how === 'rate') {
      terms.push({
        ...NOTHING_MORE,
        metric,
        type: 'money',
        names: [REVENUE],
        take: 'rate',
        rate: cost.ofRevenue,
      });
    }
  }
  return terms;
}
