import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import { answeredWithin } from '../database/database-away.js';
import { ACCESS, type Access } from '../security/access.js';
import type { Scope } from '../security/scopes.js';
import { ConfigChanges } from './config-changes.js';

/** What these let a caller do may change what is served, or who is let in. */
const CHANGING: ReadonlySet<Scope> = new Set<Scope>([
  'experiments:write',
  'experiments:decide',
  'experiments:override',
  'keys:write',
  'project:write',
  'sandbox:write',
]);
/** The change itself is stored: its answer does not wait longer for this replica. */
const WAIT_MS = 2_000;

/**
 * Who has changed something meets it at once: the replica that answers serves the change before the
 * answer leaves. The others have it within 5 s.
 */
@Injectable()
export class OwnWritesInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly changes: ConfigChanges,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { method } = context.switchToHttp().getRequest<FastifyRequest>();
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    const mayChange =
      method !== 'GET' &&
      method !== 'HEAD' &&
      access !== undefined &&
      'scope' in access &&
      CHANGING.has(access.scope);
    if (!mayChange) return next.handle();
    return next.handle().pipe(
      mergeMap(async (answer: unknown) => {
        await this.caughtUp();
        return answer;
      }),
    );
  }

  /** Failing is logged where it fails. */
  private async caughtUp(): Promise<void> {
    await answeredWithin(WAIT_MS, this.changes.refreshNow()).catch(() => undefined);
  }
}
