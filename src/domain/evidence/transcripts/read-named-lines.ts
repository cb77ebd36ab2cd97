import { assembleTurns } from './assemble-turns.js';
import { parseClock } from './cue-times.js';
import { nameSpeakers, type UnnamedCue } from './name-speakers.js';
import { ReadingNotes } from './reading-notes.js';
import { unreadable } from './refuse-transcript.js';
import { believedSpeakers, speakerPrefixOf } from './speaker-prefix.js';
import {
  linePlace,
  type ParsedTranscript,
  type TextLine,
  type TranscriptFormat,
} from './transcript.js';
import { writtenLines } from './transcript-text.js';

/** A time before the name: `[00:01:02] Anna: ...`. */
const LEADING_TIME = /^\s{0,8}[([]?(\d{1,4}(?::\d{2}){1,2}(?:[.,]\d{1,3})?)[)\]]?\s{1,8}/u;

/** Plain text in which `Name: ...` begins what somebody says; lines without a name go on. */
export function readNamedLines(text: string): ParsedTranscript {
  return readNames({
    format: 'named_lines',
    lines: writtenLines(text),
    notes: new ReadingNotes(),
  });
}

/** The same layout, whatever it stood in; `lines` are those with something on them. */
export function readNames(input: {
  format: TranscriptFormat;
  lines: readonly TextLine[];
  notes: ReadingNotes;
}): ParsedTranscript {
  const { format, lines, notes } = input;
  const speakers = speakersIn(lines.map(({ text }) => text));
  if (lines.length > 0 && speakers.size === 0) {
    throw unreadable(
      lines[0]?.place ?? linePlace(1),
      'no-speaker-line',
      'no line from here on begins with a speaker and a colon',
    );
  }
  const cues = nameSpeakers(
    lines.map((line) => timedLine(line, speakers)),
    notes,
  );
  return assembleTurns({ format, cues, carryOver: true, notes });
}

/** Whether somebody is named before a colon in one of these lines. */
export function hasNames(lines: readonly string[]): boolean {
  return speakersIn(lines).size > 0;
}

function speakersIn(lines: readonly string[]): ReadonlyMap<string, number> {
  return believedSpeakers(
    lines.flatMap((line) => speakerPrefixOf(line.replace(LEADING_TIME, ''))?.speaker ?? []),
  );
}

/** "10:30 works for me" is speech: a time is one only before a speaker's name. */
function timedLine({ text, place }: TextLine, speakers: ReadonlyMap<string, number>): UnnamedCue {
  const time = LEADING_TIME.exec(text);
  const startMs = time === null ? null : parseClock(time[1] ?? '');
  if (time === null || startMs === null) return { text, place };
  const rest = text.slice(time[0].length);
  const prefix = speakerPrefixOf(rest);
  const isNamed = prefix !== null && speakers.has(prefix.speaker);
  return isNamed ? { text: rest, startMs, place } : { text, place };
}
