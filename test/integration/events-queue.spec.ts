import { DataSource } from 'typeorm';
import { EventIntake } from '../../src/modules/events/event-intake.writer.js';
import { anEvent, verdictsOf } from '../support/event-senders.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const CLIENTS = 60;

describe('many small requests', () => {
  let it_: TestApp;
  beforeAll(async () => {
    it_ = await startTestApp();
    await verdictsOf(it_, { events: [anEvent()] });
  });
  afterAll(() => it_.close());

  /** Straight to the intake, so that all of them are there before the first is stored. */
  const together = async (app: TestApp, events: readonly object[]) => {
    const [project] = await app.sql<{ id: string }>(
      `SELECT project.id FROM project WHERE project.key = 'default'`,
    );
    const intake = app.app.get(EventIntake);
    return await Promise.allSettled(
      events.map((event) => intake.store(project?.id ?? '', [event], { source: 'server' })),
    );
  };
  const verdictOf = (settled: PromiseSettledResult<{ status: string; code?: string }[]>) => {
    if (settled.status === 'rejected') return 'failed';
    const [result] = settled.value;
    return result?.code ?? result?.status;
  };

  const transactionsOf = async (app: TestApp, ids: readonly string[]) =>
    (
      await app.sql<{ count: number }>(
        'SELECT count(DISTINCT event.xid)::int AS count FROM event WHERE event.key = ANY ($1)',
        [ids],
      )
    )[0]?.count ?? 0;

  const singles = (app: TestApp, events: readonly object[]) =>
    Promise.all(events.map((event) => verdictsOf(app, { events: [event] })));

  it('share transactions, and each gets its own answer', async () => {
    const events = Array.from({ length: CLIENTS }, () => anEvent());
    const sent = [...events, { ...events[0], value: 1 }, { id: '' }];
    const verdicts = (await together(it_, sent)).map(verdictOf);
    expect(verdicts.slice(0, CLIENTS)).toEqual(Array(CLIENTS).fill('accepted'));
    expect(verdicts.slice(CLIENTS)).toEqual(['event-id-conflict', 'invalid-event-id']);
    const ids = events.map(({ id }) => id);
    // The first two found nothing under way; all others share one.
    expect(await transactionsOf(it_, ids)).toBe(3);
  });

  it('have one each where coalescing is switched off', async () => {
    const alone = await startTestApp({ coalesceEvents: false });
    try {
      const events = Array.from({ length: 10 }, () => anEvent());
      const verdicts = (await together(alone, events)).map(verdictOf);
      expect(verdicts).toEqual(Array(10).fill('accepted'));
      const ids = events.map(({ id }) => id);
      expect(await transactionsOf(alone, ids)).toBe(10);
    } finally {
      await alone.close();
    }
  });

  it('run alone when the transaction they share fails for one of them', async () => {
    const events = Array.from({ length: 20 }, () => anEvent());
    await it_.sql(`CREATE FUNCTION refuse_one() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'this one' USING ERRCODE = 'data_exception'; END $$`);
    await it_.sql(`CREATE TRIGGER refuse_one AFTER INSERT ON event FOR EACH ROW
      WHEN (NEW.key = '${events[7]?.id}') EXECUTE FUNCTION refuse_one()`);
    const verdicts = (await together(it_, events)).map(verdictOf);
    await it_.sql('DROP TRIGGER refuse_one ON event');
    expect(verdicts[7]).toBe('failed');
    expect(verdicts.toSpliced(7, 1)).toEqual(Array(19).fill('accepted'));
    const alone = events.slice(2).map(({ id }) => id);
    expect(await transactionsOf(it_, alone)).toBe(17);
  });

  it('all get 503 when the connection is lost, and come in when they are sent again', async () => {
    const events = Array.from({ length: 20 }, () => anEvent());
    const release = await holdLog(it_);
    const sent = Promise.all(
      events.map((event) => it_.send('post', '/v1/events', { events: [event] })),
    );
    // Both transactions that may be under way.
    const killed = new Set<number>();
    while (killed.size < 2) {
      for (const pid of await waitingPids(it_)) {
        killed.add(pid);
        await it_.sql('SELECT pg_terminate_backend($1)', [pid]);
      }
    }
    await release();
    const answers = await sent;
    const failed = answers.filter(({ status }) => status !== 200);
    expect(failed.length).toBeGreaterThan(0);
    for (const { status, body, headers } of failed) {
      expect([status, body.code]).toEqual([503, 'unavailable']);
      expect(headers['retry-after']).toMatch(/^\d+$/);
    }
    const again = (await singles(it_, events)).flat();
    expect(new Set(again)).toEqual(new Set(['accepted', 'duplicate']));
    expect(
      await transactionsOf(
        it_,
        events.map(({ id }) => id),
      ),
    ).toBeGreaterThan(0);
  });

  it('P28: a project with too much waiting is told to come back, another one is not', async () => {
    const release = await holdLog(it_);
    const full = Array.from({ length: 41 }, () => ({
      events: Array.from({ length: 500 }, (_, n) =>
        anEvent({ unit: { kind: 'visitor', id: `v-${n}` } }),
      ),
    }));
    const sent = full.map((batch) => it_.send('post', '/v1/events', batch));
    const first = await Promise.race(sent);
    expect([first.status, first.body.code]).toEqual([429, 'rate-limited']);
    expect(first.headers['retry-after']).toMatch(/^\d+$/);
    await release();
    const statuses = (await Promise.all(sent)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
    expect(statuses.filter((status) => status === 200)).toHaveLength(40);
    const refused = full[statuses.indexOf(429)] ?? { events: [] };
    expect(new Set(await verdictsOf(it_, refused))).toEqual(new Set(['accepted']));
  });

  it('B59: a unit that brings more than 10,000 an hour is stopped, and its copies are not', async () => {
    // Not while an hour ends.
    const nextHour = Math.ceil(Date.now() / 3_600_000) * 3_600_000;
    await it_.moveClock(new Date(nextHour + 600_000).toISOString());
    const unit = { kind: 'visitor', id: 'loops' };
    const batch = (size: number) => ({
      events: Array.from({ length: size }, () => anEvent({ unit })),
    });
    const first = batch(500);
    expect(new Set(await verdictsOf(it_, first))).toEqual(new Set(['accepted']));
    for (let sent = 500; sent < 9_900; sent += 470) await verdictsOf(it_, batch(470));
    const left = 10_000 - (500 + 470 * 20);
    const last = await verdictsOf(it_, batch(left + 3));
    expect(last).toEqual([
      ...Array<string>(left).fill('accepted'),
      ...Array<string>(3).fill('unit-rate-exceeded'),
    ]);
    expect(await verdictsOf(it_, first)).toEqual(Array(500).fill('duplicate'));
    const mixed = { events: [anEvent({ unit }), anEvent(), { ...first.events[0], value: 1 }] };
    expect(await verdictsOf(it_, mixed)).toEqual([
      'unit-rate-exceeded',
      'accepted',
      'event-id-conflict',
    ]);
  }, 120_000);
});

/** Makes every transaction that appends wait, until the returned function is called. */
async function holdLog(app: TestApp): Promise<() => Promise<void>> {
  const runner = app.app.get(DataSource).createQueryRunner();
  await runner.startTransaction();
  await runner.query('LOCK TABLE event_id IN ACCESS EXCLUSIVE MODE');
  return async () => {
    await runner.rollbackTransaction();
    await runner.release();
  };
}

/** The backends that wait for the log. */
async function waitingPids(app: TestApp): Promise<number[]> {
  const rows = await app.sql<{ pid: number }>(
    `SELECT pg_stat_activity.pid FROM pg_stat_activity
     WHERE pg_stat_activity.wait_event_type = 'Lock'
       AND pg_stat_activity.datname = current_database()`,
  );
  return rows.map(({ pid }) => pid);
}
