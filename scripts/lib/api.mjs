/** An answer that is not 2xx. */
export class Refused extends Error {
  /**
   * @param {string} request
   * @param {number} status
   * @param {any} body
   */
  constructor(request, status, body) {
    super(`${request}: ${status} ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
  }
}

/**
 * The public HTTP API with one key.
 * @param {{ url: string, key: string }} service
 */
export function createApi({ url, key }) {
  const send = async (method, path, body, { accept = 'application/json', ifMatch } = {}) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        accept,
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = /json/.test(answer.headers.get('content-type') ?? '');
    const etag = answer.headers.get('etag') ?? undefined;
    return { status: answer.status, body: isJson ? JSON.parse(text) : text, etag };
  };
  const accepted = async (method, path, body, headers) => {
    const answer = await send(method, path, body, headers);
    if (answer.status >= 200 && answer.status <= 299) return answer;
    throw new Refused(`${method} ${path}`, answer.status, answer.body);
  };
  const ok = async (...request) => (await accepted(...request)).body;
  return {
    /** Answers `{ status, body }` whatever the status is. */
    send,
    get: (path, accept) => ok('GET', path, undefined, { accept }),
    post: (path, body) => ok('POST', path, body),
    put: (path, body) => ok('PUT', path, body),
    /** Reads, changes, and writes back unless somebody else has written in between. */
    edit: async (path, changes) => {
      const { body, etag } = await accepted('GET', path);
      return await ok('PUT', path, { ...body, ...changes }, { ifMatch: etag });
    },
    /** The product's clock. */
    now: async () => new Date((await ok('GET', '/v1/sandbox/clock')).now),
    /** Moves the clock through all that falls due; throws when something due could not be done. */
    moveClock: async (instant) => {
      const moved = await ok('POST', '/v1/sandbox/clock', { now: instant.toISOString() });
      const failed = moved.steps.filter(({ failures }) => failures.length > 0);
      if (failed.length > 0) throw new Error(`Due work failed: ${JSON.stringify(failed)}`);
      return moved;
    },
  };
}

/** @typedef {ReturnType<typeof createApi>} Api */

/** As many as one batch may hold. */
const BATCH = 500;

/**
 * Posts events in batches and counts the answers.
 * @param {Api} api
 * @param {readonly object[]} events
 * @returns {Promise<{ accepted: number, duplicate: number }>}
 * @throws Error when an event was rejected: the sender is wrong then
 */
export async function postEvents(api, events) {
  const counts = { accepted: 0, duplicate: 0 };
  for (let at = 0; at < events.length; at += BATCH) {
    const batch = events.slice(at, at + BATCH);
    const { results } = await api.post('/v1/events', { events: batch });
    for (const result of results) {
      if (result.status === 'rejected') throw new Error(`Rejected: ${JSON.stringify(result)}`);
      counts[result.status] += 1;
    }
  }
  return counts;
}
