import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import type { Scope } from './scopes.js';

/** What a route has declared about who may call it. */
export type Access = { scope: Scope } | { public: string };

export const ACCESS = Symbol('access');

/** The scope a caller needs. Every handler has this or `@Public`, or the process does not start. */
export function Scoped(scope: Scope): MethodDecorator {
  return applyDecorators(
    SetMetadata(ACCESS, { scope } satisfies Access),
    ApiBearerAuth('key'),
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
