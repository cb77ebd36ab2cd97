import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { AnalyticsStore } from '../../src/modules/analytics/analytics-store.reader.js';
import { seededUniform } from '../calibration/seeded-random.js';
import { crowdOf } from '../support/analytics-store-crowd.js';
import { aMetric, evaluatedExperiment, log } from '../support/evaluated-experiment.js';
import { dayAt, Happenings, inParts, shuffled } from '../support/happened-rows.js';
import { differencesBetween } from '../support/moments-agreement.js';
import { expectedMoments } from '../support/moments-oracle.js';
import type { HappenedLog, HappenedRow } from '../support/moments-oracle-units.js';
import { bodyOf, loggedRow } from '../support/postgres-store-under-test.js';
import { seedsOf } from '../support/seeds.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const WRITERS = 8;
const PEOPLE = 90;
const USERS = 60;
const RECEIVED_AT = dayAt(60);
const INSTANTS = [dayAt(60), dayAt(60), dayAt(25), dayAt(6)];

/**
 * Whatever senders do, the numbers are those of what happened: eight clients over HTTP and two long
 * transactions write one story in pieces, and it is asked for while they do.
 */
describe('events, against a model', () => {
  let it_: TestApp;
  beforeAll(async () => {
    it_ = await startTestApp();
    await it_.moveClock(RECEIVED_AT);
    // Attaching a week waits for open transactions, and these are to stay open.
    await it_.sql(
      'SELECT ensure_event_week(day) FROM generate_series($1::timestamptz, $2, $3) AS day',
      [new Date(dayAt(-21)), new Date(dayAt(63)), '7 days'],
    );
  });
  afterAll(() => it_.close());

  const pause = (ms: number): Promise<unknown> => new Promise((wake) => setTimeout(wake, ms));

  it.each(seedsOf('events-model'))('seed %i', async (seed) => {
    const uniform = seededUniform(seed);
    const experiment = await evaluatedExperiment(it_, {
      key: `seed-${seed}`,
      metrics: [
        aMetric({ key: 'clicks', kind: 'count' }),
        aMetric({ key: 'orders', kind: 'mean', windowDays: 14, winsorise: { quantile: 0.95 } }),
        aMetric({ key: 'views', kind: 'quantile', quantile: 0.5 }),
      ],
      secondary: ['orders', 'views'],
      analysis: { cuped: { days: 7 }, dimensions: ['device'] },
    });
    const story = new Happenings(experiment.id, `seed-${seed}`);
    const rows = shuffled(storyOf(story, uniform), uniform);
    const [long, sent] = [rows.slice(0, 200), rows.slice(200)];
    const ledger = new Ledger();

    /** Sends until there is an answer, and writes down what was acknowledged. */
    const send = async (batch: readonly HappenedRow[]): Promise<void> => {
      const events = batch.map((row) => bodyOf(row, experiment.key));
      for (;;) {
        const { status, body } = await it_.send('post', '/v1/events', { events });
        if (status === 200) {
          ledger.acknowledge(batch, body as { results: { id: string; status: string }[] });
          return;
        }
        if (status !== 429 && status !== 503) throw new Error(`${status}: ${JSON.stringify(body)}`);
        await pause(20);
      }
    };
    const writeOverHttp = async (own: readonly HappenedRow[], writer: number): Promise<void> => {
      const drawn = seededUniform(seed + writer);
      // Also what others send, at about the same time.
      const shared = sent.filter(() => drawn() < 0.1);
      let left = shuffled([...own, ...shared], drawn);
      while (left.length > 0) {
        const size = 1 + Math.floor(drawn() ** 2 * 120);
        const batch = left.slice(0, size);
        left = left.slice(size);
        await send(batch);
        if (drawn() < 0.2) await send(batch);
        // By then it is known, and a copy with another time is no other event.
        if (drawn() < 0.2) await send(batch.map((row) => ({ ...row, at: dayAt(drawn() * 50) })));
        await pause(drawn() * 50);
      }
    };
    const writeSlowly = async (own: readonly HappenedRow[], writer: number): Promise<void> => {
      const drawn = seededUniform(seed - writer);
      const client = new Client(it_.databaseUrl);
      await client.connect();
      const sql = async <T>(text: string, values?: unknown[]) =>
        (await client.query(text, values)).rows as T[];
      for (const part of inParts(own, 5)) {
        const written = part.map((row) => loggedRow(row, new Map()));
        await client.query('BEGIN');
        await client.query('SELECT pg_current_xact_id()');
        await pause(drawn() * 200);
        await log(
          { ...it_, sql },
          experiment,
          written.map((row) => ({ receivedAt: RECEIVED_AT, ...row })),
        );
        await pause(drawn() * 400);
        const isLost = drawn() < 0.3;
        await client.query(isLost ? 'ROLLBACK' : 'COMMIT');
        if (isLost) await send(part);
        else ledger.keep(part);
      }
      await client.end();
    };

    const store = it_.app.get(AnalyticsStore);
    const request = (asOf: string) => ({
      projectId: experiment.projectId,
      experimentId: experiment.id,
      plan: experiment.plan,
      enrolmentEndedAt: null,
      asOf: new Date(asOf),
    });
    let isWriting = true;
    let answers = 0;
    const ask = async (reader: number): Promise<void> => {
      const drawn = seededUniform(seed + 100 + reader);
      while (isWriting) {
        const asked = request(INSTANTS[Math.floor(drawn() * INSTANTS.length)] ?? RECEIVED_AT);
        const what = drawn();
        if (what < 0.1) await store.rebuild(asked);
        else if (what < 0.2) expect(await store.check(asked)).toEqual({ agrees: true });
        else await store.moments(asked);
        answers += 1;
        await pause(drawn() * 60);
      }
    };
    const writing = Promise.all([
      ...inParts(sent, WRITERS).map(writeOverHttp),
      ...inParts(long, 2).map(writeSlowly),
    ]).finally(() => (isWriting = false));
    await Promise.all([writing, ask(0), ask(1)]);
    expect(answers).toBeGreaterThan(3);

    expect(ledger.rows).toHaveLength(rows.length);
    for (const asOf of [dayAt(25), dayAt(60)]) {
      const expected = expectedMoments(ledger.log(), request(asOf));
      const incremental = await store.moments(request(asOf));
      expect(differencesBetween(experiment.plan, incremental, expected)).toEqual([]);
      expect(await store.check(request(asOf))).toEqual({ agrees: true });
    }
    const incremental = await store.moments(request(RECEIVED_AT));
    await store.rebuild(request(RECEIVED_AT));
    const rebuilt = await store.moments(request(RECEIVED_AT));
    expect(differencesBetween(experiment.plan, rebuilt, incremental)).toEqual([]);
    // Any seed has some of each, or nothing was compared.
    expect(Math.min(...rebuilt.units, rebuilt.crossovers)).toBeGreaterThan(0);
  });
});

