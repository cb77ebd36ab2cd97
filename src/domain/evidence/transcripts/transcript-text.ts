import { LINES_MAX } from './limits.js';
import { unreadable } from './refuse-transcript.js';
import { linePlace, type TextLine } from './transcript.js';

/** Zero-width and direction marks: they make two names look like one. */
const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/gu;

/** White space as one reads it: every run is one space, none at the ends. */
export function foldSpace(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}

/** Without a byte order mark, line ends as LF; NUL, which no store takes, as the replacement mark. */
export function plainText(text: string): string {
  return text
    .replace(/^\ufeff/u, '')
    .replace(/\r\n?/gu, '\n')
    .replaceAll('\0', '\ufffd');
}

/** Throws when there are more lines than a transcript may have. */
export function linesOf(text: string): string[] {
  const lines = plainText(text).split('\n');
  if (lines.length > LINES_MAX) {
    throw unreadable(
      linePlace(LINES_MAX + 1),
      'too-many-lines',
      `a transcript has at most ${LINES_MAX} lines`,
    );
  }
  return lines;
}

/** The lines on which something stands. */
export function writtenLines(text: string): TextLine[] {
  const written: TextLine[] = [];
  for (const [index, line] of linesOf(text).entries()) {
    if (line.trim() !== '') written.push({ text: line, place: linePlace(index + 1) });
  }
  return written;
}

/** A name as it may be stored, or null when nothing of it can be seen. */
export function cleanSpeaker(raw: string): string | null {
  const name = foldSpace(raw.replace(INVISIBLE, '')).toWellFormed();
  return name === '' ? null : name;
}
