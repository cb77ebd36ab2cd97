import { Invalid } from '../../domain/errors.js';
import { FrontDoorError } from '../../platform/http/problem.js';

/** Larger batches are hardly faster and hold their locks for longer; files have their own import. */
export const EVENT_BATCH_MAX = 500;
/** 500 events of two kilobytes. */
export const EVENT_BATCH_MAX_BYTES = 1024 * 1024;

/**
 * The items of a body `{ events: [...] }`, unread. Only the envelope can fail a whole batch.
 * @throws Invalid when there is no list, it is empty, or something stands beside it
 * @throws FrontDoorError 413 `batch-too-large`
 */
export function eventsOf(body: unknown): readonly unknown[] {
  const members = (body ?? {}) as Readonly<Record<string, unknown>>;
  const stray = Object.keys(members).find((member) => member !== 'events');
  if (stray !== undefined) throw refused(`/${stray}`, 'unknown-member');
  const events = members['events'];
  if (!Array.isArray(events)) throw refused('/events', 'is-array');
  if (events.length === 0) throw refused('/events', 'array-min-size');
  if (events.length > EVENT_BATCH_MAX) {
    throw new FrontDoorError(413, 'batch-too-large', `At most ${EVENT_BATCH_MAX} events at once.`);
  }
  return events as unknown[];
}

function refused(pointer: string, code: string): Invalid {
  return new Invalid('validation-failed', 'A batch is { "events": [...] } with 1 to 500 events.', [
    { pointer, code },
  ]);
}
