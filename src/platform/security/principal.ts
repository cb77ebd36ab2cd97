import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { KeyKind } from './scopes.js';

/** Who is calling: a key of one project; a secret key acts as one member. */
export interface Principal {
  projectId: string;
  keyId: string;
  kind: KeyKind;
  scopes: readonly string[];
  /** The member a secret key acts as; null for write and public keys. */
  memberId: string | null;
}

/** Who is calling, where only secret keys have the scope: always a member. */
export type Actor = Principal & { memberId: string };

export interface RequestWithPrincipal {
  principal?: Principal;
}

/** Handler argument: the caller, as the guard found it. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<RequestWithPrincipal>();
  if (principal === undefined) throw new Error('a public route has no caller');
  return principal;
});

/** Handler argument: the member who acts. */
export const ActingMember = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { principal } = context.switchToHttp().getRequest<RequestWithPrincipal>();
  if (principal?.memberId === undefined || principal.memberId === null) {
    throw new Error('only a secret key acts as a member');
  }
  return principal as Actor;
});
