import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from '../logging/logger.js';
import type { RequestWithPrincipal } from '../security/principal.js';
import { isDirect } from './direct-route.js';

/**
 * One line per answered request: the route's pattern, never the path, whose ids may tell. Direct
 * routes have none for an answer as it should be, because a line costs a third of such an answer and
 * there may be thousands in a second.
 */
export function logRequests(fastify: FastifyInstance, logger: Logger): void {
  fastify.addHook('onResponse', (request: FastifyRequest & RequestWithPrincipal, reply, done) => {
    if (isDirect(request.routeOptions.config) && reply.statusCode < 400) {
      done();
      return;
    }
    const { principal } = request;
    logger.fact('request', {
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      ...(principal === undefined
        ? {}
        : { projectId: principal.projectId, keyId: principal.keyId }),
    });
    done();
  });
}
