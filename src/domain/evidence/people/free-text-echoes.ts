import { QUOTE_WORDS_MIN, wordsOf } from '../text.js';

/** A place that members write in themselves, and what stands there. */
export interface FreeText {
  objectType: string;
  objectId: string;
  /** JSON Pointer (RFC 6901) into the object. */
  pointer: string;
  text: string;
}

export type FreeTextPlace = Omit<FreeText, 'text'>;

/** Receipts stay readable; whoever pasted more than this starts with these. */
export const ECHOES_MAX = 500;
/** Twenty hours of talk. Past this, what was said first is what is looked for. */
const SPOKEN_WORDS_MAX = 200_000;
/** Where words are not parted by spaces, as many letters as say as much as six words. */
const LETTERS_WINDOW = 24;

/**
 * Every window of what somebody said: six whole words, or 24 letters that no space interrupts.
 * @param texts what was said, turn by turn: a window never crosses from one to the next.
 */
export function windowsOf(texts: readonly string[]): Set<string> {
  const windows = new Set<string>();
  let words = 0;
  for (const text of texts) {
    const folded = wordsOf(text).map((word) => word.folded);
    words += folded.length;
    if (words > SPOKEN_WORDS_MAX) break;
    for (const window of windowsIn(text, folded)) windows.add(window);
  }
  return windows;
}

function echoes(windows: ReadonlySet<string>, text: string): boolean {
  const folded = wordsOf(text).map((word) => word.folded);
  for (const window of windowsIn(text, folded)) if (windows.has(window)) return true;
  return false;
}

function* windowsIn(text: string, words: readonly string[]): Generator<string> {
  for (let at = 0; at + QUOTE_WORDS_MIN <= words.length; at += 1) {
    yield words.slice(at, at + QUOTE_WORDS_MIN).join(' ');
  }
  for (const run of text.split(/\s+/u)) {
    // Fewer code units cannot be enough code points; most words of most languages end here.
    if (run.length < LETTERS_WINDOW) continue;
    const letters = Array.from(
      run
        .normalize('NFC')
        .toLowerCase()
        .replace(/[^\p{L}\p{M}\p{N}]/gu, ''),
    );
    for (let at = 0; at + LETTERS_WINDOW <= letters.length; at += 1) {
      yield letters.slice(at, at + LETTERS_WINDOW).join('');
    }
  }
}

/** Where words of a person stand in free text, in the order given and without the words. */
export function freeTextEchoes(
  windows: ReadonlySet<string>,
  fields: Iterable<FreeText>,
  max: number = ECHOES_MAX,
): FreeTextPlace[] {
  const places: FreeTextPlace[] = [];
  if (windows.size === 0) return places;
  for (const { text, ...place } of fields) {
    if (places.length >= max) break;
    if (echoes(windows, text)) places.push(place);
  }
  return places;
}

/** Every text inside a JSON value, with its pointer. Names of members are ours or keys, never prose. */
export function* textsIn(
  value: unknown,
  pointer = '',
): Generator<Pick<FreeText, 'pointer' | 'text'>> {
  if (typeof value === 'string') yield { pointer, text: value };
  else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      yield* textsIn(member, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    }
  }
}
