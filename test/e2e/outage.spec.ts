import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  readSnapshot,
  snapshotIdentity,
  writeSnapshot,
} from '../../src/platform/live/snapshot-file.js';
import { eventually } from '../support/eventually.js';
import { launchedExperiment } from '../support/launched-experiment.js';
import { PostgresProxy } from '../support/postgres-proxy.js';
import { type ServiceProcess, startedService, startService } from '../support/service-process.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { ADMIN_KEY, testConfig } from '../support/test-config.js';

/**
 * How long the database is away under load: short by default, so that the suite stays short. For the
 * whole minute of promise P19 run it with BECAUSAL_OUTAGE_SECONDS=60.
 */
const OUTAGE_MS = Number(process.env['BECAUSAL_OUTAGE_SECONDS'] ?? '10') * 1_000;
const TIMEOUT_MS = OUTAGE_MS + 60_000;
const RECOVERY_MS = 20_000;
const UNITS = Array.from({ length: 60 }, (_, index) => `visitor-${index}`);
const VARIANTS = [
  { key: 'control', name: 'Control', weight: 1, value: 'blue', control: true },
  { key: 'treatment', name: 'Treatment', weight: 1, value: 'green' },
];
/** Between two requests of each of the four senders: about 200 requests a second in all. */
const PAUSE_MS = 20;
const SENDERS = 4;

type Answers = Record<string, unknown>;

