import { postEvents } from './api.mjs';
import { recordTalk, searchForTheOpposite, support } from './evidence.mjs';
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

const PEOPLE = [
  ['Customer K', 'I bought a jacket there last spring and then simply forgot that the shop exists'],
  [
    'Customer L',
    'A friend told me about the new catalogue when the size I wanted was already gone',
  ],
  ['Customer M', 'I only look in when something reminds me, and in the winter nothing did'],
].map(([pseudonym, said]) => ({
  pseudonym,
  said,
  population: 'customer',
  stage: 'returning',
  asked: 'Tell me about the last time you bought something from us.',
}));

/** What stands in the sandbox before the first e-mail goes out. @param {Api} api */
export async function prepareExperiment(api) {
  await api.moveClock(CALENDAR.start);
  for (const metric of METRICS) await api.post('/v1/metrics', metric);
  const heard = [];
  for (const [index, person] of PEOPLE.entries()) {
    const endedAt = new Date(CALENDAR.start.getTime() - (index + 3) * DAY_MS);
    heard.push(await recordTalk(api, person, endedAt, { why: WHY_INVENTED }));
  }
  const quoteIds = heard.map(({ quoteId }) => quoteId);
  const insight = await api.post('/v1/insights', {
    statement: `Customers come back when they are reminded (${WHY_INVENTED})`,
    audience: { populations: ['customer'] },
    tags: ['invented'],
  });
  await support(api, insight.id, quoteIds);
  await searchForTheOpposite(
    api,
    `/v1/insights/${insight.id}/negative-searches`,
    ['too many e-mails', 'unsubscribed'],
    () => ({ disposition: 'supports' }),
  );
  await api.post('/v1/experiments', experimentBody(insight.id, quoteIds));
  await api.moveClock(CALENDAR.launch);
  await api.post(`/v1/experiments/${EXPERIMENT_KEY}/launch`);
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
