import { countedTerms } from '../../src/domain/evaluation/counted-columns.js';
import type { UnitRef } from '../../src/domain/events/event.js';
import type { AnalysisPlan } from '../../src/domain/experiments/plan.js';
import { type ExposedUnit, type HappenedRow, millis } from './moments-oracle-units.js';

/**
 * Sales of the cohort since its exposures of which more was taken back than they had brought, all in
 * the currency of the sale.
 */
export function overRefundedSales(
  cohort: readonly ExposedUnit[],
  rows: readonly HappenedRow[],
  { plan, asOf }: { plan: AnalysisPlan; asOf: Date },
  leadsTo: (unit: UnitRef) => string,
): number {
  if (!countedTerms(plan).some(({ type }) => type === 'money')) return 0;
  const exposed = new Map(cohort.map(({ name, exposedAt }) => [name, exposedAt]));
  const entries = rows.filter(({ type, at }) => type === 'money' && millis(at) < asOf.getTime());
  return entries.filter((sale) => {
    const { id, unit, at, currency, amountMinor = 0 } = sale;
    const since = exposed.get(leadsTo(unit));
    if (since === undefined || millis(at) < since || amountMinor < 0) return false;
    const back = entries.filter(
      (one) =>
        one.refersTo === id &&
        one.currency === currency &&
        (one.name === 'refund' || one.name === 'chargeback'),
    );
    return back.reduce((left, one) => left + (one.amountMinor ?? 0), amountMinor) < 0;
  }).length;
}
