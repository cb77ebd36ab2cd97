import { ErrorCode, OpenFeature } from '@openfeature/server-sdk';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import request from 'supertest';
import { assignVariant } from '../../src/domain/assignment/assign-variant.js';
import type { AnalysisPlan } from '../../src/domain/experiments/plan.js';
import { anotherProject } from '../support/another-project.js';
import { eventually } from '../support/eventually.js';
import { launchedExperiment } from '../support/launched-experiment.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { ADMIN_KEY } from '../support/test-config.js';

const VARIANTS = [
  { key: 'control', name: 'Control', weight: 1, value: 10, control: true },
  { key: 'treatment', name: 'Treatment', weight: 1, value: 20 },
];

describe('OFREP', () => {
  let it_: TestApp;
  let publicKey: string;
  let split: { id: string; plan: AnalysisPlan };
  let narrow: { id: string; plan: AnalysisPlan };

  beforeAll(async () => {
    it_ = await startTestApp();
    publicKey = (await it_.ok('post', '/v1/keys', { kind: 'public', name: 'page' })).body.secret;
    split = await launchedExperiment(it_, { key: 'split', variants: VARIANTS });
    narrow = await launchedExperiment(it_, { key: 'narrow', traffic: 0.01 });
    await launchedExperiment(it_, { key: 'by-account', unit: 'account' });
    await launchedExperiment(it_, { key: 'stopped', status: 'stopped', variants: VARIANTS });
    await launchedExperiment(it_, { key: 'draft', status: 'draft' });
    await launchedExperiment(it_, { key: 'gone', status: 'archived' });
    await launchedExperiment(it_, { key: 'elsewhere', assignment: 'external' });
  });
  afterAll(() => it_.close());

  const one = (key: string, context: object | undefined, secret = ADMIN_KEY) =>
    it_.send('post', `/ofrep/v1/evaluate/flags/${key}`, { context }, secret);
  const all = (context: object, etag = '') =>
    request(it_.app.getHttpServer())
      .post('/ofrep/v1/evaluate/flags')
      .set('authorization', `Bearer ${ADMIN_KEY}`)
      .set('if-none-match', etag)
      .send({ context });
  const assigned = (plan: AnalysisPlan, unitId: string) => assignVariant({ ...plan, unitId });
  const unitWith = (plan: AnalysisPlan, variantKey: string | null) => {
    let index = 0;
    while (assigned(plan, `v-${index}`).variantKey !== variantKey) index += 1;
    return `v-${index}`;
  };

  describe('through the OpenFeature server SDK', () => {
    const client = OpenFeature.getClient('ofrep-spec');

    beforeAll(async () => {
      await OpenFeature.setProviderAndWait(
        'ofrep-spec',
        new OFREPProvider({
          baseUrl: await it_.app.getUrl(),
          headers: [['Authorization', `Bearer ${publicKey}`]],
        }),
      );
    });
    afterAll(() => OpenFeature.close());

    it('gives every unit the variant that the assignment function gives', async () => {
      for (let index = 0; index < 40; index += 1) {
        const targetingKey = `visitor-${index}`;
        const { variantKey, bucket } = assigned(split.plan, targetingKey);
        const details = await client.getNumberDetails('split', 0, { targetingKey });
        expect(details).toMatchObject({
          value: variantKey === 'treatment' ? 20 : 10,
          variant: variantKey,
          reason: 'SPLIT',
          flagMetadata: {
            experimentId: split.id,
            experimentKey: 'split',
            variationId: variantKey,
            phase: 'running',
            unit: 'visitor',
            bucket,
            inExperiment: true,
          },
        });
      }
    });

    it('without values the key of the variant is the value', async () => {
      const targetingKey = unitWith(narrow.plan, 'treatment');
      expect(await client.getStringValue('narrow', '', { targetingKey })).toBe('treatment');
    });

    it('outside the traffic it is the control, and no exposure', async () => {
      const targetingKey = unitWith(narrow.plan, null);
      const details = await client.getStringDetails('narrow', '', { targetingKey });
      expect(details).toMatchObject({ value: 'control', reason: 'SPLIT' });
      expect(details.flagMetadata).toMatchObject({ variationId: 'control', inExperiment: false });
      expect(details.variant).toBeUndefined();
    });

    it('a stopped test serves the control to everyone', async () => {
      const targetingKey = unitWith({ ...split.plan, seed: 'stopped' }, 'treatment');
      const details = await client.getNumberDetails('stopped', 0, { targetingKey });
      expect(details).toMatchObject({ value: 10, reason: 'DISABLED' });
      expect(details.flagMetadata).toMatchObject({ phase: 'stopped', inExperiment: false });
    });

    it.each(['nope', 'draft', 'gone', 'elsewhere'])('%s is not found', async (key) => {
      const details = await client.getStringDetails(key, 'mine', { targetingKey: 'v' });
      expect([details.value, details.errorCode]).toEqual(['mine', ErrorCode.FLAG_NOT_FOUND]);
    });

    it('asks for a targeting key', async () => {
      const details = await client.getNumberDetails('split', 1, {});
      expect([details.value, details.errorCode]).toEqual([1, ErrorCode.TARGETING_KEY_MISSING]);
    });

    it('refuses an id that names nobody', async () => {
      const details = await client.getNumberDetails('split', 1, { targetingKey: 'undefined' });
      expect([details.value, details.errorCode]).toEqual([1, ErrorCode.INVALID_CONTEXT]);
    });
  });

  it('E28: records nothing: an assignment is not an exposure', async () => {
    await one('split', { targetingKey: 'v-1' });
    await all({ targetingKey: 'v-1' });
    expect(await it_.sql('SELECT event.id FROM event')).toEqual([]);
  });

  it('prefers the member named like the unit of the experiment', async () => {
    const bucketOf = async (context: object) =>
      (await one('by-account', context)).body.metadata.bucket as number;
    const direct = await bucketOf({ targetingKey: 'acme' });
    expect(await bucketOf({ targetingKey: 'v-1', account: 'acme' })).toBe(direct);
    expect(await bucketOf({ targetingKey: 'v-1' })).not.toBe(direct);
    const wrong = await one('by-account', { targetingKey: 'v-1', account: 5 });
    expect([wrong.status, wrong.body.errorCode]).toEqual([400, 'INVALID_CONTEXT']);
  });

  it('follows a pause and a killed arm', async () => {
    const { id, plan } = await launchedExperiment(it_, { key: 'moving', variants: VARIANTS });
    const context = { targetingKey: unitWith(plan, 'treatment') };
    const becomes = async (value: number) => {
      const answer = await eventually(
        () => one('moving', context),
        ({ body }) => body.value === value,
      );
      expect(answer.body.value).toBe(value);
      return answer.body as { reason: string; variant?: string };
    };
    await becomes(20);
    await it_.sql(`UPDATE experiment SET status = 'paused' WHERE id = $1`, [id]);
    await becomes(10);
    await it_.sql(`UPDATE experiment SET status = 'running' WHERE id = $1`, [id]);
    await becomes(20);
    const killed = {
      ...plan,
      version: 2,
      variants: plan.variants.map((arm) => ({ ...arm, killed: arm.key === 'treatment' })),
    };
    await it_.sql(
      `INSERT INTO plan SELECT project_id, experiment_id, 2, $2, 'digest', 'broken', frozen_by,
         becausal_now() FROM plan WHERE experiment_id = $1`,
      [id, JSON.stringify(killed)],
    );
    const { reason, variant } = await becomes(10);
    expect([reason, variant]).toEqual(['DISABLED', undefined]);
  });

  it('E17, E19: is 200 with JSON and a value, in the test or not', async () => {
    for (const key of ['split', 'narrow', 'stopped']) {
      const answer = await one(key, { targetingKey: 'v-1' });
      expect([answer.status, answer.headers['content-type']]).toEqual([
        200,
        'application/json; charset=utf-8',
      ]);
      expect(answer.body).toHaveProperty('value');
      expect(answer.text).toBe(JSON.stringify(answer.body));
    }
  });

  it('E22, P28: a key that asks too often pauses for a second, and nobody else does', async () => {
    const busy = await startTestApp({ assignmentsPerSecond: 1 });
    const keyOf = async (name: string): Promise<string> =>
      (await busy.ok('post', '/v1/keys', { kind: 'public', name })).body.secret as string;
    const [noisy, quiet] = [await keyOf('noisy'), await keyOf('quiet')];
    const ask = (path: string, secret: string) =>
      busy.send('post', path, { context: { targetingKey: 'v-1' } }, secret);
    const ALL = '/ofrep/v1/evaluate/flags';
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(ALL, noisy)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(4);
    for (const answer of refused) {
      expect(answer.headers['retry-after']).toBe('1');
      expect(answer.body).toMatchObject({ code: 'rate-limited', errorCode: 'GENERAL' });
    }
    const one = await ask(`${ALL}/split`, quiet);
    expect([one.status, one.body.errorCode]).toEqual([404, 'FLAG_NOT_FOUND']);
    expect((await ask(ALL, quiet)).status).toBe(200);
    await busy.close();
  });

  it('E27: a revoked key is 401 at once, where it was revoked', async () => {
    const made = (await it_.ok('post', '/v1/keys', { kind: 'public', name: 'gone' })).body;
    expect((await one('split', { targetingKey: 'v' }, made.secret)).status).toBe(200);
    await it_.ok('delete', `/v1/keys/${made.id}`);
    const answer = await one('split', { targetingKey: 'v' }, made.secret);
    expect([answer.status, answer.body.errorCode]).toEqual([401, 'GENERAL']);
  });

  it('sees only flags of its own project', async () => {
    const { secret } = await anotherProject(it_, 'elsewhere');
    const answer = await one('split', { targetingKey: 'v-1' }, secret);
    expect([answer.status, answer.body.errorCode]).toEqual([404, 'FLAG_NOT_FOUND']);
  });

  describe('all flags at once', () => {
    it('lists what clients may know, each as the single call answers it', async () => {
      const context = { targetingKey: 'v-7' };
      const { flags } = (await all(context)).body as { flags: { key: string }[] };
      const keys = flags.map(({ key }) => key);
      expect(keys).toEqual(keys.toSorted());
      expect(keys).toEqual(expect.arrayContaining(['by-account', 'narrow', 'split', 'stopped']));
      for (const hidden of ['draft', 'gone', 'elsewhere']) expect(keys).not.toContain(hidden);
      for (const flag of flags) expect(flag).toEqual((await one(flag.key, context)).body);
    });

    it('E15, E24: 304 while nothing changed for this context, and not for another', async () => {
      const first = await all({ targetingKey: 'v-1' });
      const etag = String(first.headers['etag']);
      expect([first.status, etag]).toEqual([200, expect.stringMatching(/^"[\w-]+"$/)]);
      const same = await all({ targetingKey: 'v-1' }, `"other", W/${etag}`);
      expect([same.status, same.text, same.headers['etag']]).toEqual([304, '', etag]);
      expect((await all({ targetingKey: 'v-2' }, etag)).status).toBe(200);
      expect((await all({ targetingKey: 'v-1', account: 'acme' }, etag)).status).toBe(200);
      await launchedExperiment(it_, { key: 'new-one' });
      expect((await all({ targetingKey: 'v-1' }, etag)).status).toBe(200);
    });

    it('reports a flag that cannot be evaluated in its place', async () => {
      const { flags } = (await all({ targetingKey: 'v-1', account: 'null' })).body;
      const failed = flags.filter((flag: { errorCode?: string }) => flag.errorCode !== undefined);
      expect(failed).toEqual([
        { key: 'by-account', errorCode: 'INVALID_CONTEXT', errorDetails: expect.any(String) },
      ]);
    });
  });

  describe('errors in the words of the protocol', () => {
    const raw = (path: string, body: string, type = 'application/json') =>
      request(it_.app.getHttpServer())
        .post(path)
        .set('authorization', `Bearer ${ADMIN_KEY}`)
        .set('content-type', type)
        .send(body);
    const SINGLE = '/ofrep/v1/evaluate/flags/split';

    it.each([
      ['malformed JSON', '{"context":', 'PARSE_ERROR', 'malformed-json'],
      ['a body too large', `{"a":"${'a'.repeat(70_000)}"}`, 'PARSE_ERROR', 'payload-too-large'],
      ['no object', '[]', 'INVALID_CONTEXT', 'validation-failed'],
      ['NUL', '{"context":{"targetingKey":"a\\u0000"}}', 'INVALID_CONTEXT', 'invalid-string'],
      ['a context that is text', '{"context":"v"}', 'INVALID_CONTEXT', 'invalid-context'],
      ['no context', '{}', 'TARGETING_KEY_MISSING', 'targeting-key-missing'],
      ['a null context', '{"context":null}', 'TARGETING_KEY_MISSING', 'targeting-key-missing'],
      ['a numeric key', '{"context":{"targetingKey":5}}', 'INVALID_CONTEXT', 'invalid-context'],
    ])('%s is 400', async (_, body, errorCode, code) => {
      for (const path of [SINGLE, '/ofrep/v1/evaluate/flags']) {
        const answer = await raw(path, body);
        expect(answer.headers['content-type']).toContain('application/problem+json');
        expect([answer.status, answer.body.status]).toEqual([400, 400]);
        expect(answer.body).toMatchObject({ code, errorCode, errorDetails: answer.body.detail });
        expect(answer.body.key).toBe(path === SINGLE ? 'split' : undefined);
      }
    });

    it('another content type is 400', async () => {
      const answer = await raw(SINGLE, '{}', 'text/plain');
      expect([answer.status, answer.body.errorCode]).toEqual([400, 'PARSE_ERROR']);
    });

    it('no body at all asks for the targeting key', async () => {
      const answer = await it_.send('post', SINGLE);
      expect([answer.status, answer.body.errorCode]).toEqual([400, 'TARGETING_KEY_MISSING']);
    });

    it.each(['no%20key', 'a..b', '%00', 'a'.repeat(150)])(
      'E21: %s is an unknown flag',
      async (key) => {
        const answer = await raw(
          `/ofrep/v1/evaluate/flags/${key}`,
          '{"context":{"targetingKey":"v"}}',
        );
        expect([answer.status, answer.body.errorCode]).toEqual([404, 'FLAG_NOT_FOUND']);
      },
    );

    it('E18: an unknown flag is a problem with the members of the protocol', async () => {
      const answer = await one('nope', { targetingKey: 'v' });
      expect([answer.status, answer.body]).toEqual([
        404,
        expect.objectContaining({
          type: '/problems/not-found',
          code: 'not-found',
          key: 'nope',
          errorCode: 'FLAG_NOT_FOUND',
          errorDetails: expect.any(String),
        }),
      ]);
    });

    it('keys and scopes keep their statuses', async () => {
      expect((await it_.send('post', SINGLE, {}, null)).status).toBe(401);
      const { secret } = (await it_.ok('post', '/v1/keys', { kind: 'write', name: 'w' })).body;
      const answer = await it_.send('post', SINGLE, {}, secret);
      expect([answer.status, answer.body.errorCode]).toEqual([403, 'GENERAL']);
    });
  });
});
