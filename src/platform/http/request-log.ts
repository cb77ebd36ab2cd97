import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from '../logging/logger.js';
import type { RequestWithPrincipal } from '../security/principal.js';

/** One line per answered request: the route's pattern, never the path, whose ids may tell. */
export function logRequests(fastify: FastifyInstance, logger: Logger): void {
  fastify.addHook('onResponse', (request: FastifyRequest & RequestWithPrincipal, reply, done) => {
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
