import type { EvaluationResult } from '../evaluation/result.js';
import type { Amount } from '../experiments/definition.js';
import { minorUnits } from '../money/currencies.js';

/**
 * What shipping a variant is expected to lose per unit, by the posterior of the deciding metric: of
 * the matured units where there are any, else of everybody so far. Minor units, not rounded; null
 * when nothing was computed.
 */
export function expectedLossOfShipping(result: EvaluationResult, variant: string): Amount | null {
  const deciding = result.metrics.find(({ role }) => role === 'deciding');
  if (deciding?.currency === undefined) return null;
  const reports = [...deciding.comparisons, ...(deciding.running?.comparisons ?? [])];
  const loss = reports
    .filter((comparison) => comparison.variant === variant)
    .map(({ bayesian }) => bayesian?.expectedLoss)
    .find((value) => value !== undefined);
  if (loss === undefined) return null;
  const { currency } = deciding;
  return { amountMinor: loss * 10 ** minorUnits(currency), currency };
}
