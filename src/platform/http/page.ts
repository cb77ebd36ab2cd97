import { Invalid } from '../../domain/errors.js';

export const PAGE_DEFAULT = 50;
export const PAGE_MAX = 200;

/** A page of a list, ordered by id (ids sort by time): `nextCursor` is absent on the last one. */
export interface Page<T> {
  data: T[];
  nextCursor?: string;
}

export interface PageRequest {
  limit: number;
  /** Last id of the page before; rows after it follow. */
  after: string | null;
}

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Reads `?limit&cursor`; anything else in them is refused by name. */
export function pageRequest(query: { limit?: unknown; cursor?: unknown }): PageRequest {
  const { limit, cursor } = query;
  const size = limit === undefined ? PAGE_DEFAULT : Number(limit);
  if (typeof limit === 'object' || !Number.isInteger(size) || size < 1 || size > PAGE_MAX) {
    throw new Invalid('invalid-query', `limit is a whole number from 1 to ${PAGE_MAX}`);
  }
  if (cursor === undefined) return { limit: size, after: null };
  const after = typeof cursor === 'string' ? Buffer.from(cursor, 'base64url').toString('utf8') : '';
  if (!ID.test(after)) throw new Invalid('invalid-cursor', 'cursor is not one that we gave out');
  return { limit: size, after };
}

/** Cuts `limit + 1` rows to a page. */
export function pageOf<R extends { id: string }, T>(
  rows: readonly R[],
  limit: number,
  show: (row: R) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    data: shown.map(show),
    ...(more ? { nextCursor: Buffer.from(last.id, 'utf8').toString('base64url') } : {}),
  };
}
