/**
 * What can be wrong, as data. A domain error carries a stable code and facts; the HTTP status and
 * the prose are chosen at the edge, in one table (`platform/http/problem.ts`).
 */
export class DomainError extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** Facts that help the reader: ids, limits, the pointer of the offending member. */
    readonly facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** The thing does not exist, or not in the caller's project: both look the same from outside. */
export class NotFound extends DomainError {}

/** The input was understood and is wrong; `errors` point at the members. */
export class Invalid extends DomainError {
  constructor(
    code: string,
    message: string,
    readonly errors: readonly FieldError[] = [],
    facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(code, message, facts);
  }
}

/** The input is fine and the state of the thing forbids it. */
export class Conflict extends DomainError {}

/** It was here and has been erased for good. */
export class Gone extends DomainError {}

/** The caller edited an older version than the stored one. */
export class Stale extends DomainError {
  constructor() {
    super('precondition-failed', 'Somebody changed it since you read it: read it again.');
  }
}

/** The caller is known and may not do this. */
export class Forbidden extends DomainError {}

/** One member that is wrong: a JSON Pointer (RFC 6901) into the body and a stable code. */
export interface FieldError {
  pointer: string;
  code: string;
  detail?: string;
}
