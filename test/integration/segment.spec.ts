import { Analytics } from '@segment/analytics-node';
import request from 'supertest';
import { at } from '../support/evaluation-views.js';
import { launchedExperiment } from '../support/launched-experiment.js';
import { PostgresProxy } from '../support/postgres-proxy.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { ADMIN_KEY } from '../support/test-config.js';
import { expectProfit, playOrders } from '../support/tracked-orders.js';

const keyOf = async (app: TestApp, kind: 'write' | 'public'): Promise<string> =>
  (await app.ok('post', '/v1/keys', { kind, name: 'tracking' })).body.secret as string;

const hostOf = (app: TestApp): string => {
  const { port } = app.app.getHttpServer().address() as { port: number };
  return `http://127.0.0.1:${port}`;
};

/** Well formed, and nobody's: whether it is a key only the database could say. */
const UNKNOWN_KEY = Buffer.from(`wk_${'0'.repeat(16)}_${'t'.repeat(43)}:`).toString('base64');

const clientOf = (app: TestApp, writeKey: string): Analytics =>
  new Analytics({ writeKey, host: hostOf(app), flushAt: 100, flushInterval: 60_000 });

describe('the tracking protocol', () => {
  let app: TestApp;
  let proxy: PostgresProxy;
  /** A second replica, whose way to the database can be cut. */
  let replica: TestApp;
  let writeKey: string;
  let publicKey: string;
  beforeAll(async () => {
    app = await startTestApp();
    proxy = await PostgresProxy.start(app.databaseUrl);
    replica = await startTestApp({}, proxy.url);
    writeKey = await keyOf(app, 'write');
    publicKey = await keyOf(app, 'public');
  });
  afterAll(async () => {
    await replica.close();
    await proxy.close();
    await app.close();
  });

  it('Segment’s client for Node, from its first call to money in an evaluation', async () => {
    const analytics = clientOf(app, writeKey);
    const failures: unknown[] = [];
    analytics.on('error', (error) => failures.push(error));
    const result = await playOrders(app, {
      track: (message) => analytics.track({ ...message, userId: message.userId } as never),
      identify: (message) => analytics.identify(message),
      alias: (message) => analytics.alias(message),
      flush: () => analytics.flush(),
    });
    await analytics.closeAndFlush();
    expect(failures).toEqual([]);
    expectProfit(result);
    const letters = await app.ok('get', '/v1/dead-letters');
    expect(letters.body.data).toEqual([]);
  });

  it('E32: an outage is 429 to the client, which keeps its batch and delivers it afterwards', async () => {
    const analytics = clientOf(replica, writeKey);
    const answers: { status: number; headers: Record<string, string> }[] = [];
    const back = new Promise<void>((done, fail) => {
      analytics.on('http_response', (answer) => {
        answers.push({ status: answer.status, headers: answer.headers as Record<string, string> });
        if (answers.length === 1) proxy.comeBack().then(done, fail);
      });
    });
    await proxy.refuse();
    analytics.track({ anonymousId: 'v-1', event: 'Kept', messageId: 'kept-1' });
    await analytics.flush();
    await back;
    await analytics.closeAndFlush();
    expect(answers.map(({ status }) => status)).toEqual([429, 200]);
    expect(answers[0]?.headers['retry-after']).toBe('2');
    const stored = await app.sql(`SELECT id FROM event WHERE name = 'Kept'`);
    expect(stored).toEqual([{ id: 'kept-1' }]);
  });

  it.each([
    ['1', '4'],
    ['6', '128'],
    ['20', '300'],
    ['many', '2'],
  ])('E32: a client that tried %s times in vain waits %s seconds', async (tried, seconds) => {
    await proxy.refuse();
    const answer = await request(replica.app.getHttpServer())
      .post('/v1/track')
      .set('authorization', `Basic ${UNKNOWN_KEY}`)
      .set('x-retry-count', tried)
      .send({ anonymousId: 'v', event: 'x' });
    await proxy.comeBack();
    expect([answer.status, answer.body.code]).toEqual([429, 'unavailable']);
    expect(answer.headers['retry-after']).toBe(seconds);
  });

  /** As a server: Basic authentication, the key as user. */
  const post = (path: string, body: object, key = writeKey) =>
    request(app.app.getHttpServer()).post(path).auth(key, '').send(body);
  /** As a page: the key in the body, JSON as text. */
  const postAsPage = (path: string, body: object, key = publicKey) =>
    request(app.app.getHttpServer())
      .post(path)
      .set('content-type', 'text/plain')
      .set('origin', 'https://shop.example')
      .send(JSON.stringify({ ...body, writeKey: key }));
  const stored = (id: string) =>
    app.sql(
      `SELECT type, unit_kind AS kind, unit_id AS unit, name, amount_minor::int AS amount, source
       FROM event WHERE id = $1`,
      [id],
    );

  it('E29: one bad message never makes the batch 4xx, and the owner can see it', async () => {
    const batch = [
      { type: 'track', event: 'Good', userId: 'u-1', messageId: 'good-1' },
      { type: 'track', event: 'Bad', userId: 'ann@site.example', messageId: 'bad-1' },
      {
        type: 'track',
        event: 'Order Completed',
        userId: 'u-1',
        messageId: 'bad-2',
        properties: {},
      },
      { type: 'page', anonymousId: 'v-1', messageId: 'good-2' },
      { type: 'identify', userId: 'u-1', messageId: 'nothing' },
      'no message',
    ];
    const first = await post('/v1/batch', { batch, sentAt: new Date().toISOString() });
    expect([first.status, first.body.success]).toEqual([200, true]);
    expect(first.body.results).toMatchObject([
      { id: 'good-1', status: 'accepted' },
      { id: 'bad-1', status: 'rejected', code: 'unit-id-looks-personal' },
      {
        id: 'bad-2',
        status: 'rejected',
        code: 'invalid-event-id',
        events: [{ id: 'bad-2', status: 'accepted' }, { status: 'rejected' }],
      },
      { id: 'good-2', status: 'accepted' },
      { id: 'nothing', status: 'ignored' },
      { status: 'rejected', code: 'invalid-event' },
    ]);
    const again = await post('/v1/batch', { batch });
    expect(again.body.results.map(({ status }: { status: string }) => status)).toEqual([
      'duplicate',
      'rejected',
      'rejected',
      'duplicate',
      'ignored',
      'rejected',
    ]);
    const letters = await app.ok('get', '/v1/dead-letters?code=unit-id-looks-personal');
    expect(letters.body.data).toMatchObject([{ eventId: 'bad-1', times: 2 }]);
    expect(JSON.stringify(letters.body)).not.toContain('ann@');
  });

  it('E29: neither does one that is not JSON', async () => {
    const good = '{"type":"page","anonymousId":"v-1","messageId":"beside"}';
    const answer = await request(app.app.getHttpServer())
      .post('/v1/batch')
      .auth(writeKey, '')
      .set('content-type', 'application/json')
      .send(`{"batch":[{"value":NaN},${good}]}`);
    expect(answer.status).toBe(200);
    expect(answer.body.results).toMatchObject([
      { status: 'rejected', code: 'malformed-json' },
      { id: 'beside', status: 'accepted' },
    ]);
  });

  it.each([
    ['/v1/track', { event: 'X', userId: 'u-1' }, { type: 'event', kind: 'user', name: 'X' }],
    ['/v1/page', { anonymousId: 'v-1' }, { type: 'event', kind: 'visitor', name: 'page' }],
    ['/v1/screen', { userId: 'u-1' }, { type: 'event', kind: 'user', name: 'screen' }],
    ['/v1/identify', { userId: 'u-1', anonymousId: 'v-1' }, { type: 'identify', kind: 'visitor' }],
    ['/v1/alias', { userId: 'u-1', previousId: 'v-9' }, { type: 'identify', unit: 'v-9' }],
    ['/v1/group', { userId: 'u-1', groupId: 'a-1' }, { type: 'identify', unit: 'u-1' }],
    ['/v1/t', { event: 'Y', userId: 'u-1' }, { type: 'event', name: 'Y' }],
    ['/v1/p', { anonymousId: 'v-1' }, { type: 'event', name: 'page' }],
    ['/v1/i', { userId: 'u-2', anonymousId: 'v-2' }, { type: 'identify', unit: 'v-2' }],
    ['/v1/a', { userId: 'u-2', previousId: 'v-3' }, { type: 'identify', unit: 'v-3' }],
    ['/v1/g', { userId: 'u-2', groupId: 'a-1' }, { type: 'identify', unit: 'u-2' }],
  ])('E09: %s answers 200 and stores its call', async (path, message, expected) => {
    const messageId = `of ${path}`;
    const answer = await post(path, { ...message, messageId });
    expect([answer.status, answer.body]).toEqual([
      200,
      { success: true, results: [{ id: messageId, status: 'accepted' }] },
    ]);
    expect(await stored(messageId)).toMatchObject([expected]);
  });

  it('a batch of a page may name its key in each message, and all must agree', async () => {
    const page = { type: 'page', anonymousId: 'v-1', writeKey: publicKey };
    const body = { batch: [{ ...page, messageId: 'b-1' }] };
    const answer = await request(app.app.getHttpServer()).post('/v1/b').send(body);
    expect([answer.status, answer.body.results]).toEqual([
      200,
      [{ id: 'b-1', status: 'accepted' }],
    ]);
    const mixed = { batch: [page, { ...page, writeKey }] };
    expect((await request(app.app.getHttpServer()).post('/v1/b').send(mixed)).status).toBe(401);
  });

  it('B34: a public key records the order and not its money, nor who is who', async () => {
    const properties = { order_id: 'p-1', revenue: 5, currency: 'USD' };
    const order = { event: 'Order Completed', anonymousId: 'v-1', messageId: 'pk-1', properties };
    const answer = await postAsPage('/v1/t', order);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect([answer.status, answer.body.results]).toMatchObject([
      200,
      [
        {
          id: 'pk-1',
          status: 'rejected',
          code: 'money-not-allowed',
          events: [{ id: 'pk-1', status: 'accepted' }, { status: 'rejected' }],
        },
      ],
    ]);
    expect(await stored('pk-1')).toMatchObject([{ name: 'Order Completed', source: 'browser' }]);
    expect(await stored('order:p-1')).toEqual([]);
    const squat = { event: 'x', anonymousId: 'v-1', messageId: 'order:p-2' };
    expect((await postAsPage('/v1/t', squat)).body.results[0].code).toBe('invalid-event-id');
    const identity = { userId: 'u-1', anonymousId: 'v-1' };
    for (const messageId of ['pk-2', 'pk-3']) {
      const [result] = (await postAsPage('/v1/i', { ...identity, messageId })).body.results;
      expect(result).toMatchObject({ id: messageId, status: 'rejected' });
    }
    const letters = await app.ok('get', '/v1/dead-letters?code=money-not-allowed');
    expect(letters.body.data).toMatchObject([
      { eventId: 'identify', times: 2 },
      { eventId: 'Order Completed', times: 1 },
    ]);

    const byServer = { ...order, messageId: 'wk-1' };
    expect((await post('/v1/track', byServer)).body.results[0].status).toBe('accepted');
    expect(await stored('order:p-1')).toMatchObject([{ amount: 500, source: 'server' }]);
  });

  it('an order is one entry whoever reports it, and what contradicts it is seen', async () => {
    const properties = { order_id: 'o-1', revenue: 10, currency: 'EUR' };
    const order = { event: 'Order Completed', userId: 'u-1', properties };
    const statusOf = async (message: object): Promise<unknown[]> => {
      const { status, code, events } = (await post('/v1/track', message)).body.results[0];
      return [status, code, events.map((event: { status: string }) => event.status)];
    };
    expect(await statusOf({ ...order, messageId: 'o-m1' })).toEqual([
      'accepted',
      undefined,
      ['accepted', 'accepted'],
    ]);
    expect(await statusOf({ ...order, messageId: 'o-m2' })).toEqual([
      'accepted',
      undefined,
      ['accepted', 'duplicate'],
    ]);
    const other = { ...order, messageId: 'o-m3', properties: { ...properties, revenue: 12 } };
    expect(await statusOf(other)).toEqual([
      'rejected',
      'event-id-conflict',
      ['accepted', 'rejected'],
    ]);
    expect(await stored('order:o-1')).toMatchObject([{ amount: 1000 }]);
  });

  it('E35: which amount is income is declared, and its lack is named', async () => {
    const read = await app.ok('get', '/v1/project');
    expect(read.body.orderAmount).toBe('revenue');
    const { orderAmount: _, ...project } = read.body as Record<string, unknown>;
    const declare = (changes: object, etag: unknown) =>
      request(app.app.getHttpServer())
        .put('/v1/project')
        .set('authorization', `Bearer ${ADMIN_KEY}`)
        .set('if-match', String(etag))
        .send({ ...project, ...changes });
    const { etag } = read.headers;
    expect((await declare({ orderAmount: 'gross' }, etag)).status).toBe(422);
    const declared = await declare({ orderAmount: 'total' }, etag);
    expect([declared.status, declared.body.orderAmount]).toEqual([200, 'total']);
    const unchanged = await declare({}, declared.headers['etag']);
    expect([unchanged.status, unchanged.body.orderAmount]).toEqual([200, 'total']);

    const properties = { order_id: 't-1', revenue: 10, currency: 'EUR' };
    const order = { event: 'Order Completed', userId: 'u-1', properties };
    const refused = await post('/v1/track', order);
    expect(refused.body.results[0]).toMatchObject({
      status: 'rejected',
      code: 'missing-amount',
      detail: expect.stringContaining('orderAmount'),
    });
    const letters = await app.ok('get', '/v1/dead-letters?code=missing-amount');
    expect(letters.body.data).toMatchObject([
      { eventId: 'order:t-1', item: { name: 'revenue', properties: { revenue: 10 } } },
    ]);
    await post('/v1/track', { ...order, properties: { ...properties, total: '11.90' } });
    expect(await stored('order:t-1')).toMatchObject([{ amount: 1190 }]);
  });

  it('E34: a clock that runs an hour ahead is corrected, and both times are kept', async () => {
    const ahead = (ms: number): string => new Date(Date.parse(at(1, 1)) + ms).toISOString();
    const message = { type: 'page', anonymousId: 'v-1', messageId: 'ahead', timestamp: ahead(0) };
    const batch = [message, { ...message, messageId: 'bad clock', sentAt: 'soon' }];
    const answer = await post('/v1/batch', { batch, sentAt: ahead(10_000) });
    expect(answer.body.results).toMatchObject([
      { status: 'accepted' },
      { status: 'rejected', code: 'invalid-timestamp' },
    ]);
    const rows = await app.sql<{ claimed: Date; ms: number }>(
      `SELECT claimed_at AS claimed,
         (extract(epoch FROM received_at - occurred_at) * 1000)::int AS ms
       FROM event WHERE id = 'ahead'`,
    );
    expect(rows).toEqual([{ claimed: new Date(ahead(0)), ms: 10_000 }]);
  });

  it('an exposure is of the unit its experiment is on; without a time it is now', async () => {
    await launchedExperiment(app, { key: 'seats', unit: 'account', launchedAt: new Date(at(0)) });
    const properties = { experimentId: 'seats', variationId: 'treatment' };
    const view = { event: 'Experiment Viewed', userId: 'u-1', properties, messageId: 'view' };
    const answer = await postAsPage('/v1/t', { ...view, context: { groupId: 'a-1' } });
    expect(answer.body.results).toEqual([{ id: 'view', status: 'accepted' }]);
    expect(await stored('view')).toMatchObject([
      { type: 'exposure', kind: 'account', unit: 'a-1' },
    ]);
    const nobody = await postAsPage('/v1/t', { ...view, messageId: 'view-2' });
    expect(nobody.body.results[0].code).toBe('invalid-unit-id');
  });

  it('E31: takes more than its clients send, and says what is too much', async () => {
    const page = { type: 'page', anonymousId: 'v-1' };
    const pages = (count: number) => ({
      batch: Array.from({ length: count }, (_, n) => ({ ...page, messageId: `many-${n}` })),
    });
    const answer = await post('/v1/batch', pages(600));
    expect([answer.status, answer.body.results.length]).toEqual([200, 600]);
    expect(answer.body.results.at(-1)).toEqual({ id: 'many-599', status: 'accepted' });
    const tooMany = await post('/v1/batch', pages(2_501));
    expect([tooMany.status, tooMany.body.code]).toEqual([413, 'batch-too-large']);
    expect((await post('/v1/batch', { batch: [] })).body).toEqual({ success: true, results: [] });
    const none = await post('/v1/batch', { events: [] });
    expect([none.status, none.body.code]).toEqual([422, 'validation-failed']);
  });
});
