import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { DueWorkRegistry } from '../../src/platform/scheduling/due-work.js';
import { cloneDatabase } from '../support/database.js';
import { evaluatedExperiment, exposure, log } from '../support/evaluated-experiment.js';
import { eventually } from '../support/eventually.js';
import { startedService, type ServiceProcess } from '../support/service-process.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { ADMIN_KEY, testConfig } from '../support/test-config.js';

const REPLICAS = 3;
const EXPERIMENTS = 10;
const SLOTS_EACH = 5;
const KILL_EVERY_MS = 2_000;
/** As slot-store.ts: a worker without a sign of life for so long has died. */
const LEASE_SECONDS = 20;
const TAKEOVER_SECONDS = 30;
const BEGUN_WITHIN_MS = 60_000;
const TIMEOUT_MS = 6 * 60_000;

/** A claim of a slot whose worker had died, by the database's own clock. */
interface Takeover {
  last_sign: Date;
  taken_at: Date;
}

/**
 * Every evaluation takes a while, as those of a large experiment do, so that kills meet work; and each
 * takeover is written down when it happens.
 */
const WITNESS_SQL = `
  CREATE FUNCTION slow_down() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN PERFORM pg_sleep(0.5); RETURN NEW; END $$;
  CREATE TRIGGER evaluation_slow BEFORE INSERT ON evaluation
    FOR EACH ROW EXECUTE FUNCTION slow_down();
  CREATE TABLE takeover (last_sign timestamptz NOT NULL, taken_at timestamptz NOT NULL);
  CREATE FUNCTION note_takeover() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO takeover VALUES
      (OLD.lease_until - interval '${LEASE_SECONDS} seconds', clock_timestamp());
    RETURN NEW;
  END $$;
  CREATE TRIGGER evaluation_slot_takeover AFTER UPDATE ON evaluation_slot FOR EACH ROW
    WHEN (OLD.status = 'running' AND NEW.status = 'running' AND OLD.lease_owner <> NEW.lease_owner)
    EXECUTE FUNCTION note_takeover();`;

