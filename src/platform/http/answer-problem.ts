import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../logging/logger.js';
import { type Problem, problemOf } from './problem.js';

/** Wire routes answer in the dialect of their protocol: its members, and its status. */
export interface ProblemDialect {
  problemDialect?: (problem: Problem, request: FastifyRequest) => Problem;
  /** Whole seconds to wait, where the usual ones would not do for the clients of this route. */
  retryAfterSeconds?: (request: FastifyRequest) => number;
}

/** Whole seconds, which is all that clients read. A limit is on the rate: a second changes it. */
const RETRY_AFTER_SECONDS: Readonly<Record<number, number>> = { 429: 1, 503: 2 };

/** The one way in which errors leave the service: as `application/problem+json`. */
export function answerProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  logger: Logger,
): void {
  const problem = problemOf(error, request.id);
  if (problem.status >= 500 && problem.status !== 503) {
    logger.failure('request failed', error, {
      requestId: request.id,
      route: request.routeOptions.url,
    });
  }
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="becausal"');
  const config = request.routeOptions.config as ProblemDialect | undefined;
  const usual = RETRY_AFTER_SECONDS[problem.status];
  if (usual !== undefined) {
    const seconds = config?.retryAfterSeconds?.(request) ?? usual;
    void reply.header('retry-after', String(seconds));
  }
  const body = config?.problemDialect?.(problem, request) ?? problem;
  void reply.status(body.status).type('application/problem+json').send(JSON.stringify(body));
}
