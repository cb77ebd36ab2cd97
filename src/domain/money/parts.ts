import type { Filter } from '../metrics/filter.js';
import { COST_KINDS, type CostDeclarations } from './costs.js';
import { LEDGER_SIGNS } from './ledger.js';

/** What an amount of money is made of: entries of the ledger by name, and costs as they are declared. */

export const PART_WAYS = ['entries', 'unit_price', 'rate', 'other'] as const;
/** How a part of the money is known; `other` is what is left of the sum: names of the project's own. */
export type PartWay = (typeof PART_WAYS)[number];

/** How a part is summed. `left_out`: entries that do not count, because their kind is declared. */
export type SummedWay = Exclude<PartWay, 'other'> | 'left_out';

export interface SummedPart {
  /** Of the ledger, or of the kind of cost. */
  name: string;
  how: SummedWay;
}

/** What of the ledger a metric counts: `null` is all of it; conditions choose single entries. */
export interface CountedLedger {
  names: readonly string[] | null;
  filters: readonly Filter[];
}

/**
 * The kinds of cost that count as they are declared, by price or by rate, and not by their entries:
 * a cost counts once. The declaration wins, because the plan froze it before anything came in, and
 * says of every occurrence what entries may say of some; what entries of the name amount to is said
 * beside the numbers. Entries that are chosen by their properties are no kind as a whole: they count,
 * and what is declared does not.
 */
export function declaredKinds(
  { names, filters }: CountedLedger,
  costs: CostDeclarations,
): { kind: string; how: 'unit_price' | 'rate' }[] {
  if (filters.length > 0) return [];
  return Object.entries(costs).flatMap(([kind, { how }]) =>
    (how === 'unit_price' || how === 'rate') && (names === null || names.includes(kind))
      ? [{ kind, how }]
      : [],
  );
}

/**
 * The parts that are summed: the names everybody shares, the kinds of cost that the plan declares, or
 * those of them that the metric names; and what is left out beside a declared cost. What the whole has
 * beyond them is of other names.
 */
export function summedParts(ledger: CountedLedger, costs: CostDeclarations): SummedPart[] {
  const declared = declaredKinds(ledger, costs);
  const own = Object.keys(costs).filter((kind) => !COST_KINDS.some((known) => known === kind));
  const names = ledger.names ?? [...Object.keys(LEDGER_SIGNS), ...own.toSorted()];
  const parts = [...new Set(names)].map((name): SummedPart => {
    const found = declared.find(({ kind }) => kind === name);
    return { name, how: found?.how ?? 'entries' };
  });
  const leftOut = declared.map(({ kind }): SummedPart => ({ name: kind, how: 'left_out' }));
  return [...parts, ...leftOut];
}
