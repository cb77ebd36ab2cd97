const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:([Zz])|([+-])(\d{2}):(\d{2}))$/;

const MINUTE_MS = 60_000;

/**
 * An instant from a date-time of RFC 3339, or null. The offset is required: without one the same
 * text means different moments on different machines. Digits beyond milliseconds are cut off.
 *
 * Refused: bare dates, week dates, words such as `infinity`, numbers, days that do not exist, hour
 * 24, leap seconds (which neither JavaScript nor PostgreSQL can hold), and years outside 1 to 9999.
 */
export function parseInstant(text: unknown): Date | null {
  if (typeof text !== 'string') return null;
  return parseUsual(text) ?? parseAny(text);
}

/**
 * `2026-03-02T09:30:00.000Z`, with or without the milliseconds, as most programs write it: digits at
 * fixed places. Null for all other texts and for times that need a closer look.
 */
function parseUsual(text: string): Date | null {
  if (!isUsualShape(text)) return null;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const second = digits(text, 17, 2);
  const millisecond = text.length === 24 ? digits(text, 20, 3) : 0;
  // A missing digit makes its number NaN; days after the 28th are looked up in the calendar below.
  if (!(year >= 1_000 && month >= 1 && month <= 12 && day >= 1 && day <= 28)) return null;
  if (!(hour <= 23 && minute <= 59 && second <= 59 && millisecond >= 0)) return null;
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second, millisecond));
}

/** Text as most programs write it, `2026-03-02T09:30:00.000Z`, with or without milliseconds. */
function isUsualShape(text: string): boolean {
  const { length } = text;
  if (length !== 24 && length !== 20) return false;
  const isDate = text[4] === '-' && text[7] === '-' && text[10] === 'T';
  const isTime = text[13] === ':' && text[16] === ':' && text[length - 1] === 'Z';
  return isDate && isTime && (length === 20 || text[19] === '.');
}

function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at += 1) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function parseAny(text: string): Date | null {
  const match = RFC3339.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as Six;
  if (hour > 23 || minute > 59 || second > 59) return null;
  const offset = offsetMinutes(match);
  if (offset === null) return null;

  // Set piece by piece: the Date constructor reads the years 0 to 99 as 1900 to 1999.
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  if (local.getUTCMonth() !== month - 1 || local.getUTCDate() !== day) return null;
  local.setUTCHours(hour, minute, second, Number((match[7] ?? '').padEnd(3, '0').slice(0, 3)));

  const instant = new Date(local.getTime() - offset * MINUTE_MS);
  const yearInUtc = instant.getUTCFullYear();
  return year >= 1 && yearInUtc >= 1 && yearInUtc <= 9999 ? instant : null;
}

type Six = [number, number, number, number, number, number];

function offsetMinutes(match: RegExpExecArray): number | null {
  const [sign, hours, minutes] = [match[9], Number(match[10]), Number(match[11])];
  if (sign === undefined) return 0;
  if (hours > 23 || minutes > 59) return null;
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes);
}
