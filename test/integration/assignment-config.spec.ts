import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import request from 'supertest';
import { DataSource } from 'typeorm';
import { createApplication } from '../../src/app.setup.js';
import { AssignmentConfigReader } from '../../src/modules/assignments/assignment-config.reader.js';
import { ConfigChangePruning } from '../../src/platform/live/config-change-pruning.js';
import { ConfigChanges } from '../../src/platform/live/config-changes.js';
import {
  readSnapshot,
  type Snapshot,
  snapshotIdentity,
} from '../../src/platform/live/snapshot-file.js';
import { Logger } from '../../src/platform/logging/logger.js';
import { eventually } from '../support/eventually.js';
import { launchedExperiment } from '../support/launched-experiment.js';
import { PostgresProxy } from '../support/postgres-proxy.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { ADMIN_KEY, testConfig } from '../support/test-config.js';

const VARIANTS = [
  { key: 'control', name: 'Control', weight: 1, value: 10, control: true },
  { key: 'treatment', name: 'Treatment', weight: 1, value: 20 },
];
const CONTEXT = { context: { targetingKey: 'somebody' } };

describe('assignment from memory', () => {
  const config = testConfig({ dataDir: mkdtempSync(join(tmpdir(), 'becausal-live-')) });
  let it_: TestApp;
  let publicKey: { id: string; secret: string };

  beforeAll(async () => {
    it_ = await startTestApp({ dataDir: config.dataDir });
    publicKey = await keyOf({ kind: 'public', name: 'page' });
    await launchedExperiment(it_, { key: 'fine', variants: VARIANTS });
  });
  afterAll(() => it_.close());

  const keyOf = async (body: object) =>
    (await it_.ok('post', '/v1/keys', body)).body as { id: string; secret: string };
  const ask = (key: string, secret = publicKey.secret) =>
    it_.send('post', `/ofrep/v1/evaluate/flags/${key}`, CONTEXT, secret);
  const reasonOf = async (key: string) => (await ask(key)).body.reason as string;
  const snapshot = (): Snapshot | null => {
    const found = readSnapshot(snapshotIdentity(config), new Date());
    return 'snapshot' in found ? found.snapshot : null;
  };

  it('whoever changes something over HTTP meets it at once', async () => {
    await launchedExperiment(it_, { key: 'mine', variants: VARIANTS });
    expect(await reasonOf('mine')).toBe('SPLIT');
    await it_.ok('post', '/v1/experiments/mine/pause');
    expect(await reasonOf('mine')).toBe('DISABLED');
    await it_.ok('post', '/v1/experiments/mine/resume');
    expect(await reasonOf('mine')).toBe('SPLIT');
    await it_.ok('post', '/v1/experiments/mine/stop');
    await it_.ok('post', '/v1/experiments/mine/archive');
    expect((await ask('mine')).status).toBe(404);
  });

  it('P23: a key that is revoked over HTTP is dead at once, a new one works at once', async () => {
    const [owner] = await it_.sql<{ id: string }>(`SELECT id FROM member WHERE name = 'owner'`);
    const member = owner?.id ?? '';
    for (const body of [
      { kind: 'public', name: 'short-lived' },
      { kind: 'secret', name: 'server', scopes: ['assign'], member },
      { kind: 'secret', name: 'both', scopes: ['assign', 'metrics:read'], member },
    ]) {
      const { id, secret } = await keyOf(body);
      expect((await ask('fine', secret)).status).toBe(200);
      expect(
        (await ask('fine', `${secret.slice(0, -1)}${secret.endsWith('x') ? 'y' : 'x'}`)).status,
      ).toBe(401);
      await it_.ok('delete', `/v1/keys/${id}`);
      expect((await ask('fine', secret)).status).toBe(401);
    }
  });

  it('an experiment that cannot be served leaves the others as they are', async () => {
    const { flags } = config_().flagsOf(await projectId());
    const fine = flags.get('fine');
    await poisoned('no-control', { plan: 'variants', to: [] });
    await poisoned('no-audience', { plan: 'audience', to: null });
    await launchedExperiment(it_, { key: 'another', variants: VARIANTS });
    expect((await ask('no-control')).status).toBe(404);
    expect((await ask('no-audience')).status).toBe(404);
    expect((await ask('another')).status).toBe(200);
    // What has not changed is not even made again.
    expect(
      config_()
        .flagsOf(await projectId())
        .flags.get('fine'),
    ).toBe(fine);
  });

  it('old changes are forgotten, and new ones still noticed', async () => {
    await it_.sql(`INSERT INTO config_change (at)
      SELECT clock_timestamp() - interval '2 days' FROM generate_series(1, 20)`);
    await it_.app.get(ConfigChangePruning).prune();
    const rows = await it_.sql(
      `SELECT config_change.id FROM config_change
       WHERE config_change.at < clock_timestamp() - interval '1 day'`,
    );
    // The newest old one stays: what is there is never empty, and its beginning tells of pruning.
    expect(rows).toHaveLength(1);
    await it_.app.get(ConfigChanges).refreshNow();
    await it_.sql(`UPDATE experiment SET status = 'paused' WHERE key = 'fine'`);
    expect(
      await eventually(
        () => reasonOf('fine'),
        (reason) => reason === 'DISABLED',
      ),
    ).toBe('DISABLED');
    await it_.sql(`UPDATE experiment SET status = 'running' WHERE key = 'fine'`);
    expect(
      await eventually(
        () => reasonOf('fine'),
        (reason) => reason === 'SPLIT',
      ),
    ).toBe('SPLIT');
  });

  it('the snapshot on disk follows, and holds no secret and no word', async () => {
    await launchedExperiment(it_, { key: 'kept' });
    const kept = await eventually(
      async () => await Promise.resolve(snapshot()),
      (found) => JSON.stringify(found?.parts['assignment'])?.includes('"kept"') === true,
    );
    const text = JSON.stringify(kept);
    expect(text).toContain(publicKey.id);
    for (const absent of [publicKey.secret, ADMIN_KEY, 'A test of the machinery', 'profit']) {
      expect(text).not.toContain(absent);
    }
  });

  describe('P26: with every connection of the pool taken', () => {
    it('variants are assigned as ever', async () => {
      const holder = new Client(it_.databaseUrl);
      await holder.connect();
      await holder.query('SELECT pg_advisory_lock(1)');
      const source = it_.app.get(DataSource);
      let ended = 0;
      const waiting = Array.from({ length: 10 }, async () => {
        await source.query('SELECT pg_advisory_xact_lock(1)');
        ended += 1;
      });
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask('fine')));
      expect(ended).toBe(0);
      expect((await it_.send('get', '/v1/project')).status).toBe(503);
      expect(answers.every(({ status }) => status === 200)).toBe(true);
      await holder.end();
      await Promise.all(waiting);
    });
  });

  describe('P19: while the database is away', () => {
    let proxy: PostgresProxy;
    let cutOff: TestApp;

    beforeAll(async () => {
      proxy = await PostgresProxy.start(it_.databaseUrl);
      cutOff = await startTestApp({}, proxy.url);
      await proxy.refuse();
    });
    afterAll(async () => {
      await cutOff.close();
      await proxy.close();
    });

    const answered = async (path: string, secret: string | null) =>
      await cutOff.send(path.startsWith('/ofrep') ? 'post' : 'get', path, undefined, secret);

    it('assignment-only keys work, and wrong ones are still refused', async () => {
      const path = '/ofrep/v1/evaluate/flags/fine';
      const right = await cutOff.send('post', path, CONTEXT, publicKey.secret);
      expect([right.status, right.body.value]).toEqual([200, (await ask('fine')).body.value]);
      const wrong = `${publicKey.id}_${'a'.repeat(43)}`;
      expect((await cutOff.send('post', path, CONTEXT, wrong)).status).toBe(401);
      expect((await cutOff.send('post', path, CONTEXT, 'no key at all')).status).toBe(401);
    });

    it('everything else fails closed: 503 and when to try again, never 401', async () => {
      for (const [path, secret] of [
        ['/v1/project', ADMIN_KEY],
        ['/v1/project', `sk_${'0'.repeat(16)}_${'a'.repeat(43)}`],
        ['/ofrep/v1/evaluate/flags/fine', ADMIN_KEY],
        ['/ofrep/v1/evaluate/flags/fine', `pk_${'0'.repeat(16)}_${'a'.repeat(43)}`],
      ] as const) {
        const answer = await answered(path, secret);
        expect([path, answer.status, answer.body.code]).toEqual([path, 503, 'unavailable']);
        expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      }
    });

    it('P24: it is alive, and ready to a lesser degree', async () => {
      expect((await cutOff.send('get', '/health/live', undefined, null)).body).toEqual({
        status: 'ok',
      });
      const ready = await cutOff.send('get', '/health/ready', undefined, null);
      expect([ready.status, ready.body]).toEqual([
        200,
        { status: 'degraded', since: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) },
      ]);
    });
  });

  describe('P20: started without the database', () => {
    const HOUR_MS = 3_600_000;
    const startedFrom = (ageMs: number) => {
      const kept = snapshot();
      if (kept === null) throw new Error('nothing was kept');
      const readAt = new Date(Date.now() - ageMs).toISOString();
      const nowhere = 'postgresql://nobody@127.0.0.1:9/nothing';
      return createApplication(testConfig(), nowhere, Logger.create('silent'), {
        snapshot: { ...kept, readAt },
        prepare: () => Promise.reject(new Error('there is no database in this test')),
      });
    };

    it.each([
      ['is let in for a day', 23 * HOUR_MS, 200, [200, 'degraded']],
      ['P23: after a day nobody is let in any more', 24 * HOUR_MS + 1, 503, [503, 'unavailable']],
    ])('%s', async (_, ageMs, expected, readiness) => {
      const app = await startedFrom(ageMs);
      try {
        const answer = await request(app.getHttpServer())
          .post('/ofrep/v1/evaluate/flags/fine')
          .set('authorization', `Bearer ${publicKey.secret}`)
          .send(CONTEXT);
        expect(answer.status).toBe(expected);
        const ready = await request(app.getHttpServer()).get('/health/ready');
        expect([ready.status, ready.body.status]).toEqual(readiness);
      } finally {
        await app.close();
      }
    });
  });

  const config_ = () => it_.app.get(AssignmentConfigReader, { strict: false });

  async function projectId(): Promise<string> {
    const [row] = await it_.sql<{ id: string }>(`SELECT id FROM project WHERE key = 'default'`);
    return row?.id ?? '';
  }

  /** Launched, and then spoilt behind the service's back. */
  async function poisoned(key: string, how: { plan: string; to: unknown }): Promise<void> {
    const { id } = await launchedExperiment(it_, { key });
    await it_.sql(
      `INSERT INTO plan SELECT project_id, experiment_id, 2,
         jsonb_set(body::jsonb, ARRAY[$2], $3), 'other', 'spoilt', frozen_by, becausal_now()
       FROM plan WHERE experiment_id = $1`,
      [id, how.plan, JSON.stringify(how.to)],
    );
    await it_.app.get(ConfigChanges).refreshNow();
  }
});
