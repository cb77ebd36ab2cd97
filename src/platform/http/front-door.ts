import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { FrontDoorError, problemOf } from './problem.js';
import { readJson } from './read-json.js';
import { UploadedFile } from './uploaded-file.js';

/** Body of an ordinary request. */
export const BODY_MAX_BYTES = 64 * 1024;
/** Most routes take no more; those that read archives of files say so by `bodyMaxBytes`. */
export const ANY_BODY_MAX_BYTES = 2 * 1024 * 1024;

/** What a route declares about its body; read by the parser before any handler. */
export interface BodyConfig {
  bodyMaxBytes?: number;
  /** Media types beside JSON that this route takes as a file, see `UploadedFile`. */
  fileTypes?: readonly string[];
}

const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;
const URL_MAX_CHARS = 8_192;

/** The Fastify adapter with the limits of the service; errors of the framework are problems too. */
export function createAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: ANY_BODY_MAX_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    genReqId: () => randomUUID(),
    forceCloseConnections: 'idle',
    http: { headersTimeout: HEADERS_TIMEOUT_MS, maxHeaderSize: 16 * 1024 },
    routerOptions: {
      maxParamLength: 200,
      ignoreDuplicateSlashes: false,
      querystringParser: flatQuery,
    },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      sendProblem(reply, problemOf(error, request.id));
    },
    clientErrorHandler: (_error, socket) => {
      if (!socket.writable) return;
      const problem = problemOf({ statusCode: 400 }, randomUUID());
      const body = JSON.stringify(problem);
      socket.end(
        'HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\n' +
          `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
      );
    },
  });
}

function sendProblem(reply: FastifyReply, problem: { status: number }): void {
  void reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

/** Query strings are flat: a repeated name is an array, brackets mean nothing. */
function flatQuery(query: string): Record<string, string | string[]> {
  const flat = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of new URLSearchParams(query)) {
    const before = flat[name];
    if (before === undefined) flat[name] = value;
    else flat[name] = Array.isArray(before) ? [...before, value] : [before, value];
  }
  return flat;
}

/** Installs the body parser and the headers that every answer carries. */
export function installFrontDoor(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, parseBody(request, body as Buffer));
    } catch (error) {
      done(error as Error, undefined);
    }
  });
  // Refused while it is being read, so that nobody can make the service hold a larger body.
  fastify.addHook('onRoute', (route) => {
    const { bodyMaxBytes } = (route.config ?? {}) as BodyConfig;
    if (bodyMaxBytes !== undefined) route.bodyLimit = bodyMaxBytes;
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    secureHeaders(request, reply);
    if (request.url.length > URL_MAX_CHARS) {
      done(new FrontDoorError(414, 'uri-too-long', `At most ${URL_MAX_CHARS} characters.`));
      return;
    }
    done(encodingError(request));
  });
}

function secureHeaders(request: FastifyRequest, reply: FastifyReply): void {
  void reply.headers({
    'x-request-id': request.id,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
  });
}

function encodingError(request: FastifyRequest): Error | undefined {
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return undefined;
  return new FrontDoorError(
    415,
    'unsupported-content-encoding',
    'Send the body without compression.',
  );
}

function parseBody(request: FastifyRequest, body: Buffer): unknown {
  const config = (request.routeOptions.config ?? {}) as BodyConfig;
  const limit = config.bodyMaxBytes ?? BODY_MAX_BYTES;
  if (body.length > limit) {
    throw new FrontDoorError(413, 'payload-too-large', `At most ${limit} bytes on this route.`);
  }
  const [type = '', ...parameters] = String(request.headers['content-type'] ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) {
    throw new FrontDoorError(415, 'unsupported-media-type', 'Only UTF-8 is read.');
  }
  if (config.fileTypes?.includes(type) === true) return new UploadedFile(type, body);
  if (type !== 'application/json') {
    throw new FrontDoorError(415, 'unsupported-media-type', 'Send application/json.');
  }
  const value = readJson(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FrontDoorError(422, 'validation-failed', 'The body must be a JSON object.', [
      { pointer: '', code: 'not-an-object' },
    ]);
  }
  return value;
}
