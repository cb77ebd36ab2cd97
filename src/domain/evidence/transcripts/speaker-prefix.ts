import { codePointLength } from '../text.js';
import { parseClock } from './cue-times.js';
import { cleanSpeaker } from './transcript-text.js';

/** Longer than this it is a sentence with a colon, not a name. */
const PREFIX_MAX = 60;
const PREFIX_WORDS_MAX = 6;
/** A name in lower case is believed only when it is short and comes again. */
const LOWER_CASE_WORDS_MAX = 2;
/** Particles inside names: "Anna von Braun". */
const PARTICLE_MAX = 3;

/** Dialogue dashes and the ">>" of captions for the deaf. */
const CHANGE_MARK = /^(?:>{1,3}|[-\u2013\u2014])\s{0,4}/u;
const NOT_IN_A_NAME = /[<>":;?!=\\\u00ab\u00bb\u201c-\u201e\u2026]|\/\//u;
const BRACKETED_TIME = /\s{0,4}[([]([\d:.,]{4,13})[)\]]$/u;

export interface PrefixedLine {
  speaker: string;
  /** What stands after the colon. */
  text: string;
  /** When a time stood beside the name. */
  startMs?: number;
}

/** `Name: text`, if the line could begin so; whether it is a name, the whole file decides. */
export function speakerPrefixOf(line: string): PrefixedLine | null {
  // Names are short: a line of megabytes is looked at no further than one.
  const head = line.slice(0, 2 * PREFIX_MAX + 20);
  if (!head.includes(':') && !head.includes('\uff1a')) return null;
  const colon = head.search(/:(?=\s|$)|\uff1a/u);
  if (colon === -1 || (colon === head.length - 1 && head.length < line.length)) return null;
  const before = head.slice(0, colon).trim().replace(CHANGE_MARK, '');
  const time = BRACKETED_TIME.exec(before);
  const startMs = time === null ? null : parseClock(time[1] ?? '');
  const speaker = cleanSpeaker(startMs === null ? before : before.slice(0, time?.index));
  if (speaker === null || !mayBeName(speaker)) return null;
  const text = line.slice(colon + 1).trim();
  return { speaker, text, ...(startMs === null ? {} : { startMs }) };
}

/** The same text without the dash or ">>" that only says that somebody else begins. */
export function withoutChangeMark(line: string): string {
  return line.trim().replace(/^>{1,3}\s{0,4}/u, '');
}

function mayBeName(text: string): boolean {
  if (codePointLength(text) > PREFIX_MAX || NOT_IN_A_NAME.test(text)) return false;
  if (text.split(' ').length > PREFIX_WORDS_MAX) return false;
  return /[\p{L}\p{N}]/u.test(text) && parseClock(text) === null;
}

/**
 * Which of the words before a colon are speakers. People use colons too ("So I told him: stop"), and
 * no list of words tells the two apart in every language. Believed is what comes again, and what is
 * written as names are: each word with a capital, or in a script without capitals. When it goes
 * wrong, a speaker too many is seen by whoever maps names to people; a speaker too few would put
 * one person's words into another's mouth.
 */
export function believedSpeakers(candidates: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of candidates) counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const [name, count] of counts) {
    const isShort = name.split(' ').length <= LOWER_CASE_WORDS_MAX;
    if (!isWrittenAsName(name) && !(count > 1 && isShort)) counts.delete(name);
  }
  return counts;
}

function isWrittenAsName(text: string): boolean {
  const words = text.split(' ');
  return words.every((word, index) => {
    if (!/^\p{P}*\p{Ll}/u.test(word)) return true;
    const isInside = index > 0 && index < words.length - 1;
    const isBracketed = word.startsWith('(') || word.endsWith(')');
    return isBracketed || (isInside && codePointLength(word) <= PARTICLE_MAX);
  });
}
