import { VISITOR_A, VISITOR_B, VISITOR_C, VISITOR_D, VISITOR_J } from './demo-people.mjs';
import { confirmLedger, contradict, judgeAs, talk } from './demo-talks.mjs';
import { recordConsent, searchForTheOpposite, support } from './evidence.mjs';
import { say } from './print.mjs';

/** What the author of the first test does when the create gate says no. */

/** @typedef {import('./api.mjs').Api} Api */
/** @typedef {import('./evidence.mjs').Heard} Heard */
/**
 * @typedef {object} Story
 * @property {string} insightId
 * @property {string} studyId
 * @property {Heard} hearsay
 * @property {Heard} opposite
 */

const DAY_MS = 86_400_000;

/**
 * One round: every unmet item whose remedy can be followed.
 * @param {Api} api
 * @param {readonly any[]} unmet
 * @param {any} body
 * @param {Story} story
 * @returns {Promise<any>} the repaired body
 */
export async function followRemedies(api, unmet, body, story) {
  let repaired = body;
  let heardMore = false;
  for (const { code, remedies } of unmet) {
    for (const { path } of remedies) {
      if (/^\/v1\/participants\/[^/]+\/consents$/.test(path)) {
        const [, , , participantId] = path.split('/');
        await recordConsent(api, participantId, await api.now());
        say(`${code}: Visitor B was asked, and agrees to be quoted inside the company.`);
      } else if (path === '/v1/interviews' && !heardMore) {
        heardMore = true;
        if (code === 'TOO_FEW_ASKED') await askOneMore(api, code, story);
        else await hearOneMore(api, code, story);
      } else if (path.endsWith('/negative-searches')) {
        await lookForTheOpposite(api, path, code, story);
      } else if (path.startsWith('/v1/experiments/check') && code === 'EXPERIENCE_MISSING') {
        repaired = await sayWhoIsWorseOff(api, path, code, repaired);
      }
    }
  }
  return repaired;
}

async function sayWhoIsWorseOff(api, path, code, body) {
  const worseOff = 'Nobody pays more; people who compare by the price per seat look longer';
  const { rationale } = body;
  const experience = { ...rationale.experience, worseOff };
  const repaired = { ...body, rationale: { ...rationale, experience } };
  const check = await api.send('POST', path, repaired);
  const left = check.body.unmet.map((item) => item.code).join(', ');
  say(`${code}: the author writes who may be worse off. A free dry run: still unmet ${left}.`);
  return repaired;
}

/** A day later. */
async function talkToday(api, person, studyId) {
  const now = await api.now();
  await api.moveClock(new Date(now.getTime() + DAY_MS));
  return await talk(api, person, new Date(now.getTime() + DAY_MS / 2), studyId);
}

async function hearOneMore(api, code, { insightId, studyId, hearsay }) {
  const { quoteId } = await talkToday(api, VISITOR_C, studyId);
  await support(api, insightId, [quoteId]);
  say(`${code}: a day later the team has heard Visitor C, live, and cites the words.`);
  await api.post(`/v1/insights/${insightId}/evidence`, {
    quoteId: hearsay.quoteId,
    disposition: 'excluded',
    reason: 'Hearsay: a sales rep does not speak for buyers',
  });
  say('What the sales rep says about buyers is hearsay, and is no longer cited.');
}

async function askOneMore(api, code, { insightId, studyId }) {
  const { interviewId } = await talkToday(api, VISITOR_J, studyId);
  say(`${code}: Visitor J was asked the same and did not mention the total. Who was asked counts.`);
  const silent = { interviewId, disposition: 'asked_not_mentioned' };
  await confirmLedger(api, { studyId, insightId }, [silent]);
}

async function lookForTheOpposite(api, path, code, { insightId, opposite }) {
  const response = 'One seat and no extras: the total is clear when there is nothing to add up';
  const search = await searchForTheOpposite(
    api,
    path,
    ['easy to understand', 'the total was clear'],
    judgeAs({ cited: [VISITOR_A, VISITOR_B, VISITOR_C], opposite: VISITOR_D, response }),
  );
  await contradict(api, insightId, opposite, response);
  const found = `${search.interviewsSearched} interviews and found ${search.hits.length} turns`;
  say(`${code}: the server searched ${found} to judge. Visitor D says: "${VISITOR_D.said}"`);
  say(`Answered in writing: "${response}"`);
  say('That was also the open place in the ledger: who disagrees stands in it like everybody.');
}
