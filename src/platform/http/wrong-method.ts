import type { FastifyInstance } from 'fastify';
import { problemOf } from './problem.js';
import { routePattern } from './route-pattern.js';

/**
 * The router says 404 for a known path with another method; 405 with `Allow` says what would work
 * (RFC 9110, section 15.5.6).
 */
export function answerWrongMethods(fastify: FastifyInstance): void {
  const methodsOf = new Map<string, { pattern: RegExp; methods: Set<string> }>();
  fastify.addHook('onRoute', (route) => {
    if (route.url.includes('*')) return;
    const known = methodsOf.get(route.url) ?? {
      pattern: routePattern(route.url),
      methods: new Set<string>(),
    };
    for (const method of [route.method].flat()) known.methods.add(method);
    methodsOf.set(route.url, known);
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode !== 404 || request.routeOptions.url !== undefined) {
      done(null, payload);
      return;
    }
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = new Set(
      [...methodsOf.values()]
        .filter(({ pattern }) => pattern.test(path))
        .flatMap(({ methods }) => [...methods]),
    );
    if (allowed.size === 0) {
      done(null, payload);
      return;
    }
    void reply.code(405).header('allow', [...allowed].sort().join(', '));
    const body = JSON.stringify(problemOf({ statusCode: 405 }, request.id));
    void reply.header('content-length', Buffer.byteLength(body));
    done(null, body);
  });
}
