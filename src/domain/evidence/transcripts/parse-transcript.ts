import { detectFormat } from './detect-format.js';
import { readNamedLines } from './read-named-lines.js';
import { readOtter } from './read-otter.js';
import { readPodcastJson } from './read-podcast-json.js';
import { readSrt } from './read-srt.js';
import { readWebVtt } from './read-webvtt.js';
import { emptyTranscript, unreadable } from './refuse-transcript.js';
import { linePlace, type ParsedTranscript, type TextFormat } from './transcript.js';

const READERS: Readonly<Record<TextFormat, (text: string) => ParsedTranscript>> = {
  webvtt: readWebVtt,
  srt: readSrt,
  otter: readOtter,
  named_lines: readNamedLines,
  podcast_json: readPodcastJson,
};

/**
 * The one way in for transcripts that are text: in the format that is given, else in the one that
 * is seen. Throws `transcript-empty` when nobody says anything, `transcript-unreadable` with the
 * place of the first fault otherwise.
 */
export function parseTranscript(input: {
  text: string;
  format?: TextFormat;
  fileName?: string;
  contentType?: string;
}): ParsedTranscript {
  if (input.text.trim() === '') throw emptyTranscript();
  const format = input.format ?? detectFormat(input);
  if (format === null) {
    throw unreadable(
      linePlace(1),
      'format-unknown',
      'no speaker, time or known format is found from here on',
    );
  }
  return READERS[format](input.text);
}
