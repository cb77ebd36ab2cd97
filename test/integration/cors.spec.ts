import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import request from 'supertest';
import { REPOSITORY } from '../support/source-files.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { ADMIN_KEY } from '../support/test-config.js';

const ORIGIN = 'https://shop.example';
const EVENTS = '/v1/events';
const FLAGS = '/ofrep/v1/evaluate/flags';
/** The calls of Segment's clients, and what its client for browsers calls them. */
const TRACKING = 'alias batch group identify page screen track a b g i p t'.split(' ');

describe('pages of other origins', () => {
  let it_: TestApp;
  let publicKey: string;
  beforeAll(async () => {
    it_ = await startTestApp();
    publicKey = (await it_.ok('post', '/v1/keys', { kind: 'public', name: 'page' })).body.secret;
  });
  afterAll(() => it_.close());

  const preflight = (path: string, method: string) =>
    request(it_.app.getHttpServer())
      .options(path)
      .set('origin', ORIGIN)
      .set('access-control-request-method', method)
      .set('access-control-request-headers', 'authorization,content-type');
  const post = (path: string, key: string | null, body: object) => {
    const call = request(it_.app.getHttpServer()).post(path).set('origin', ORIGIN);
    return (key === null ? call : call.set('authorization', `Bearer ${key}`)).send(body);
  };
  const corsOf = (headers: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(headers).filter(([name]) => name.startsWith('access-control')),
    );
  const READABLE = {
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'etag, retry-after',
  };

  it.each([EVENTS, FLAGS, `${FLAGS}/some-flag`, `${FLAGS}?flagConfigEtag=x`])(
    'may ask whether %s takes a POST, without a key',
    async (path) => {
      const answer = await preflight(path, 'POST');
      expect([answer.status, answer.text]).toEqual([204, '']);
      expect(corsOf(answer.headers)).toEqual({
        ...READABLE,
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers':
          'content-type, authorization, x-api-key, if-none-match, anonymousid',
        'access-control-max-age': '7200',
      });
      expect(answer.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-request-id': expect.any(String),
      });
    },
  );

  it('may call exactly the routes that clients in pages use', async () => {
    const [, ...rows] = readFileSync(
      join(REPOSITORY, 'test', 'contract', 'permissions.csv'),
      'utf8',
    )
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','));
    const open: string[] = [];
    for (const [method = '', path = ''] of rows) {
      const answer = await preflight(path.replaceAll(/\{\w+\}/g, 'x'), method);
      const allowed = String(answer.headers['access-control-allow-methods'] ?? '').split(', ');
      if (allowed.includes(method)) open.push(`${method} ${path}`);
      else expect(corsOf(answer.headers)).toEqual({});
    }
    expect(open.toSorted()).toEqual(
      [
        'GET /api/features/{clientKey}',
        'GET /ofrep/v1/streams',
        'GET /sub/{clientKey}',
        'POST /api/eval/{clientKey}',
        'POST /track',
        `POST ${FLAGS}`,
        `POST ${FLAGS}/{key}`,
        `POST ${EVENTS}`,
        ...TRACKING.map((name) => `POST /v1/${name}`),
      ].toSorted(),
    );
  });

  it('read answers, and what a page needs of their headers', async () => {
    const answer = await post(FLAGS, publicKey, { context: { targetingKey: 'v-1' } });
    expect([answer.status, corsOf(answer.headers)]).toEqual([200, READABLE]);
    expect(answer.headers['etag']).toBeDefined();
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  });

  it.each([
    ['no key', FLAGS, null, {}, 401],
    ['a body that is no batch', EVENTS, 'public', {}, 422],
    ['an address that is too long', `${EVENTS}?${'x'.repeat(9_000)}`, 'public', {}, 414],
    ['no such flag', `${FLAGS}/none`, 'public', { context: { targetingKey: 'v' } }, 404],
  ])('read refusals: %s', async (_name, path, key, body, status) => {
    const answer = await post(path, key === null ? null : publicKey, body);
    expect([answer.status, corsOf(answer.headers)]).toEqual([status, READABLE]);
  });

  it('cannot read anything else, not even with a secret key', async () => {
    const answer = await request(it_.app.getHttpServer())
      .get('/v1/experiments')
      .set('origin', ORIGIN)
      .set('authorization', `Bearer ${ADMIN_KEY}`);
    expect([answer.status, corsOf(answer.headers)]).toEqual([200, {}]);
  });

  it.each([
    ['of a route that is not for pages', '/v1/experiments', 405],
    ['of nothing at all', '/v1/nothing', 404],
  ])('B16: a preflight %s is a wrong method as before', async (_name, path, status) => {
    const answer = await preflight(path, 'POST');
    expect([answer.status, corsOf(answer.headers)]).toEqual([status, {}]);
  });

  it('B16: OPTIONS that is no preflight is a wrong method everywhere', async () => {
    const answer = await request(it_.app.getHttpServer()).options(EVENTS).set('origin', ORIGIN);
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'POST']);
    expect(corsOf(answer.headers)).toEqual({});
  });
});
