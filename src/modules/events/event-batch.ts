import { Invalid } from '../../domain/errors.js';
import { parseInstant } from '../../domain/events/instant.js';
import { unreadableEvent } from '../../domain/events/unreadable-event.js';
import { FrontDoorError } from '../../platform/http/problem.js';

/** Larger batches are hardly faster and hold their locks for longer; files have their own import. */
export const EVENT_BATCH_MAX = 500;
/** 500 events of two kilobytes. */
export const EVENT_BATCH_MAX_BYTES = 1024 * 1024;

/** The items of a batch, unread, and what the sender's clock said when it sent them. */
export interface EventBatch {
  items: readonly unknown[];
  sentAt?: Date;
}

/**
 * A body `{ events: [...], sentAt? }`. Only the envelope can fail a whole batch: an event that could not
 * be read stands in its place as the fault it has.
 * @throws Invalid when there is no list, it is empty, `sentAt` is no instant, or something else
 *   stands beside them
 * @throws FrontDoorError 413 `batch-too-large`
 */
export function batchOf(body: unknown): EventBatch {
  const members = (body ?? {}) as Readonly<Record<string, unknown>>;
  const stray = Object.keys(members).find((member) => member !== 'events' && member !== 'sentAt');
  if (stray !== undefined) throw refused(`/${stray}`, 'unknown-member');
  const said = members['sentAt'];
  const sentAt = said === undefined ? undefined : parseInstant(said);
  if (sentAt === null) throw refused('/sentAt', 'is-instant');
  const events = members['events'];
  if (!Array.isArray(events)) throw refused('/events', 'is-array');
  if (events.length === 0) throw refused('/events', 'array-min-size');
  if (events.length > EVENT_BATCH_MAX) {
    throw new FrontDoorError(413, 'batch-too-large', `At most ${EVENT_BATCH_MAX} events at once.`);
  }
  const items = events.map((event: unknown) =>
    event instanceof FrontDoorError ? unreadableEvent(event.code) : event,
  );
  return { items, ...(sentAt === undefined ? {} : { sentAt }) };
}

function refused(pointer: string, code: string): Invalid {
  return new Invalid(
    'validation-failed',
    'A batch is { "events": [...] } with 1 to 500 events, and sentAt where your clock may be wrong.',
    [{ pointer, code }],
  );
}
