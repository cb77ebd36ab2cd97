import type { FastifyInstance } from 'fastify';

/** Every answer of a sandbox says that it is one: nothing in it is real. */
export function markSandbox(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    void reply.header('x-becausal-sandbox', 'true');
    done(null, payload);
  });
}
