import { assembleTurns } from './assemble-turns.js';
import { readCueText } from './cue-text.js';
import { parseTimingLine, TIME_ARROW } from './cue-times.js';
import { nameSpeakers, type UnnamedCue } from './name-speakers.js';
import { ReadingNotes } from './reading-notes.js';
import { unreadable } from './refuse-transcript.js';
import { linePlace, type ParsedTranscript } from './transcript.js';
import { cleanSpeaker, foldSpace, linesOf } from './transcript-text.js';

export const WEBVTT_HEADER = /^WEBVTT(?:[ \t]|$)/u;
/** Blocks that are not said: comments, looks, places on the screen. */
const ASIDE = /^(?:NOTE(?:[ \t]|$)|(?:STYLE|REGION)[ \t]*$)/u;

/**
 * WebVTT (W3C), as Teams, Zoom and podcast hosts write it. Speakers stand in voice spans
 * (`<v Anna>`) or, where a file has none, as `Name:` before the text and stay until the next name.
 * A file with voice spans says by a missing one that nobody knows who speaks. Cues without a
 * readable time are left out and noted, as the standard does.
 */
export function readWebVtt(text: string): ParsedTranscript {
  const lines = linesOf(text);
  if (!WEBVTT_HEADER.test((lines[0] ?? '').slice(0, 10))) {
    throw unreadable(linePlace(1), 'header-missing', 'a WebVTT file begins with the word WEBVTT');
  }
  const notes = new ReadingNotes();
  const cues = collectCues(lines, notes).map((cue) => ({ cue, spans: readCueText(cue.text) }));
  const isVoiced = cues.some(({ spans }) => spans.some(({ voice }) => voice !== null));
  const named = isVoiced
    ? cues.flatMap(({ cue, spans }) =>
        spans.map(({ voice, text: said }) => ({
          ...cue,
          speaker: cleanSpeaker(voice ?? ''),
          text: foldSpace(said),
        })),
      )
    : nameSpeakers(
        cues.map(({ cue, spans }) => ({ ...cue, text: spans[0]?.text ?? '' })),
        notes,
      );
  return assembleTurns({ format: 'webvtt', cues: named, carryOver: !isVoiced, notes });
}

function collectCues(lines: readonly string[], notes: ReadingNotes): UnnamedCue[] {
  const cues: UnnamedCue[] = [];
  let at = afterHeader(lines);
  while (at < lines.length) {
    const line = lines[at] ?? '';
    if (line === '') {
      at += 1;
      continue;
    }
    const timing = hasArrow(line) ? at : hasArrow(lines[at + 1] ?? '') ? at + 1 : null;
    const end = endOfText(lines, timing === null ? at : timing + 1);
    const place = linePlace((timing ?? at) + 1);
    const times = timing === null ? null : parseTimingLine(lines[timing] ?? '');
    if (timing !== null && times !== null) {
      cues.push({ ...times, text: lines.slice(timing + 1, end).join('\n'), place });
    } else if (timing !== null) {
      notes.add('time-unreadable', place);
    } else if (!ASIDE.test(line.slice(0, 100))) {
      notes.add('time-missing', place);
    }
    at = end;
  }
  return cues;
}

/** The header goes on to the first empty line; a careless writer leaves that out. */
function afterHeader(lines: readonly string[]): number {
  const end = lines.findIndex((line, index) => index > 0 && (line === '' || hasArrow(line)));
  return end === -1 ? lines.length : end;
}

function endOfText(lines: readonly string[], from: number): number {
  let end = from;
  while (end < lines.length && lines[end] !== '' && !hasArrow(lines[end] ?? '')) end += 1;
  return end;
}

function hasArrow(line: string): boolean {
  return line.includes(TIME_ARROW);
}
