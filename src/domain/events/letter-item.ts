/** What of a refused item helps its sender, and cannot name a unit. */
const KEPT = [
  'id',
  'type',
  'occurredAt',
  'sentAt',
  'experiment',
  'variant',
  'attributes',
  'name',
  'value',
  'amountMinor',
  'currency',
  'refersTo',
  'properties',
] as const;
const UNITS = ['unit', 'from', 'to'] as const;

const LETTER_ITEM_LENGTH_MAX = 2_048;

/** NUL and halves of characters, as JSON writes them: databases refuse both. */
const NOT_TEXT = /\\u(?:0000|d[89a-f])/i;

/**
 * A refused item as JSON text for those who repair its sender, or null where nothing of it can be
 * kept: it is no object, too long, or repeats the id of a unit somewhere else. Of units the kind is
 * kept, of members that events do not have nothing: either may be what must not be stored.
 */
export function letterItem(raw: unknown): string | null {
  if (!isObject(raw)) return null;
  const kept: Record<string, unknown> = {};
  for (const member of KEPT) if (raw[member] !== undefined) kept[member] = raw[member];
  const unitIds: string[] = [];
  for (const member of UNITS) {
    const unit = raw[member];
    if (!isObject(unit)) continue;
    if (typeof unit['kind'] === 'string') kept[member] = { kind: unit['kind'].slice(0, 20) };
    if (unit['id'] !== undefined) unitIds.push(JSON.stringify(unit['id']) ?? '');
  }
  if (Object.keys(kept).length === 0) return null;
  const text = JSON.stringify(kept);
  if (text.length > LETTER_ITEM_LENGTH_MAX || NOT_TEXT.test(text)) return null;
  return unitIds.some((id) => id !== '""' && text.includes(id)) ? null : text;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
