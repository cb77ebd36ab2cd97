import type { Response } from 'supertest';
import { experimentBody, longTalk, productNow } from './story.js';
import type { TestApp } from './test-app.js';

/** Evidence that just opens the gate, and every way to take it back; every person in it is invented. */

const DAY_MS = 86_400_000;

interface RacingPerson {
  pseudonym: string;
  participantId: string;
  consentId: string;
  interviewId: string;
  quoteId: string;
  words: string;
}

/** Two people in one study, a claim that rests on both, and an answered search. */
export interface RacingEvidence {
  name: string;
  studyId: string;
  insightId: string;
  searchId: string;
  hit: { interviewId: string; turn: number };
  people: [RacingPerson, RacingPerson];
  pairId: string;
}

/** One way to take evidence back, and the way back from it. */
export interface Strike {
  /** What the gate says once it has happened. */
  code: string;
  /** How the audit log calls it. */
  action: string;
  /** Of how many rounds of a hundred it is. */
  share: number;
  send: (app: TestApp, evidence: RacingEvidence) => Promise<Response>;
  objectId: (evidence: RacingEvidence, answer: Response) => string;
  /** Null when there is none: then everything has to be heard anew. */
  restore: null | ((app: TestApp, evidence: RacingEvidence, answer: Response) => Promise<unknown>);
}

/** The same for the same seed; mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Two people must count and the ledger must be full, so that one of either makes the difference. */
export async function askForTwo(app: TestApp): Promise<void> {
  await app.ok('put', '/v1/policies/explore', {
    people: 2,
    live: 2,
    asked: 2,
    fullLedger: true,
    reason: 'One person less, or one row, is one too few',
  });
}

export async function racingEvidence(app: TestApp, name: string): Promise<RacingEvidence> {
  const study = await app.ok('post', '/v1/studies', {
    name,
    method: 'interview',
    population: 'lead',
    plannedInterviews: 2,
  });
  const studyId = study.body.id as string;
  const people: [RacingPerson, RacingPerson] = [
    await racingPerson(app, studyId, name, `${name} one`),
    await racingPerson(app, studyId, name, `${name} two`),
  ];
  const pairId = await pairOf(app, people);
  await decide(app, pairId, 'different_people');
  const insight = await app.ok('post', '/v1/insights', {
    statement: `People of ${name} leave because they cannot tell the total`,
    audience: { populations: ['lead'], stages: ['pricing'] },
  });
  const insightId = insight.body.id as string;
  await app.ok('post', `/v1/insights/${insightId}/evidence`, {
    evidence: people.map(({ quoteId }) => ({ quoteId, disposition: 'supports' })),
  });
  const path = `/v1/insights/${insightId}/negative-searches`;
  const search = await app.ok('post', path, { queries: ['the price was clear'] });
  const hits = search.body.hits as { interviewId: string; turn: number }[];
  const [hit] = hits;
  if (hit === undefined) throw new Error('the search found nothing near the claim');
  const searchId = search.body.id as string;
  await judge(app, { insightId, searchId }, hits, 'supports');
  return { name, studyId, insightId, searchId, hit, people, pairId };
}

async function racingPerson(
  app: TestApp,
  studyId: string,
  phone: string,
  pseudonym: string,
): Promise<RacingPerson> {
  const now = await productNow(app);
  const person = await app.ok('post', '/v1/participants', {
    pseudonym,
    kind: 'human',
    population: 'lead',
    // Both of a study have one number, so that somebody must say whether they are one person.
    identity: { phone: `+358 ${[...phone].map((letter) => letter.charCodeAt(0)).join('')}` },
    consent: consentAt(now),
  });
  const participantId = person.body.id as string;
  const words = `I, ${pseudonym}, gave up because nobody could tell me the total before I paid`;
  const said = { studyId, participantId, pseudonym, words, long: true };
  const session = (await sendTalk(app, said)).body.id as string;
  const quote = await app.ok('post', `/v1/interviews/${session}/quotes`, {
    text: words,
    temporality: 'past_specific',
    elicitation: 'open_probe',
  });
  const consents = await app.sql<{ id: string }>(
    'SELECT consent.id FROM consent WHERE consent.participant_id = $1',
    [participantId],
  );
  return {
    pseudonym,
    participantId,
    consentId: consents[0]?.id ?? '',
    interviewId: session,
    quoteId: quote.body.id as string,
    words,
  };
}