describe('P19, P20: the database goes away', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'becausal-outage-'));
  let behind: TestApp;
  let proxy: PostgresProxy;
  let service: ServiceProcess;
  let publicKey: string;
  let before: Answers;

  const environment = (changes: Record<string, string> = {}) => ({
    BECAUSAL_DATA_DIR: dataDir,
    DATABASE_URL: proxy.url,
    BECAUSAL_ADMIN_KEY: ADMIN_KEY,
    BECAUSAL_MASTER_KEY: testConfig().masterKey.toString('base64'),
    BECAUSAL_ALLOW_UNSAFE_DURABILITY: '1',
    LOG_LEVEL: 'warn',
    ...changes,
  });
  const identity = (at: string) =>
    snapshotIdentity(testConfig({ dataDir: at, databaseUrl: proxy.url }));

  const call = async (method: string, path: string, body?: object, key = publicKey) =>
    await fetch(`${service.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const ask = async (unit: string, path: string) =>
    await call('POST', `/ofrep/v1/evaluate/flags${path}`, { context: { targetingKey: unit } });
  const readiness = async () =>
    (await (await call('GET', '/health/ready')).json()) as { status: string; since?: string };

  /** What every unit is served, by single and by bulk evaluation; throws at any other status. */
  const answers = async (): Promise<Answers> => {
    const all: Answers = {};
    for (const unit of UNITS) {
      all[unit] = await servedTo(unit, '/colour');
      all[`${unit}, all`] = await servedTo(unit, '');
    }
    return all;
  };
  const servedTo = async (unit: string, path: string): Promise<unknown> => {
    const answer = await ask(unit, path);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    const body = (await answer.json()) as { value?: unknown; flags?: { value: unknown }[] };
    return body.flags?.map(({ value }) => value) ?? body.value;
  };

  beforeAll(async () => {
    behind = await startTestApp();
    proxy = await PostgresProxy.start(behind.databaseUrl);
    publicKey = (await behind.ok('post', '/v1/keys', { kind: 'public', name: 'page' })).body.secret;
    await launchedExperiment(behind, { key: 'colour', variants: VARIANTS });
    await launchedExperiment(behind, { key: 'other' });
    service = await startedService(environment());
    before = await answers();
    // What an earlier process has kept is what the next one starts from.
    await eventually(
      async () => await Promise.resolve(readSnapshot(identity(dataDir), new Date())),
      (found) => 'snapshot' in found,
    );
  }, TIMEOUT_MS);
  afterAll(async () => {
    await service.end('SIGKILL');
    await proxy.close();
    await behind.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('everybody has a variant, and both are given', () => {
    expect(new Set(UNITS.map((unit) => before[unit]))).toEqual(new Set(['blue', 'green']));
  });

  it(
    'under load every answer is 200 and the same as before, first on dead links, then refused',
    async () => {
      const until = performance.now() + OUTAGE_MS;
      let asked = 0;
      const wrong: unknown[] = [];
      const sender = async (first: number): Promise<void> => {
        for (let turn = first; performance.now() < until; turn += 1) {
          const unit = UNITS[turn % UNITS.length] ?? '';
          const [path, name] = turn % 3 === 0 ? ['', `${unit}, all`] : ['/colour', unit];
          asked += 1;
          const served = await servedTo(unit, path ?? '').catch((error: unknown) => error);
          if (JSON.stringify(served) !== JSON.stringify(before[name ?? ''])) wrong.push(served);
          await sleep(PAUSE_MS);
        }
      };
      proxy.fallSilent();
      const load = Promise.all(Array.from({ length: SENDERS }, (_, at) => sender(at * 7)));
      await sleep(OUTAGE_MS / 3 > 1_000 ? 1_000 : OUTAGE_MS / 3);
      const closed = await call('GET', '/v1/project', undefined, ADMIN_KEY);
      expect([closed.status, closed.headers.get('retry-after')]).toEqual([503, '2']);
      await proxy.refuse();
      const event = {
        id: 'e-1',
        type: 'event',
        name: 'seen',
        occurredAt: new Date().toISOString(),
      };
      const events = [{ ...event, unit: { kind: 'visitor', id: 'v-1' } }];
      for (const [method, path, body] of [
        ['GET', '/v1/experiments', undefined],
        ['POST', '/v1/experiments/colour/pause', undefined],
        ['POST', '/v1/events', { events }],
      ] as const) {
        const answer = await call(method, path, body, ADMIN_KEY);
        expect([path, answer.status, answer.headers.get('retry-after')]).toEqual([path, 503, '2']);
      }
      expect((await call('GET', '/health/live')).status).toBe(200);
      expect(await readiness()).toEqual({ status: 'degraded', since: expect.any(String) });
      await load;
      expect(wrong).toEqual([]);
      expect(asked).toBeGreaterThan(100);
    },
    TIMEOUT_MS,
  );

  it(
    'killed and started again meanwhile, it serves the same, and the rest is 503',
    async () => {
      await service.end('SIGKILL');
      service = await startedService(environment());
      expect(service.printed()).toContain('the database is away');
      expect(await answers()).toEqual(before);
      expect(await readiness()).toEqual({ status: 'degraded', since: expect.any(String) });
      const closed = await call('GET', '/v1/experiments', undefined, ADMIN_KEY);
      expect([closed.status, closed.headers.get('retry-after')]).toEqual([503, '2']);
    },
    TIMEOUT_MS,
  );

  it(
    'refuses a snapshot that is torn, old or of another, and says which it was',
    async () => {
      const spoilt: Record<string, (at: string) => Promise<Record<string, string>>> = {
        torn: async (at) => {
          const { path } = identity(at);
          const whole = readFileSync(path);
          writeFileSync(path, whole.subarray(0, whole.length - 10));
          return await Promise.resolve({});
        },
        'too-old': async (at) => {
          const found = readSnapshot(identity(at), new Date());
          if (!('snapshot' in found)) throw new Error(found.refused);
          const readAt = new Date(Date.now() - 25 * 3_600_000).toISOString();
          await writeSnapshot(identity(at), { ...found.snapshot, readAt });
          return {};
        },
        'of-another-database': () => {
          const elsewhere = new URL(proxy.url);
          elsewhere.pathname = '/elsewhere';
          return Promise.resolve({ DATABASE_URL: elsewhere.toString() });
        },
      };
      const started = await Promise.all(
        Object.entries(spoilt).map(async ([reason, spoil]) => {
          const at = mkdtempSync(join(tmpdir(), 'becausal-outage-'));
          cpSync(identity(dataDir).path, identity(at).path);
          const changes = await spoil(at);
          const failed = await startService(environment({ ...changes, BECAUSAL_DATA_DIR: at }));
          rmSync(at, { recursive: true, force: true });
          return { reason, failed };
        }),
      );
      for (const { reason, failed } of started) {
        expect(failed).toMatchObject({ code: 1 });
        const printed = 'printed' in failed ? failed.printed : '';
        expect(String(printed)).toContain(`"reason":"${reason}"`);
        expect(String(printed)).toContain('Becausal does not start');
      }
    },
    TIMEOUT_MS,
  );

  it(
    'is whole again when the database is back, without a restart',
    async () => {
      await proxy.comeBack();
      expect(await eventually(readiness, ({ status }) => status === 'ok', RECOVERY_MS)).toEqual({
        status: 'ok',
      });
      expect((await call('GET', '/v1/experiments', undefined, ADMIN_KEY)).status).toBe(200);
      expect(await answers()).toEqual(before);
      const paused = await call('POST', '/v1/experiments/colour/pause', undefined, ADMIN_KEY);
      expect(paused.status).toBe(200);
      expect(await (await ask('visitor-1', '/colour')).json()).toMatchObject({ value: 'blue' });
      const workers = () =>
        behind.sql(`SELECT pg_stat_activity.pid FROM pg_stat_activity
          WHERE pg_stat_activity.datname = current_database()
            AND pg_stat_activity.application_name = 'becausal-jobs'`);
      const found = await eventually(workers, (rows) => rows.length > 0, RECOVERY_MS);
      expect(found.length).toBeGreaterThan(0);
      expect(await service.end('SIGTERM')).toBe(0);
    },
    TIMEOUT_MS,
  );
});

describe('P20: the embedded database', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'becausal-outage-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const statusOf = async (service: ServiceProcess) =>
    ((await (await fetch(`${service.url}/health/ready`)).json()) as { status: string }).status;
  const becomes = async (service: ServiceProcess, status: string) =>
    expect(
      await eventually(
        () => statusOf(service),
        (now) => now === status,
        RECOVERY_MS,
      ),
    ).toBe(status);

  it(
    'is started again when it dies, and a start without it becomes whole when it can be started',
    async () => {
      const first = await startedService({ BECAUSAL_DATA_DIR: dataDir });
      const postmaster = join(dataDir, 'postgres', 'postmaster.pid');
      // There is no such file between two of them.
      const pid = async () =>
        Number((await readFile(postmaster, 'utf8').catch(() => '')).split('\n', 1)[0]);
      const died = await pid();
      process.kill(died, 'SIGKILL');
      const again = await eventually(pid, (now) => now > 0 && now !== died, RECOVERY_MS);
      expect(again).not.toBe(died);
      await becomes(first, 'ok');
      expect(await first.end('SIGTERM')).toBe(0);
      const control = join(dataDir, 'postgres', 'global', 'pg_control');
      renameSync(control, `${control}.away`);
      const second = await startedService({ BECAUSAL_DATA_DIR: dataDir });
      expect(second.printed()).toContain('without database');
      expect(await statusOf(second)).toBe('degraded');
      renameSync(`${control}.away`, control);
      await becomes(second, 'ok');
      expect(await second.end('SIGTERM')).toBe(0);
    },
    TIMEOUT_MS,
  );
});
