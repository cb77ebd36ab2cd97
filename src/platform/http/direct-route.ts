import { applyDecorators, SetMetadata } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { type NestFastifyApplication, RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import { Logger } from '../logging/logger.js';
import { ACCESS, type Access } from '../security/access.js';
import { Authentication } from '../security/authentication.js';
import type { Principal, RequestWithPrincipal } from '../security/principal.js';
import { answerProblem } from './answer-problem.js';

/** JSON text; null for an answer without a body. */
export type DirectAnswer = string | null;

/**
 * A handler that Fastify calls without Nest between them: no pipes, no interceptors, no argument
 * decorators. It reads the request itself and says what to send as text; status and headers are
 * set on the reply, and errors are thrown as anywhere else.
 */
export type DirectHandler = (
  caller: Principal,
  request: FastifyRequest,
  reply: FastifyReply,
) => DirectAnswer | Promise<DirectAnswer>;

const DIRECT = Symbol('direct');

interface DirectConfig {
  direct?: DirectHandler;
}

/** Whether a route with this configuration is served directly. */
export function isDirect(config: unknown): boolean {
  return (config as DirectConfig | undefined)?.direct !== undefined;
}

/**
 * Marks a hot route. It stays a method of its controller, so it is described, permitted and looked
 * for like all others: `@Scoped` says who may call it. What Nest does for each request costs as much
 * as answering one from memory, see ADR 16.
 * @param config What `@RouteConfig` would be given: a route has one configuration.
 */
export function Direct(config: object = {}) {
  return <T extends DirectHandler>(
    target: object,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<T>,
  ): void => {
    const direct = descriptor.value;
    const mark = applyDecorators(SetMetadata(DIRECT, true), RouteConfig({ ...config, direct }));
    mark(target, name, descriptor);
  };
}

interface Declared {
  /** For messages: `Controller.method`. */
  name: string;
  controller: object;
  access: Extract<Access, { scope: unknown }>;
}

/**
 * Puts the direct handler in the place of Nest's, route by route, while routes are registered.
 * Called between the creation of the application and its start.
 * @throws Error naming a direct route that says nobody who may call it, or, when the application
 *   starts, one that is served by Nest all the same
 */
export function serveDirectRoutes(app: NestFastifyApplication): void {
  const declared = declaredRoutes(app);
  const authentication = app.get(Authentication, { strict: false });
  const logger = app.get(Logger, { strict: false });
  const replaced = new Set<DirectHandler>();
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRoute', (route) => {
    const { direct } = (route.config ?? {}) as DirectConfig;
    const known = direct === undefined ? undefined : declared.get(direct);
    if (direct === undefined || known === undefined) return;
    replaced.add(direct);
    route.handler = handlerOf(direct, known, authentication, logger);
  });
  fastify.addHook('onReady', (done) => {
    const missed = [...declared].filter(([direct]) => !replaced.has(direct));
    const names = missed.map(([, { name }]) => name).join(', ');
    done(missed.length === 0 ? undefined : new Error(`not served directly: ${names}`));
  });
}

function declaredRoutes(app: NestFastifyApplication): Map<DirectHandler, Declared> {
  const discovery = app.get(DiscoveryService, { strict: false });
  const reflector = app.get(Reflector, { strict: false });
  const scanner = new MetadataScanner();
  const found = new Map<DirectHandler, Declared>();
  for (const { instance, metatype } of discovery.getControllers()) {
    if (typeof instance !== 'object' || instance === null || metatype === null) continue;
    const prototype = Object.getPrototypeOf(instance) as Record<string, DirectHandler>;
    for (const method of scanner.getAllMethodNames(prototype)) {
      const handler = prototype[method];
      if (handler === undefined || reflector.get<unknown>(DIRECT, handler) !== true) continue;
      const access = reflector.get<Access | undefined>(ACCESS, handler);
      const name = `${metatype.name}.${method}`;
      if (access === undefined || 'public' in access) {
        throw new Error(`this direct route declares no scope: ${name}`);
      }
      found.set(handler, { name, controller: instance, access });
    }
  }
  return found;
}

function handlerOf(
  direct: DirectHandler,
  { controller, access }: Declared,
  authentication: Authentication,
  logger: Logger,
): RouteHandlerMethod {
  return (request: FastifyRequest & RequestWithPrincipal, reply) => {
    const fail = (error: unknown): void => answerProblem(error, request, reply, logger);
    const call = (caller: Principal): DirectAnswer | Promise<DirectAnswer> => {
      request.principal = caller;
      return direct.call(controller, caller, request, reply);
    };
    try {
      const caller = authentication.callerInMemory(request, access);
      const answer =
        caller === null ? authentication.callerOf(request, access).then(call) : call(caller);
      if (answer instanceof Promise) answer.then((text) => send(reply, text)).catch(fail);
      else send(reply, answer);
    } catch (error) {
      fail(error);
    }
  };
}

function send(reply: FastifyReply, answer: DirectAnswer): void {
  if (answer === null) void reply.send();
  else void reply.header('content-type', 'application/json; charset=utf-8').send(answer);
}
