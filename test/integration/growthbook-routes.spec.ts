import {
  clearCache,
  configureCache,
  type FeatureApiResponse,
  GrowthBook,
  GrowthBookClient,
  setPolyfills,
} from '@growthbook/growthbook';
import request from 'supertest';
import { assignVariant } from '../../src/domain/assignment/assign-variant.js';
import type { AnalysisPlan } from '../../src/domain/experiments/plan.js';
import { AssignmentConfigReader } from '../../src/modules/assignments/assignment-config.reader.js';
import { FetchEventSource } from '../support/event-source.js';
import { eventually } from '../support/eventually.js';
import { launchedExperiment } from '../support/launched-experiment.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { ADMIN_KEY } from '../support/test-config.js';

describe('the routes of GrowthBook SDKs', () => {
  let it_: TestApp;
  let url: string;
  let key: string;
  let plan: AnalysisPlan;

  beforeAll(async () => {
    it_ = await startTestApp();
    url = await it_.app.getUrl();
    ({ plan } = await launchedExperiment(it_, {
      key: 'colour',
      unit: 'user',
      conditions: [{ property: 'plan', operator: 'eq', value: 'pro' }],
    }));
    key = await newKey('public');
    await it_.app.get(AssignmentConfigReader, { strict: false }).refresh();
  });
  afterAll(async () => {
    for (const stream of FetchEventSource.opened) stream.close();
    await clearCache();
    await it_.close();
  });

  const newKey = async (kind: string): Promise<string> => {
    const { body } = await it_.ok('post', '/v1/keys', { kind, name: kind });
    return (body as { secret: string }).secret;
  };
  const unitIn = (variant: string): string => {
    let n = 0;
    while (assignVariant({ ...plan, unitId: `u-${n}` }).variantKey !== variant) n += 1;
    return `u-${n}`;
  };
  const payload = async (): Promise<FeatureApiResponse> =>
    (await it_.ok('get', `/api/features/${key}`, undefined, null)).body as FeatureApiResponse;

  describe('features', () => {
    it('say how they may be kept, to pages too', async () => {
      const answer = await it_.ok('get', `/api/features/${key}`, undefined, null);
      expect(answer.headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'public, max-age=30, stale-while-revalidate=3600, stale-if-error=36000',
        'x-sse-support': 'enabled',
        'access-control-allow-origin': '*',
      });
      expect(answer.headers['access-control-expose-headers']).toMatch(/x-sse-support/);
      expect(answer.body).toMatchObject({ status: 200, features: { colour: {} } });
      const again = await request(url)
        .get(`/api/features/${key}`)
        .set('if-none-match', String(answer.headers['etag']));
      expect([again.status, again.text]).toEqual([304, '']);
    });

    it('E39: name no people, no names and no reasons', async () => {
      const text = JSON.stringify(await payload());
      expect(text).not.toContain('A test of the machinery');
      expect(text).not.toContain('populations');
    });

    it('E37: have another date after every change', async () => {
      const dates = [(await payload()).dateUpdated];
      for (const version of [1, 2]) {
        await launchedExperiment(it_, { key: `change-${version}`, status: 'stopped' });
        dates.push((await payload()).dateUpdated);
      }
      expect(new Set(dates).size).toBe(3);
      expect((await payload()).dateUpdated).toBe(dates[2]);
      for (const date of dates) expect(Date.parse(date ?? '')).not.toBeNaN();
    });

    it.each(['/api/features/pk_none', '/sub/pk_none'])(
      'answer errors in both languages: %s',
      async (path) => {
        const { body, status } = await it_.send('get', path, undefined, null);
        const { error, detail } = body as Record<string, unknown>;
        expect(status).toBe(401);
        expect(body).toMatchObject({ status: 401, code: 'unauthenticated' });
        expect(typeof error).toBe('string');
        expect(error).toBe(detail);
      },
    );

    it('are refused to a key that only writes, in whichever place it stands', async () => {
      const write = await newKey('write');
      for (const path of [`/api/features/${write}`, `/sub/${write}`]) {
        const answer = await it_.send('get', path, undefined, null);
        expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'insufficient-scope']);
      }
      const elsewhere = await it_.send('get', '/api/features/x', undefined, ADMIN_KEY);
      expect(elsewhere.status).toBe(401);
      const secret = await it_.send('get', `/sub/${ADMIN_KEY}`, undefined, null);
      expect([secret.status, secret.body.code]).toEqual([403, 'insufficient-scope']);
    });
  });

  describe('the stream', () => {
    const open = () => {
      setPolyfills({ EventSource: FetchEventSource });
      // A client without streams switches it off for all clients of the process.
      configureCache({ backgroundSync: true });
      return new GrowthBookClient({ apiHost: url, clientKey: key });
    };

    it('brings a change to an SDK that asks for nothing', async () => {
      const client = open();
      await client.init({ streaming: true });
      await eventually(
        () => Promise.resolve(FetchEventSource.opened.at(-1)?.readyState),
        (state) => state === 1,
      );
      expect(client.getFeatures()).not.toHaveProperty('brought');
      await launchedExperiment(it_, { key: 'brought' });
      const has = () => Promise.resolve('brought' in client.getFeatures());
      expect(await eventually(has, Boolean)).toBe(true);
      client.destroy({ destroyAllStreams: true });
    });

    it('begins with what is true now, for a page that remembered something else', async () => {
      await clearCache();
      const client = open().initSync({
        payload: { features: { old: { defaultValue: 1 } }, dateUpdated: 'then' },
        streaming: true,
      });
      const has = () => Promise.resolve('colour' in client.getFeatures());
      expect(await eventually(has, Boolean)).toBe(true);
      expect(client.getFeatures()).not.toHaveProperty('old');
      client.destroy({ destroyAllStreams: true });
    });

    it('ends with its key', async () => {
      const { body } = await it_.ok('post', '/v1/keys', { kind: 'public', name: 'brief' });
      const { id, secret } = body as { id: string; secret: string };
      const config = it_.app.get(AssignmentConfigReader, { strict: false });
      await config.refresh();
      const stream = new FetchEventSource(`${url}/sub/${secret}`);
      const isIn = (state: number) =>
        eventually(
          () => Promise.resolve(stream.readyState),
          (now) => now === state,
        );
      expect(await isIn(1)).toBe(1);
      await it_.ok('delete', `/v1/keys/${id}`);
      await config.refresh();
      expect(await isIn(2)).toBe(2);
    });

    it('says nothing twice to a client that comes back', async () => {
      const first = new FetchEventSource(`${url}/sub/${key}`);
      await eventually(
        () => Promise.resolve(first.lastEventId),
        (id) => id !== '',
      );
      const back = await fetch(`${url}/sub/${key}`, {
        headers: { 'last-event-id': first.lastEventId },
      });
      const reader = back.body?.getReader();
      const { value } = (await reader?.read()) ?? {};
      await reader?.cancel();
      expect(new TextDecoder().decode(value)).toMatch(/^retry: \d+\n\n$/);
    });
  });

  describe('remote evaluation', () => {
    const remote = (attributes: Record<string, unknown>, more: object = {}) => {
      const tracked: [experiment: string, variant: string, unit: string][] = [];
      const growthBook = new GrowthBook({
        apiHost: url,
        clientKey: key,
        remoteEval: true,
        attributes,
        trackingCallback: (experiment, result) => {
          tracked.push([experiment.key, result.key, result.hashValue]);
        },
        ...more,
      });
      return { growthBook, tracked };
    };

    it('gives the unit its variant, and the exposure when the value is asked for', async () => {
      const id = unitIn('treatment');
      const { growthBook, tracked } = remote({ id: 'device', user: id, plan: 'pro' });
      expect((await growthBook.init()).success).toBe(true);
      expect(tracked).toEqual([]);
      expect(growthBook.getFeatureValue('colour', '')).toBe('treatment');
      expect(tracked).toEqual([['colour', 'treatment', id]]);
      growthBook.destroy();
    });

    it('is asked again when the attributes change', async () => {
      const id = unitIn('treatment');
      const { growthBook, tracked } = remote({ id, plan: 'free' });
      await growthBook.init();
      expect(growthBook.getFeatureValue('colour', '')).toBe('control');
      await growthBook.setAttributes({ id, plan: 'pro' });
      expect(growthBook.getFeatureValue('colour', '')).toBe('treatment');
      expect(tracked).toEqual([['colour', 'treatment', id]]);
      growthBook.destroy();
    });

    it('shows who is forced by hand, or asks to see it, a variant without an exposure', async () => {
      const id = unitIn('control');
      await it_.ok('put', '/v1/experiments/colour/forced-variants', {
        units: { [id]: 'treatment' },
      });
      await it_.app.get(AssignmentConfigReader, { strict: false }).refresh();
      const seen = [
        remote({ id }),
        remote({ id: 'x' }, { url: 'https://shop.example/?a=b&colour=1#top' }),
        remote({ id: 'x' }, { forcedVariations: { colour: 1 } }),
      ];
      for (const { growthBook, tracked } of seen) {
        await growthBook.init();
        expect(growthBook.getFeatureValue('colour', '')).toBe('treatment');
        expect(tracked).toEqual([]);
        growthBook.destroy();
      }
      expect(JSON.stringify(await payload())).not.toContain(id);
    });

    it.each<[why: string, body: string, code: string]>([
      ['attributes that are a list', '{"attributes":["id"]}', 'invalid-context'],
      ['no JSON', '{"attributes":', 'malformed-json'],
      ['a list', '[]', 'validation-failed'],
      [
        'B10: a key that is not allowed anywhere',
        '{"attributes":{"__proto__":{}}}',
        'forbidden-key',
      ],
    ])('answers %s by 400', async (_why, body, code) => {
      const answer = await it_.upload(`/api/eval/${key}`, 'application/json', body);
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ status: 400, code, error: answer.body.detail });
    });
  });

  describe('tracking', () => {
    // Repeated views are one event within a day.
    beforeAll(() => it_.moveClock('2026-03-01T10:00:00Z'));

    const track = async (body: string, secret = key) => {
      const answer = await request(url)
        .post(`/track?client_key=${secret}`)
        .set('content-type', 'text/plain')
        .send(body);
      const results = (answer.body as { results?: { status: string; code?: string }[] }).results;
      return { status: answer.status, said: results?.map((one) => one.code ?? one.status) };
    };
    const view = (properties: object) => ({
      event_name: 'Experiment Viewed',
      properties_json: { experimentId: 'colour', hashAttribute: 'id', ...properties },
      context_json: {},
    });

    it('E29: answers each item, and keeps those that are refused', async () => {
      const id = unitIn('treatment');
      const good = view({ variationId: 'treatment', hashValue: id });
      const items = [
        JSON.stringify(good),
        JSON.stringify(view({ variationId: 1, hashValue: id })),
        JSON.stringify(view({ variationId: 'blue', hashValue: 'u-blue' })),
        JSON.stringify(view({ experimentId: 'gone', variationId: 0, hashValue: id })),
        JSON.stringify({ event_name: 'order', properties_json: { revenue: 5 }, device_id: 'd-1' }),
        '{"event_name":"half \\ud83d","device_id":"d-1"}',
        '"what"',
      ];
      expect(await track(`[${items.join()}]`)).toEqual({
        status: 200,
        said: [
          'accepted',
          // The same view by the number of its variant.
          'duplicate',
          'unknown-variant',
          'unknown-experiment',
          'accepted',
          'invalid-string',
          'invalid-event',
        ],
      });
      expect(await track(JSON.stringify([good]))).toEqual({ status: 200, said: ['duplicate'] });
      const { body } = await it_.ok('get', '/v1/dead-letters');
      const codes = (body as { data: { code: string }[] }).data.map((letter) => letter.code);
      expect(codes.toSorted()).toEqual([
        'invalid-event',
        'invalid-string',
        'unknown-experiment',
        'unknown-variant',
      ]);
      const types = await it_.sql('SELECT DISTINCT event.type FROM event ORDER BY event.type');
      expect(types).toEqual([{ type: 'event' }, { type: 'exposure' }]);
    });

    it('E31: takes whatever there was in a moment, and nothing', async () => {
      const items = Array.from({ length: 1_200 }, (_, n) => ({
        event_name: 'scrolled',
        properties_json: { n },
        device_id: `d-${n % 50}`,
      }));
      const { status, said } = await track(JSON.stringify(items));
      expect([status, said?.length, [...new Set(said)]]).toEqual([200, 1_200, ['accepted']]);
      expect(await track('[]')).toEqual({ status: 200, said: [] });
    });

    it('E02: reads one event, and refuses what is none in both languages', async () => {
      const one = JSON.stringify({ event_name: 'left', device_id: 'd-1' });
      expect(await track(one)).toEqual({ status: 200, said: ['accepted'] });
      const { body, status } = await request(url).post(`/track?client_key=${key}`).send('5');
      expect([status, (body as { error?: unknown }).error]).toEqual([400, expect.any(String)]);
    });

    it('B19: is for keys that may say so', async () => {
      expect((await track('[]', 'pk_none')).status).toBe(401);
      expect((await it_.send('post', '/track', {}, ADMIN_KEY)).status).toBe(401);
      expect((await track('[]', await newKey('write'))).status).toBe(200);
    });
  });
});
