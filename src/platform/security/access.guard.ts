import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Forbidden } from '../../domain/errors.js';
import { FrontDoorError } from '../http/problem.js';
import { ACCESS, type Access } from './access.js';
import { KeyStore } from './key-store.js';
import type { RequestWithPrincipal } from './principal.js';
import { grants } from './scopes.js';

/** Deny by default: only a declared route, and only with a key that has its scope. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly keys: KeyStore,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    if (access === undefined) throw new Forbidden('insufficient-scope', 'No scope is declared.');
    if ('public' in access) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest & RequestWithPrincipal>();
    const secret = presentedSecret(request);
    const principal = secret === null ? null : await this.keys.find(secret);
    if (principal === null) {
      throw new FrontDoorError(
        401,
        'unauthenticated',
        'Send a valid key as Authorization: Bearer <key>.',
      );
    }
    if (!grants(principal.scopes, access.scope)) {
      throw new Forbidden('insufficient-scope', `This needs the scope ${access.scope}.`, {
        scope: access.scope,
      });
    }
    request.principal = principal;
    return true;
  }
}

/** `Authorization: Bearer`, or `X-API-Key` as OpenFeature providers may send; never the query. */
function presentedSecret(request: FastifyRequest): string | null {
  const { authorization, 'x-api-key': apiKey } = request.headers;
  if (authorization !== undefined) return /^Bearer (\S{1,200})$/.exec(authorization)?.[1] ?? null;
  return typeof apiKey === 'string' && apiKey !== '' ? apiKey.slice(0, 200) : null;
}
