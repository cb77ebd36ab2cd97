import type { OpenAPIObject } from '@nestjs/swagger';

interface Operation {
  responses: Record<string, unknown>;
  requestBody?: unknown;
  parameters?: { in: string; name: string }[];
  security?: unknown;
  'x-scope'?: string;
  'x-problem-dialect'?: string;
  'x-outage-status'?: number;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Refusals that every operation of a kind can answer, with what to do about them. */
const COMMON = {
  '400': ['malformed-json', 'The body cannot be read as JSON.'],
  '401': ['unauthenticated', 'There is no valid key.'],
  '403': ['insufficient-scope', 'The key may not do this; the problem names the scope.'],
  '404': ['not-found', 'There is nothing here, or not in the project of this key.'],
  '413': ['payload-too-large', 'The body is larger than this route reads.'],
  '415': ['unsupported-media-type', 'The body is not application/json.'],
  '422': ['validation-failed', 'The body was understood and something in it is wrong.'],
  '503': ['unavailable', 'The database does not answer; send the same request again.'],
} as const;

/**
 * Adds the problems that follow from how an operation is declared (it needs a key, it has a body,
 * its path has an id), so that no handler has to repeat them and none can forget them.
 */
export function describeProblems(document: OpenAPIObject): OpenAPIObject {
  document.components ??= {};
  document.components.schemas = {
    ...document.components.schemas,
    Problem: PROBLEM as never,
  };
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = (item as Record<string, Operation | undefined>)[method];
      if (operation === undefined) continue;
      for (const status of statusesOf(path, operation)) {
        const [code, description] = COMMON[status];
        operation.responses[status] ??= { description: `${description} Code \`${code}\`.` };
      }
      for (const [status, response] of Object.entries(operation.responses)) {
        if (/^[45]/.test(status)) addProblemBody(status, response as Record<string, unknown>);
      }
    }
  }
  return document;
}

type CommonStatus = keyof typeof COMMON;

function statusesOf(path: string, operation: Operation): CommonStatus[] {
  const statuses: CommonStatus[] = [];
  if (operation['x-scope'] !== undefined) {
    statuses.push('401', '403');
    // Where a protocol has another status for an outage, its route describes that one.
    if (operation['x-outage-status'] === undefined) statuses.push('503');
  }
  if (operation.requestBody !== undefined) {
    statuses.push('400');
    // A protocol with its own errors answers 400 for all that is wrong with a body.
    if (operation['x-problem-dialect'] === undefined) statuses.push('413', '415', '422');
  }
  if (path.includes('{')) statuses.push('404');
  return statuses;
}

function addProblemBody(status: string, response: Record<string, unknown>): void {
  if (response['content'] !== undefined) return;
  const known = COMMON[status as CommonStatus] as readonly [string, string] | undefined;
  const code = /`([a-z-]+)`/.exec(String(response['description']))?.[1] ?? known?.[0] ?? 'conflict';
  response['content'] = {
    'application/problem+json': {
      schema: { $ref: '#/components/schemas/Problem' },
      example: {
        type: `/problems/${code}`,
        title: code.replaceAll('-', ' '),
        status: Number(status),
        code,
        detail: known?.[1] ?? String(response['description']),
        instance: '2f6c1a52-58a4-4f0e-9d5b-0d7f6a0f3c11',
      },
    },
  };
}

const PROBLEM = {
  type: 'object',
  description: 'What went wrong (RFC 9457). `code` is stable: programs may rely on it.',
  required: ['type', 'title', 'status', 'code', 'detail', 'instance'],
  properties: {
    type: { type: 'string', description: 'Address of the kind of problem.' },
    title: { type: 'string', description: 'The kind of problem in words.' },
    status: { type: 'integer', description: 'HTTP status, as in the answer itself.' },
    code: { type: 'string', description: 'Stable name of the problem.' },
    detail: { type: 'string', description: 'What happened here and what to do next.' },
    instance: { type: 'string', description: 'Request id; the log knows it.' },
    errors: {
      type: 'array',
      description: 'The members that are wrong.',
      items: {
        type: 'object',
        required: ['pointer', 'code'],
        properties: {
          pointer: { type: 'string', description: 'JSON Pointer into the body.' },
          code: { type: 'string', description: 'Stable name of the fault.' },
          detail: { type: 'string', description: 'The fault in words.' },
        },
      },
    },
  },
};
