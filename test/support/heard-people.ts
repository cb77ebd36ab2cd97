import type { Response } from 'supertest';
import type { TestApp } from './test-app.js';

/** Where the clock of these tests starts. */
export const HEARD_NOW = '2026-03-02T12:00:00Z';

let added = 0;

/** Adds an invented person; a fresh pseudonym unless one is given. */
export async function addPerson(
  app: TestApp,
  changes: object = {},
  key?: string,
): Promise<Response> {
  added += 1;
  const body = { pseudonym: `Visitor ${added}`, kind: 'human', population: 'lead', ...changes };
  return await app.ok('post', '/v1/participants', body, key);
}

export async function aPerson(app: TestApp, changes: object = {}, key?: string): Promise<string> {
  return (await addPerson(app, changes, key)).body.id as string;
}

export function aConsent(changes: object = {}): object {
  return {
    scopes: ['take_part', 'product_decisions', 'quote_internal'],
    givenAt: '2026-02-01T09:00:00Z',
    how: 'form',
    noticeVersion: '1',
    ...changes,
  };
}

/** A talk of an hour in which the person says these turns, each after a question. */
export async function aTalk(
  app: TestApp,
  participantId: string,
  says: readonly string[],
  changes: object = {},
  key?: string,
): Promise<string> {
  const turns = says.flatMap((text) => [
    { speaker: 'Q', text: 'Tell me more.' },
    { speaker: 'P', participantId, text },
  ]);
  const interview = await app.ok(
    'post',
    '/v1/interviews',
    {
      participants: [{ participantId, speaksFor: [{ population: 'lead' }] }],
      method: 'interview',
      modality: 'video',
      interactive: true,
      startedAt: '2026-02-10T09:00:00Z',
      endedAt: '2026-02-10T10:00:00Z',
      interviewer: 'Researcher A',
      transcript: { language: 'en', producedBy: 'human', turns },
      ...changes,
    },
    key,
  );
  return interview.body.id as string;
}

export async function aStudy(app: TestApp, key?: string): Promise<string> {
  const body = { name: 'Round', method: 'interview', population: 'lead', plannedInterviews: 5 };
  return (await app.ok('post', '/v1/studies', body, key)).body.id as string;
}

/** How often something was done to an object, as the audit log tells it. */
export async function timesDone(app: TestApp, action: string, objectId: string): Promise<number> {
  const rows = await app.sql<{ times: number }>(
    'SELECT count(*)::int AS times FROM audit_entry WHERE action = $1 AND object_id = $2',
    [action, objectId],
  );
  return rows[0]?.times ?? 0;
}
