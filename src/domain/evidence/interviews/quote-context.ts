import { sliceCodePoints } from '../text.js';

/** The words around a quote: enough to tell two equal spans of one talk apart. */
export interface QuoteContext {
  prefix: string;
  suffix: string;
}

/** Code points on each side (the W3C Web Annotation model leaves the length to the maker). */
export const CONTEXT_LENGTH = 32;

/** What stands before and after [start, end) in a turn; shorter at its ends. */
export function contextOf(turnText: string, start: number, end: number): QuoteContext {
  return {
    prefix: sliceCodePoints(turnText, Math.max(0, start - CONTEXT_LENGTH), start),
    suffix: sliceCodePoints(turnText, end, end + CONTEXT_LENGTH),
  };
}

/** Whether the words around the place are the given ones; the given ones may be shorter. */
export function standsIn(
  context: Partial<QuoteContext>,
  turnText: string,
  start: number,
  end: number,
): boolean {
  const before = sliceCodePoints(turnText, 0, start).normalize('NFC');
  const after = sliceCodePoints(turnText, end, turnText.length).normalize('NFC');
  return (
    before.endsWith((context.prefix ?? '').normalize('NFC')) &&
    after.startsWith((context.suffix ?? '').normalize('NFC'))
  );
}
