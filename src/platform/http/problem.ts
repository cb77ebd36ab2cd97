import { HttpException } from '@nestjs/common';
import {
  Conflict,
  DomainError,
  type FieldError,
  Forbidden,
  Gone,
  Invalid,
  NotFound,
  Stale,
} from '../../domain/errors.js';
import { isDatabaseAway } from '../database/database-away.js';
import { constraintOf, sqlStateOf } from '../database/sql-state.js';

/** An error as it leaves the service: RFC 9457, with a stable `code`. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  instance: string;
  errors?: readonly FieldError[];
  [fact: string]: unknown;
}

/** Thrown in parsers and hooks, before any feature is reached. */
export class FrontDoorError extends Error {
  override readonly name = 'FrontDoorError';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly errors?: readonly FieldError[],
  ) {
    super(message);
  }
}

/** Titles of the codes that are not the same words as the code itself. */
const TITLES: Readonly<Record<string, string>> = {
  'gate-refused': 'The gate refused',
  'not-found': 'Not found',
  unauthenticated: 'No valid key',
  'insufficient-scope': 'The key may not do this',
  'validation-failed': 'The request is not valid',
  unavailable: 'Try again shortly',
  internal: 'Our fault',
};

interface Draft {
  status: number;
  code: string;
  detail: string;
  [fact: string]: unknown;
}

/** The one table from what went wrong to what the client sees. */
export function problemOf(error: unknown, instance: string): Problem {
  const draft = draftOf(error);
  return {
    type: `/problems/${draft.code}`,
    title: TITLES[draft.code] ?? sentence(draft.code),
    ...draft,
    instance,
  };
}

function draftOf(error: unknown): Draft {
  if (error instanceof DomainError) return ofDomain(error);
  if (error instanceof FrontDoorError) {
    return {
      status: error.status,
      code: error.code,
      detail: error.message,
      ...(error.errors === undefined ? {} : { errors: error.errors }),
    };
  }
  return ofDatabase(error) ?? ofFramework(error) ?? internal();
}

function ofDomain(error: DomainError): Draft {
  const common = { code: error.code, detail: error.message };
  if (error instanceof NotFound) return { status: 404, ...common, ...error.facts };
  if (error instanceof Invalid) {
    const errors = error.errors.length === 0 ? {} : { errors: error.errors };
    return { status: 422, ...common, ...error.facts, ...errors };
  }
  if (error instanceof Stale) return { status: 412, ...common };
  if (error instanceof Conflict) return { status: 409, ...common, ...error.facts };
  if (error instanceof Gone) return { status: 410, ...common, ...error.facts };
  if (error instanceof Forbidden) return { status: 403, ...common, ...error.facts };
  return internal();
}

/** Locks and lost races, which mean "not now" although the database is there. */
const NOT_NOW = /^(55P03|40001|40P01|25P03)/;

function ofDatabase(error: unknown): Draft | null {
  const state = sqlStateOf(error);
  if (state === '23505') {
    return {
      status: 409,
      code: 'already-exists',
      detail: 'There is one with this name already.',
      constraint: constraintOf(error),
    };
  }
  if (state === '23503') {
    return {
      status: 422,
      code: 'validation-failed',
      detail: 'Something the request refers to does not exist in this project.',
      constraint: constraintOf(error),
    };
  }
  if (state === '22P02')
    return { status: 404, code: 'not-found', detail: 'There is nothing here.' };
  if (isDatabaseAway(error) || (state !== null && NOT_NOW.test(state))) {
    return {
      status: 503,
      code: 'unavailable',
      detail: 'The database does not answer. Nothing is lost if you send the same request again.',
    };
  }
  return null;
}

const STATUS_CODES: Readonly<Record<number, string>> = {
  400: 'malformed-request',
  401: 'unauthenticated',
  403: 'insufficient-scope',
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'payload-too-large',
  414: 'uri-too-long',
  415: 'unsupported-media-type',
  429: 'rate-limited',
  431: 'headers-too-large',
};

function ofFramework(error: unknown): Draft | null {
  const status =
    error instanceof HttpException
      ? error.getStatus()
      : Number((error as { statusCode?: unknown } | null)?.statusCode);
  const code = STATUS_CODES[status];
  if (code === undefined) return null;
  const detail = status === 404 ? 'There is nothing here.' : sentence(code);
  return { status, code, detail };
}

function internal(): Draft {
  return {
    status: 500,
    code: 'internal',
    detail: 'Something went wrong on our side. The request id finds it in the log.',
  };
}

function sentence(code: string): string {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
