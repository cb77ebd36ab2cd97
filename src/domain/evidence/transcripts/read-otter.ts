import { assembleTurns } from './assemble-turns.js';
import { parseClock } from './cue-times.js';
import { SPEAKER_MAX } from './limits.js';
import { ReadingNotes } from './reading-notes.js';
import { unreadable } from './refuse-transcript.js';
import {
  type Cue,
  linePlace,
  type ParsedTranscript,
  type TextLine,
  type TranscriptFormat,
} from './transcript.js';
import { cleanSpeaker, foldSpace, writtenLines } from './transcript-text.js';

/** The tool's signature under the text. */
const SIGNATURE = 'Transcribed by https://otter.ai';

interface SpeakerLine {
  speaker: string;
  startMs: number;
}

/**
 * Text as Otter exports it: a header, then for each paragraph a line with name and time
 * (`Anna  1:02`), the words, an empty line.
 */
export function readOtter(text: string): ParsedTranscript {
  return readTimedNames({ format: 'otter', lines: writtenLines(text), notes: new ReadingNotes() });
}

/** The same layout, whatever it stood in; `lines` are those with something on them. */
export function readTimedNames(input: {
  format: TranscriptFormat;
  lines: readonly TextLine[];
  notes: ReadingNotes;
}): ParsedTranscript {
  const { format, lines, notes } = input;
  const cues: Cue[] = [];
  let said: string[] = [];
  const endCue = () => {
    const cue = cues.at(-1);
    if (cue !== undefined) cue.text = foldSpace(said.join('\n'));
    said = [];
  };
  for (const { text, place } of lines) {
    const header = speakerLineOf(text);
    if (header !== null) {
      endCue();
      cues.push({ ...header, text: '', place });
    } else if (cues.length === 0) {
      notes.add('before-first-speaker', place);
    } else if (text.trim() === SIGNATURE) {
      notes.add('not-spoken', place);
    } else {
      said.push(text);
    }
  }
  endCue();
  if (cues.length === 0 && lines.length > 0) {
    throw unreadable(
      lines[0]?.place ?? linePlace(1),
      'no-speaker-line',
      'no line from here on has a speaker and a time',
    );
  }
  return assembleTurns({ format, cues, carryOver: false, notes });
}

/** `Name  mm:ss`, with two spaces or a tab between: one space is how people end a sentence. */
export function speakerLineOf(line: string): SpeakerLine | null {
  if (line.length > 2 * SPEAKER_MAX + 40) return null;
  const trimmed = line.trim();
  const space = trimmed.search(/\s\S{4,13}$/u);
  if (space === -1) return null;
  const startMs = parseClock(trimmed.slice(space + 1));
  const name = trimmed.slice(0, space).trimEnd();
  const gap = trimmed.slice(name.length, space + 1);
  const speaker = cleanSpeaker(name);
  if (startMs === null || speaker === null) return null;
  return gap.length >= 2 || gap === '\t' ? { speaker, startMs } : null;
}
