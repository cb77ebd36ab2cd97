import type { RefiSource } from '../refi/refi-project.js';
import { codePointLength } from '../text.js';
import { TURN_TEXT_MAX, TURNS_MAX } from '../transcripts/limits.js';
import { emptyTranscript, unreadable } from '../transcripts/refuse-transcript.js';
import type { ParsedTranscript } from '../transcripts/transcript.js';

/**
 * The text of a source as a transcript, within the bounds that every transcript has.
 * @throws Invalid `transcript-empty`, `transcript-unreadable` with the turn
 */
export function transcriptOf(source: Pick<RefiSource, 'turns'>): ParsedTranscript {
  const turns = source.turns.map(({ speaker, text }) => ({ speaker, text }));
  if (turns.length === 0) throw emptyTranscript();
  if (turns.length > TURNS_MAX) {
    const fault = `a transcript has at most ${TURNS_MAX} turns`;
    throw unreadable(turnPlace(TURNS_MAX), 'too-many-turns', fault);
  }
  const long = turns.findIndex(({ text }) => codePointLength(text) > TURN_TEXT_MAX);
  if (long !== -1) {
    const fault = `more than ${TURN_TEXT_MAX} characters at once`;
    throw unreadable(turnPlace(long), 'turn-too-long', fault);
  }
  return { format: 'named_lines', turns, notes: [] };
}

/** Counted from 0 for programs, from 1 for people. */
function turnPlace(index: number): { pointer: string; words: string } {
  return { pointer: `/turns/${index}`, words: `turn ${index + 1}` };
}