describe('three services on one database', () => {
  let database: Awaited<ReturnType<typeof cloneDatabase>>;
  /** Only for reading and writing rows: it works on nothing. */
  let bystander: TestApp;
  const replicas: ServiceProcess[] = [];

  beforeEach(async () => {
    database = await cloneDatabase();
    bystander = await startTestApp({ worker: false }, database.url);
  });
  afterEach(async () => {
    await Promise.all(replicas.splice(0).map((replica) => replica.end('SIGTERM')));
    await bystander.close();
    await database.drop();
  });

  const start = async (): Promise<void> => {
    const replica = await startedService({
      DATABASE_URL: database.url,
      BECAUSAL_DATA_DIR: mkdtempSync(join(tmpdir(), 'becausal-replica-')),
      BECAUSAL_MASTER_KEY: testConfig().masterKey.toString('base64'),
      BECAUSAL_ADMIN_KEY: ADMIN_KEY,
      BECAUSAL_ALLOW_UNSAFE_DURABILITY: '1',
    });
    replicas.push(replica);
  };
  const count = async (condition: string): Promise<number> => {
    const [row] = await bystander.sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM evaluation_slot WHERE ${condition}`,
    );
    return row?.n ?? 0;
  };
  const now = async (): Promise<Date> => {
    const [row] = await bystander.sql<{ now: Date }>('SELECT clock_timestamp() AS now');
    return row?.now ?? new Date(Number.NaN);
  };

  /** Ten experiments that fell due five times last month, and will not again for most of a year. */
  const fallDue = async (): Promise<void> => {
    const today = await now();
    const day = (n: number) =>
      new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - 1, n));
    const cron = `0 0 2-${SLOTS_EACH + 1} ${day(1).getUTCMonth() + 1} *`;
    for (let n = 0; n < EXPERIMENTS; n += 1) {
      const launchedAt = day(1).toISOString();
      const experiment = await evaluatedExperiment(bystander, {
        key: `experiment-${n}`,
        launchedAt,
        schedule: { cron },
      });
      await log(bystander, experiment, [
        exposure('one', 'control', launchedAt),
        exposure('two', 'short', launchedAt),
      ]);
    }
    // Each night in its turn: a service that was up all the time has skipped none.
    const registry = bystander.app.get(DueWorkRegistry);
    for (let n = 2; n <= SLOTS_EACH + 1; n += 1) await registry.runDue(day(n), 'queued');
  };

  const kill = async (): Promise<Date> => {
    const at = await now();
    await replicas.shift()?.end('SIGKILL');
    return at;
  };

  /** Two die in the middle of their work: nothing can be stored until they are dead. */
  const killAtWork = async (): Promise<Date[]> => {
    const gate = bystander.app.get(DataSource).createQueryRunner();
    await gate.startTransaction();
    await gate.query('LOCK TABLE evaluation IN SHARE MODE');
    const running = () => count(`evaluation_slot.status = 'running'`);
    const busy = await eventually(running, (n) => n >= REPLICAS, BEGUN_WITHIN_MS);
    const killed = [await kill(), await kill()];
    await gate.rollbackTransaction();
    await gate.release();
    expect(busy).toBeGreaterThanOrEqual(REPLICAS);
    return killed;
  };

  /** Every two seconds the oldest of those that are up is killed, and another started. */
  const killWhileTheyWork = async (): Promise<Date[]> => {
    const killed: Date[] = [];
    const starting: Promise<void>[] = [start(), start()];
    while ((await count(`evaluation_slot.status = 'pending'`)) > 0) {
      await sleep(KILL_EVERY_MS);
      // On a machine that starts them more slowly than they die there would soon be none.
      if (replicas.length < 2) continue;
      killed.push(await kill());
      starting.push(start());
    }
    await Promise.all(starting);
    return killed;
  };

  it(
    'P10, P11: have one result for each of 50 slots while one is killed every two seconds',
    async () => {
      await bystander.sql(WITNESS_SQL);
      await fallDue();
      expect(await count(`evaluation_slot.status = 'pending'`)).toBe(EXPERIMENTS * SLOTS_EACH);
      await Promise.all(Array.from({ length: REPLICAS }, start));
      const killed = [...(await killAtWork()), ...(await killWhileTheyWork())];
      await eventually(
        () => count(`evaluation_slot.status IN ('pending', 'running')`),
        (open) => open === 0,
        TIMEOUT_MS,
      );

      const results = await bystander.sql<{ slots: number; evaluations: number; done: number }>(
        `SELECT count(DISTINCT (evaluation_slot.experiment_id, evaluation_slot.slot_at))::int AS slots,
           count(evaluation.id)::int AS evaluations,
           count(*) FILTER (WHERE evaluation_slot.status = 'done'
             AND evaluation_slot.evaluation_id = evaluation.id)::int AS done
         FROM evaluation_slot
         LEFT JOIN evaluation ON evaluation.experiment_id = evaluation_slot.experiment_id
           AND evaluation.slot_at = evaluation_slot.slot_at`,
      );
      const all = EXPERIMENTS * SLOTS_EACH;
      expect(results).toEqual([{ slots: all, evaluations: all, done: all }]);
      expect(await bystander.sql('SELECT 1 FROM evaluation')).toHaveLength(all);

      const takeovers = await bystander.sql<Takeover>('SELECT * FROM takeover');
      expect(takeovers.length).toBeGreaterThan(0);
      for (const { last_sign: lastSign, taken_at: takenAt } of takeovers) {
        // Whoever had it was alive at its last sign, so it was killed by one of those that follow.
        const death = killed.find((at) => at >= lastSign);
        const seconds = (takenAt.getTime() - (death?.getTime() ?? Number.NaN)) / 1_000;
        expect(seconds).toBeLessThanOrEqual(TAKEOVER_SECONDS);
      }
    },
    TIMEOUT_MS,
  );
});
