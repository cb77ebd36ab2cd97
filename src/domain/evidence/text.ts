/**
 * Text as the evidence rules read it. Positions are code points, because that is what a person
 * counts and what REFI-QDA exchanges; UTF-16 units would shift every position after an emoji.
 */

/** Below this, the same words often occur in another person's text by chance. */
export const QUOTE_WORDS_MIN = 6;
/** The same floor where words are not separated by spaces. */
const QUOTE_LETTERS_MIN = 24;

/** A run of letters and digits; an apostrophe inside a word does not split it. */
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:['\u2019][\p{L}\p{N}\p{M}]+)*/gu;

const UNSPACED_LETTER =
  /(?=\p{L})[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;

/**
 * A stretch that normalises alone: a run of white space, or a character with what can compose with
 * it (marks, Hangul vowels and finals, the one composing vowel of Kirat Rai).
 */
const CLUSTER =
  /\s+|[^\s\p{M}\u1160-\u11ff\u{16d67}][\p{M}\u1160-\u11ff\u{16d67}]*|[\p{M}\u1160-\u11ff\u{16d67}]+/gu;

/** White space that folding would change. */
const UNEVEN_SPACE = /[^\S ]| {2}/u;

// oxlint-disable-next-line no-control-regex
const ASCII = /^[\0-\x7f]*$/;

export interface Word {
  /** Normalised and in lower case. */
  folded: string;
  /** UTF-16 offsets in the text it was found in, half-open. */
  startUnit: number;
  endUnit: number;
}

/** Folded text that remembers where each of its units came from. */
export interface FoldedText {
  text: string;
  /** Code point of the original at which the unit's cluster begins; -1 inside a cluster. */
  starts: readonly number[];
  /** Code point of the original just after the unit's cluster; -1 before its last unit. */
  ends: readonly number[];
}

export function codePointLength(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** The code points in [start, end), as `String.prototype.slice` does for UTF-16 units. */
export function sliceCodePoints(text: string, start: number, end: number): string {
  return Array.from(text).slice(start, end).join('');
}

/** NFC, with every run of white space as one space and none at the ends: what "verbatim" compares. */
export function foldForMatching(text: string): string {
  const composed = text.normalize('NFC');
  // Most texts are even: putting each space in place of itself would cost more than all the rest.
  return (UNEVEN_SPACE.test(composed) ? composed.replace(/\s+/gu, ' ') : composed).trim();
}

/** `foldForMatching`, with the way back to the original positions. */
export function foldWithPositions(original: string): FoldedText {
  const starts: number[] = [];
  const ends: number[] = [];
  let text = '';
  let position = 0;
  for (const [cluster] of original.matchAll(CLUSTER)) {
    const from = position;
    position += codePointLength(cluster);
    const isSpace = cluster.trim() === '';
    if (isSpace && text === '') continue;
    const folded = isSpace ? ' ' : cluster.normalize('NFC');
    for (let unit = 0; unit < folded.length; unit += 1) {
      starts.push(unit === 0 ? from : -1);
      ends.push(unit === folded.length - 1 ? position : -1);
    }
    text += folded;
  }
  if (text.endsWith(' ')) {
    text = text.slice(0, -1);
    starts.pop();
    ends.pop();
  }
  return { text, starts, ends };
}

export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const match of text.matchAll(WORD)) {
    words.push({
      folded: foldWord(match[0]),
      startUnit: match.index,
      endUnit: match.index + match[0].length,
    });
  }
  return words;
}

/** The words of `wordsOf` without their places, for texts that are compared as a whole. */
export function foldedWordsOf(text: string): string[] {
  // Here nothing composes, and lower case goes letter by letter: one step for the whole text.
  if (ASCII.test(text)) return text.toLowerCase().match(WORD) ?? [];
  return (text.match(WORD) ?? []).map(foldWord);
}

function foldWord(word: string): string {
  return word.normalize('NFC').toLowerCase();
}

export function countWords(text: string): number {
  return text.match(WORD)?.length ?? 0;
}

/** Long enough to count as somebody's own words rather than a common phrase. */
export function isCountableLength(text: string): boolean {
  if (countWords(text) >= QUOTE_WORDS_MIN) return true;
  return (text.match(UNSPACED_LETTER)?.length ?? 0) >= QUOTE_LETTERS_MIN;
}
