import { Invalid } from '../../domain/errors.js';
import { FrontDoorError } from '../../platform/http/problem.js';

/** More than clients put into one request; a body of one MiB holds hardly more. */
export const MESSAGES_MAX = 2_500;

/** Messages of one request, unread. */
export interface MessageBatch {
  /** One that could not be read at all stands in its place as the fault it has. */
  messages: readonly unknown[];
  /** What the sender's clock said when it sent them; unread too. */
  sentAt: unknown;
}

/**
 * A body `{ batch: [...], sentAt? }`. Whatever else clients put beside them means nothing here.
 * @throws Invalid when there is no list; FrontDoorError 413 `batch-too-large`
 */
export function messagesOf(body: unknown): MessageBatch {
  const { batch, sentAt } = (body ?? {}) as { batch?: unknown; sentAt?: unknown };
  if (!Array.isArray(batch)) {
    throw new Invalid('validation-failed', 'A batch is { "batch": [...] }.', [
      { pointer: '/batch', code: 'is-array' },
    ]);
  }
  if (batch.length > MESSAGES_MAX) {
    throw new FrontDoorError(413, 'batch-too-large', `At most ${MESSAGES_MAX} messages at once.`);
  }
  return { messages: batch as unknown[], sentAt };
}
