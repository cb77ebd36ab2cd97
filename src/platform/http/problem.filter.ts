import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Logger } from '../logging/logger.js';
import { type Problem, problemOf } from './problem.js';

/** Wire routes answer in the dialect of their protocol: its members, and its status. */
export interface ProblemDialect {
  problemDialect?: (problem: Problem, request: FastifyRequest) => Problem;
}

const RETRY_AFTER_SECONDS = 2;

/** Every error leaves through here, as `application/problem+json`. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = problemOf(error, request.id);
    if (problem.status >= 500 && problem.status !== 503) {
      this.logger.failure('request failed', error, {
        requestId: request.id,
        route: request.routeOptions.url,
      });
    }
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="becausal"');
    if (problem.status === 503 || problem.status === 429)
      void reply.header('retry-after', String(RETRY_AFTER_SECONDS));
    const config = request.routeOptions.config as ProblemDialect | undefined;
    const body = config?.problemDialect?.(problem, request) ?? problem;
    void reply.status(body.status).type('application/problem+json').send(JSON.stringify(body));
  }
}
