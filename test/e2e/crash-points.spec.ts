import type { Client } from 'pg';
import { EVENT_BATCH_MAX } from '../../src/modules/events/event-batch.js';
import { type Crash, CRASHES } from '../support/crashes.js';
import { CrashWorld } from '../support/crash-world.js';
import { type Answer, DISAGREEING_ROWS, EventLedger } from '../support/event-ledger.js';
import { evaluatedExperiment } from '../support/evaluated-experiment.js';
import { isBegin, isCommit, type ProxiedStatement } from '../support/postgres-proxy.js';
import { ADMIN_KEY } from '../support/test-config.js';

const BATCH = 40;
const CUTS = 100;
const SHARING = 12;
const TURNS = 25;
const DAY_MS = 86_400_000;
const TIMEOUT_MS = 20_000;

/** The statement that writes events and their ids. */
const isInsert = ({ text }: ProxiedStatement): boolean => /\binsert into event\b/i.test(text);
/** The COMMIT of a transaction that wrote events. */
const isCommitOfEvents = ({ text, earlier }: ProxiedStatement): boolean =>
  isCommit(text) && earlier.some((before) => isInsert({ text: before, earlier: [] }));
const isBeginOfAny = ({ text }: ProxiedStatement): boolean => isBegin(text);

/** "Send it again", to whoever cannot be told whether it is stored. */
const IN_DOUBT = { status: 503, retryAfter: expect.any(String) as string };
/** How many of a batch may be stored, and what sending it again may say. */
const STORED = { nothing: [0], all: [BATCH], unknown: [0, BATCH] };
const STATUSES = {
  nothing: [['accepted']],
  all: [['duplicate']],
  unknown: [['accepted'], ['duplicate']],
};
const UUID = /^[0-9a-f]{8}-/;

interface Point {
  stage: 'asked' | 'forwarded' | 'answered' | 'passed on';
  of: (statement: ProxiedStatement) => boolean;
  /** What of the batch is in the database after the crash; null where nobody can know. */
  stored: 'nothing' | 'all' | null;
  /** Another transaction holds an id of the batch, so that the statement waits in its middle. */
  inMidst?: true;
}

const POINTS: Readonly<Record<string, Point>> = {
  'before BEGIN': { stage: 'asked', of: isBeginOfAny, stored: 'nothing' },
  'after BEGIN': { stage: 'answered', of: isBeginOfAny, stored: 'nothing' },
  'before the INSERT': { stage: 'asked', of: isInsert, stored: 'nothing' },
  'in the middle of the INSERT': {
    stage: 'forwarded',
    of: isInsert,
    stored: 'nothing',
    inMidst: true,
  },
  'when the INSERT was answered': { stage: 'answered', of: isInsert, stored: 'nothing' },
  'when the answer to the INSERT has arrived': {
    stage: 'passed on',
    of: isInsert,
    stored: 'nothing',
  },
  'before COMMIT': { stage: 'asked', of: isCommitOfEvents, stored: 'nothing' },
  'when COMMIT was forwarded': {
    stage: 'forwarded',
    of: isCommitOfEvents,
    stored: null,
  },
  'when COMMIT was answered': { stage: 'answered', of: isCommitOfEvents, stored: 'all' },
  'when the answer to COMMIT has arrived': {
    stage: 'passed on',
    of: isCommitOfEvents,
    stored: 'all',
  },
};

const CASES = Object.entries(POINTS).flatMap(([at, point]) =>
  Object.entries<Crash>(CRASHES).map(([what, crash]) => ({ what, at, point, crash })),
);

