import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIXED_SCOPES, grants, type Scope, SCOPES } from '../../src/platform/security/scopes.js';
import { anotherProject } from '../support/another-project.js';
import { REPOSITORY } from '../support/source-files.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

type Method = 'get' | 'post' | 'put' | 'delete';

interface Row {
  method: Method;
  path: string;
  scope: Scope;
}

function scopedRoutes(): Row[] {
  const file = join(REPOSITORY, 'test/contract/permissions.csv');
  const [, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.flatMap((line) => {
    const [method = '', path = '', scope = ''] = line.split(',');
    if (scope === 'public') return [];
    const filled = path.replaceAll(/\{(?!clientKey)\w+\}/g, '01a20000-0000-7000-8000-000000000000');
    return [{ method: method.toLowerCase() as Method, path: filled, scope: scope as Scope }];
  });
}

/** Routes of foreign protocols look for the key in the address. */
function addressOf({ path }: Row, secret: string): string {
  return path === '/track' ? `${path}?client_key=${secret}` : path.replace('{clientKey}', secret);
}

/** Every route with every kind of key that must not open it. */
describe('the permission matrix', () => {
  let app: TestApp;
  const routes = scopedRoutes();

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  const secretOf = async (body: object): Promise<string> =>
    (await app.ok('post', '/v1/keys', { name: 'matrix', ...body })).body.secret as string;

  const refusals = async (row: Row, secret: string): Promise<string> => {
    const body = row.method === 'get' || row.method === 'delete' ? undefined : {};
    const answer = await app.send(row.method, addressOf(row, secret), body, secret);
    return `${row.method} ${row.path} ${answer.status} ${answer.body.code}`;
  };

  it('a key with every scope but the needed one is refused by name', async () => {
    const keys = new Map<Scope, string>();
    for (const scope of new Set(routes.map((row) => row.scope))) {
      const scopes = SCOPES.filter((other) => !grants([other], scope));
      keys.set(scope, await secretOf({ kind: 'secret', scopes }));
    }
    for (const row of routes) {
      expect(await refusals(row, keys.get(row.scope) ?? '')).toBe(
        `${row.method} ${row.path} 403 insufficient-scope`,
      );
    }
  });

  it.each(['write', 'public'] as const)(
    'B34: a %s key does only what such keys are for',
    async (kind) => {
      const secret = await secretOf({ kind });
      for (const row of routes.filter(({ scope }) => !grants(FIXED_SCOPES[kind], scope))) {
        expect(await refusals(row, secret)).toBe(
          `${row.method} ${row.path} 403 insufficient-scope`,
        );
      }
    },
  );

  it('B31, P37: another project’s things are not there', async () => {
    const person = await app.ok('post', '/v1/participants', {
      pseudonym: 'Visitor A',
      kind: 'human',
      population: 'lead',
    });
    const idea = await app.ok('post', '/v1/ideas', { name: 'an idea' });
    const { secret: other } = await anotherProject(app, 'other');
    for (const path of [`/v1/participants/${person.body.id}`, `/v1/ideas/${idea.body.id}`]) {
      const foreign = await app.send('get', path, undefined, other);
      const missing = await app.send(
        'get',
        path.replace(/[^/]+$/, '01a20000-0000-7000-8000-000000000000'),
        undefined,
        other,
      );
      expect(foreign.status).toBe(404);
      const { instance: _one, ...foreignBody } = foreign.body as Record<string, unknown>;
      const { instance: _other, ...missingBody } = missing.body as Record<string, unknown>;
      expect(foreignBody).toEqual(missingBody);
    }
  });
});
