import {
  CUSTOMER_E,
  CUSTOMER_F,
  CUSTOMER_G,
  CUSTOMER_H,
  CUSTOMER_K,
  SALES_REP,
  VISITOR_A,
  VISITOR_B,
  VISITOR_D,
  WHY_INVENTED,
} from './demo-people.mjs';
import { METRICS, oneClickBody, totalFirstBody } from './demo-experiments.mjs';
import { followRemedies } from './demo-repairs.mjs';
import { confirmLedger, contradict, judgeAs, planStudy, talk } from './demo-talks.mjs';
import { searchForTheOpposite, support } from './evidence.mjs';
import { say, show, showRefusal, showWarnings, step } from './print.mjs';

/** @typedef {import('./api.mjs').Api} Api */

const DAY_MS = 86_400_000;
/** A story that is still refused after this many repairs tells of a fault. */
const REPAIRS_MAX = 6;

const daysBefore = (instant, days) => new Date(instant.getTime() - days * DAY_MS);

/** Currency, stages, declared costs, departments, metrics. @param {Api} api */
export async function setUpProject(api) {
  step('The project says how it knows its costs, and what it counts');
  const project = await api.edit('/v1/project', {
    timezone: 'UTC',
    currency: 'USD',
    stages: ['pricing', 'checkout', 'using'],
    costs: {
      cogs: { how: 'events' },
      support_cost: { how: 'events' },
      incentive: { how: 'none', because: 'the shop of this demo gives no discounts' },
    },
  });
  show('costs', project.costs);
  say('Every kind of cost is known, so profit is profit and not partial profit.');
  await api.post('/v1/departments', {
    key: 'growth',
    name: 'Growth',
    stages: ['pricing', 'checkout'],
  });
  await api.post('/v1/departments', {
    key: 'support',
    name: 'Support',
    stages: ['pricing', 'checkout', 'using'],
    touchpoints: ['phone', 'chat'],
  });
  for (const metric of METRICS) await api.post('/v1/metrics', metric);
  const names = METRICS.map(({ key, role }) => `${key} (${role})`).join(', ');
  say(`Metrics: ${names}, and profit, which every project has.`);
}

/**
 * The first test: refused at first, then repaired by following what the refusal said.
 * @param {Api} api
 */
export async function openTotalFirst(api) {
  step('Four people are heard about the pricing page (all invented, as every word below)');
  const now = await api.now();
  const { questionId, studyId } = await planStudy(api, {
    text: `Why do people leave the pricing page? (${WHY_INVENTED})`,
    template: 'lost-at-stage',
    name: 'Lost at pricing',
  });
  const a = await talk(api, VISITOR_A, daysBefore(now, 12), studyId);
  const b = await talk(api, VISITOR_B, daysBefore(now, 11), studyId);
  const r = await talk(api, SALES_REP, daysBefore(now, 10));
  const d = await talk(api, VISITOR_D, daysBefore(now, 9), studyId);
  const insight = await api.post('/v1/insights', {
    statement: `People leave the pricing page because they cannot tell the total they will pay (${WHY_INVENTED})`,
    audience: { populations: ['lead'], stages: ['pricing'] },
    questionId,
    job: 'Explain to somebody else what it will cost',
    tags: ['pricing'],
  });
  const quoteIds = [a, b, r].map(({ quoteId }) => quoteId);
  await support(api, insight.id, quoteIds);
  say(`Insight: ${insight.statement}`);

  step('A test is asked for too early, and refused');
  let body = totalFirstBody(insight.id, { a, b });
  let answer = await api.send('POST', '/v1/experiments', body);
  if (answer.status !== 422) throw new Error('the gate let an unfinished because through');
  showRefusal(answer);

  step('Each remedy the refusal printed is followed, until the gate opens');
  const story = { insightId: insight.id, studyId, hearsay: r, opposite: d };
  for (let repair = 0; answer.status === 422; repair += 1) {
    if (repair === REPAIRS_MAX) throw new Error('the remedies do not lead to a pass');
    if (repair > 0) showRefusal(answer);
    body = await followRemedies(api, answer.body.unmet, body, story);
    answer = await api.send('POST', '/v1/experiments', body);
  }
  await passed(api, answer, body.key);
}

/** The second test: its because holds at the first attempt. @param {Api} api */
export async function openOneClick(api) {
  step('A second test comes with its evidence complete');
  const now = await api.now();
  const { questionId, studyId } = await planStudy(api, {
    text: `Why do so few customers take the add-on? (${WHY_INVENTED})`,
    template: 'ten-recent-converters',
    name: 'Recent orders',
  });
  const e = await talk(api, CUSTOMER_E, daysBefore(now, 8), studyId);
  const f = await talk(api, CUSTOMER_F, daysBefore(now, 7), studyId);
  const g = await talk(api, CUSTOMER_G, daysBefore(now, 6), studyId);
  const h = await talk(api, CUSTOMER_H, daysBefore(now, 5), studyId);
  const k = await talk(api, CUSTOMER_K, daysBefore(now, 4), studyId);
  const insight = await api.post('/v1/insights', {
    statement: `Customers miss the add-on because it is too far from the basket (${WHY_INVENTED})`,
    audience: { populations: ['customer'], stages: ['checkout'] },
    questionId,
    tags: ['checkout'],
  });
  await support(
    api,
    insight.id,
    [e, f, g].map(({ quoteId }) => quoteId),
  );
  const response = 'One person. If it is more, it shows in refunds and in the support guardrail';
  await searchForTheOpposite(
    api,
    `/v1/insights/${insight.id}/negative-searches`,
    ['never wanted it', 'money back'],
    judgeAs({ cited: [CUSTOMER_E, CUSTOMER_F, CUSTOMER_G], opposite: CUSTOMER_H, response }),
  );
  await contradict(api, insight.id, h, response);
  say(`Customer H contradicts: "${CUSTOMER_H.said}"`);
  say(`Answered in writing: "${response}"`);
  say('Customer K was asked the same and did not mention the add-on: that is part of the case.');
  const silent = { interviewId: k.interviewId, disposition: 'asked_not_mentioned' };
  await confirmLedger(api, { studyId, insightId: insight.id }, [silent]);
  const body = oneClickBody(insight.id, { e, f });
  await passed(api, await api.send('POST', '/v1/experiments', body), body.key);
}

async function passed(api, answer, key) {
  if (answer.status !== 201) {
    throw new Error(`${key} was not created: ${JSON.stringify(answer.body)}`);
  }
  const { data } = await api.get(`/v1/experiments/${key}/gate-decisions`);
  const { report } = data[data.length - 1];
  const { asked, people, liveFirstHand, contradicts } = report.counts;
  say(`The gate opens: ${key} exists as a draft, held to ${answer.body.effectivePolicy}.`);
  show('counted', { asked, people, liveFirstHand, contradicts });
  showWarnings(report);
}
