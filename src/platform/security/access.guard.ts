import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Forbidden } from '../../domain/errors.js';
import { ACCESS, type Access } from './access.js';
import { Authentication } from './authentication.js';
import type { RequestWithPrincipal } from './principal.js';

/** Deny by default: only a declared route, and only with a key that has its scope. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authentication: Authentication,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    if (access === undefined) throw new Forbidden('insufficient-scope', 'No scope is declared.');
    if ('public' in access) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest & RequestWithPrincipal>();
    request.principal = await this.authentication.callerOf(request, access);
    return true;
  }
}
