import { START_MS_MAX } from './limits.js';

const CLOCK = /^(?:(\d{1,4}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?$/;

/** Between the two times of a cue, in WebVTT and in SRT. */
export const TIME_ARROW = '-->';

export interface CueTimes {
  startMs: number;
  endMs: number;
}

/** `mm:ss` or `h:mm:ss`, with a fraction after a point or a comma, in milliseconds; null otherwise. */
export function parseClock(text: string): number | null {
  const match = CLOCK.exec(text);
  if (match === null) return null;
  const [, hours = '0', minutes = '', seconds = '', fraction = ''] = match;
  if (Number(seconds) > 59 || (match[1] !== undefined && Number(minutes) > 59)) return null;
  const wholeSeconds = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  const ms = wholeSeconds * 1000 + Number(fraction.padEnd(3, '0'));
  return ms <= START_MS_MAX ? ms : null;
}

/** The line `start --> end settings`; null when it is not one. */
export function parseTimingLine(line: string): CueTimes | null {
  const arrow = line.indexOf(TIME_ARROW);
  if (arrow === -1) return null;
  const [end = ''] = line
    .slice(arrow + TIME_ARROW.length)
    .trim()
    .split(/\s/u, 1);
  const startMs = parseClock(line.slice(0, arrow).trim());
  const endMs = parseClock(end);
  return startMs === null || endMs === null ? null : { startMs, endMs };
}
