import { notComputed, type NotComputed } from '../../../stats/outcome.js';

/** Agreement from which a conclusion is firm, and from which it is tentative (Krippendorff 2004). */
export const ALPHA_FIRM = 0.8;
export const ALPHA_TENTATIVE = 0.667;

export const ALPHA_LABELS = ['firm', 'tentative', 'weak'] as const;
export type AlphaLabel = (typeof ALPHA_LABELS)[number];

export interface AgreementAlpha {
  ok: true;
  /** 1 is perfect, 0 is what chance would give, below 0 readers contradict each other. */
  alpha: number;
  label: AlphaLabel;
  /** Readers with at least one value that can be compared. */
  readers: number;
  /** Items that at least two readers judged. */
  items: number;
  /** Values on those items. */
  values: number;
  /** Share of comparisons that differ, as seen and as chance would have it. */
  observedDisagreement: number;
  expectedDisagreement: number;
}

/**
 * Krippendorff's alpha for categories, with readers who did not judge everything: 1 - Do/De, where
 * each item weighs its pairs by 1 / (values - 1) and chance draws two of all comparable values
 * (Krippendorff 2004, Content Analysis, chapter 11; Hayes and Krippendorff 2007, Communication
 * Methods and Measures 1:77-89). An item that only one reader judged says nothing and is left out.
 *
 * @param judged one row per reader, one place per item; null where the reader gave no judgement.
 */
export function krippendorffAlpha(
  judged: readonly (readonly (string | null)[])[],
): AgreementAlpha | NotComputed {
  const items = pairableItems(judged);
  if (items.length === 0) {
    return notComputed('too-few', 'No item was judged by two readers, so nothing can be compared.');
  }
  const totals = new Map<string, number>();
  let values = 0;
  let observed = 0;
  for (const counts of items) {
    const size = sumOf(counts.values());
    values += size;
    observed += (size ** 2 - squaresOf(counts.values())) / (size - 1);
    for (const [value, count] of counts) totals.set(value, (totals.get(value) ?? 0) + count);
  }
  const differing = values ** 2 - squaresOf(totals.values());
  if (differing === 0) {
    return notComputed(
      'no-variance',
      'Every judgement is the same, so agreement cannot be told from chance.',
    );
  }
  const observedDisagreement = observed / values;
  const expectedDisagreement = differing / (values * (values - 1));
  const alpha = 1 - observedDisagreement / expectedDisagreement;
  const readers = judged.filter((row) => row.some((value, item) => isPaired(judged, value, item)));
  return {
    ok: true,
    alpha,
    label: alphaLabel(alpha),
    readers: readers.length,
    items: items.length,
    values,
    observedDisagreement,
    expectedDisagreement,
  };
}

/** For every item with two judgements or more, how many readers gave each value. */
function pairableItems(
  judged: readonly (readonly (string | null)[])[],
): ReadonlyMap<string, number>[] {
  const width = judged.reduce((most, row) => Math.max(most, row.length), 0);
  return Array.from({ length: width }, (_, item) => {
    const counts = new Map<string, number>();
    for (const row of judged) {
      const value = row[item] ?? null;
      if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return counts;
  }).filter((counts) => sumOf(counts.values()) >= 2);
}

function isPaired(
  judged: readonly (readonly (string | null)[])[],
  value: string | null,
  item: number,
): boolean {
  return value !== null && judged.filter((row) => (row[item] ?? null) !== null).length >= 2;
}

/** What an alpha allows to conclude. */
export function alphaLabel(alpha: number): AlphaLabel {
  if (alpha >= ALPHA_FIRM) return 'firm';
  return alpha >= ALPHA_TENTATIVE ? 'tentative' : 'weak';
}

function sumOf(counts: Iterable<number>): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}

function squaresOf(counts: Iterable<number>): number {
  let squares = 0;
  for (const count of counts) squares += count ** 2;
  return squares;
}
