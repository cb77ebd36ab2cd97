/** Ways to look into JSON of Stripe's API, of whatever version. */
export type StripeObject = Readonly<Record<string, unknown>>;

export function isStripeObject(value: unknown): value is StripeObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What stands at a path of members; undefined where the path ends early. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const member of path) found = isStripeObject(found) ? found[member] : undefined;
  return found;
}

/** The id of something that may stand there whole ("expanded") or by its id alone. */
export function idAt(value: unknown, ...path: readonly string[]): string | null {
  const found = at(value, ...path);
  const id = isStripeObject(found) ? found['id'] : found;
  return typeof id === 'string' && id !== '' ? id : null;
}

/** The objects of a list, which is an array or has one as `data`. */
export function listAt(value: unknown, ...path: readonly string[]): readonly StripeObject[] {
  const found = at(value, ...path);
  const list: unknown = Array.isArray(found) ? found : at(found, 'data');
  return Array.isArray(list) ? list.filter(isStripeObject) : [];
}

/** Seconds since 1970 as RFC 3339; null for what no calendar has. */
export function instantOf(seconds: unknown): string | null {
  const isInstant = Number.isSafeInteger(seconds) && Math.abs(seconds as number) <= 8_640_000_000;
  return isInstant ? new Date((seconds as number) * 1000).toISOString() : null;
}
