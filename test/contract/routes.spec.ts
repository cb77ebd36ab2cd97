import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Module } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { describeApi } from '../../src/app.documentation.js';
import { Public } from '../../src/platform/security/access.js';
import { requireDeclaredAccess } from '../../src/platform/security/require-declared-access.js';
import { SCOPES } from '../../src/platform/security/scopes.js';
import { REPOSITORY } from '../support/source-files.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** Reviewed by people: who may call what. A new route is a new row, added on purpose. */
const PERMISSIONS = join(REPOSITORY, 'test', 'contract', 'permissions.csv');

/** Served beside the API and described by itself; the landing page is for people. */
const NOT_API = /^\/(docs(\/.*)?|openapi\.(json|yaml))?$/;

let app: TestApp;
let document: OpenAPIObject;
beforeAll(async () => {
  app = await startTestApp();
  document = describeApi(app.app);
});
afterAll(() => app.close());

interface Row {
  method: string;
  path: string;
  access: string;
}

function permissions(): Row[] {
  const [header, ...lines] = readFileSync(PERMISSIONS, 'utf8').trimEnd().split('\n');
  expect(header).toBe('method,path,access');
  return lines.map((line) => {
    const [method = '', path = '', access = ''] = line.split(',');
    return { method, path, access };
  });
}

interface Described {
  'x-scope'?: string;
  'x-public'?: string;
}

function described(): Row[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Described>).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      access: operation['x-scope'] ?? (operation['x-public'] === undefined ? 'none' : 'public'),
    })),
  );
}

/** What the router really serves, read from its own drawing of the tree. */
function served(server: NestFastifyApplication): string[] {
  const drawing = server.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
  const prefixes: string[] = [];
  const routes: string[] = [];
  for (const line of drawing.split('\n')) {
    const [, indent, part, methods] = /^([│ ]*)[├└]── (.*?)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? [];
    if (indent === undefined || part === undefined) continue;
    const depth = indent.length / 4;
    prefixes.length = depth;
    const path = prefixes.join('') + part;
    prefixes.push(part);
    for (const method of methods?.split(', ') ?? []) {
      if (method !== 'HEAD' && !NOT_API.test(path)) {
        routes.push(`${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
      }
    }
  }
  return routes;
}

const name = ({ method, path }: Row): string => `${method} ${path}`;

describe('routes', () => {
  it('are the ones that the API description names, no more and no fewer', () => {
    const routes = served(app.app);
    expect(routes.length).toBeGreaterThan(20);
    expect([...routes].sort()).toEqual(described().map(name).sort());
  });

  it('are the rows of the reviewed permission table, with the same access', () => {
    const byName = (a: Row, b: Row): number => (name(a) < name(b) ? -1 : 1);
    expect(described().sort(byName)).toEqual(permissions().sort(byName));
  });

  it('name scopes that exist', () => {
    const known = new Set<string>([...SCOPES, 'public']);
    expect(permissions().filter(({ access }) => !known.has(access))).toEqual([]);
  });

  it('answer 401 without a key unless they are public', async () => {
    for (const row of permissions().filter(({ access }) => access !== 'public')) {
      const path = row.path.replaceAll(/\{\w+\}/g, 'x');
      const method = row.method.toLowerCase() as 'get' | 'post' | 'put' | 'delete';
      const body = method === 'get' || method === 'delete' ? undefined : {};
      const { status } = await app.send(method, path, body, null);
      expect(`${name(row)} ${status}`).toBe(`${name(row)} 401`);
    }
  });
});

@Controller()
class UndeclaredController {
  @Get('open')
  open(): string {
    return 'nobody said who may see this';
  }

  @Get('declared')
  @Public('a test')
  declared(): string {
    return 'anybody';
  }
}

@Module({ imports: [DiscoveryModule], controllers: [UndeclaredController] })
class UndeclaredModule {}

describe('a route that declares no access', () => {
  it('keeps the service from starting, and is named', async () => {
    const fixture = await NestFactory.create<NestFastifyApplication>(
      UndeclaredModule,
      new FastifyAdapter(),
      { logger: false, abortOnError: false },
    );
    expect(() => requireDeclaredAccess(fixture)).toThrow(/UndeclaredController\.open$/);
    await fixture.close();
  });
});
