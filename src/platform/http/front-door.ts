import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { bufferBody } from './buffer-body.js';
import { answerBrowsers } from './cors.js';
import { FrontDoorError, problemOf } from './problem.js';
import { keepRawBody } from './raw-body.js';
import { readJson } from './read-json.js';
import { readListed } from './read-listed.js';
import { StreamedBody } from './streamed-body.js';
import { UploadedFile } from './uploaded-file.js';
import {
  forgetMediaType,
  isInflatable,
  readWireBody,
  WIRE_BODY_MAX_BYTES,
  type WireBody,
} from './wire-body.js';

/** Body of an ordinary request. */
export const BODY_MAX_BYTES = 64 * 1024;
/**
 * What is too long for its route is still read up to here, so that the sender sees the answer; a
 * larger body is taken only where a route says so by `bodyMaxBytes`.
 */
export const ANY_BODY_MAX_BYTES = 2 * 1024 * 1024;

/** What a route declares about its body; read by the parser before any handler. */
export interface BodyConfig {
  bodyMaxBytes?: number;
  /** Media types beside JSON that this route takes as a file, see `UploadedFile`. */
  fileTypes?: readonly string[];
  /** Media types that this route reads while they arrive, of any length, see `StreamedBody`. */
  streamTypes?: readonly string[];
  /** Name of the list that the body is about, whose elements fail one by one, see `readListed`. */
  list?: string;
  /** A route for clients of foreign protocols: JSON however it is labelled, gzip too. */
  wire?: WireBody;
  /** The body is kept as it came beside what was read from it, see `rawBodyOf`. */
  raw?: true;
}

/** How long the front door waits for a client. */
export interface Patience {
  /** For a whole ordinary body. */
  bodyMs: number;
  /** Between two pieces of a body that is read while it arrives. */
  idleMs: number;
  /** For the rest of a body that nobody reads, once the answer is sent. */
  lingerMs: number;
}

const PATIENCE: Patience = { bodyMs: 30_000, idleMs: 30_000, lingerMs: 10_000 };
const HEADERS_TIMEOUT_MS = 10_000;
const URL_MAX_CHARS = 8_192;

/** The Fastify adapter with the limits of the service; errors of the framework are problems too. */
export function createAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: ANY_BODY_MAX_BYTES,
    // Files of events take as long as they take: bodies have limits of their own, see `receive`.
    requestTimeout: 0,
    genReqId: () => randomUUID(),
    // There is no Nest middleware, which every request would have to pass.
    skipMiddie: true,
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
export function installFrontDoor(fastify: FastifyInstance, patience: Patience = PATIENCE): void {
  fastify.removeAllContentTypeParsers();
  // JSON by its name too: it is found at once, without taking the header apart.
  fastify.addContentTypeParser(
    ['application/json', '*'],
    (request: FastifyRequest, body: IncomingMessage, done: BodyParsed) =>
      receive(request, body, patience, done),
  );
  fastify.addHook('onRequest', (request, reply, done) => {
    secureHeaders(request, reply);
    done();
  });
  answerBrowsers(fastify);
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (request.url.length > URL_MAX_CHARS) {
      done(new FrontDoorError(414, 'uri-too-long', `At most ${URL_MAX_CHARS} characters.`));
      return;
    }
    done(encodingError(request));
  });
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    // Who fell silent (408) is not waited for.
    if (stillSends(request.raw) && reply.statusCode !== 408) stayForTheRest(reply);
    done();
  });
  fastify.addHook('onResponse', (request, _reply, done) => {
    if (stillSends(request.raw)) leaveUnread(request.raw, patience.lingerMs);
    done();
  });
}

/** Whether part of the body is still to come. A request made inside the process has no connection. */
function stillSends(request: IncomingMessage): boolean {
  return request.complete === false && !request.destroyed;
}

/**
 * Fastify closes the connection with the refusal of a body. Closing while the client still sends
 * resets the connection, and the client meets EPIPE instead of its answer; so the connection stays
 * until the rest has come, see `leaveUnread`, whatever either side said about keeping it.
 */
