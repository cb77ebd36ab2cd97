import { SALES_REP, WHY_INVENTED } from './demo-people.mjs';
import { recordInterview, recordTalk } from './evidence.mjs';
import { say } from './print.mjs';

/** What both tests need of their interviews. */

/** @typedef {import('./api.mjs').Api} Api */
/** @typedef {import('./evidence.mjs').Heard} Heard */

/** A question, and the round of interviews in which it is asked. @param {Api} api */
export async function planStudy(api, { text, ...plan }) {
  const question = await api.post('/v1/questions', { text });
  const study = await api.post('/v1/studies', { questionId: question.id, ...plan });
  say(`Question: ${text}`);
  say(`Study "${study.name}", from the template ${study.template}.`);
  return { questionId: question.id, studyId: study.id };
}

/**
 * A talk, of a study or without one; whoever has nothing to say about the claim is not quoted.
 * @param {Api} api
 * @param {import('./evidence.mjs').Invented & { isSilent?: boolean }} person
 * @param {Date} endedAt
 * @param {string} [studyId]
 * @returns {Promise<Heard>} without a quote for the silent
 */
export async function talk(api, person, endedAt, studyId) {
  const record = person.isSilent === true ? recordInterview : recordTalk;
  const heard = await record(api, person, endedAt, { why: WHY_INVENTED, studyId });
  say(`${person.pseudonym} (${person.population}): "${person.said}"`);
  return heard;
}

/**
 * What the cited people said supports, `opposite` contradicts, the sales rep was not asked about
 * themselves, and whoever is left did not mention it.
 */
export function judgeAs({ cited, opposite, response }) {
  return ({ text = '' }) => {
    if (text.includes(opposite.said)) return { disposition: 'contradicts', response };
    if (text.includes(SALES_REP.said)) return { disposition: 'not_asked' };
    const isCited = cited.some(({ said }) => text.includes(said));
    return { disposition: isCited ? 'supports' : 'asked_not_mentioned' };
  };
}

/** @param {Api} api @param {string} insightId @param {Heard} heard @param {string} response */
export async function contradict(api, insightId, { quoteId }, response) {
  await api.post(`/v1/insights/${insightId}/evidence`, {
    quoteId,
    disposition: 'contradicts',
    response,
  });
}

/**
 * Gives every interview of a study its place, in one request: quotes speak for themselves, and the
 * author says the rest.
 * @param {Api} api
 * @param {{ studyId: string, insightId: string }} of
 * @param {readonly { interviewId: string, disposition: string }[]} judged
 */
export async function confirmLedger(api, { studyId, insightId }, judged) {
  const { entries, openCells } = await api.put(`/v1/studies/${studyId}/ledger`, {
    insightIds: [insightId],
    entries: judged.map((entry) => ({ insightId, ...entry })),
  });
  const left = openCells === 0 ? 'every one has its place' : `${openCells} are still open`;
  say(`The ledger, confirmed in one request: of ${entries.length} interviews ${left}.`);
}
