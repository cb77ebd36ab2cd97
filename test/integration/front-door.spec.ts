import { startTestApp, type TestApp } from '../support/test-app.js';
import { ADMIN_KEY } from '../support/test-config.js';
import request from 'supertest';

/** Bad inputs of the front door; ids are those of the reliability reference. */
describe('front door', () => {
  let it_: TestApp;

  beforeAll(async () => {
    it_ = await startTestApp();
  });
  afterAll(() => it_.close());

  const raw = (body: string | Buffer, type = 'application/json') =>
    request(it_.app.getHttpServer())
      .post('/v1/members')
      .set('authorization', `Bearer ${ADMIN_KEY}`)
      .set('content-type', type)
      .serialize((sent) => sent as unknown as string)
      .send(body as string);

  it.each([
    ['B01 truncated', '{"name":', 400, 'malformed-json'],
    ['B01 byte order mark', '\ufeff{"name":"a"}', 400, 'malformed-json'],
    ['B06 too deep', `${'['.repeat(20_000)}`, 400, 'json-too-deep'],
    [
      'B07 too many members',
      JSON.stringify(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, 1]))),
      400,
      'json-too-complex',
    ],
    ['B08 duplicate key', '{"name":"a","name":"b"}', 400, 'duplicate-json-key'],
    ['B09 null', 'null', 422, 'validation-failed'],
    ['B09 array', '[]', 422, 'validation-failed'],
    ['B10 __proto__', '{"name":"a","__proto__":{"isAdmin":true}}', 422, 'forbidden-key'],
    ['B10 nested constructor', '{"name":"a","x":{"constructor":1}}', 422, 'forbidden-key'],
    ['B11 unknown member', '{"name":"a","isAdmin":true}', 422, 'validation-failed'],
    ['B12 NUL', '{"name":"a\\u0000b"}', 422, 'invalid-string'],
    ['B12 half a character', '{"name":"a\\ud800"}', 422, 'invalid-string'],
    ['B12 zero width', '{"name":"a\u200bb"}', 422, 'validation-failed'],
    ['B13 NaN', '{"name":NaN}', 400, 'malformed-json'],
    ['B14 1e999', '{"name":1e999}', 422, 'number-out-of-range'],
    ['B14 unsafe integer', '{"name":9007199254740993}', 422, 'number-out-of-range'],
    ['B15 number for text', '{"name":5}', 422, 'validation-failed'],
    ['B40 object for scalar', '{"name":{"$ne":1}}', 422, 'validation-failed'],
  ])('%s', async (_, body, status, code) => {
    const answer = await raw(body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  it('B02 refuses bytes that are not UTF-8', async () => {
    const answer = await raw(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]));
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid-encoding']);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-16'])(
    'B03 refuses %s',
    async (type) => {
      const answer = await raw('{"name":"a"}', type);
      expect([answer.status, answer.body.code]).toEqual([415, 'unsupported-media-type']);
    },
  );

  it('B04 refuses compressed bodies', async () => {
    const answer = await raw('{"name":"a"}').set('content-encoding', 'gzip');
    expect([answer.status, answer.body.code]).toEqual([415, 'unsupported-content-encoding']);
  });

  it('B05 refuses a body that is too large', async () => {
    const answer = await raw(JSON.stringify({ name: 'a'.repeat(70_000) }));
    expect([answer.status, answer.body.code]).toEqual([413, 'payload-too-large']);
  });

  it.each([
    '//v1//project',
    '/V1/project',
    '/v1/project/',
    '/v1/%2e%2e/project',
    '/v1/project;x=1',
  ])('B16 %s never answers 2xx without a key', async (path) => {
    const answer = await request(it_.app.getHttpServer()).get(path);
    expect([401, 404]).toContain(answer.status);
  });

  it('B16 says which methods a path has', async () => {
    const answer = await it_.send('patch', '/v1/members');
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'POST']);
  });

  it.each([
    ['no key', null],
    ['unknown key', 'sk_ffffffffffffffff_testtesttesttesttesttesttesttesttesttest'],
    ['wrong secret', `${ADMIN_KEY}x`],
    ['not a key', 'x'],
  ])('B19, B20: %s is 401', async (_, key) => {
    const answer = await it_.send('get', '/v1/project', undefined, key);
    expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
    expect(answer.headers['www-authenticate']).toContain('Bearer');
  });

  it('B22, B33: a key does what its scopes say and makes no stronger one', async () => {
    const weak = await it_.ok('post', '/v1/keys', {
      kind: 'secret',
      name: 'reader',
      scopes: ['project:read', 'keys:write'],
    });
    const { secret } = weak.body as { secret: string };
    const refused = await it_.send('post', '/v1/members', { name: 'x' }, secret);
    expect([refused.status, refused.body.scope]).toEqual([403, 'members:write']);
    const stronger = await it_.send(
      'post',
      '/v1/keys',
      { kind: 'secret', name: 'more', scopes: ['members:write'] },
      secret,
    );
    expect([stronger.status, stronger.body.code]).toEqual([403, 'scope-escalation']);
    const stored = await it_.sql<{ found: number }>(
      `SELECT count(*)::int AS found FROM api_key WHERE position($1 in encode(digest, 'escape')) > 0`,
      [secret],
    );
    expect(stored[0]?.found).toBe(0);
  });

  it('a revoked key is refused', async () => {
    const made = await it_.ok('post', '/v1/keys', { kind: 'write', name: 'short-lived' });
    await it_.ok('delete', `/v1/keys/${made.body.id}`);
    const answer = await it_.send('get', '/v1/project', undefined, made.body.secret);
    expect(answer.status).toBe(401);
  });

  it('B38 asks for If-Match and refuses a stale one', async () => {
    const read = await it_.ok('get', '/v1/project');
    const body = { ...read.body, currency: 'EUR' };
    expect((await it_.send('put', '/v1/project', body)).status).toBe(428);
    const put = (etag: string) =>
      request(it_.app.getHttpServer())
        .put('/v1/project')
        .set('authorization', `Bearer ${ADMIN_KEY}`)
        .set('if-match', etag)
        .send(body);
    const changed = await put(String(read.headers['etag']));
    expect([changed.status, changed.body.currency]).toEqual([200, 'EUR']);
    expect((await put(String(read.headers['etag']))).status).toBe(412);
  });
});
