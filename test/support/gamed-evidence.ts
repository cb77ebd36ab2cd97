import { type HeardPerson, longTalk, productNow, searchAndAnswer } from './story.js';
import type { TestApp } from './test-app.js';

/** Evidence as somebody would make it who wants a gate to open; every person in it is invented. */

const DAY_MS = 86_400_000;

export interface Telling {
  pseudonym: string;
  /** What is quoted; words of their own when absent. */
  words?: string;
  /** What they say besides, turn by turn; a long talk like nobody else's when absent. */
  talk?: readonly string[];
  /** By the product's clock; negative is in the future. */
  endedDaysAgo?: number;
  minutes?: number;
  person?: object;
  interview?: object;
  transcript?: object;
  quote?: object;
}

/** One person with a consent, one talk with them, and one quote of it. */
export async function tell(app: TestApp, telling: Telling): Promise<HeardPerson> {
  const { pseudonym, endedDaysAgo = 10, minutes = 30 } = telling;
  const words = telling.words ?? `${pseudonym} saw the sum only after the last step was done`;
  const now = (await productNow(app)).getTime();
  const person = await app.ok('post', '/v1/participants', {
    pseudonym,
    kind: 'human',
    population: 'lead',
    accountRef: `account of ${pseudonym}`,
    consent: {
      scopes: ['take_part', 'product_decisions', 'quote_internal'],
      givenAt: new Date(now - 100 * DAY_MS).toISOString(),
      how: 'form',
      noticeVersion: '1',
    },
    ...telling.person,
  });
  const participantId = person.body.id as string;
  const says = (text: string) => ({ speaker: pseudonym, participantId, text });
  const asks = (text: string) => ({ speaker: 'Researcher', text });
  const besides =
    telling.talk?.flatMap((text) => [asks('And then?'), says(text)]) ??
    longTalk(pseudonym, participantId);
  const endedAt = now - endedDaysAgo * DAY_MS;
  const interview = await app.ok('post', '/v1/interviews', {
    participants: [{ participantId, speaksFor: [{ population: 'lead', stage: 'pricing' }] }],
    method: 'interview',
    modality: 'video',
    interactive: true,
    startedAt: new Date(endedAt - minutes * 60_000).toISOString(),
    endedAt: new Date(endedAt).toISOString(),
    interviewer: 'Researcher',
    transcript: {
      language: 'en',
      producedBy: 'human',
      turns: [asks('What happened on that day?'), says(`Well. ${words}. So it was.`), ...besides],
      ...telling.transcript,
    },
    ...telling.interview,
  });
  const interviewId = interview.body.id as string;
  const quote = await app.ok('post', `/v1/interviews/${interviewId}/quotes`, {
    text: words,
    temporality: 'past_specific',
    elicitation: 'open_probe',
    ...telling.quote,
  });
  return {
    participantId,
    consentId: person.body.consent.id as string,
    interviewId,
    quoteId: quote.body.id as string,
  };
}

/** A claim with these quotes in support and these interviews as asked and silent; searched and answered. */
export async function claimOn(
  app: TestApp,
  people: readonly HeardPerson[],
  silent: readonly HeardPerson[],
  changes: object = {},
): Promise<string> {
  const insight = await app.ok('post', '/v1/insights', {
    statement: 'People leave the pricing page because they cannot tell the total they will pay',
    audience: { populations: ['lead'], stages: ['pricing'] },
    ...changes,
  });
  const id = insight.body.id as string;
  await app.ok('post', `/v1/insights/${id}/evidence`, {
    evidence: [
      ...people.map(({ quoteId }) => ({ quoteId, disposition: 'supports' })),
      ...silent.map(({ interviewId }) => ({ interviewId, disposition: 'asked_not_mentioned' })),
    ],
  });
  await searchAndAnswer(app, id);
  return id;
}

export interface GateItem {
  code: string;
  subjects: string[];
  actual: unknown;
  expected: unknown;
  why: string;
}

export interface GateAnswer {
  outcome: string;
  policy: { profile: string; version: number };
  unmet: GateItem[];
  warnings: GateItem[];
  met: GateItem[];
  counts: { asked: number; people: number };
}

/** What the create gate says about a body; nothing is kept of it. */
export async function dryRun(app: TestApp, body: object): Promise<GateAnswer> {
  return (await app.ok('post', '/v1/experiments/check?gate=create', body)).body as GateAnswer;
}

export const codesOf = (items: readonly { code: string }[]): string[] =>
  items.map(({ code }) => code);

export function itemOf(items: readonly GateItem[], code: string): GateItem {
  const found = items.find((item) => item.code === code);
  if (found === undefined) throw new Error(`no ${code} among ${codesOf(items).join(', ')}`);
  return found;
}

/** The subjects of every finding of one kind in the integrity report. */
export async function integritySubjects(app: TestApp, code: string): Promise<string[][]> {
  const { body } = await app.ok('get', '/v1/integrity');
  return (body.findings as { code: string; subjects: string[] }[])
    .filter((finding) => finding.code === code)
    .map(({ subjects }) => subjects);
}

/** What somebody says at length: the same for a seed each time, like nothing else. */
export function talkOf(seed: string): string[] {
  const turns = longTalk(seed, seed) as { participantId?: string; text: string }[];
  return turns.filter(({ participantId }) => participantId === seed).map(({ text }) => text);
}

/** The same reason with the first three of its passages said in other words. */
export function inOtherWords(body: Record<string, unknown>, seed: string): Record<string, unknown> {
  const passages = talkOf(seed);
  const rationale = body['rationale'] as { because: Record<string, object> };
  const because = { ...rationale.because };
  for (const [at, part] of ['context', 'who', 'struggle'].entries()) {
    because[part] = { ...because[part], text: passages[at] };
  }
  return { ...body, rationale: { ...rationale, because } };
}
