import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { IncomingEvent } from '../../src/domain/events/event.js';
import type { MeasuredLog } from './measured-log.js';

/** Sends a file of events as a client does that reads it from a disk: no faster than it is taken. */

interface Import {
  status: string;
  accepted: number;
  duplicates: number;
  rejected: number;
}

/** NDJSON: an event a line. */
export function linesOf(events: readonly IncomingEvent[]): Buffer {
  return Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
}

/**
 * Returns when the service has answered, which it does when the last event is stored.
 * @throws Error unless every event of it was new and was taken
 */
export async function importFile(
  log: MeasuredLog,
  pieces: Iterable<Buffer>,
  count: number,
): Promise<void> {
  const { url, key } = log.service;
  const sent = request(`${url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
  });
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
  const [[response]] = await Promise.all([answered, pipeline(Readable.from(pieces), sent)]);
  const text = (await response.setEncoding('utf8').toArray()).join('');
  if (response.statusCode === undefined || response.statusCode >= 300) {
    throw new Error(`the import: ${response.statusCode} ${text.slice(0, 400)}`);
  }
  const { import: ended } = JSON.parse(text) as { import: Import };
  if (ended.status !== 'done' || ended.accepted !== count) {
    throw new Error(`the import of ${count} events ended as ${JSON.stringify(ended)}`);
  }
}