/** Everybody's rows, and the links between those that are one. */
function storyOf(story: Happenings, uniform: () => number): HappenedRow[] {
  const links = [...Array(PEOPLE).keys()].flatMap((n): HappenedRow[] => {
    const other = Math.floor(uniform() * PEOPLE);
    const day = uniform() * 40 - 5;
    const kind = uniform();
    const link = (from: string, to: string) => (from === to ? [] : [story.is(from, to, day)]);
    if (kind < 0.25) return link(`unit${n}`, `user/u${other % 40}`);
    if (kind < 0.29) return link(`user/u${n % USERS}`, `user/u${other % USERS}`);
    if (kind < 0.32) return link(`unit${n}`, `unit${other}`);
    return kind < 0.35 ? link(`user/u${n % USERS}`, `account/a${n % 3}`) : [];
  });
  const users = [...Array(USERS).keys()].flatMap((n) => [
    story.did(`user/u${n}`, 'clicks', uniform() * 20),
    story.paid(`user/u${n}`, n * 100, uniform() * 40),
  ]);
  const crowd = crowdOf(story, PEOPLE, uniform).map(
    ({ receivedAt: _receivedAt, ...row }): HappenedRow => row,
  );
  const crossed = crowd
    .filter(({ type }) => type === 'exposure' && uniform() < 0.1)
    .map((row) => ({ ...row, id: randomUUID(), variant: 'short', at: dayAt(uniform() * 20) }));
  return [...crowd, ...links, ...users, ...crossed];
}

/** What was acknowledged, each row once. */
class Ledger {
  private readonly known = new Map<string, HappenedRow>();

  get rows(): HappenedRow[] {
    return [...this.known.values()];
  }

  /** A row that was there before stays as it was. */
  keep(rows: readonly HappenedRow[]): void {
    for (const row of rows) if (!this.known.has(row.id)) this.known.set(row.id, row);
  }

  acknowledge(
    sent: readonly HappenedRow[],
    { results }: { results: { id: string; status: string }[] },
  ): void {
    const other = results.find(({ status }) => status !== 'accepted' && status !== 'duplicate');
    if (other !== undefined) throw new Error(`not taken: ${JSON.stringify(other)}`);
    expect(results.map(({ id }) => id)).toEqual(sent.map(({ id }) => id));
    this.keep(sent);
  }

  log(): HappenedLog {
    return {
      rows: this.rows,
      reversedImports: [],
      erasedUnits: [],
      rates: [],
      receivedAt: RECEIVED_AT,
    };
  }
}
