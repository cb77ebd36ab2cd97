import { createApi } from './api.mjs';
import { ONE_CLICK, TOTAL_FIRST } from './demo-experiments.mjs';
import { CUSTOMER_H, SECOND_READER, SUPPORT_LEAD, VISITOR_D } from './demo-people.mjs';
import { say, show, showRefusal, showWarnings, step } from './print.mjs';

/** Before the launch others than the author have to read, and to say that they know. */

/** @typedef {import('./api.mjs').Api} Api */
/** @typedef {Record<'support' | 'growth', { name: string, api: Api }>} Colleagues By department. */

const EXPERIMENTS = [TOTAL_FIRST, ONE_CLICK];
/** What a colleague's key may do. */
const SCOPES = ['evidence:read', 'evidence:read-words', 'evidence:write', 'experiments:write'];

/**
 * Two more members of the project, each with a key that acts as them.
 * @param {Api} api
 * @param {{ url: string }} service
 * @returns {Promise<Colleagues>}
 */
export async function joinColleagues(api, { url }) {
  const join = async ({ name, departments }) => {
    const member = await api.post('/v1/members', { name, departments });
    const key = { kind: 'secret', name, scopes: SCOPES, member: member.id };
    const { secret } = await api.post('/v1/keys', key);
    return { name, api: createApi({ url, key: secret }) };
  };
  return { support: await join(SUPPORT_LEAD), growth: await join(SECOND_READER) };
}

/**
 * @param {Api} api
 * @param {Colleagues} colleagues
 */
export async function launchBoth(api, colleagues) {
  step('A launch: the gates run again, and ask for others than the author');
  for (const { key } of EXPERIMENTS) {
    const path = `/v1/experiments/${key}/launch`;
    const refused = await api.send('POST', path);
    if (refused.status !== 422) throw new Error(`${key} was launched by its author alone`);
    if (key === TOTAL_FIRST.key) showRefusal(refused);
    else say(`${key} is refused for the same: ${codesOf(refused.body.unmet)}.`);
    await followRemedies(refused.body.unmet, colleagues);
    const { launchedAt, enrolmentEndsAt } = await api.post(path);
    const { current } = await api.get(`/v1/experiments/${key}/plan`);
    show(key, { launchedAt, enrolmentEndsAt, planDigest: current.digest });
    const { data } = await api.get(`/v1/experiments/${key}/gate-decisions`);
    const known = new Set(data[0].report.warnings.map(({ code }) => code));
    const { warnings } = data[data.length - 1].report;
    showWarnings({ warnings: warnings.filter(({ code }) => !known.has(code)) });
  }
}

const codesOf = (items) => items.map(({ code }) => code).join(', ');

async function followRemedies(unmet, colleagues) {
  for (const { code, remedies } of unmet) {
    for (const { path } of remedies) {
      const department = /\/impacts\/([^/]+)\/acknowledge$/.exec(path)?.[1];
      if (department !== undefined) {
        const { name, api } = colleagues[department];
        const { state } = await api.post(path, { note: `Read by the ${name}` });
        say(`${code}: the impact on ${department} is ${state} by the ${name}.`);
      } else if (path.endsWith('/readings')) {
        await readBlind(colleagues.growth, path, code);
      }
    }
  }
}

/** The reader sees the claim and the passages, and nobody's opinion of them. */
async function readBlind({ name, api }, path, code) {
  const { passages } = await api.get(path.replace(/readings$/, 'reading'));
  const { readings, agreement } = await api.post(path, {
    readings: passages.map(({ quoteId, text }) => ({ quoteId, disposition: secondOpinion(text) })),
  });
  const differ = readings.filter(({ agree }) => !agree);
  const beyondChance =
    agreement.alpha === undefined
      ? agreement.notComputed.detail
      : `Krippendorff's alpha ${agreement.alpha.toFixed(2)} (${agreement.label})`;
  say(
    `${code}: the ${name} read ${readings.length} passages blind and differs in ${differ.length}: ${beyondChance}.`,
  );
  for (const { firstDisposition, disposition } of differ) {
    say(`first ${firstDisposition}, second ${disposition}`, '     - ');
  }
}

/** By the words alone: that the sales rep speaks for others is not among them. */
function secondOpinion(text) {
  const isOpposite = [VISITOR_D, CUSTOMER_H].some(({ said }) => text.includes(said));
  return isOpposite ? 'contradicts' : 'supports';
}
