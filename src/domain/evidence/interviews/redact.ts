/** Stands for one code point that may not be read any more. */
export const REDACTED = '\u2588';

/** A stretch of a turn to make unreadable: half-open code points. */
export interface RedactedSpan {
  start: number;
  end: number;
}

/**
 * The text with the spans blacked out. Every code point keeps its place, and white space stays, so
 * that positions and word counts around it remain true and quotes elsewhere still verify.
 */
export function redact(text: string, spans: readonly RedactedSpan[]): string {
  return Array.from(text, (point, at) => {
    const hidden = spans.some(({ start, end }) => start <= at && at < end);
    return hidden && point.trim() !== '' ? REDACTED : point;
  }).join('');
}

/** What of the spans falls into [start, end), counted from its start: for a quote of that place. */
export function spansWithin(
  spans: readonly RedactedSpan[],
  start: number,
  end: number,
): RedactedSpan[] {
  return spans.flatMap((span) => {
    const from = Math.max(span.start, start);
    const to = Math.min(span.end, end);
    return from < to ? [{ start: from - start, end: to - start }] : [];
  });
}
