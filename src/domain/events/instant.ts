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
  const match = typeof text === 'string' ? RFC3339.exec(text) : null;
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
