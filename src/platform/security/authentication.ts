import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Forbidden } from '../../domain/errors.js';
import { FrontDoorError } from '../http/problem.js';
import type { Access, CredentialPlace } from './access.js';
import { KeyStore } from './key-store.js';
import type { Principal } from './principal.js';
import { grants, type Scope } from './scopes.js';

type DeclaredScope = Extract<Access, { scope: unknown }>;

/** A key is no longer than this; more is not even looked at. */
const SECRET_MAX = 200;

/** Who is calling, and whether they may: the one rule, for guarded and for direct routes. */
@Injectable()
export class Authentication {
  constructor(private readonly keys: KeyStore) {}

  /**
   * @throws FrontDoorError 401 `unauthenticated` for a key that is missing, unknown or revoked;
   *   Forbidden `insufficient-scope`
   */
  async callerOf(
    request: FastifyRequest,
    { scope, credential }: DeclaredScope,
  ): Promise<Principal> {
    const secret = PLACES[credential](request);
    const principal = secret === null ? null : await this.keys.find(secret);
    if (principal === null) throw new FrontDoorError(401, 'unauthenticated', WHERE[credential]);
    return permitted(principal, scope);
  }

  /**
   * The same, at once, for a key that is in memory; null says nothing yet, ask `callerOf`.
   * @throws Forbidden `insufficient-scope`
   */
  callerInMemory(request: FastifyRequest, { scope, credential }: DeclaredScope): Principal | null {
    const secret = PLACES[credential](request);
    const principal = secret === null ? null : this.keys.findInMemory(secret);
    return principal === null ? null : permitted(principal, scope);
  }
}

/** @throws Forbidden `insufficient-scope` */
function permitted(principal: Principal, scope: Scope): Principal {
  if (grants(principal.scopes, scope)) return principal;
  throw new Forbidden('insufficient-scope', `This needs the scope ${scope}.`, { scope });
}

const WHERE: Readonly<Record<CredentialPlace, string>> = {
  header: 'Send a valid key as Authorization: Bearer <key>.',
  path: 'The path names a valid key.',
  query: 'Send a valid key as client_key.',
  'write-key': 'Send a valid key as the user of Basic authentication, or as writeKey in the body.',
};

const PLACES: Readonly<Record<CredentialPlace, (request: FastifyRequest) => string | null>> = {
  header: bearerOf,
  path: ({ params }) => secretOf((params as { clientKey?: unknown } | undefined)?.clientKey),
  query: ({ query }) => secretOf((query as { client_key?: unknown } | undefined)?.client_key),
  'write-key': (request) => basicUserOf(request) ?? bearerOf(request) ?? writeKeyOf(request.body),
};

/** `Authorization: Bearer`, or `X-API-Key` as OpenFeature providers may send. */
function bearerOf({ headers }: FastifyRequest): string | null {
  const { authorization, 'x-api-key': apiKey } = headers;
  if (authorization !== undefined) return /^Bearer (\S{1,200})$/.exec(authorization)?.[1] ?? null;
  return secretOf(apiKey);
}

/** Segment's clients send their key as the user name, with an empty password. */
function basicUserOf({ headers }: FastifyRequest): string | null {
  const encoded = /^Basic ([A-Za-z0-9+/=]{1,400})$/.exec(headers.authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  return secretOf(Buffer.from(encoded, 'base64').toString('utf8').split(':', 1)[0]);
}

/** That of the body; else the one that the messages of a batch carry, where they agree. */
function writeKeyOf(body: unknown): string | null {
  const { writeKey, batch } = (body ?? {}) as { writeKey?: unknown; batch?: unknown };
  if (writeKey !== undefined || !Array.isArray(batch)) return secretOf(writeKey);
  const keys = new Set<unknown>();
  for (const message of batch as ({ writeKey?: unknown } | null)[]) {
    if (message?.writeKey !== undefined) keys.add(message.writeKey);
  }
  return keys.size === 1 ? secretOf([...keys][0]) : null;
}

function secretOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, SECRET_MAX) : null;
}
