import { parseTimingLine } from './cue-times.js';
import { hasNames } from './read-named-lines.js';
import { speakerLineOf } from './read-otter.js';
import { WEBVTT_HEADER } from './read-webvtt.js';
import type { TextFormat } from './transcript.js';
import { linesOf } from './transcript-text.js';

/** By then somebody has spoken. */
const LINES_LOOKED_AT = 5_000;

const BY_CONTENT_TYPE: Readonly<Record<string, TextFormat>> = {
  'text/vtt': 'webvtt',
  'application/x-subrip': 'srt',
  'application/srt': 'srt',
  'text/srt': 'srt',
  'application/json': 'podcast_json',
};

const BY_EXTENSION: Readonly<Record<string, TextFormat>> = {
  vtt: 'webvtt',
  srt: 'srt',
  json: 'podcast_json',
};

/**
 * Which format a text is in. What the text shows comes first, since files are renamed and
 * browsers guess types; what it is called decides only when the text shows nothing, so that the
 * reader can say what is wrong with it. Null when neither tells.
 */
export function detectFormat(input: {
  text: string;
  fileName?: string;
  contentType?: string;
}): TextFormat | null {
  return formatOfText(input.text) ?? formatOfName(input);
}

function formatOfText(text: string): TextFormat | null {
  const lines = linesOf(text).slice(0, LINES_LOOKED_AT);
  if (WEBVTT_HEADER.test((lines[0] ?? '').slice(0, 10))) return 'webvtt';
  const start = text.slice(0, 1_000).trimStart();
  if (/^\{\s*["}]/u.test(start)) return 'podcast_json';
  if (lines.some((line) => parseTimingLine(line) !== null)) return 'srt';
  if (lines.some((line) => speakerLineOf(line) !== null)) return 'otter';
  return hasNames(lines) ? 'named_lines' : null;
}

function formatOfName({
  fileName = '',
  contentType = '',
}: {
  fileName?: string;
  contentType?: string;
}): TextFormat | null {
  const type = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  const extension = fileName.slice(fileName.lastIndexOf('.') + 1).toLowerCase();
  return memberOf(BY_CONTENT_TYPE, type) ?? memberOf(BY_EXTENSION, extension);
}

function memberOf(table: Readonly<Record<string, TextFormat>>, name: string): TextFormat | null {
  return Object.hasOwn(table, name) ? (table[name] ?? null) : null;
}
