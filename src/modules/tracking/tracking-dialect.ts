import type { FastifyRequest } from 'fastify';
import type { ProblemDialect } from '../../platform/http/answer-problem.js';

/** Longest wait that the clients keep to. */
const WAIT_MAX_SECONDS = 300;
const FIRST_WAIT_SECONDS = 2;
const DOUBLINGS_MAX = 8;

/**
 * Errors as clients of the tracking protocol need them. They give up a batch a few minutes into a 503,
 * and keep it for hours on a 429 that says when to come back; so an outage is a 429 here.
 *
 * They count their attempts and stop after some thirty. The wait doubles with each, so that a blip
 * costs two seconds and thirty attempts last nearly two hours.
 */
export const TRACKING_DIALECT: ProblemDialect = {
  problemDialect: (problem) => (problem.status === 503 ? { ...problem, status: 429 } : problem),
  retryAfterSeconds: (request) => {
    const doublings = Math.min(attemptsOf(request), DOUBLINGS_MAX);
    return Math.min(FIRST_WAIT_SECONDS * 2 ** doublings, WAIT_MAX_SECONDS);
  },
};

/** How often the client has tried in vain, where it says so. */
function attemptsOf({ headers }: FastifyRequest): number {
  const said = headers['x-retry-count'];
  return typeof said === 'string' && /^\d{1,6}$/.test(said) ? Number(said) : 0;
}
