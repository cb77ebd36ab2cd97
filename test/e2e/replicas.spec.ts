import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cloneDatabase } from '../support/database.js';
import { evaluatedExperiment, exposure, log } from '../support/evaluated-experiment.js';
import { startedService, type ServiceProcess } from '../support/service-process.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { ADMIN_KEY, testConfig } from '../support/test-config.js';

const MINUTE_MS = 60_000;
/** Work is looked for once a minute, and the second of two rounds comes after a kill. */
const TIMEOUT_MS = 6 * MINUTE_MS;
const MISSED = 5;

interface Slot {
  at: Date;
  status: string;
  evaluations: number;
}

describe('two services on one database', () => {
  let database: Awaited<ReturnType<typeof cloneDatabase>>;
  /** Only for reading and writing rows: it works on nothing. */
  let bystander: TestApp;
  const replicas: ServiceProcess[] = [];

  beforeEach(async () => {
    database = await cloneDatabase();
    bystander = await startTestApp({ worker: false }, database.url);
  });
  afterEach(async () => {
    for (const replica of replicas.splice(0)) await replica.end('SIGTERM');
    await bystander.close();
    await database.drop();
  });

  const replica = () =>
    startedService({
      DATABASE_URL: database.url,
      BECAUSAL_DATA_DIR: mkdtempSync(join(tmpdir(), 'becausal-replica-')),
      BECAUSAL_MASTER_KEY: testConfig().masterKey.toString('base64'),
      BECAUSAL_ADMIN_KEY: ADMIN_KEY,
      BECAUSAL_ALLOW_UNSAFE_DURABILITY: '1',
    });
  const slots = () =>
    bystander.sql<Slot>(
      `SELECT evaluation_slot.slot_at AS at, evaluation_slot.status,
         (SELECT count(*)::int FROM evaluation
          WHERE evaluation.experiment_id = evaluation_slot.experiment_id
            AND evaluation.slot_at = evaluation_slot.slot_at) AS evaluations
       FROM evaluation_slot ORDER BY evaluation_slot.slot_at`,
    );
  const doneAfter = async (instant: number): Promise<Slot[]> => {
    for (;;) {
      const found = await slots();
      if (found.some(({ at, status }) => status === 'done' && at.getTime() > instant)) return found;
      await sleep(250);
    }
  };

  it(
    'evaluate each slot once, and one of them goes on when the other is killed',
    async () => {
      const launchedAt = new Date(Date.now() - MISSED * MINUTE_MS).toISOString();
      const experiment = await evaluatedExperiment(bystander, {
        launchedAt,
        schedule: { cron: '* * * * *' },
      });
      await log(bystander, experiment, [
        exposure('one', 'control', launchedAt),
        exposure('two', 'short', launchedAt),
      ]);
      const [first, second] = await Promise.all([replica(), replica()]);
      replicas.push(second);

      const missed = await doneAfter(0);
      const newest = missed.at(-1);
      expect(newest).toMatchObject({ status: 'done', evaluations: 1 });
      expect(missed.slice(0, -1).every(({ status }) => status === 'skipped')).toBe(true);

      await first.end('SIGKILL');
      await doneAfter(newest?.at.getTime() ?? 0);
      const all = await slots();
      for (const { status, evaluations } of all) {
        expect([status, evaluations]).toEqual(status === 'done' ? ['done', 1] : ['skipped', 0]);
      }
      // The slots follow one another without a gap.
      const gaps = all
        .slice(1)
        .map(({ at }, index) => at.getTime() - (all[index]?.at.getTime() ?? 0));
      expect(new Set(gaps)).toEqual(new Set([MINUTE_MS]));
    },
    TIMEOUT_MS,
  );
});