function consentAt(now: Date): object {
  return {
    scopes: ['take_part', 'product_decisions', 'quote_internal'],
    givenAt: new Date(now.getTime() - 20 * DAY_MS).toISOString(),
    how: 'form',
    noticeVersion: '1',
  };
}

async function sendTalk(
  app: TestApp,
  said: { studyId: string; participantId: string; pseudonym: string; words: string; long: boolean },
): Promise<Response> {
  const { studyId, participantId, pseudonym } = said;
  const endedAt = new Date((await productNow(app)).getTime() - 10 * DAY_MS);
  return await app.ok('post', '/v1/interviews', {
    studyId,
    participants: [{ participantId, speaksFor: [{ population: 'lead', stage: 'pricing' }] }],
    method: 'interview',
    modality: 'video',
    interactive: true,
    startedAt: new Date(endedAt.getTime() - 1_800_000).toISOString(),
    endedAt: endedAt.toISOString(),
    interviewer: 'Researcher',
    transcript: {
      language: 'en',
      producedBy: 'human',
      turns: said.long
        ? wholeTalk({ pseudonym, participantId }, said.words)
        : [{ speaker: pseudonym, participantId, text: said.words }],
    },
  });
}

function wholeTalk(
  { pseudonym, participantId }: { pseudonym: string; participantId: string },
  words: string,
): object[] {
  return [
    { speaker: 'Researcher', text: 'Tell me about the last time you looked at a price' },
    { speaker: pseudonym, participantId, text: `Well. ${words}. That is all.` },
    ...longTalk(pseudonym, participantId),
  ];
}

async function pairOf(app: TestApp, people: RacingEvidence['people']): Promise<string> {
  const rows = await app.sql<{ id: string }>(
    `SELECT participant_pair.id FROM participant_pair
     WHERE participant_pair.first_id = ANY($1) AND participant_pair.second_id = ANY($1)`,
    [people.map(({ participantId }) => participantId)],
  );
  const [pair] = rows;
  if (pair === undefined) throw new Error('nobody noticed that two people have one number');
  return pair.id;
}

const decide = (app: TestApp, pairId: string, decision: string) =>
  app.send('put', `/v1/participants/pairs/${pairId}`, { decision, reason: 'They told us.' });

const judge = (
  app: TestApp,
  { insightId, searchId }: Pick<RacingEvidence, 'insightId' | 'searchId'>,
  hits: readonly { interviewId: string; turn: number }[],
  disposition: string,
) =>
  app.send('put', `/v1/insights/${insightId}/negative-searches/${searchId}/hits`, {
    hits: hits.map(({ interviewId, turn }) => ({ interviewId, turn, disposition })),
  });

const attach = (app: TestApp, { insightId }: RacingEvidence, entry: object) =>
  app.send('post', `/v1/insights/${insightId}/evidence`, entry);

const stand = (app: TestApp, { insightId }: RacingEvidence, state: string) =>
  app.send('put', `/v1/insights/${insightId}/state`, { state, reason: 'We looked again.' });

const transcribe = (app: TestApp, person: RacingPerson, words: string) =>
  app.send('post', `/v1/interviews/${person.interviewId}/transcripts`, {
    language: 'en',
    producedBy: 'human',
    turns: wholeTalk(person, words),
  });

