import type { FastifyRequest } from 'fastify';

const kept = new WeakMap<FastifyRequest, Buffer>();

/** Keeps the body as it came, for routes that say so: signatures are over bytes. */
export function keepRawBody(request: FastifyRequest, bytes: Buffer): void {
  kept.set(request, bytes);
}

/** The body as it came; empty when there was none. Only on routes with `BodyConfig.raw`. */
export function rawBodyOf(request: FastifyRequest): Buffer {
  return kept.get(request) ?? Buffer.alloc(0);
}
