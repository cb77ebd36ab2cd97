import { codePointLength, wordsOf, type Word } from './text.js';

/** A span in code points of the turn's original text, with the share of the words that agree. */
export interface ClosestSpan {
  turn: number;
  start: number;
  end: number;
  /** 1 minus the word edits needed, per word of what was looked for; 0 to 1. */
  similarity: number;
}

/** Longer requests are compared by their beginning: cost grows with words asked times words said. */
const CLOSEST_WORDS_MAX = 300;
/** Below this a span shares little more than common words, and showing it would mislead. */
const CLOSEST_SIMILARITY_MIN = 0.3;

interface Alignment {
  edits: number;
  firstWord: number;
  lastWord: number;
}

/**
 * Best place in `said` for all of `asked`, by word edits; a free start and end in `said`.
 *
 * P. H. Sellers, "The theory and computation of evolutionary distances", J. Algorithms 1 (1980):
 * edit distance with a first row of zeros. Time |asked| x |said|, memory |asked|.
 */
function alignWords(asked: readonly string[], said: readonly Word[]): Alignment | null {
  const size = asked.length;
  let edits = Int32Array.from({ length: size + 1 }, (_, row) => row);
  let begins = new Int32Array(size + 1);
  let nextEdits = new Int32Array(size + 1);
  let nextBegins = new Int32Array(size + 1);
  let best: Alignment | null = null;
  for (const [column, word] of said.entries()) {
    nextEdits[0] = 0;
    nextBegins[0] = column + 1;
    for (let row = 1; row <= size; row += 1) {
      const replaced = (edits[row - 1] ?? 0) + (asked[row - 1] === word.folded ? 0 : 1);
      const notSaid = (nextEdits[row - 1] ?? 0) + 1;
      const notAsked = (edits[row] ?? 0) + 1;
      const fewest = Math.min(replaced, notSaid, notAsked);
      nextEdits[row] = fewest;
      // A changed word stays inside the span, so that the reader sees what was said instead.
      if (fewest === replaced) nextBegins[row] = begins[row - 1] ?? column;
      else if (fewest === notAsked) nextBegins[row] = begins[row] ?? column;
      else nextBegins[row] = nextBegins[row - 1] ?? column;
    }
    [edits, nextEdits] = [nextEdits, edits];
    [begins, nextBegins] = [nextBegins, begins];
    const candidate = {
      edits: edits[size] ?? size,
      firstWord: begins[size] ?? 0,
      lastWord: column,
    };
    if (candidate.firstWord <= column && isBetter(candidate, best, size)) best = candidate;
  }
  return best;
}

function isBetter(candidate: Alignment, best: Alignment | null, size: number): boolean {
  if (best === null) return true;
  if (candidate.edits !== best.edits) return candidate.edits < best.edits;
  const offBy = (one: Alignment) => Math.abs(one.lastWord - one.firstWord + 1 - size);
  return offBy(candidate) < offBy(best);
}

/** The span most like `text`, or null when nothing comes near. */
export function closestSpan(
  text: string,
  turns: readonly { index: number; text: string }[],
): ClosestSpan | null {
  const asked = wordsOf(text)
    .slice(0, CLOSEST_WORDS_MAX)
    .map((word) => word.folded);
  if (asked.length === 0) return null;
  let best: ClosestSpan | null = null;
  for (const turn of turns) {
    const said = wordsOf(turn.text);
    const alignment = alignWords(asked, said);
    if (alignment === null) continue;
    const similarity = Math.max(0, 1 - alignment.edits / asked.length);
    if (similarity < CLOSEST_SIMILARITY_MIN || similarity <= (best?.similarity ?? 0)) continue;
    const startUnit = said[alignment.firstWord]?.startUnit ?? 0;
    const endUnit = said[alignment.lastWord]?.endUnit ?? turn.text.length;
    const start = codePointLength(turn.text.slice(0, startUnit));
    const end = start + codePointLength(turn.text.slice(startUnit, endUnit));
    best = { turn: turn.index, start, end, similarity };
  }
  return best;
}
