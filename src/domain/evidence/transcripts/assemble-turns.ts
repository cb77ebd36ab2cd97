import { codePointLength } from '../text.js';
import { SPEAKER_MAX, TURN_GAP_MS_MAX, TURN_TEXT_MAX, TURNS_MAX } from './limits.js';
import type { ReadingNotes } from './reading-notes.js';
import { emptyTranscript, unreadable } from './refuse-transcript.js';
import type { Cue, ParsedTranscript, ParsedTurn, TranscriptFormat } from './transcript.js';

interface OpenTurn {
  speaker: string | null;
  texts: string[];
  /** Code points so far, with the spaces between. */
  length: number;
  startMs?: number;
  /** The latest end so far; absent when the format tells none. */
  endMs?: number;
}

/**
 * Cues as turns: a quote often spans several cues, so those that follow each other in one voice
 * become one text, joined by single spaces. Another speaker or a silence of more than a minute
 * begins a new turn, and so does the longest text that a turn may have.
 *
 * `carryOver` says what a cue without a name means in this file: more of the speaker before, or
 * words of nobody known.
 */
export function assembleTurns(input: {
  format: TranscriptFormat;
  cues: Iterable<Cue>;
  carryOver: boolean;
  notes: ReadingNotes;
}): ParsedTranscript {
  const { format, notes } = input;
  const turns: ParsedTurn[] = [];
  let open: OpenTurn | null = null;
  for (const cue of input.cues) {
    if (cue.text === '') continue;
    const speaker = speakerOf(cue, input.carryOver ? (open?.speaker ?? null) : null, notes);
    const text = cue.text.toWellFormed();
    const length = codePointLength(text);
    if (length > TURN_TEXT_MAX) {
      throw unreadable(cue.place, 'turn-too-long', `more than ${TURN_TEXT_MAX} characters at once`);
    }
    if (open !== null && continues(open, speaker, cue)) {
      if (open.length + 1 + length <= TURN_TEXT_MAX) {
        open.texts.push(text);
        open.length += 1 + length;
        if (cue.endMs !== undefined) open.endMs = Math.max(open.endMs ?? 0, cue.endMs);
        continue;
      }
      notes.add('turn-divided', cue.place);
    }
    if (open !== null) turns.push(closed(open));
    if (turns.length >= TURNS_MAX) {
      throw unreadable(cue.place, 'too-many-turns', `a transcript has at most ${TURNS_MAX} turns`);
    }
    open = { speaker, texts: [text], length, ...timesOf(cue) };
  }
  if (open === null) throw nothingSaid(notes);
  turns.push(closed(open));
  return { format, turns, notes: notes.inWords() };
}

function speakerOf(cue: Cue, before: string | null, notes: ReadingNotes): string | null {
  if (cue.speaker === null) {
    notes.add(before === null ? 'speaker-missing' : 'speaker-carried', cue.place);
    return before;
  }
  if (codePointLength(cue.speaker) > SPEAKER_MAX) {
    throw unreadable(
      cue.place,
      'speaker-too-long',
      `a speaker's name has at most ${SPEAKER_MAX} characters`,
    );
  }
  return cue.speaker;
}

function continues(open: OpenTurn, speaker: string | null, cue: Cue): boolean {
  if (open.speaker !== speaker) return false;
  if (open.endMs === undefined || cue.startMs === undefined) return true;
  return cue.startMs - open.endMs <= TURN_GAP_MS_MAX;
}

function timesOf({ startMs, endMs }: Cue): Pick<Cue, 'startMs' | 'endMs'> {
  return {
    ...(startMs === undefined ? {} : { startMs }),
    ...(endMs === undefined ? {} : { endMs }),
  };
}

function closed({ speaker, texts, startMs }: OpenTurn): ParsedTurn {
  return { speaker, text: texts.join(' '), ...(startMs === undefined ? {} : { startMs }) };
}

function nothingSaid(notes: ReadingNotes): Error {
  const broken = notes.firstPlace('time-unreadable') ?? notes.firstPlace('time-missing');
  if (broken === null) return emptyTranscript();
  return unreadable(broken, 'time-unreadable', 'no cue of this file has a time that can be read');
}
