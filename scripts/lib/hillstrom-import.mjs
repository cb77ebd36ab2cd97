import { postEvents } from './api.mjs';
import { recordInterview, recordTalk, searchForTheOpposite } from './evidence.mjs';
import {
  CALENDAR,
  EXPERIMENT_KEY,
  experimentBody,
  exposuresOf,
  METRICS,
  outcomesByDay,
} from './hillstrom.mjs';

/** @typedef {import('./api.mjs').Api} Api */

const DAY_MS = 86_400_000;
const WHY_INVENTED = 'invented for this import: the data has no interviews';

/** Three support the claim, one speaks against it, one was asked and did not mention it. */
const [K, L, M, AGAINST, SILENT] = [
  ['Customer K', 'I bought a jacket there last spring and then simply forgot that the shop exists'],
  [
    'Customer L',
    'A friend told me about the new catalogue when the size I wanted was already gone',
  ],
  ['Customer M', 'I only look in when something reminds me, and in the winter nothing did'],
  ['Customer N', 'I unsubscribed from three shops in January because too many e-mails came in'],
  ['Customer P', 'I ordered two shirts for my brother and they arrived within the week as always'],
].map(([pseudonym, said]) => ({
  pseudonym,
  said,
  population: 'customer',
  stage: 'returning',
  asked: 'Tell me about the last time you bought something from us.',
}));
const ANSWER = 'Those who want no e-mail are named as worse off; who unsubscribes gets none';

/** What stands in the sandbox before the first e-mail goes out. @param {Api} api */
export async function prepareExperiment(api) {
  await api.moveClock(CALENDAR.start);
  for (const metric of METRICS) await api.post('/v1/metrics', metric);
  const { insightId, quoteIds } = await prepareEvidence(api);
  await api.post('/v1/experiments', experimentBody(insightId, quoteIds));
  await api.moveClock(CALENDAR.launch);
  await api.post(`/v1/experiments/${EXPERIMENT_KEY}/launch`);
}

async function prepareEvidence(api) {
  const about = { why: WHY_INVENTED };
  const daysBefore = (days) => new Date(CALENDAR.start.getTime() - days * DAY_MS);
  const quoteIds = [];
  for (const [index, person] of [K, L, M].entries()) {
    quoteIds.push((await recordTalk(api, person, daysBefore(index + 3), about)).quoteId);
  }
  const against = await recordTalk(api, AGAINST, daysBefore(6), about);
  const silent = await recordInterview(api, SILENT, daysBefore(7), about);
  const { id: insightId } = await api.post('/v1/insights', {
    statement: `Customers come back when they are reminded (${WHY_INVENTED})`,
    audience: { populations: ['customer'] },
    tags: ['invented'],
  });
  await api.post(`/v1/insights/${insightId}/evidence`, {
    evidence: [
      ...quoteIds.map((quoteId) => ({ quoteId, disposition: 'supports' })),
      { quoteId: against.quoteId, disposition: 'contradicts', response: ANSWER },
      { interviewId: silent.interviewId, disposition: 'asked_not_mentioned' },
    ],
  });
  await searchForTheOpposite(
    api,
    `/v1/insights/${insightId}/negative-searches`,
    ['too many e-mails', 'unsubscribed'],
    judge,
  );
  return { insightId, quoteIds };
}

function judge({ text = '' }) {
  if (text.includes(AGAINST.said)) return { disposition: 'contradicts', response: ANSWER };
  return { disposition: text.includes(SILENT.said) ? 'asked_not_mentioned' : 'supports' };
}

/**
 * The e-mails, then the two weeks day by day, then the time until money has settled.
 * @param {Api} api
 * @param {import('./hillstrom.mjs').Row[]} rows
 */
export async function playRows(api, rows) {
  await api.moveClock(new Date(CALENDAR.sent.getTime() + 60_000));
  const counts = await postEvents(api, exposuresOf(rows));
  for (const { until, events } of outcomesByDay(rows)) {
    await api.moveClock(until);
    const { accepted, duplicate } = await postEvents(api, events);
    counts.accepted += accepted;
    counts.duplicate += duplicate;
  }
  await api.moveClock(CALENDAR.matured);
  return counts;
}

/** Everything once more, as it was. @param {Api} api */
export async function resendRows(api, rows) {
  const outcomes = outcomesByDay(rows).flatMap(({ events }) => events);
  return await postEvents(api, [...exposuresOf(rows), ...outcomes]);
}

/** @param {Api} api */
export const evaluate = (api) => api.post(`/v1/experiments/${EXPERIMENT_KEY}/evaluations`);

/** What must be equal in two evaluations of the same data: all but when and as what they were made. */
export function resultOf({ id: _id, asOf: _asOf, cutoff: _cutoff, ...result }) {
  return result;
}
