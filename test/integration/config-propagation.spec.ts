import { eventually } from '../support/eventually.js';
import { launchedExperiment } from '../support/launched-experiment.js';
import { PostgresProxy } from '../support/postgres-proxy.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const CONTEXT = { context: { targetingKey: 'somebody' } };

/** How a replica's link to the news is lost. */
const CUTS = [
  { how: 'not at all', rounds: 1 },
  { how: 'ended by the server', rounds: 3 },
  { how: 'silent for ever', rounds: 1 },
] as const;

describe('P22, P23: a change reaches every replica within 5 s', () => {
  let one: TestApp;
  let proxy: PostgresProxy;
  let other: TestApp;

  beforeAll(async () => {
    one = await startTestApp();
    proxy = await PostgresProxy.start(one.databaseUrl);
    other = await startTestApp({}, proxy.url);
  });
  afterAll(async () => {
    await proxy.comeBack();
    await other.close();
    await proxy.close();
    await one.close();
  });

  const keyOf = async (name: string) =>
    (await one.ok('post', '/v1/keys', { kind: 'public', name })).body as {
      id: string;
      secret: string;
    };
  const ask = (key: string, secret: string) =>
    other.send('post', `/ofrep/v1/evaluate/flags/${key}`, CONTEXT, secret);

  const cut = async (how: (typeof CUTS)[number]['how']) => {
    if (how === 'ended by the server') {
      const ended = await one.sql(
        `SELECT pg_terminate_backend(pg_stat_activity.pid) FROM pg_stat_activity
         WHERE pg_stat_activity.application_name = 'becausal-live'
           AND pg_stat_activity.datname = current_database()`,
      );
      expect(ended.length).toBeGreaterThan(0);
    }
    if (how === 'silent for ever') proxy.freezeAll();
  };

  describe.each(CUTS)('with the link $how', ({ how, rounds }) => {
    it.each(Array.from({ length: rounds }, (_, round) => round + 1))(
      'round %i: an experiment and a key',
      async (round) => {
        const key = `${how.replaceAll(' ', '-')}-${round}`;
        const [page, gone] = await Promise.all([keyOf(`${key}-page`), keyOf(`${key}-gone`)]);
        await launchedExperiment(one, { key });
        for (const { secret } of [page, gone]) {
          const before = await eventually(
            () => ask(key, secret),
            ({ status }) => status === 200,
          );
          expect(before.body.reason).toBe('SPLIT');
        }
        await cut(how);
        await one.ok('post', `/v1/experiments/${key}/pause`);
        await one.ok('delete', `/v1/keys/${gone.id}`);
        const [paused, revoked] = await Promise.all([
          eventually(
            () => ask(key, page.secret),
            ({ body }) => body.reason === 'DISABLED',
          ),
          eventually(
            () => ask(key, gone.secret),
            ({ status }) => status !== 200,
          ),
        ]);
        expect([paused.status, paused.body.reason]).toEqual([200, 'DISABLED']);
        // With its pool dead too, a replica cannot tell a revoked key from one it has not met.
        expect(revoked.status).toBe(how === 'silent for ever' ? 503 : 401);
      },
    );
  });
});