/** Whatever is in force at the gate and can be taken from it, each kind by its own table and lock. */
export const STRIKES: Readonly<Record<string, Strike>> = {
  'consent withdrawn': {
    code: 'CONSENT_MISSING',
    action: 'consent.withdraw',
    share: 30,
    send: (app, { people }) => app.send('post', `/v1/consents/${people[0].consentId}/withdraw`),
    objectId: ({ people }) => people[0].consentId,
    restore: async (app, { people }) => {
      const path = `/v1/participants/${people[0].participantId}/consents`;
      const renewed = await app.ok('post', path, consentAt(await productNow(app)));
      people[0].consentId = renewed.body.id as string;
    },
  },
  'person erased': {
    code: 'CONSENT_MISSING',
    action: 'participant.erase',
    share: 2,
    send: (app, { people }) =>
      app.send('post', `/v1/participants/${people[1].participantId}/erasure`),
    objectId: ({ people }) => people[1].participantId,
    restore: null,
  },
  'two names, one person': {
    code: 'TOO_FEW_PEOPLE',
    action: 'participant-pair.decide',
    share: 16,
    send: (app, { pairId }) => decide(app, pairId, 'same_person'),
    objectId: ({ pairId }) => pairId,
    restore: (app, { pairId }) => decide(app, pairId, 'different_people'),
  },
  'contradiction attached': {
    code: 'NO_NEGATIVE_SEARCH',
    action: 'evidence.attach',
    share: 16,
    send: (app, evidence) => {
      const { interviewId } = evidence.people[1];
      return attach(app, evidence, { interviewId, disposition: 'contradicts' });
    },
    objectId: ({ insightId }) => insightId,
    restore: (app, evidence) => {
      const { interviewId } = evidence.people[1];
      return attach(app, evidence, { interviewId, disposition: 'supports' });
    },
  },
  'hit judged to contradict': {
    code: 'NO_NEGATIVE_SEARCH',
    action: 'negative-search.disposition',
    share: 8,
    send: (app, evidence) => judge(app, evidence, [evidence.hit], 'contradicts'),
    objectId: ({ searchId }) => searchId,
    restore: (app, evidence) => judge(app, evidence, [evidence.hit], 'supports'),
  },
  'words corrected away': {
    code: 'QUOTE_NOT_FOUND',
    action: 'transcript.create',
    share: 14,
    send: (app, { people }) => transcribe(app, people[0], 'It was all quite clear to me'),
    objectId: ({ people }) => people[0].interviewId,
    restore: (app, { people }) => transcribe(app, people[0], people[0].words),
  },
  'claim retired': {
    code: 'INSIGHT_RETIRED',
    action: 'insight.stand',
    share: 8,
    send: (app, evidence) => stand(app, evidence, 'retired'),
    objectId: ({ insightId }) => insightId,
    restore: (app, evidence) => stand(app, evidence, 'asserted'),
  },
  'another session of the study': {
    code: 'LEDGER_INCOMPLETE',
    action: 'interview.create',
    share: 6,
    send: (app, { studyId, people }) => {
      const { participantId, pseudonym } = people[1];
      const words = 'I have nothing to add';
      return sendTalk(app, { studyId, participantId, pseudonym, words, long: false });
    },
    objectId: (_, answer) => answer.body.id as string,
    restore: (app, evidence, answer) =>
      attach(app, evidence, {
        interviewId: answer.body.id as string,
        disposition: 'asked_not_mentioned',
      }),
  },
};

/** A small experiment on this evidence. Its reason is too short to be taken for a copy of another. */
export function racingBody(
  key: string,
  { insightId, people }: RacingEvidence,
): Record<string, unknown> {
  const body = experimentBody(insightId, people, { key, traffic: 0.1 });
  const rationale = body['rationale'] as Record<string, unknown> & {
    because: Record<string, object>;
  };
  const because = Object.fromEntries(
    Object.entries(rationale.because).map(([part, clause]) => [part, { ...clause, text: part }]),
  );
  return {
    ...body,
    rationale: {
      ...rationale,
      because,
      experience: { betterOff: 'Payers', worseOff: 'Nobody' },
      wrongIf: 'Nothing moves',
      otherExplanations: [{ explanation: 'Price' }],
      otherChanges: [{ change: 'Calculator', whyNot: 'Work' }],
    },
  };
}
