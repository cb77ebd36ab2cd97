import { randomUUID } from 'node:crypto';
import type { TestApp } from './test-app.js';

/** What became of one event, as senders are told. */
export interface Verdict {
  id?: string;
  status: string;
  code?: string;
}

/** A behaviour event of a visitor, now. */
export function anEvent(changes: object = {}): { id: string; [member: string]: unknown } {
  return {
    id: randomUUID(),
    type: 'event',
    unit: { kind: 'visitor', id: 'v-1' },
    occurredAt: new Date().toISOString(),
    name: 'signup',
    ...changes,
  };
}

/** Sends a batch, and gives back `code` or `status` of each event. */
export async function verdictsOf(
  app: TestApp,
  batch: { events: readonly unknown[]; sentAt?: string },
  key?: string,
): Promise<string[]> {
  const answer = await app.ok('post', '/v1/events', batch, key);
  return (answer.body as { results: Verdict[] }).results.map(({ status, code }) => code ?? status);
}
