import { Client } from 'pg';
import { AnalyticsStore } from '../../src/modules/analytics/analytics-store.reader.js';
import { seededUniform } from '../calibration/seeded-random.js';
import {
  aMetric,
  behaviour,
  evaluatedExperiment,
  exposure,
  log,
} from '../support/evaluated-experiment.js';
import { dayAt } from '../support/happened-rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const WRITERS = 8;
const TRANSACTIONS = 40;
const ROWS = 5;

describe('the watermark of what has been counted', () => {
  let it_: TestApp;
  const clients: Client[] = [];
  beforeAll(async () => {
    it_ = await startTestApp();
    for (let n = 0; n < WRITERS; n += 1) {
      const client = new Client(it_.databaseUrl);
      await client.connect();
      clients.push(client);
    }
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.end()));
    await it_.close();
  });
  const pause = (ms: number): Promise<unknown> => new Promise((wake) => setTimeout(wake, ms));

  it('misses no row and counts none twice, in whatever order transactions commit', async () => {
    const experiment = await evaluatedExperiment(it_, {
      metrics: [aMetric({ key: 'clicks', kind: 'count' })],
    });
    const units = [...Array(20).keys()].map((n) => `unit-${n}`);
    await log(it_, experiment, [
      ...units.map((unit, n) => exposure(unit, n % 2 === 0 ? 'control' : 'short', dayAt(0))),
      // The week is there before transactions that stay open could keep it from others.
      behaviour('stranger', 'clicks', dayAt(1)),
    ]);
    const store = it_.app.get(AnalyticsStore);
    const seen = async (): Promise<{ counted: number; visible: number }> => {
      const { cutoff, metrics } = await store.moments({
        projectId: experiment.projectId,
        experimentId: experiment.id,
        plan: experiment.plan,
        enrolmentEndedAt: null,
        asOf: new Date(dayAt(90)),
      });
      const arms = metrics[0]?.running ?? [];
      const [row] = await it_.sql<{ visible: number }>(
        `SELECT count(*)::int AS visible FROM event
         WHERE event.name = 'clicks' AND event.unit_id <> 'stranger'
           AND pg_visible_in_snapshot(event.xid::text::xid8, $1::pg_snapshot)`,
        [cutoff.slice(cutoff.indexOf('/') + 1)],
      );
      const counted = arms.reduce((sum, { n, mean }) => sum + Math.round(n * (mean[0] ?? 0)), 0);
      return { counted, visible: row?.visible ?? -1 };
    };

    const write = async (client: Client, writer: number): Promise<void> => {
      const uniform = seededUniform(writer);
      const sql = async <T>(text: string, values?: unknown[]) =>
        (await client.query(text, values)).rows as T[];
      for (let n = 0; n < TRANSACTIONS; n += 1) {
        await client.query('BEGIN');
        // Some take their place in the order long before they add a row, and commit long after.
        if (uniform() < 0.3) await client.query('SELECT pg_current_xact_id()');
        await pause(uniform() * 10);
        const rows = [...Array(ROWS).keys()].map((row) =>
          behaviour(units[(writer + n + row) % units.length] ?? '', 'clicks', dayAt(1)),
        );
        await log({ ...it_, sql }, experiment, rows);
        await pause(uniform() < 0.05 ? 400 : uniform() * 20);
        await client.query(n % 10 === 9 ? 'ROLLBACK' : 'COMMIT');
      }
    };
    let isWriting = true;
    const writing = Promise.all(clients.map(write)).finally(() => (isWriting = false));
    const answers = [];
    while (isWriting) answers.push(await seen());
    await writing;

    expect(answers.length).toBeGreaterThan(10);
    expect(answers.filter(({ counted, visible }) => counted !== visible)).toEqual([]);
    const all = WRITERS * TRANSACTIONS * 0.9 * ROWS;
    expect(await seen()).toEqual({ counted: all, visible: all });
  });
});
