import request from 'supertest';
import { EventStreams } from '../../src/platform/http/event-stream.js';
import { eventually } from '../support/eventually.js';
import { launchedExperiment } from '../support/launched-experiment.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { ADMIN_KEY } from '../support/test-config.js';

interface Message {
  type: string;
  etag: string;
  lastModified: number;
}

/** What a page hears while its stream is open. */
class Listener {
  text = '';
  ended = false;
  private readonly abort = new AbortController();

  static async to(app: TestApp, path: string, headers = {}): Promise<Listener> {
    const listener = new Listener();
    const { signal } = listener.abort;
    const answer = await fetch(`${await app.app.getUrl()}${path}`, { headers, signal });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    void listener.read(answer.body as ReadableStream<Uint8Array>);
    return listener;
  }

  get messages(): Message[] {
    return [...this.text.matchAll(/^data: (.*)$/gm)].map(
      ([, data]) => JSON.parse(data ?? '') as Message,
    );
  }

  async hears(isHeard: () => boolean): Promise<void> {
    await eventually(async () => await Promise.resolve(isHeard()), Boolean);
  }

  close(): void {
    this.abort.abort();
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of body) this.text += decoder.decode(chunk, { stream: true });
    } catch {
      // We went away ourselves.
    }
    this.ended = true;
  }
}

interface Bulk {
  metadata: { flagConfigEtag: string };
  eventStreams: { type: string; endpoint: { requestUri: string }; inactivityDelaySec: number }[];
}

