import { wordsOf } from '../text.js';

/**
 * Likeness of two texts: how many of their word pairs they share. It finds one person who was counted
 * under two names, and a rationale that was copied.
 *
 * Broder 1997, "On the resemblance and containment of documents" (shingles and their Jaccard index).
 * The thresholds were measured on 209,628 pairs of 648 written answers: the 99.9th percentile is
 * 0.039, three pairs exceed 0.10, and reading shows each of the three to be one person twice.
 */

/** Short answers are alike by chance: below this many words nothing is compared. */
export const LIKENESS_WORDS_MIN = 25;
/** From here on two people may be one. A person decides; nothing is merged by itself. */
export const SAME_PERSON_LIKENESS = 0.1;
/** Rationales share the vocabulary of their product, so what warns there lies higher. */
export const COPIED_WARN = 0.2;
export const COPIED_REFUSE = 0.6;

/** What is kept of a person's words to compare them: no word can be read from it. */
export interface Sketch {
  id: string;
  /** How many words the texts had. */
  words: number;
  /** Keyed hashes of the word pairs. */
  shingles: ReadonlySet<string>;
}

export interface LikelyPair {
  /** The smaller of the two ids. */
  one: string;
  other: string;
  /** Share of their word pairs that both have, `SAME_PERSON_LIKENESS` to 1. */
  likeness: number;
}

/**
 * The hashed pairs of neighbouring words, with case and Unicode form folded. A pair never crosses from
 * one text to the next: whether somebody else spoke in between must not make two answers alike. Where
 * a script has no spaces a run of letters is one word, so such texts seldom reach the 25 words.
 *
 * @param texts a person's turns, or the free texts of a rationale.
 * @param hash keyed by the caller, so that the sketch dies with the key.
 */
export function shinglesOf(
  texts: readonly string[],
  hash: (shingle: string) => string,
): Set<string> {
  const pairs = new Set<string>();
  for (const text of texts) {
    let previous: string | null = null;
    for (const { folded } of wordsOf(text)) {
      if (previous !== null) pairs.add(`${previous} ${folded}`);
      previous = folded;
    }
  }
  return new Set([...pairs].map(hash));
}

/** Shared members by all members, 0 to 1; null when neither set has any: nothing can be compared. */
export function jaccard(one: ReadonlySet<string>, other: ReadonlySet<string>): number | null {
  const [fewer, more] = one.size <= other.size ? [one, other] : [other, one];
  if (more.size === 0) return null;
  let shared = 0;
  for (const member of fewer) if (more.has(member)) shared += 1;
  return shared / (fewer.size + more.size - shared);
}

/**
 * Pairs of people who may be one, the most alike first and then by id. With `newcomers` only pairs
 * that have one of them are looked at, which is what a new interview asks.
 *
 * An inverted index counts what is shared, so the cost follows the word pairs that people have in
 * common: five hundred people of 6,000 words take a second or two, not the hours of comparing sets.
 */
export function likelyPairs(
  sketches: readonly Sketch[],
  newcomers?: ReadonlySet<string>,
): LikelyPair[] {
  const comparable = sketches.filter(
    ({ words, shingles }) => words >= LIKENESS_WORDS_MIN && shingles.size > 0,
  );
  // Those that are only compared against go first: what follows is counted against all before it.
  const ordered = newcomers
    ? comparable.toSorted((a, b) => Number(newcomers.has(a.id)) - Number(newcomers.has(b.id)))
    : comparable;
  const firstCompared = newcomers ? ordered.findIndex(({ id }) => newcomers.has(id)) : 0;
  if (firstCompared === -1) return [];
  const index = indexOfShared(ordered);
  const pairs: LikelyPair[] = [];
  const sharedWith = new Uint32Array(ordered.length);
  for (const [at, sketch] of ordered.entries()) {
    const lists = index[at] ?? [];
    if (at >= firstCompared) {
      sharedWith.fill(0, 0, at);
      for (const list of lists) {
        for (const before of list) sharedWith[before] = (sharedWith[before] ?? 0) + 1;
      }
      for (let before = 0; before < at; before += 1) {
        const pair = pairOf(ordered[before], sketch, sharedWith[before] ?? 0);
        if (pair !== null) pairs.push(pair);
      }
    }
    for (const list of lists) list.push(at);
  }
  return pairs.sort(
    (a, b) => b.likeness - a.likeness || compare(a.one, b.one) || compare(a.other, b.other),
  );
}

function pairOf(before: Sketch | undefined, sketch: Sketch, shared: number): LikelyPair | null {
  if (before === undefined || shared === 0) return null;
  const likeness = shared / (before.shingles.size + sketch.shingles.size - shared);
  if (likeness < SAME_PERSON_LIKENESS) return null;
  return before.id < sketch.id
    ? { one: before.id, other: sketch.id, likeness }
    : { one: sketch.id, other: before.id, likeness };
}

/**
 * For every sketch the lists of those shingles that somebody else has too; each list is to hold the
 * positions that had it so far. Most shingles are one person's own and never get a list.
 */
function indexOfShared(sketches: readonly Sketch[]): number[][][] {
  const firstHolder = new Map<string, number>();
  const lists = new Map<string, number[]>();
  for (const [at, { shingles }] of sketches.entries()) {
    for (const shingle of shingles) {
      const first = firstHolder.get(shingle);
      if (first === undefined) firstHolder.set(shingle, at);
      else if (!lists.has(shingle)) lists.set(shingle, []);
    }
  }
  return sketches.map(({ shingles }) => {
    const shared: number[][] = [];
    for (const shingle of shingles) {
      const list = lists.get(shingle);
      if (list !== undefined) shared.push(list);
    }
    return shared;
  });
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
