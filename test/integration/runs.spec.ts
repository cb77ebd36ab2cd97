import { DueWorkRegistry } from '../../src/platform/scheduling/due-work.js';
import { evaluatedExperiment, exposure, log, money } from '../support/evaluated-experiment.js';
import { eventually } from '../support/eventually.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const START = '2026-01-01T00:00:00Z';
const hour = (n: number): string => new Date(Date.parse(START) + n * 3_600_000).toISOString();
const HOURLY = { cron: '0 * * * *' };
const NIGHTLY = { ...HOURLY, waitFor: ['orders', 'refunds'] };

interface SlotView {
  id: string;
  slotAt: string;
  status: string;
  startedAt?: string;
  finishedAt?: string;
  durationMs?: number;
  why?: string;
  missingFeeds?: { key: string; completeUntil?: string }[];
}
interface SlotsView {
  data: SlotView[];
  nextSlotAt?: string;
  nextCursor?: string;
}

let it_: TestApp;
const replicas: TestApp[] = [];

beforeEach(async () => {
  it_ = await startTestApp();
  await it_.moveClock(START);
});
afterEach(async () => {
  for (const replica of replicas.splice(0)) await replica.close();
  await it_.close();
});

const page = async (query = ''): Promise<SlotsView> =>
  (await it_.ok('get', `/v1/experiments/checkout/slots${query}`)).body as SlotsView;
const states = async () => (await page()).data.map(({ slotAt, status }) => [slotAt, status]);
/** The clock reaches the hour, and what is due by then is done. */
const reach = async (n: number): Promise<void> => {
  await it_.moveClock(hour(n));
  await it_.app.get(DueWorkRegistry).runDue(new Date(hour(n)), 'inline');
};
const report = (key: string, completeUntil: string, apiKey?: string) =>
  it_.send('put', `/v1/feeds/${key}`, { completeUntil }, apiKey);

describe('feeds', () => {
  it('are created by their first report, only move forward, and can be said twice', async () => {
    await it_.moveClock(hour(10));
    const first = await report('orders', hour(5));
    expect([first.status, first.body]).toEqual([
      200,
      {
        id: expect.any(String) as unknown,
        key: 'orders',
        completeUntil: hour(5),
        reportedAt: expect.stringMatching(/^2026-01-01T10:00:/) as unknown,
      },
    ]);
    expect((await report('orders', hour(5))).body).toEqual(first.body);
    const later = await report('orders', hour(6));
    expect(later.body).toMatchObject({ id: first.body.id as string, completeUntil: hour(6) });
    const back = await report('orders', hour(5.5));
    expect([back.status, back.body]).toMatchObject([
      409,
      { code: 'feed-goes-back', key: 'orders', completeUntil: hour(6) },
    ]);
    await report('refunds', hour(1));
    const listed = await it_.ok('get', '/v1/feeds?limit=1');
    expect(listed.body.data).toMatchObject([{ key: 'orders', completeUntil: hour(6) }]);
    const rest = await it_.ok('get', `/v1/feeds?cursor=${listed.body.nextCursor as string}`);
    expect(rest.body).toMatchObject({ data: [{ key: 'refunds' }] });
    // Three marks, three entries: what was said again changed nothing.
    const entries = await it_.sql(
      `SELECT 1 FROM audit_entry WHERE audit_entry.action = 'feed.report'`,
    );
    expect(entries).toHaveLength(3);
  });

  it('refuses what is not a feed, not an instant, or not yet past', async () => {
    expect((await report('a..b', hour(0))).body).toMatchObject({ code: 'invalid-key' });
    expect((await report('orders', '2026-01-01')).status).toBe(422);
    expect((await report('orders', hour(0.08))).status).toBe(200);
    const ahead = await report('orders', hour(0.2));
    expect([ahead.status, ahead.body]).toMatchObject([422, { code: 'complete-in-future' }]);
  });

  it('are reported with the key of a program too', async () => {
    const made = await it_.ok('post', '/v1/keys', { name: 'loader', kind: 'write' });
    const key = made.body.secret as string;
    expect((await report('orders', START, key)).status).toBe(200);
    expect((await it_.send('get', '/v1/feeds', undefined, key)).status).toBe(403);
  });

  it('reported at once by several end at the latest', async () => {
    await it_.moveClock(hour(10));
    const answers = await Promise.all([1, 2, 3, 4, 5].map((n) => report('orders', hour(n))));
    for (const { status } of answers) expect([200, 409]).toContain(status);
    const listed = await it_.ok('get', '/v1/feeds');
    expect(listed.body.data).toMatchObject([{ key: 'orders', completeUntil: hour(5) }]);
  });
});

