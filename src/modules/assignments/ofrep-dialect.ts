import type { FastifyRequest } from 'fastify';
import type { Problem } from '../../platform/http/problem.js';
import type { ProblemDialect } from '../../platform/http/answer-problem.js';

/** Codes of OpenFeature's remote evaluation protocol (OFREP 0.3). */
export const OFREP_ERROR_CODES = [
  'PARSE_ERROR',
  'TARGETING_KEY_MISSING',
  'INVALID_CONTEXT',
  'FLAG_NOT_FOUND',
  'GENERAL',
] as const;
export type OfrepErrorCode = (typeof OFREP_ERROR_CODES)[number];

/** Client errors with a meaning of their own in the protocol; all others are 400 there. */
const OWN_STATUSES = new Set([401, 403, 404, 429]);

/**
 * A problem as OFREP clients read it: the same members, and `key`, `errorCode` and `errorDetails`
 * beside them. Without `key` and `errorCode` a provider reports every error as a general one.
 */
export const OFREP_DIALECT: ProblemDialect = {
  problemDialect: (problem, request) => {
    const key = keyOf(request);
    const isOwn = problem.status >= 500 || OWN_STATUSES.has(problem.status);
    return {
      ...problem,
      status: isOwn ? problem.status : 400,
      ...(key === undefined ? {} : { key }),
      errorCode: errorCodeOf(problem),
      errorDetails: problem.detail,
    };
  },
};

function keyOf(request: FastifyRequest): string | undefined {
  return (request.params as { key?: string } | undefined)?.key;
}

function errorCodeOf({ status, code }: Problem): OfrepErrorCode {
  if (code === 'targeting-key-missing') return 'TARGETING_KEY_MISSING';
  if (status === 404) return 'FLAG_NOT_FOUND';
  if (status === 422) return 'INVALID_CONTEXT';
  return OWN_STATUSES.has(status) || status >= 500 ? 'GENERAL' : 'PARSE_ERROR';
}