function stayForTheRest(reply: FastifyReply): void {
  reply.removeHeader('connection');
  reply.raw.shouldKeepAlive = true;
}

/**
 * The answer is out and the client still sends. It gets a moment to read the answer; then the
 * connection is closed, or it could send for ever.
 */
function leaveUnread(request: IncomingMessage, lingerMs: number): void {
  const timer = setTimeout(() => request.socket.destroy(), lingerMs).unref();
  request.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
  request.resume();
}

const SECURE_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
};

function secureHeaders(request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('x-request-id', request.id).headers(SECURE_HEADERS);
}

function encodingError(request: FastifyRequest): Error | undefined {
  const isWire = bodyConfigOf(request).wire !== undefined;
  if (isWire) forgetMediaType(request);
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return undefined;
  if (isWire && isInflatable(encoding)) return undefined;
  return new FrontDoorError(
    415,
    'unsupported-content-encoding',
    'Send the body without compression.',
  );
}

function bodyConfigOf(request: FastifyRequest): BodyConfig {
  return (request.routeOptions.config ?? {}) as BodyConfig;
}

/** As Fastify wants to be told. */
type BodyParsed = (error: Error | null, body?: unknown) => void;

/** Calls back, like `bufferBody` and for its reason. */
function receive(
  request: FastifyRequest,
  body: IncomingMessage,
  { bodyMs, idleMs }: Patience,
  done: BodyParsed,
): void {
  const config = bodyConfigOf(request);
  const declared = request.headers['content-length'];
  const declaredBytes = declared === undefined ? null : Number(declared);
  const type = mediaType(request);
  if (type !== null && config.streamTypes?.includes(type) === true) {
    done(null, new StreamedBody(type, body, declaredBytes, idleMs));
    return;
  }
  const isWire = config.wire !== undefined;
  const bytesMax = config.bodyMaxBytes ?? (isWire ? WIRE_BODY_MAX_BYTES : BODY_MAX_BYTES);
  const limits = { bytesMax, discardMax: ANY_BODY_MAX_BYTES, timeoutMs: bodyMs };
  bufferBody(body, declaredBytes, limits, (error, bytes) => {
    if (error !== null) {
      done(error);
      return;
    }
    if (config.raw === true) keepRawBody(request, bytes);
    if (config.wire === undefined) {
      parse(() => parseBody(type, bytes, config), done);
      return;
    }
    const encoding = request.headers['content-encoding'];
    readWireBody(bytes, { wire: config.wire, encoding, bytesMax }).then(
      (value) => done(null, value),
      done,
    );
  });
}

/** What comes after the parser is none of its faults. */
function parse(read: () => unknown, done: BodyParsed): void {
  let value: unknown;
  try {
    value = read();
  } catch (error) {
    done(error as Error);
    return;
  }
  done(null, value);
}

/** Without parameters and in lower case; null where the text is not UTF-8. */
function mediaType(request: FastifyRequest): string | null {
  // How nearly all of them say it.
  if (request.headers['content-type'] === 'application/json') return 'application/json';
  const [type = '', ...parameters] = String(request.headers['content-type'] ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  return charset === undefined || /^charset="?utf-?8"?$/.test(charset) ? type : null;
}

function parseBody(type: string | null, body: Buffer, config: BodyConfig): unknown {
  if (type === null) {
    throw new FrontDoorError(415, 'unsupported-media-type', 'Only UTF-8 is read.');
  }
  if (config.fileTypes?.includes(type) === true) return new UploadedFile(type, body);
  if (type !== 'application/json') {
    throw new FrontDoorError(415, 'unsupported-media-type', 'Send application/json.');
  }
  const value = config.list === undefined ? readJson(body) : readListed(body, config.list);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FrontDoorError(422, 'validation-failed', 'The body must be a JSON object.', [
      { pointer: '', code: 'not-an-object' },
    ]);
  }
  return value;
}