describe('whatever ends at whatever point of a batch', () => {
  let world: CrashWorld;
  let ledger: EventLedger;

  beforeAll(async () => {
    world = await CrashWorld.start();
    const launchedAt = new Date(Date.now() - 20 * DAY_MS);
    const experiment = await evaluatedExperiment(world, { launchedAt: launchedAt.toISOString() });
    ledger = new EventLedger(ADMIN_KEY, {
      experiment: experiment.key,
      variants: experiment.plan.variants.map(({ key }) => key),
      at: new Date(launchedAt.getTime() + DAY_MS),
    });
    const first = await ledger.settle(() => world.service, ledger.nextBatch(BATCH));
    expect(statusesOf(first)).toEqual(['accepted']);
  }, TIMEOUT_MS);
  afterAll(() => world.close(), TIMEOUT_MS);

  it('runs on a database that keeps what it said', async () => {
    for (const setting of ['fsync', 'full_page_writes', 'synchronous_commit']) {
      expect(await world.sql(`SELECT current_setting($1) AS is`, [setting])).toEqual([
        { is: 'on' },
      ]);
    }
  });

  it.each(CASES)(
    'P1 P2 P6: $what $at loses nothing and doubles nothing',
    async ({ point, crash }) => {
      const batch = ledger.nextBatch(BATCH);
      const ids = batch.map(({ id }) => id);
      const client = new AbortController();
      const blocker = point.inMidst === undefined ? null : await holdAnIdOf(ids);
      const stage = point.stage === 'passed on' ? 'answered' : point.stage;
      const caught = world.proxy.hold(stage, point.of);
      const asked = ledger.send(world.service, batch, client.signal);
      const held = await Promise.race([caught, asked.then(wasNotCaught)]);
      if (blocker !== null) await untilItWaits(held.backendPid);

      if (point.stage === 'passed on') {
        // It has the answer, and nothing of it has left again.
        world.service.signal('SIGSTOP');
        held.release();
      }
      await crash.strike(world, held, client);
      await blocker?.end();
      if (point.stage === 'passed on') world.service.signal('SIGCONT');
      const isGone = crash === CRASHES['the client gone'];
      if (isGone) held.release();

      const answer = await asked;
      const wasCommitted = point.of === isCommitOfEvents && point.stage === 'passed on';
      if (!crash.isAnswered) expect(answer).toBeNull();
      else expect(answer).toMatchObject(wasCommitted ? { status: 200 } : IN_DOUBT);

      await world.recover();
      // A client that is gone stops nothing: the service stores what it was sent.
      const stored = isGone ? null : point.stored;
      expect(STORED[stored ?? 'unknown']).toContain(await storedOf(batch));
      const again = await ledger.settle(() => world.service, batch);
      expect(STATUSES[stored ?? 'unknown']).toContainEqual(statusesOf(again));
      expect(await storedOf(batch)).toBe(BATCH);
    },
    TIMEOUT_MS,
  );

  it(
    `P2: ${CUTS} connections cut after COMMIT was forwarded are ${CUTS} answers 503, and nothing is doubled`,
    async () => {
      const answers: (Answer | null)[] = [];
      for (let cut = 0; cut < CUTS; cut += 1) {
        const batch = ledger.nextBatch(5);
        // Half of them when the answer has come back, so that they are surely stored.
        const stage = cut % 2 === 0 ? 'answered' : 'forwarded';
        const caught = world.proxy.hold(stage, isCommitOfEvents);
        const asked = ledger.send(world.service, batch);
        const held = await Promise.race([caught, asked.then(wasNotCaught)]);
        held.cut(cut % 4 < 2 ? 'end' : 'reset');
        answers.push(await asked);
        if (stage === 'answered') expect(await storedOf(batch)).toBe(batch.length);
        const again = await ledger.settle(() => world.service, batch);
        expect(STATUSES[stage === 'answered' ? 'all' : 'unknown']).toContainEqual(
          statusesOf(again),
        );
      }
      expect(answers).toHaveLength(CUTS);
      for (const answer of answers) expect(answer).toMatchObject(IN_DOUBT);
    },
    TIMEOUT_MS,
  );

  it(
    'P2: small requests that share a transaction share its doubt',
    async () => {
      const send = () => {
        const batch = ledger.nextBatch(5);
        return { batch, asked: ledger.send(world.service, batch) };
      };
      // Two that are held keep those that come after them waiting for one another.
      const under = [world.proxy.hold('asked', isCommitOfEvents)];
      const before = [send()];
      await under[0];
      under.push(world.proxy.hold('asked', isCommitOfEvents));
      before.push(send());
      await under[1];
      const sharing = Array.from({ length: SHARING }, send);
      // By then the service has read at least two of them.
      for (let turn = 0; turn < TURNS; turn += 1) {
        await (await fetch(`${world.service.url}/health/live`)).text();
      }

      const caught = world.proxy.hold('answered', isCommitOfEvents);
      for (const held of await Promise.all(under)) held.release();
      (await caught).cut();
      for (const { asked } of before) expect(await asked).toMatchObject({ status: 200 });
      const inDoubt = [];
      for (const { batch, asked } of sharing) {
        const answer = await asked;
        if (answer?.status === 200) continue;
        expect(answer).toMatchObject(IN_DOUBT);
        inDoubt.push(...batch);
      }
      expect(inDoubt.length).toBeGreaterThan(sharing[0]?.batch.length ?? 0);
      expect(await storedOf(inDoubt)).toBe(inDoubt.length);
      const again = await ledger.settle(() => world.service, inDoubt);
      expect(statusesOf(again)).toEqual(['duplicate']);
    },
    TIMEOUT_MS,
  );

  describe('in the end', () => {
    it('everything that was sent was acknowledged', () => {
      expect(differences([...ledger.sent.keys()], [...ledger.acknowledged])).toEqual(NONE);
    });

    it('the log holds each event of the ledger once, and nothing else', async () => {
      const rows = await world.sql<{ id: string }>(
        'SELECT coalesce(event.id, event.key::text) AS id FROM event',
      );
      const stored = rows.map(({ id }) => id);
      expect(differences([...ledger.sent.keys()], stored)).toEqual(NONE);
      expect(stored).toHaveLength(ledger.sent.size);
    });

    it('the money is that of the ledger', async () => {
      const [row] = await world.sql<{ sum: string }>(
        'SELECT sum(event.amount_minor)::text AS sum FROM event',
      );
      expect(row?.sum).toBe(String(ledger.money()));
    });

    it('ids, events and links agree row by row', async () => {
      expect(await world.sql(DISAGREEING_ROWS)).toEqual([]);
      const [links] = await world.sql<{ links: number }>(
        'SELECT count(*)::int AS links FROM identity_link',
      );
      const identified = [...ledger.sent.values()].filter(({ type }) => type === 'identify');
      expect(links).toEqual({ links: identified.length });
    });

    it('all of it is known when it is sent once more', async () => {
      const events = [...ledger.sent.values()];
      for (let at = 0; at < events.length; at += EVENT_BATCH_MAX) {
        const batch = events.slice(at, at + EVENT_BATCH_MAX);
        const again = await ledger.settle(() => world.service, batch);
        expect(statusesOf(again)).toEqual(['duplicate']);
      }
    });
  });

  /** How many events of a batch are in the log, whoever says so. */
  async function storedOf(batch: readonly { id: string }[]): Promise<number> {
    const [row] = await world.sql<{ stored: number }>(
      `SELECT count(*)::int AS stored FROM event
       WHERE coalesce(event.id, event.key::text) = ANY ($1)`,
      [batch.map(({ id }) => id)],
    );
    return row?.stored ?? 0;
  }

  /** A transaction that has taken one of the ids, neither the first nor the last of them. */
  async function holdAnIdOf(ids: readonly string[]): Promise<Client> {
    const keys = ids.filter((id) => UUID.test(id)).toSorted();
    const other = await world.connect();
    await other.query('BEGIN');
    await other.query(
      `INSERT INTO event_id (occurred_at, digest, project, key)
       SELECT becausal_now(), 0, event_space.number, $1 FROM event_space`,
      [keys[Math.floor(keys.length / 2)]],
    );
    return other;
  }

  async function untilItWaits(pid: number): Promise<void> {
    for (;;) {
      const [row] = await world.sql<{ waits: boolean }>(
        `SELECT pg_stat_activity.wait_event_type = 'Lock' AS waits FROM pg_stat_activity
         WHERE pg_stat_activity.pid = $1`,
        [pid],
      );
      if (row?.waits === true) return;
    }
  }
});

function wasNotCaught(answer: Answer | null): never {
  throw new Error(`answered without passing the point: ${JSON.stringify(answer)}`);
}

const NONE = { missing: [], foreign: [] };

function differences(expected: readonly string[], found: readonly string[]): object {
  const [these, those] = [new Set(expected), new Set(found)];
  return {
    missing: expected.filter((id) => !those.has(id)),
    foreign: found.filter((id) => !these.has(id)),
  };
}

/** Each status once: a batch is stored as a whole or not at all. */
function statusesOf({ results }: Answer): string[] {
  return [...new Set(results.map(({ status }) => status))];
}
