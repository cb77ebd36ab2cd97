import { closestSpan, type ClosestSpan } from './closest-span.js';
import { type QuoteContext, standsIn } from './interviews/quote-context.js';
import { foldForMatching, foldWithPositions, sliceCodePoints } from './text.js';

/** A speaker's turn; `participantId` is null for the interviewer. */
export interface SpokenTurn {
  index: number;
  participantId: string | null;
  text: string;
}

type QuoteRefusal = 'not-found' | 'not-participant';

/** Positions are half-open code points of the turn's text as it was stored. */
export type QuoteLocation =
  | {
      found: true;
      turn: number;
      start: number;
      end: number;
      /** The words at that place, as they were stored. */
      exact: string;
      participantId: string;
    }
  | { found: false; reason: QuoteRefusal; closest: ClosestSpan | null };

export type SpanVerification =
  { ok: true; exact: string; participantId: string } | { ok: false; reason: QuoteRefusal };

/**
 * Finds where somebody said `text`, word for word: equal after NFC and white-space folding, in
 * whole characters (an accent is never cut off). The first participant's turn wins. Words that only
 * the interviewer said are `not-participant`; anything else is `not-found`, with the closest span a
 * participant did say so that the author can correct the quote instead of guessing.
 */
export function locateQuote(input: {
  text: string;
  turns: readonly SpokenTurn[];
  /** Words that must stand just before and after, where the same words were said more than once. */
  context?: Partial<QuoteContext>;
}): QuoteLocation {
  const { context = {} } = input;
  const wanted = foldForMatching(input.text);
  if (wanted === '') return { found: false, reason: 'not-found', closest: null };
  let fromInterviewer: ClosestSpan | null = null;
  for (const turn of input.turns) {
    if (turn.participantId === null && fromInterviewer !== null) continue;
    const span = spanOf(wanted, turn.text, context);
    if (span === null) continue;
    if (turn.participantId === null) {
      fromInterviewer = { turn: turn.index, ...span, similarity: 1 };
      continue;
    }
    const exact = sliceCodePoints(turn.text, span.start, span.end);
    return { found: true, turn: turn.index, ...span, exact, participantId: turn.participantId };
  }
  if (fromInterviewer !== null) {
    return { found: false, reason: 'not-participant', closest: fromInterviewer };
  }
  const quotable = input.turns.filter((turn) => turn.participantId !== null);
  return { found: false, reason: 'not-found', closest: closestSpan(input.text, quotable) };
}

function spanOf(
  wanted: string,
  text: string,
  context: Partial<QuoteContext>,
): { start: number; end: number } | null {
  // Most turns do not hold the words: the cheap test spares mapping every position.
  if (!foldForMatching(text).includes(wanted)) return null;
  const folded = foldWithPositions(text);
  let at = folded.text.indexOf(wanted);
  while (at !== -1) {
    const start = folded.starts[at] ?? -1;
    const end = folded.ends[at + wanted.length - 1] ?? -1;
    const isWhole = start !== -1 && end !== -1;
    if (isWhole && standsIn(context, text, start, end)) return { start, end };
    at = folded.text.indexOf(wanted, at + 1);
  }
  return null;
}

/**
 * Checks a position an author gave and answers the words there. Blank, out of range, or other words
 * around it than the author says: `not-found`.
 */
export function verifySpan(input: {
  turns: readonly SpokenTurn[];
  turn: number;
  start: number;
  end: number;
  context?: Partial<QuoteContext>;
}): SpanVerification {
  const { start, end } = input;
  const turn = input.turns.find((candidate) => candidate.index === input.turn);
  const inOrder = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end;
  if (turn === undefined || !inOrder) return { ok: false, reason: 'not-found' };
  const codePoints = Array.from(turn.text);
  if (end > codePoints.length) return { ok: false, reason: 'not-found' };
  const exact = codePoints.slice(start, end).join('');
  if (exact.trim() === '') return { ok: false, reason: 'not-found' };
  if (!standsIn(input.context ?? {}, turn.text, start, end)) {
    return { ok: false, reason: 'not-found' };
  }
  if (turn.participantId === null) return { ok: false, reason: 'not-participant' };
  return { ok: true, exact, participantId: turn.participantId };
}
