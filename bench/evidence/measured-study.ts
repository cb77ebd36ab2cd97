import { experimentBody } from '../../test/support/story.js';
import type { Service } from '../support/embedded-service.js';
import type { SeededInterview } from './seeding.js';
import { claimText, queriesOf, quotableText } from './talks.js';

/** The study of 40 that is measured, as a client sees it, in one of the databases. */
export interface MeasuredStudy {
  service: Service;
  interviews: readonly SeededInterview[];
  /** Cited by the body. */
  insightId: string;
  /** The same evidence once more: what searches add here leaves the dry run as it is. */
  searchedId: string;
  body: object;
}

/** One of the three operations; the same number is the same work in every database. */
export type Operation = (study: MeasuredStudy, number: number) => Promise<unknown>;

const QUOTES = 12;
/** Before these, the spans that the claims cite. */
const FIRST_FREE_PLACE = 1;
const PLACES = 320;
/** One of each twelve. */
const DISPOSITIONS = [
  { disposition: 'contradicts', response: 'They had seen another page that day' },
  { disposition: 'qualifies' },
];

/** Quotes, two claims on them with a full ledger, an answered search and the body of an experiment. */
export async function prepareStudy(
  service: Service,
  interviews: readonly SeededInterview[],
): Promise<MeasuredStudy> {
  const quoteIds: string[] = [];
  for (const { id, number } of interviews.slice(0, QUOTES)) {
    const quote = await call(service, 'POST', `/v1/interviews/${id}/quotes`, {
      text: quotableText(number, 0),
      temporality: 'past_specific',
      elicitation: 'open_probe',
    });
    quoteIds.push(quote['id'] as string);
  }
  const insightId = await claim(service, interviews, quoteIds);
  const searchedId = await claim(service, interviews, quoteIds);
  await answeredSearch(service, insightId);
  await declareMetric(service);
  const people = quoteIds.map((quoteId, index) => ({
    quoteId,
    interviewId: interviews[index]?.id ?? '',
    participantId: interviews[index]?.participantId ?? '',
    consentId: null,
  }));
  const body = experimentBody(insightId, people, { policy: 'standard' });
  return { service, interviews, insightId, searchedId, body };
}

async function claim(
  service: Service,
  interviews: readonly SeededInterview[],
  quoteIds: readonly string[],
): Promise<string> {
  const insight = await call(service, 'POST', '/v1/insights', {
    statement: claimText(0),
    audience: { populations: ['lead'], stages: ['pricing'] },
  });
  const id = insight['id'] as string;
  await call(service, 'POST', `/v1/insights/${id}/evidence`, {
    evidence: [
      ...quoteIds.map((quoteId, index) => ({
        quoteId,
        ...(DISPOSITIONS[index] ?? { disposition: 'supports' }),
      })),
      ...interviews
        .slice(QUOTES)
        .map((interview) => ({ interviewId: interview.id, disposition: 'asked_not_mentioned' })),
    ],
  });
  return id;
}

async function answeredSearch(service: Service, insightId: string): Promise<void> {
  const path = `/v1/insights/${insightId}/negative-searches`;
  const search = await call(service, 'POST', path, { queries: queriesOf(0) });
  const hits = search['hits'] as { interviewId: string; turn: number }[];
  await call(service, 'PUT', `${path}/${search['id'] as string}/hits`, {
    hits: hits.map(({ interviewId, turn }) => ({ interviewId, turn, disposition: 'supports' })),
  });
}

async function declareMetric(service: Service): Promise<void> {
  await call(service, 'POST', '/v1/metrics', {
    key: 'checkout-start',
    name: 'Checkout started',
    role: 'proxy',
    kind: 'proportion',
    class: 'stage_conversion',
    direction: 'increase',
    event: 'checkout_started',
    windowDays: 7,
  });
}

/** Asks the create gate without keeping anything. @returns what it said of each check */
export async function dryRun({ service, body }: MeasuredStudy): Promise<unknown> {
  const report = await call(service, 'POST', '/v1/experiments/check?gate=create', body);
  const unmet = (report['unmet'] as { code: string }[]).map(({ code }) => code);
  const met = (report['met'] as { code: string }[] | undefined)?.map(({ code }) => code);
  return { outcome: report['outcome'], unmet, met };
}

/** Finds where somebody said sixteen words that nobody has marked yet. @returns where they stand */
export async function locateOne(
  { service, interviews }: MeasuredStudy,
  number: number,
): Promise<unknown> {
  const place = FIRST_FREE_PLACE + Math.floor(number / interviews.length);
  if (place >= PLACES) throw new Error('every span of the study is marked');
  const interview = interviews[number % interviews.length];
  if (interview === undefined) throw new Error('a study has interviews');
  const quote = await call(service, 'POST', `/v1/interviews/${interview.id}/quotes`, {
    text: quotableText(interview.number, place),
  });
  return { turn: quote['turn'], start: quote['start'], end: quote['end'] };
}

/** Looks for what speaks against the claim. @returns how much was read, and the turns that were found */
export async function searchOnce(
  { service, searchedId, interviews }: MeasuredStudy,
  number: number,
): Promise<unknown> {
  const search = await call(service, 'POST', `/v1/insights/${searchedId}/negative-searches`, {
    queries: queriesOf(number + 1),
  });
  const numbers = new Map(interviews.map(({ id, number: which }) => [id, which]));
  const hits = (search['hits'] as { interviewId: string; turn: number; source: string }[]).map(
    // Interviews outside the study have ids of their own in each database.
    ({ interviewId, turn, source }) => `${numbers.get(interviewId) ?? 'other'} ${turn} ${source}`,
  );
  return { searched: search['interviewsSearched'], hits: hits.toSorted() };
}

async function call(
  { url, key }: Service,
  method: string,
  path: string,
  body: object,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.text();
  if (!response.ok)
    throw new Error(`${method} ${path}: ${response.status} ${answer.slice(0, 400)}`);
  return JSON.parse(answer) as Record<string, unknown>;
}
