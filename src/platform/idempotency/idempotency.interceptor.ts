import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { Conflict, Invalid } from '../../domain/errors.js';
import { isPrintable } from '../../domain/text/is-printable.js';
import { Transactions } from '../database/transactions.js';
import { FrontDoorError, problemOf } from '../http/problem.js';
import type { RequestWithPrincipal } from '../security/principal.js';
import { type Creation, CREATES } from './creates.js';
import { IdempotentAnswers, type KeptAnswer, type NamedRequest } from './idempotent-answers.js';

const HEADER = 'idempotency-key';
const LENGTH_MAX = 255;
/** Headers that belong to an answer. */
const KEPT_HEADERS = ['etag', 'location'] as const;

/** What became of a request: answered now, answered before, or refused. */
type Outcome =
  | { is: 'done'; body: unknown }
  | { is: 'kept'; answer: KeptAnswer }
  | { is: 'refused'; error: unknown };

/**
 * A request with an `Idempotency-Key` is done once. The key, what the request did and the answer are
 * one transaction, so that whatever crashes, either all of it is there or nothing; a refusal is
 * not kept, though what the handler itself keeps of a refusal stays.
 *
 * Source: draft-ietf-httpapi-idempotency-key-header-07.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly transactions: Transactions,
    private readonly answers: IdempotentAnswers,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const creation = this.reflector.get<Creation | undefined>(CREATES, context.getHandler());
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest & RequestWithPrincipal>();
    if (creation === undefined || request.headers[HEADER] === undefined) return next.handle();
    return from(this.once(request, http.getResponse<FastifyReply>(), creation, next));
  }

  private async once(
    request: FastifyRequest & RequestWithPrincipal,
    reply: FastifyReply,
    creation: Creation,
    next: CallHandler,
  ): Promise<unknown> {
    const named = nameOf(request);
    if (named === null) return await lastValueFrom(next.handle());
    const outcome = await this.transactions.together(async (manager): Promise<Outcome> => {
      if (!(await this.answers.take(manager, named))) {
        const error = new Conflict(
          'idempotency-in-progress',
          'A request with this Idempotency-Key is still at work; ask again in a moment.',
        );
        return { is: 'refused', error };
      }
      const answer = await this.answers.find(manager, named);
      if (answer !== null) return { is: 'kept', answer };
      try {
        const body: unknown = await lastValueFrom(next.handle());
        const { statusCode: status } = reply;
        const kept = { status, headers: headersOf(reply), body: without(body, creation.toldOnce) };
        await this.answers.keep(manager, named, kept);
        return { is: 'done', body };
      } catch (error) {
        // What failed is undone whole, so that sending it again begins from nothing.
        if (!isRefusal(error)) throw error;
        return { is: 'refused', error };
      }
    });
    if (outcome.is === 'refused') throw outcome.error;
    return outcome.is === 'done' ? outcome.body : replay(outcome.answer, named, reply);
  }
}

/** null where no member acts. @throws FrontDoorError 400 `malformed-header` */
function nameOf(request: FastifyRequest & RequestWithPrincipal): NamedRequest | null {
  const key = request.headers[HEADER];
  if (typeof key !== 'string' || key === '' || key.length > LENGTH_MAX || !isPrintable(key)) {
    const detail = `Idempotency-Key: one header of 1 to ${LENGTH_MAX} printable characters.`;
    throw new FrontDoorError(400, 'malformed-header', detail);
  }
  const { principal, method, url } = request;
  if (principal === undefined || principal.memberId === null) return null;
  const digest = createHash('sha256')
    .update(JSON.stringify([method, url, request.body ?? null]))
    .digest('hex');
  return { projectId: principal.projectId, memberId: principal.memberId, key, digest };
}

/** @throws Invalid `idempotency-key-reused`; Conflict `idempotent-answer-erased` */
function replay(answer: KeptAnswer, { digest }: NamedRequest, reply: FastifyReply): unknown {
  if (answer.digest !== digest) {
    throw new Invalid(
      'idempotency-key-reused',
      'This Idempotency-Key belongs to another request: give each its own.',
    );
  }
  if (answer.isErased) {
    throw new Conflict(
      'idempotent-answer-erased',
      'The request was done, and its answer is not kept any more: it may have held words that were erased.',
    );
  }
  void reply.status(answer.status).headers(answer.headers).header('idempotency-replayed', 'true');
  return answer.body;
}

function headersOf(reply: FastifyReply): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = reply.getHeader(name);
    if (value !== undefined) headers[name] = String(value);
  }
  return headers;
}

function without(body: unknown, members: readonly string[]): unknown {
  if (members.length === 0 || typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => !members.includes(name)));
}

/** The caller can mend it: nothing failed. */
function isRefusal(error: unknown): boolean {
  return problemOf(error, '').status < 500;
}
