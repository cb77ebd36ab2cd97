import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { installFrontDoor } from '../../src/platform/http/front-door.js';
import { FrontDoorError } from '../../src/platform/http/problem.js';
import { rawBodyOf } from '../../src/platform/http/raw-body.js';

interface Answer {
  status: number;
  body: unknown;
}

/** The door alone, with routes as foreign clients meet them, over real connections. */
describe('bodies of foreign clients', () => {
  let door: FastifyInstance;
  let port: number;

  beforeAll(async () => {
    door = Fastify({ requestTimeout: 0 });
    installFrontDoor(door);
    door.setErrorHandler(async (error, _request, reply) => {
      const { status = 500, code } = error as Partial<FrontDoorError>;
      return await reply.status(status).send({ code });
    });
    const codeOf = (one: unknown): unknown => (one instanceof FrontDoorError ? one.code : one);
    const echo = async ({ body }: FastifyRequest) => ({
      read: Array.isArray(body) ? body.map(codeOf) : body,
    });
    door.post('/wire', { config: { wire: true } }, echo);
    door.post('/list', { config: { wire: 'array' } }, echo);
    door.post('/batch', { config: { wire: 'batch' } }, async (request) => {
      const { batch, ...envelope } = request.body as { batch: unknown[] };
      return { envelope, codes: batch.map(codeOf) };
    });
    door.post('/small', { config: { wire: true, bodyMaxBytes: 100 } }, echo);
    door.post('/strict', echo);
    door.post('/signed', { config: { raw: true } }, async (request) => ({
      read: request.body,
      raw: rawBodyOf(request).toString('utf8'),
    }));
    await door.listen({ port: 0, host: '127.0.0.1' });
    port = (door.server.address() as { port: number }).port;
  });
  afterAll(() => door.close());

  /** Sends the headers given and no other, not even a media type. */
  const post = (
    path: string,
    body: string | Buffer,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> =>
    new Promise((done, fail) => {
      const length = String(Buffer.byteLength(body));
      const sent = httpRequest(
        { port, path, method: 'POST', headers: { 'content-length': length, ...headers } },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (text += chunk));
          response.on('end', () => {
            done({ status: response.statusCode ?? 0, body: JSON.parse(text) as unknown });
          });
        },
      );
      sent.on('error', fail);
      sent.end(body);
    });

  const gzip = { 'content-encoding': 'gzip' };
  const form = { 'content-type': 'application/x-www-form-urlencoded' };

  it.each([
    ['no type', {}],
    ['an empty type', { 'content-type': '' }],
    ['a type that is none', { 'content-type': 'json' }],
    ['text', { 'content-type': 'text/plain;charset=UTF-8' }],
    ['a form', form],
    ['bytes', { 'content-type': 'application/octet-stream' }],
    ['JSON', { 'content-type': 'application/json' }],
  ])('E01, E02: JSON is read on a wire route when it is labelled as %s', async (_, headers) => {
    expect(await post('/wire', '{"event":"x"}', headers)).toEqual({
      status: 200,
      body: { read: { event: 'x' } },
    });
  });

  it.each([{ 'content-type': 'text/plain' }, form, {}])(
    'E02, B03: elsewhere %j is refused',
    async (headers) => {
      expect(await post('/strict', '{"event":"x"}', headers)).toEqual({
        status: 415,
        body: { code: 'unsupported-media-type' },
      });
    },
  );

  it('E03: gzip under the type of a form is inflated, in either spelling', async () => {
    for (const encoding of ['gzip', 'x-gzip', 'GZIP']) {
      const headers = { ...form, 'content-encoding': encoding };
      expect(await post('/wire', gzipSync('{"event":"Zoë"}'), headers)).toEqual({
        status: 200,
        body: { read: { event: 'Zoë' } },
      });
    }
  });

  it.each([
    ['/strict', 'gzip'],
    ['/wire', 'br'],
    ['/wire', 'gzip, gzip'],
  ])('E03, B04: %s does not undo %s', async (path, encoding) => {
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
    expect(await post(path, gzipSync('{}'), headers)).toEqual({
      status: 415,
      body: { code: 'unsupported-content-encoding' },
    });
  });

  it('E04, E05: a bomb twice, garbage, a torn body and a doubly wrapped one, then a good one', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20));
    const tooLarge = { status: 413, body: { code: 'payload-too-large' } };
    const malformed = { status: 400, body: { code: 'malformed-gzip' } };
    const good = gzipSync('{"event":"x"}');
    expect(await post('/wire', bomb, gzip)).toEqual(tooLarge);
    expect(await post('/wire', bomb, gzip)).toEqual(tooLarge);
    expect(await post('/wire', '{"event":"x"}', gzip)).toEqual(malformed);
    expect(await post('/wire', '', gzip)).toEqual(malformed);
    expect(await post('/wire', good.subarray(0, -9), gzip)).toEqual(malformed);
    const twice = await post('/wire', gzipSync(good), gzip);
    expect(twice).toEqual({ status: 400, body: { code: 'invalid-encoding' } });
    expect(await post('/wire', good, gzip)).toEqual({
      status: 200,
      body: { read: { event: 'x' } },
    });
  });

  it('E04: many small members do not add up to more than the limit', async () => {
    const member = gzipSync(Buffer.alloc(1024, 0x20));
    const many = Buffer.concat(Array.from({ length: 1_100 }, () => member));
    expect((await post('/wire', many, gzip)).status).toBe(413);
  });

  it('E31: takes just so much, as received and as inflated', async () => {
    const body = (bytes: number) => JSON.stringify({ a: 'x'.repeat(bytes - 8) });
    const max = 1024 * 1024;
    expect((await post('/wire', body(max))).status).toBe(200);
    expect((await post('/wire', body(max + 1))).status).toBe(413);
    expect((await post('/wire', gzipSync(body(max)), gzip)).status).toBe(200);
    expect((await post('/wire', gzipSync(body(max + 1)), gzip)).status).toBe(413);
    expect((await post('/small', body(100))).status).toBe(200);
    expect((await post('/small', gzipSync(body(101)), gzip)).status).toBe(413);
  });

  it.each([
    ['/wire', '[1]', 422, 'validation-failed'],
    ['/wire', 'null', 422, 'validation-failed'],
    ['/list', '"text"', 422, 'validation-failed'],
    ['/wire', '', 400, 'malformed-json'],
    ['/wire', 'event=x', 400, 'malformed-json'],
    ['/wire', '{"list":[{"__proto__":{"a":1}}]}', 422, 'forbidden-key'],
    ['/list', '{"__proto__":{"a":1}}', 422, 'forbidden-key'],
    ['/list', '[1],"x":[2]', 400, 'malformed-json'],
    ['/wire', '{"a":1,"a":2}', 400, 'duplicate-json-key'],
    ['/wire', `${'['.repeat(200)}${']'.repeat(200)}`, 400, 'json-too-deep'],
    ['/wire', '{"a":1e999}', 422, 'number-out-of-range'],
    ['/wire', '{"a":"\\u0000"}', 422, 'invalid-string'],
  ])('E12: %s refuses %s', async (path, body, status, code) => {
    expect(await post(path, body)).toEqual({ status, body: { code } });
  });

  it('takes a list at the top where the route says so', async () => {
    expect(await post('/list', '[{"a":1}]')).toEqual({ status: 200, body: { read: [{ a: 1 }] } });
    expect(await post('/list', '{"a":1}')).toEqual({ status: 200, body: { read: { a: 1 } } });
    const bad = await post('/list', '[{"__proto__":{"a":1}},{"a":1},NaN]');
    const read = ['forbidden-key', { a: 1 }, 'malformed-json'];
    expect(bad).toEqual({ status: 200, body: { read } });
  });

  it('E29: an element of a batch that cannot be read does not take the others with it', async () => {
    const deep = `${'['.repeat(100)}${']'.repeat(100)}`;
    const elements = [
      '{"event":"good"}',
      '{"__proto__":{"a":1}}',
      '{"a":NaN}',
      '{"a":1e999}',
      '{"a":"\\u0000"}',
      '{"a":1,"a":2}',
      `{"a":${deep}}`,
      '"good too"',
    ];
    const answer = await post('/batch', `{"batch":[${elements.join()}],"sentAt":"x"}`);
    expect(answer).toEqual({
      status: 200,
      body: {
        envelope: { sentAt: 'x' },
        codes: [
          { event: 'good' },
          'forbidden-key',
          'malformed-json',
          'number-out-of-range',
          'invalid-string',
          'duplicate-json-key',
          'json-too-deep',
          'good too',
        ],
      },
    });
  });

  it.each([
    ['{"batch":[{"a":1}],"writeKey":"k","writeKey":"k"}', 400, 'duplicate-json-key'],
    ['{"batch":[{"a":NaN}],"__proto__":1}', 422, 'forbidden-key'],
    ['{"batch":[{"a":NaN}', 400, 'malformed-json'],
    ['{"batch":{"a":NaN}}', 400, 'malformed-json'],
  ])('E12: what is wrong around a batch refuses it: %s', async (body, status, code) => {
    expect(await post('/batch', body)).toEqual({ status, body: { code } });
  });

  it('E13: keeps the bytes beside what was read from them', async () => {
    const body = '{ "amount":\t1.50 }';
    expect(await post('/signed', body, { 'content-type': 'application/json' })).toEqual({
      status: 200,
      body: { read: { amount: 1.5 }, raw: body },
    });
  });
});
