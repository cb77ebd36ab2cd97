/** @typedef {import('./api.mjs').Api} Api */

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const TALK_MINUTES = 35;
/** From what happened to the talk about it: within what every study template asks for. */
const EVENT_DAYS_BEFORE = 3;

/**
 * Somebody of a story. Every one of them is invented, and the data says so.
 * @typedef {object} Invented
 * @property {string} pseudonym
 * @property {string} population
 * @property {string} stage Stage of the funnel they have been through.
 * @property {string} asked What the interviewer asked.
 * @property {string} said What they answered, at least six words.
 * @property {string} [around] Said around it.
 * @property {string[]} [consent]
 */

/** @typedef {{ participantId: string, interviewId: string }} Asked */
/** @typedef {Asked & { quoteId: string }} Heard */

const CONSENT = ['take_part', 'transcribe', 'product_decisions', 'quote_internal'];
const CONSENT_LIFE_DAYS = 3 * 365;

/**
 * Records a live talk with an invented person, with their consent.
 * @param {Api} api
 * @param {Invented} person
 * @param {Date} endedAt By the product's clock.
 * @param {{ why: string, studyId?: string }} about `why` says in the transcript itself that nobody
 *   really said this.
 * @returns {Promise<Asked>}
 */
export async function recordInterview(api, person, endedAt, { why, studyId }) {
  const participant = await api.post('/v1/participants', {
    pseudonym: person.pseudonym,
    kind: 'human',
    population: person.population,
    accountRef: `invented account of ${person.pseudonym}`,
  });
  const startedAt = new Date(endedAt.getTime() - TALK_MINUTES * MINUTE_MS);
  const anchorEventAt = new Date(startedAt.getTime() - EVENT_DAYS_BEFORE * DAY_MS);
  await recordConsent(api, participant.id, startedAt, person.consent ?? CONSENT);
  const text = person.around === undefined ? `${person.said}.` : `${person.said}. ${person.around}`;
  const interview = await api.post('/v1/interviews', {
    ...(studyId === undefined ? {} : { studyId, anchorEventAt: anchorEventAt.toISOString() }),
    participants: [
      {
        participantId: participant.id,
        speaksFor: [{ population: person.population, stage: person.stage }],
      },
    ],
    method: 'interview',
    modality: 'video',
    interactive: true,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    interviewer: 'Researcher (invented)',
    transcript: {
      language: 'en',
      producedBy: 'human',
      turns: [
        { speaker: 'Researcher', text: `[${why}] ${person.asked}` },
        { speaker: person.pseudonym, participantId: participant.id, text },
      ],
    },
  });
  return { participantId: participant.id, interviewId: interview.id };
}

/**
 * The same, and quotes what they said.
 * @param {Api} api
 * @param {Invented} person
 * @param {Date} endedAt
 * @param {{ why: string, studyId?: string }} about
 * @returns {Promise<Heard>}
 */
export async function recordTalk(api, person, endedAt, about) {
  const asked = await recordInterview(api, person, endedAt, about);
  const quote = await api.post(`/v1/interviews/${asked.interviewId}/quotes`, {
    text: person.said,
    temporality: 'past_specific',
    elicitation: 'open_probe',
  });
  return { ...asked, quoteId: quote.id };
}

/** @param {Api} api */
export async function recordConsent(api, participantId, givenAt, scopes = CONSENT) {
  const retainUntil = new Date(givenAt.getTime() + CONSENT_LIFE_DAYS * DAY_MS);
  await api.post(`/v1/participants/${participantId}/consents`, {
    scopes,
    givenAt: givenAt.toISOString(),
    how: 'recorded_verbal',
    noticeVersion: '1',
    retainUntil: retainUntil.toISOString(),
  });
}

/** @param {Api} api */
export async function support(api, insightId, quoteIds) {
  await api.post(`/v1/insights/${insightId}/evidence`, {
    evidence: quoteIds.map((quoteId) => ({ quoteId, disposition: 'supports' })),
  });
}

/**
 * Runs a search for what speaks against the insight and judges every hit.
 * @param {Api} api
 * @param {string} path The search's address, as a refusal names it.
 * @param {string[]} queries
 * @param {(hit: { text?: string }) => { disposition: string, response?: string }} judge
 */
export async function searchForTheOpposite(api, path, queries, judge) {
  const search = await api.post(path, { queries });
  const hits = search.hits.map((hit) => ({
    interviewId: hit.interviewId,
    turn: hit.turn,
    ...judge(hit),
  }));
  if (hits.length > 0) await api.put(`${path}/${search.id}/hits`, { hits });
  return search;
}

/**
 * A part of the because that rests on quotes.
 * @param {string} text
 * @param {...Heard} heard
 */
export function cited(text, ...heard) {
  return { text, quoteIds: heard.map(({ quoteId }) => quoteId) };
}
