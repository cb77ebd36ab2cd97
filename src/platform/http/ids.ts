import { validate, v7 } from 'uuid';
import { NotFound } from '../../domain/errors.js';

/** A new id: opaque to clients, sorted by the time it was made (RFC 9562, version 7). */
export function newId(): string {
  return v7();
}

/** An id from a path. What is no id at all is simply not there. */
export function idFromPath(text: string): string {
  if (!validate(text)) throw new NotFound('not-found', 'There is nothing here.');
  return text.toLowerCase();
}