describe('OFREP event streams', () => {
  let it_: TestApp;
  let key: { id: string; secret: string };

  beforeAll(async () => {
    // One key may take half of them.
    it_ = await startTestApp({ streamsMax: 8 });
    key = (await it_.ok('post', '/v1/keys', { kind: 'public', name: 'page' })).body;
    await launchedExperiment(it_, { key: 'first' });
  });
  afterAll(() => it_.close());

  const all = (secret: string, context: object, query = '', etag = '') =>
    request(it_.app.getHttpServer())
      .post(`/ofrep/v1/evaluate/flags${query}`)
      .set('authorization', `Bearer ${secret}`)
      .set('if-none-match', etag)
      .send({ context });
  const announced = async (secret: string, unit = 'v-1'): Promise<string> => {
    const { eventStreams } = (await all(secret, { targetingKey: unit })).body as Bulk;
    return eventStreams[0]?.endpoint.requestUri ?? '';
  };
  const open = () => it_.app.get(EventStreams).count;

  it('are announced to pages, with a token in the address and no key', async () => {
    const { eventStreams } = (await all(key.secret, { targetingKey: 'v-1' })).body as Bulk;
    expect(eventStreams).toEqual([
      {
        type: 'sse',
        endpoint: { requestUri: expect.stringMatching(/^\/ofrep\/v1\/streams\?token=[\w~-]+$/) },
        inactivityDelaySec: 120,
      },
    ]);
    expect(JSON.stringify(eventStreams)).not.toContain(key.secret.slice(-43));
    const told = (await all(ADMIN_KEY, { targetingKey: 'v-1' })).body as Bulk;
    expect(told.eventStreams).toEqual([]);
  });

  it('E25: stay where they are while a page is told that nothing has changed', async () => {
    const first = await all(key.secret, { targetingKey: 'v-1' });
    const same = await all(key.secret, { targetingKey: 'v-1' }, '', first.headers['etag']);
    expect([same.status, same.text]).toEqual([304, '']);
    expect(await announced(key.secret)).toBe(
      (first.body as Bulk).eventStreams[0]?.endpoint.requestUri,
    );
    const other = (await it_.ok('post', '/v1/keys', { kind: 'public', name: 'other' })).body;
    const moved = await all(other.secret, { targetingKey: 'v-1' }, '', first.headers['etag']);
    expect(moved.status).toBe(200);
  });

  it('tell of a change, by the version that is then served', async () => {
    const before = await all(key.secret, { targetingKey: 'v-1' });
    const known = (before.body as Bulk).metadata.flagConfigEtag;
    const listener = await Listener.to(it_, await announced(key.secret));
    await launchedExperiment(it_, { key: 'second' });
    const news = () => listener.messages.find(({ etag }) => etag !== known);
    await listener.hears(() => news() !== undefined);
    const message = news();
    expect(message).toEqual({
      type: 'refetchEvaluation',
      etag: expect.any(String),
      lastModified: expect.any(Number),
    });
    expect(listener.text).toContain('event: message\n');
    const query = `?flagConfigEtag=${message?.etag}&flagConfigLastModified=${message?.lastModified}`;
    const after = await all(key.secret, { targetingKey: 'v-1' }, query, before.headers['etag']);
    expect([after.status, (after.body as Bulk).metadata.flagConfigEtag]).toEqual([
      200,
      message?.etag,
    ]);
    listener.close();
    await eventually(
      async () => await Promise.resolve(open()),
      (count) => count === 0,
    );
    expect(open()).toBe(0);
  });

  it('a version that nobody knows is looked for and does no harm', async () => {
    const answer = await all(key.secret, { targetingKey: 'v-1' }, '?flagConfigEtag=unheard-of');
    expect(answer.status).toBe(200);
  });

  it('tell who comes back what was missed, and only then', async () => {
    const path = await announced(key.secret);
    const missed = await Listener.to(it_, path, { 'last-event-id': 'an-old-version' });
    await missed.hears(() => missed.messages.length > 0);
    const version = /^id: (.*)$/m.exec(missed.text)?.[1] ?? '';
    const current = await Listener.to(it_, path, { 'last-event-id': version });
    await current.hears(() => current.text.includes('\n\n'));
    expect(current.text).toMatch(new RegExp(`^retry: \\d+\\n\\nid: ${version}\\n\\n$`));
    missed.close();
    current.close();
  });

  it.each([
    ['no token', ''],
    ['an altered token', '?token=zzzzzzz~pk_0~x~y'],
    ['two tokens', '?token=a&token=b'],
  ])('%s is 401, in the words of the protocol', async (_, query) => {
    const answer = await it_.send('get', `/ofrep/v1/streams${query}`);
    expect([answer.status, answer.body]).toEqual([
      401,
      expect.objectContaining({ code: 'unauthenticated', errorCode: 'GENERAL' }),
    ]);
  });

  it('one key cannot take all of them', async () => {
    await eventually(
      async () => await Promise.resolve(open()),
      (count) => count === 0,
    );
    const path = await announced(key.secret);
    const mine = await Promise.all([1, 2, 3, 4].map(() => Listener.to(it_, path)));
    const refused = await it_.send('get', path);
    expect([refused.status, refused.body.code]).toEqual([429, 'too-many-streams']);
    expect(refused.headers['retry-after']).toBe('1');
    const quiet = (await it_.ok('post', '/v1/keys', { kind: 'public', name: 'quiet' })).body;
    const other = await Listener.to(it_, await announced(quiet.secret));
    for (const listener of [...mine, other]) listener.close();
  });

  it('end with their key, and do not open again', async () => {
    const made = (await it_.ok('post', '/v1/keys', { kind: 'public', name: 'short' })).body;
    const path = await announced(made.secret);
    const listener = await Listener.to(it_, path);
    await it_.ok('delete', `/v1/keys/${made.id}`);
    await listener.hears(() => listener.ended);
    expect(listener.ended).toBe(true);
    expect((await it_.send('get', path)).status).toBe(401);
  });

  it('do not keep the process from ending', async () => {
    const short = await startTestApp();
    const { secret } = (await short.ok('post', '/v1/keys', { kind: 'public', name: 'p' })).body;
    const { body } = await short.send(
      'post',
      '/ofrep/v1/evaluate/flags',
      { context: { targetingKey: 'v' } },
      secret as string,
    );
    const [stream] = (body as Bulk).eventStreams;
    const listener = await Listener.to(short, stream?.endpoint.requestUri ?? '');
    await short.close();
    await listener.hears(() => listener.ended);
    expect(listener.ended).toBe(true);
  });
});
