import type { Elicitation, Temporality } from '../../../domain/evidence/dossier.js';
import type { QuoteContext } from '../../../domain/evidence/interviews/quote-context.js';
import type { KeyRing } from '../../../platform/security/participant-keys.js';
import type { QuoteDto } from './quote.dto.js';
import { versionContext } from './transcript-store.js';

export interface QuoteRow {
  id: string;
  interview_id: string;
  transcript_version: number;
  lost_in_version: number | null;
  turn_index: number;
  start_at: number;
  end_at: number;
  participant_id: string;
  exact_sealed: Buffer;
  context_sealed: Buffer | null;
  word_count: number;
  temporality: Temporality | null;
  elicitation: Elicitation | null;
  force: string | null;
  moment: string | null;
  created_by: string;
}

/** Where a quote stands: its seal is bound to it, so a row that was moved by hand does not open. */
export interface QuoteSeat {
  interviewId: string;
  version: number;
  turn: number;
  start: number;
  end: number;
}

export function sealQuote(
  ring: KeyRing,
  quote: QuoteSeat & { participantId: string; exact: string; context: QuoteContext },
): { exact: Buffer; context: Buffer } {
  const seat = seatContext(quote);
  const { participantId, exact, context } = quote;
  const around = JSON.stringify({ prefix: context.prefix, suffix: context.suffix });
  return {
    exact: ring.seal(participantId, exact, seat),
    context: ring.seal(participantId, around, `${seat}/context`),
  };
}

/**
 * The words of a stored quote; null when they were erased, and when the row was moved or changed
 * behind the product: its seal is bound to its place, so such a quote is one nobody said.
 */
export function openQuote(ring: KeyRing, row: QuoteRow): string | null {
  return open(ring, row.participant_id, row.exact_sealed, seatContext(seatOf(row)));
}

/** The words around it; null where they were not kept, or cannot be read any more. */
export function openContext(ring: KeyRing, row: QuoteRow): QuoteContext | null {
  if (row.context_sealed === null) return null;
  const seat = `${seatContext(seatOf(row))}/context`;
  const opened = open(ring, row.participant_id, row.context_sealed, seat);
  return opened === null ? null : (JSON.parse(opened) as QuoteContext);
}

export function quoteDto(
  row: QuoteRow,
  words: { exact: string; context: QuoteContext | null } | null,
  codes: readonly string[] = [],
): QuoteDto {
  return {
    id: row.id,
    interviewId: row.interview_id,
    participantId: row.participant_id,
    transcriptVersion: row.transcript_version,
    turn: row.turn_index,
    start: row.start_at,
    end: row.end_at,
    ...(words === null ? {} : { exact: words.exact, ...words.context }),
    ...(row.lost_in_version === null ? {} : { lostInVersion: row.lost_in_version }),
    words: row.word_count,
    ...(row.temporality === null ? {} : { temporality: row.temporality }),
    ...(row.elicitation === null ? {} : { elicitation: row.elicitation }),
    ...(row.force === null ? {} : { force: row.force }),
    ...(row.moment === null ? {} : { moment: row.moment }),
    ...(codes.length === 0 ? {} : { codes: [...codes] }),
  };
}

function seatOf(row: QuoteRow): QuoteSeat {
  return {
    interviewId: row.interview_id,
    version: row.transcript_version,
    turn: row.turn_index,
    start: row.start_at,
    end: row.end_at,
  };
}

function seatContext(seat: QuoteSeat): string {
  return `${versionContext(seat)}/quote/${seat.turn}/${seat.start}/${seat.end}`;
}

function open(ring: KeyRing, personId: string, sealed: Buffer, context: string): string | null {
  try {
    return ring.open(personId, sealed, context);
  } catch {
    return null;
  }
}
