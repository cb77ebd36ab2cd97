import type { FieldError } from '../errors.js';
import { isCurrency } from './currencies.js';
import { isAmountMinor, OWN_NAME_PATTERN, signOf } from './ledger.js';

/** Costs are declared, kind by kind. What nobody declared is unknown, and profit is then partial. */

export const COST_WAYS = ['events', 'unit_price', 'rate', 'none', 'unknown'] as const;
export type CostWay = (typeof COST_WAYS)[number];

/**
 * How a kind of cost is known: measured by ledger entries of that name, a price for each
 * occurrence of an event, a share of revenue, none for a stated reason, or unknown.
 */
export type CostDeclaration =
  | { how: 'events' }
  /** `amountMinor` is the price of one occurrence, not negative. */
  | { how: 'unit_price'; event: string; amountMinor: number; currency: string }
  /** Fraction of revenue, 0 to 1. */
  | { how: 'rate'; ofRevenue: number }
  | { how: 'none'; because: string }
  | { how: 'unknown' };

/** The kinds every project must answer for; it may add its own. */
export const COST_KINDS = ['cogs', 'incentive', 'support_cost'] as const;
export type CostDeclarations = Readonly<Record<string, CostDeclaration>>;

/** A project that has declared nothing knows nothing of its costs. */
export const UNDECLARED_COSTS: CostDeclarations = Object.fromEntries(
  COST_KINDS.map((kind) => [kind, { how: 'unknown' } as const]),
);

export const PROFIT_COVERAGES = ['full', 'partial'] as const;
export type ProfitCoverage = (typeof PROFIT_COVERAGES)[number];

export interface CostCoverage {
  /** `partial` as long as any kind of cost is unknown: the sum is then called partial profit. */
  coverage: ProfitCoverage;
  /** The kinds nobody knows, sorted. */
  unknown: readonly string[];
}

export function costCoverage(costs: CostDeclarations): CostCoverage {
  const kinds = new Set<string>([...COST_KINDS, ...Object.keys(costs)]);
  const unknown = [...kinds]
    .filter((kind) => (costs[kind]?.how ?? 'unknown') === 'unknown')
    .toSorted();
  return { coverage: unknown.length === 0 ? 'full' : 'partial', unknown };
}

/** What is wrong with the declarations; pointers are into the project's body. */
export function validateCosts(costs: CostDeclarations): FieldError[] {
  return Object.entries(costs).flatMap(([kind, declaration]) => {
    const pointer = `/costs/${kind.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    // A kind is the name of its ledger entries, so it cannot be a name that means income.
    if (!OWN_NAME_PATTERN.test(kind) || signOf(kind) === 1) {
      return [{ pointer, code: 'invalid-cost-kind' }];
    }
    return faultsOf(declaration).map(([member, code]) => ({
      pointer: `${pointer}${member}`,
      code,
    }));
  });
}

function faultsOf(declaration: CostDeclaration): [member: string, code: string][] {
  switch (declaration.how) {
    case 'events':
    case 'unknown':
      return [];
    case 'unit_price': {
      const faults: [string, string][] = [];
      if (declaration.event.trim() === '') faults.push(['/event', 'event-missing']);
      if (!isAmountMinor(declaration.amountMinor) || declaration.amountMinor < 0) {
        faults.push(['/amountMinor', 'invalid-amount']);
      }
      if (!isCurrency(declaration.currency)) faults.push(['/currency', 'unknown-currency']);
      return faults;
    }
    case 'rate':
      return declaration.ofRevenue >= 0 && declaration.ofRevenue <= 1
        ? []
        : [['/ofRevenue', 'invalid-rate']];
    case 'none':
      return declaration.because.trim() === '' ? [['/because', 'reason-missing']] : [];
  }
}
