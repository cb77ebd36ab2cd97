import { randomUUID } from 'node:crypto';
import { startTestApp, type TestApp } from '../support/test-app.js';

const CLIENTS = 16;
const EVENTS = 500;

describe('overlapping batches', () => {
  let it_: TestApp;

  beforeAll(async () => {
    it_ = await startTestApp();
  });
  afterAll(() => it_.close());

  const deadlocks = async () =>
    Number(
      (
        await it_.sql<{ deadlocks: string }>(
          'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
        )
      )[0]?.deadlocks,
    );

  it('P7: 16 clients with the same ids in any order store each once, and none gets an error', async () => {
    const events = Array.from({ length: EVENTS }, (_, index) => ({
      id: randomUUID(),
      type: 'event',
      unit: { kind: 'visitor', id: `v-${index}` },
      occurredAt: new Date().toISOString(),
      name: 'signup',
    }));
    const answers = await Promise.all(
      Array.from({ length: CLIENTS }, (_, client) => sendUntilTaken(shuffled(events, client + 1))),
    );
    const accepted = answers.flat().filter(({ status }) => status === 'accepted');
    const others = answers.flat().filter(({ status }) => status !== 'accepted');
    expect(accepted.map(({ id }) => id).sort()).toEqual(events.map(({ id }) => id).sort());
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set(['duplicate']));
    const rows = await it_.sql<{ stored: number }>('SELECT count(*)::int AS stored FROM event');
    expect(rows[0]?.stored).toBe(EVENTS);
    expect(await deadlocks()).toBe(0);
  });

  /** A client may be told "not now" while all wait for each other; it sends the same again. */
  async function sendUntilTaken(
    events: readonly object[],
  ): Promise<{ id: string; status: string }[]> {
    for (;;) {
      const answer = await it_.send('post', '/v1/events', { events });
      if (answer.status === 200) return answer.body.results;
      expect([answer.status, answer.headers['retry-after']]).toEqual([503, expect.any(String)]);
    }
  }
});

/** A seeded shuffle: the same order on every run. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const mixed = [...items];
  let state = seed;
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = state % (at + 1);
    [mixed[at], mixed[other]] = [mixed[other] as T, mixed[at] as T];
  }
  return mixed;
}
