import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenAPIObject } from '@nestjs/swagger';
import { describeApi } from '../../src/app.documentation.js';
import { REPOSITORY } from '../support/source-files.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** Rules that keep the API description readable; each lists what breaks it. */

const COMMITTED = join(REPOSITORY, 'docs', 'openapi.json');

type Node = Record<string, unknown>;
interface Media {
  schema?: Node;
  example?: unknown;
  examples?: unknown;
}
interface Answer {
  description?: string;
  content?: Record<string, Media>;
}
interface Operation {
  name: string;
  operationId?: string;
  summary?: string;
  tags?: string[];
  parameters?: { name: string; in: string; description?: string }[];
  responses: Record<string, Answer>;
}

let app: TestApp;
let document: OpenAPIObject;
let operations: Operation[];
beforeAll(async () => {
  app = await startTestApp();
  // As a client gets it: undefined members are gone.
  document = JSON.parse(JSON.stringify(describeApi(app.app))) as OpenAPIObject;
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Omit<Operation, 'name'>>).map(([method, operation]) => ({
      ...operation,
      name: `${method.toUpperCase()} ${path}`,
    })),
  );
});
afterAll(() => app.close());

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every object of the description with its place. */
function* nodes(value: unknown, at: readonly string[] = []): Generator<[string[], Node]> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* nodes(item, [...at, String(index)]);
  } else if (isNode(value)) {
    yield [[...at], value];
    for (const [key, item] of Object.entries(value)) {
      // An example is a value, not a schema.
      if (key !== 'example' && key !== 'examples') yield* nodes(item, [...at, key]);
    }
  }
}

function schemaProperties(): { name: string; schema: Node }[] {
  return [...nodes(document)].flatMap(([at, node]) => {
    const { properties } = node;
    if (!isNode(properties) || at.at(-1) === 'properties') return [];
    return Object.entries(properties).map(([key, schema]) => ({
      name: `${at.join('/')}.${key}`,
      schema: schema as Node,
    }));
  });
}

describe('every operation', () => {
  it('has a summary, a tag and an id that is unique and camelCase', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(operations.length);
    const wrong = operations.filter(
      ({ operationId, summary, tags }) =>
        !/^[a-z][A-Za-z0-9]*$/.test(operationId ?? '') ||
        (summary ?? '').length < 10 ||
        tags?.length !== 1,
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it('has a tag that the introduction explains', () => {
    const explained = new Set((document.tags ?? []).map(({ name }) => name));
    const used = new Set(operations.flatMap(({ tags }) => tags ?? []));
    expect([...used].filter((tag) => !explained.has(tag))).toEqual([]);
  });

  it('answers success with a schema, or with nothing on purpose', () => {
    const wrong = operations.filter(({ responses }) => {
      const good = Object.entries(responses).filter(([status]) => status.startsWith('2'));
      return (
        good.length === 0 ||
        good.some(([status, { content }]) => {
          if (status === '204') return content !== undefined;
          const media = Object.values(content ?? {});
          return media.length === 0 || media.some(({ schema }) => !saysSomething(schema));
        })
      );
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it('answers every refusal with a problem and an example of it', () => {
    const wrong = operations.flatMap(({ name, responses }) =>
      Object.entries(responses)
        .filter(([status]) => /^[45]/.test(status))
        .filter(([, { content }]) => {
          const problem = content?.['application/problem+json'];
          return problem === undefined || !('example' in problem || 'examples' in problem);
        })
        .map(([status]) => `${name} ${status}`),
    );
    expect(wrong).toEqual([]);
  });

  it('describes its parameters', () => {
    const wrong = operations.flatMap(({ name, parameters }) =>
      (parameters ?? [])
        .filter(({ description }) => (description ?? '').length < 5)
        .map((parameter) => `${name} ${parameter.in} ${parameter.name}`),
    );
    expect(wrong).toEqual([]);
  });
});

function saysSomething(schema: Node | undefined): boolean {
  if (schema === undefined) return false;
  return ['$ref', 'type', 'oneOf', 'anyOf', 'allOf'].some((key) => key in schema);
}

describe('every schema', () => {
  it('gives each property a type and a description', () => {
    const properties = schemaProperties();
    expect(properties.length).toBeGreaterThan(100);
    const untyped = properties.filter(({ schema }) => !saysSomething(schema));
    expect(untyped.map(({ name }) => name)).toEqual([]);
    const silent = properties.filter(
      ({ schema }) => !('$ref' in schema) && typeof schema['description'] !== 'string',
    );
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it('has properties where it says it has', () => {
    const empty = [...nodes(document)].filter(
      ([at, { properties }]) =>
        at.at(-1) !== 'properties' && isNode(properties) && Object.keys(properties).length === 0,
    );
    expect(empty.map(([at]) => at.join('/'))).toEqual([]);
  });

  it('is where a reference says it is', () => {
    const known = new Set(
      Object.keys(document.components?.schemas ?? {}).map((key) => `#/components/schemas/${key}`),
    );
    const references = [...nodes(document)].filter(([, { $ref }]) => typeof $ref === 'string');
    expect(references.length).toBeGreaterThan(100);
    const lost = references.filter(([, { $ref }]) => !known.has($ref as string));
    expect(lost.map(([at]) => at.join('/'))).toEqual([]);
  });

  it('is used: what no operation reaches is not described', () => {
    const reached = new Set<string>();
    const follow = (value: unknown): void => {
      for (const [, { $ref }] of nodes(value)) {
        if (typeof $ref !== 'string' || reached.has($ref)) continue;
        reached.add($ref);
        follow(document.components?.schemas?.[$ref.split('/').at(-1) ?? '']);
      }
    };
    follow(document.paths);
    const idle = Object.keys(document.components?.schemas ?? {}).filter(
      (key) => !reached.has(`#/components/schemas/${key}`),
    );
    expect(idle).toEqual([]);
  });

  it('names its closed sets, so that programs share one type for each', () => {
    const inline = [...nodes(document)].filter(
      ([at, node]) => Array.isArray(node['enum']) && !(at.length === 3 && at[0] === 'components'),
    );
    expect(inline.map(([at]) => at.join('/'))).toEqual([]);
  });
});

describe('docs/openapi.json', () => {
  it('is what the code says', () => {
    expect(existsSync(COMMITTED)).toBe(true);
    expect(JSON.parse(readFileSync(COMMITTED, 'utf8'))).toEqual(document);
  });
});
