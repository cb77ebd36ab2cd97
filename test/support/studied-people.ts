import { SCOPES } from '../../src/platform/security/scopes.js';
import { productNow } from './story.js';
import type { TestApp } from './test-app.js';

/** Studies with several short talks in them; every person in them is invented. */

export interface TalkOptions {
  pseudonym: string;
  studyId?: string;
  /** Somebody who was heard before, instead of a new person. */
  participantId?: string;
  population?: string;
  buyingRoles?: readonly string[];
  kind?: 'human' | 'synthetic';
  speaksFor?: readonly { population: string; stage?: string }[];
  /** What the interviewer asks and the person answers, in turn; no transcript when empty. */
  turns?: readonly { asks?: string; says?: string }[];
  endedDaysAgo?: number;
}

export interface Talk {
  participantId: string;
  interviewId: string;
}

const DAY_MS = 86_400_000;

export async function aStudy(app: TestApp, changes: object = {}): Promise<string> {
  const study = await app.ok('post', '/v1/studies', {
    name: 'Why people leave the pricing page',
    method: 'interview',
    population: 'lead',
    plannedInterviews: 6,
    ...changes,
  });
  return study.body.id as string;
}

/** One person and one talk with them. */
export async function talkWith(app: TestApp, options: TalkOptions): Promise<Talk> {
  const participantId = options.participantId ?? (await aPerson(app, options));
  const now = await productNow(app);
  const endedAt = new Date(now.getTime() - (options.endedDaysAgo ?? 10) * DAY_MS);
  const asked = options.turns ?? [{ asks: 'What happened?', says: 'I looked and left again.' }];
  const turns = asked.flatMap(({ asks, says }) => [
    ...(asks === undefined ? [] : [{ speaker: 'Researcher', text: asks }]),
    ...(says === undefined ? [] : [{ speaker: options.pseudonym, participantId, text: says }]),
  ]);
  const interview = await app.ok('post', '/v1/interviews', {
    ...(options.studyId === undefined ? {} : { studyId: options.studyId }),
    participants: [{ participantId, speaksFor: options.speaksFor ?? [{ population: 'lead' }] }],
    method: 'interview',
    modality: 'video',
    interactive: true,
    startedAt: new Date(endedAt.getTime() - 1_800_000).toISOString(),
    endedAt: endedAt.toISOString(),
    interviewer: 'Researcher',
    ...(turns.length === 0 ? {} : { transcript: { language: 'en', producedBy: 'human', turns } }),
  });
  return { participantId, interviewId: interview.body.id as string };
}

async function aPerson(app: TestApp, options: TalkOptions): Promise<string> {
  const person = await app.ok('post', '/v1/participants', {
    pseudonym: options.pseudonym,
    kind: options.kind ?? 'human',
    population: options.population ?? 'lead',
    buyingRoles: options.buyingRoles ?? [],
  });
  const id = person.body.id as string;
  await app.ok('post', `/v1/participants/${id}/consents`, {
    scopes: ['take_part', 'product_decisions', 'quote_internal'],
    givenAt: new Date((await productNow(app)).getTime() - 60 * DAY_MS).toISOString(),
    how: 'form',
    noticeVersion: '1',
  });
  return id;
}

export async function anInsight(app: TestApp, changes: object = {}): Promise<string> {
  const insight = await app.ok('post', '/v1/insights', {
    statement: 'People leave because they cannot tell the total price before paying',
    audience: { populations: ['lead'] },
    ...changes,
  });
  return insight.body.id as string;
}

/** Words of an interview, marked, with what they do to a claim. */
export async function aCitedQuote(
  app: TestApp,
  insightId: string,
  interviewId: string,
  quote: { text: string; disposition?: string; response?: string; codes?: readonly string[] },
  key?: string,
): Promise<string> {
  const { text, disposition = 'supports', response, codes } = quote;
  const made = await app.ok('post', `/v1/interviews/${interviewId}/quotes`, {
    text,
    ...(codes === undefined ? {} : { codes }),
  });
  const quoteId = made.body.id as string;
  const answer = response === undefined ? {} : { response };
  const path = `/v1/insights/${insightId}/evidence`;
  await app.ok('post', path, { quoteId, disposition, ...answer }, key);
  return quoteId;
}

/** Another member, and a key that acts as them with every scope. */
export async function anotherMember(
  app: TestApp,
  name: string,
): Promise<{ id: string; key: string }> {
  const member = await app.ok('post', '/v1/members', { name });
  const id = member.body.id as string;
  const made = await app.ok('post', '/v1/keys', {
    kind: 'secret',
    scopes: SCOPES,
    member: id,
    name: `${name}'s`,
  });
  return { id, key: made.body.secret as string };
}
