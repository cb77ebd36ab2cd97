import type { SpokenTurn } from '../locate-quote.js';
import { type QuoteContext, standsIn } from './quote-context.js';

/** A stored quote that looks for its place in a newer version of the transcript. */
export interface AnchoredQuote {
  exact: string;
  participantId: string;
  turn: number;
  start: number;
  context: QuoteContext | null;
}

export interface QuotePlace {
  turn: number;
  start: number;
  end: number;
}

/**
 * Where a quote stands in a new version of its transcript, or null when it does not: the same person
 * must say the same words, code point for code point after NFC. Of several such places the one with
 * the same words around it is meant, or the very place it had; when neither tells, the quote is lost,
 * because a quote that silently moves is a quote nobody checked.
 */
export function reanchorQuote(
  quote: AnchoredQuote,
  turns: readonly SpokenTurn[],
): QuotePlace | null {
  const places = turns
    .filter(({ participantId }) => participantId === quote.participantId)
    .flatMap((turn) => placesIn(turn, quote.exact).map((place) => ({ place, turn })));
  const [only] = places;
  if (only === undefined) return null;
  if (places.length === 1) return only.place;
  const inContext = places.filter(
    ({ place, turn }) =>
      quote.context !== null && standsIn(quote.context, turn.text, place.start, place.end),
  );
  if (inContext.length === 1) return inContext[0]?.place ?? null;
  const unmoved = places.find(
    ({ place }) => place.turn === quote.turn && place.start === quote.start,
  );
  return unmoved?.place ?? null;
}

/** Every place of the words, in whichever composition of letters the new version writes them. */
function placesIn(turn: SpokenTurn, exact: string): QuotePlace[] {
  const text = Array.from(turn.text);
  const forms = new Set([exact, exact.normalize('NFC'), exact.normalize('NFD')]);
  const places: QuotePlace[] = [];
  for (const form of forms) {
    const points = Array.from(form);
    for (let start = 0; start + points.length <= text.length; start += 1) {
      if (points.some((point, at) => text[start + at] !== point)) continue;
      places.push({ turn: turn.index, start, end: start + points.length });
    }
  }
  return places;
}
