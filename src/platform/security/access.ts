import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import type { Scope } from './scopes.js';

/**
 * Where a route finds the caller's key. `header`: `Authorization: Bearer` or `X-API-Key`. The others
 * are for clients of foreign protocols, which know no header: `path` is the parameter `clientKey`,
 * `query` is `client_key`, and `write-key` is the user of Basic authentication or `writeKey` in the
 * body.
 */
export type CredentialPlace = 'header' | 'path' | 'query' | 'write-key';

/** What a route has declared about who may call it. */
export type Access = { scope: Scope; credential: CredentialPlace } | { public: string };

export const ACCESS = Symbol('access');

/** The scope a caller needs. Every handler has this or `@Public`, or the process does not start. */
export function Scoped(scope: Scope, credential: CredentialPlace = 'header'): MethodDecorator {
  return applyDecorators(
    SetMetadata(ACCESS, { scope, credential } satisfies Access),
    ...(credential === 'header' ? [ApiBearerAuth('key')] : []),
    ApiExtension('x-scope', scope),
  );
}

/** A route anybody may call, and why that is right. */
export function Public(why: string): MethodDecorator {
  return applyDecorators(
    SetMetadata(ACCESS, { public: why } satisfies Access),
    ApiExtension('x-public', why),
  );
}