describe('a slot that waits for data', () => {
  it('says for what, runs when it is there, and covers no more than its instant', async () => {
    const experiment = await evaluatedExperiment(it_, { schedule: NIGHTLY });
    await it_.moveClock(hour(0.9));
    await report('orders', hour(0.5));
    await reach(1.2);
    expect((await page()).data).toMatchObject([
      {
        slotAt: hour(1),
        status: 'waiting',
        attempts: 0,
        // Nobody has ever reported the second.
        missingFeeds: [{ key: 'orders', completeUntil: hour(0.5) }, { key: 'refunds' }],
      },
    ]);
    await log(it_, experiment, [
      exposure('one', 'control', hour(0.5)),
      exposure('two', 'short', hour(1.1)),
    ]);
    await report('orders', hour(1.1));
    expect((await page()).data).toMatchObject([
      { status: 'waiting', missingFeeds: [{ key: 'refunds' }] },
    ]);
    await report('refunds', hour(1));
    expect((await page()).data).toMatchObject([{ status: 'pending' }]);
    await reach(1.5);
    const [done] = (await page()).data;
    expect(done).toMatchObject({ status: 'done', attempts: 1 });
    expect(done).not.toHaveProperty('missingFeeds');
    const latest = await it_.ok('get', '/v1/experiments/checkout/evaluations/latest');
    expect(latest.body.units).toMatchObject([{ n: 1 }, { n: 0 }]);
  });

  it('is skipped when the next falls due first, with what it lacked', async () => {
    await evaluatedExperiment(it_, { schedule: { ...HOURLY, waitFor: ['orders'] } });
    await reach(1);
    await reach(2);
    expect((await page()).data).toMatchObject([
      { slotAt: hour(2), status: 'waiting', missingFeeds: [{ key: 'orders' }] },
      { slotAt: hour(1), status: 'skipped', missingFeeds: [{ key: 'orders' }] },
    ]);
    // After an outage the newest waits, as it would have run.
    await reach(5.5);
    await it_.moveClock(hour(5.6));
    await report('orders', hour(5));
    await reach(5.9);
    expect(await states()).toEqual([
      [hour(5), 'done'],
      ...[4, 3, 2, 1].map((n) => [hour(n), 'skipped']),
    ]);
  });

  it('is not waited for any more when its experiment has ended', async () => {
    await evaluatedExperiment(it_, { schedule: NIGHTLY });
    await reach(1);
    await it_.sql(`UPDATE experiment SET status = 'stopped'`);
    await reach(2);
    expect(await states()).toEqual([[hour(1), 'skipped']]);
    expect(await page()).not.toHaveProperty('nextSlotAt');
  });

  it('is run by a worker without waiting for a tick', async () => {
    await evaluatedExperiment(it_, { schedule: { ...HOURLY, waitFor: ['orders'] } });
    await reach(1);
    const worker = await startTestApp({ worker: true }, it_.databaseUrl);
    replicas.push(worker);
    expect(await states()).toEqual([[hour(1), 'waiting']]);
    await worker.ok('put', '/v1/feeds/orders', { completeUntil: hour(1) });
    const closed = await eventually(states, ([slot]) => slot?.[1] === 'done');
    expect(closed).toEqual([[hour(1), 'done']]);
  });
});

describe('the history of runs', () => {
  it('says when each began and ended, what it cost, and when the next one is, page by page', async () => {
    await evaluatedExperiment(it_, { schedule: HOURLY });
    for (const n of [1, 2, 3]) await reach(n);
    const first = await page('?limit=2');
    expect(first.data.map(({ slotAt }) => slotAt)).toEqual([hour(3), hour(2)]);
    expect(first.nextSlotAt).toBe(hour(4));
    const [run] = first.data;
    expect(run).toMatchObject({
      status: 'done',
      startedAt: expect.stringMatching(/^2026-01-01T03:00:/) as unknown,
      durationMs: expect.any(Number) as unknown,
    });
    expect(Date.parse(run?.finishedAt ?? '')).toBeGreaterThanOrEqual(
      Date.parse(run?.startedAt ?? ''),
    );
    const stored = await it_.sql<{ duration_ms: number }>(
      `SELECT evaluation.duration_ms FROM evaluation WHERE evaluation.slot_at = $1`,
      [hour(3)],
    );
    expect(run?.durationMs).toBe(stored[0]?.duration_ms);
    const rest = await page(`?limit=2&cursor=${first.nextCursor}`);
    expect(rest.data.map(({ slotAt }) => slotAt)).toEqual([hour(1)]);
    expect(rest).not.toHaveProperty('nextCursor');
  });

  it('says why one failed, in a sentence and in a notice that the next success ends', async () => {
    const experiment = await evaluatedExperiment(it_, { schedule: HOURLY });
    await log(it_, experiment, [
      exposure('one', 'control', START),
      money('one', 'revenue', 100, START, { currency: 'EUR' }),
    ]);
    await it_.moveClock(hour(1));
    const registry = it_.app.get(DueWorkRegistry);
    await expect(registry.runDue(new Date(hour(1)), 'inline')).rejects.toThrow('due work failed');
    expect((await page()).data).toMatchObject([
      {
        status: 'failed',
        attempts: 3,
        error: 'exchange-rate-missing',
        why: 'There is no exchange rate to USD for EUR on 2026-01-01.',
        durationMs: expect.any(Number) as unknown,
        finishedAt: expect.any(String) as unknown,
      },
    ]);
    const notices = async () =>
      (await it_.ok('get', '/v1/notifications?kind=evaluation_failed')).body.data as object[];
    const raised = {
      experimentKey: 'checkout',
      subject: 'exchange-rate-missing',
      severity: 'warning',
    };
    const [open, ...others] = await notices();
    expect(open).toMatchObject(raised);
    expect(open).not.toHaveProperty('endedAt');
    expect(others).toEqual([]);
    const rates = { date: '2026-01-01', base: 'USD', rates: { EUR: 1.1 }, source: 'a bank' };
    await it_.ok('put', '/v1/exchange-rates', rates);
    await reach(2);
    expect(await states()).toEqual([
      [hour(2), 'done'],
      [hour(1), 'failed'],
    ]);
    expect(await notices()).toMatchObject([{ ...raised, endedAt: expect.any(String) as unknown }]);
  });
});
