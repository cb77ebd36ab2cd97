import { BECAUSE_PARTS, type Rationale } from '../experiments/definition.js';
import { jaccard, LIKENESS_WORDS_MIN, shinglesOf } from './measures/likeness.js';
import { countWords } from './text.js';

/**
 * The free text of a reason, one passage a line: what its author wrote, without ids and keys. What
 * every reason of a project shares by form (departments, metrics) is left out.
 */
export function rationaleText(rationale: Rationale): string {
  const passages = [
    ...BECAUSE_PARTS.map((part) => rationale.because?.[part]?.text),
    rationale.experience?.betterOff,
    rationale.experience?.worseOff,
    rationale.wrongIf,
    ...(rationale.otherExplanations ?? []).map(({ explanation }) => explanation),
    ...(rationale.otherChanges ?? []).flatMap(({ change, whyNot }) => [change, whyNot]),
  ];
  return passages
    .map((passage) => (passage ?? '').replace(/\s+/gu, ' ').trim())
    .filter((passage) => passage !== '')
    .join('\n');
}

/**
 * How alike two reasons are, as texts of `rationaleText`: the share of word pairs they have in common.
 * Null where one has fewer than 25 words: short texts are alike by chance.
 */
export function likenessOfReasons(one: string, other: string): number | null {
  if (countWords(one) < LIKENESS_WORDS_MIN || countWords(other) < LIKENESS_WORDS_MIN) return null;
  const pairsOf = (text: string) => shinglesOf(text.split('\n'), (pair) => pair);
  return jaccard(pairsOf(one), pairsOf(other));
}
