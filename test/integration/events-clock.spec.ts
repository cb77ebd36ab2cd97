import { anEvent, verdictsOf } from '../support/event-senders.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

describe('B55: senders with a wrong clock', () => {
  let it_: TestApp;
  beforeAll(async () => {
    it_ = await startTestApp();
  });
  afterAll(() => it_.close());

  const at = (offsetMs: number) => new Date(Date.now() + offsetMs).toISOString();
  const stored = async (id: string) =>
    (
      await it_.sql<{ occurred_at: Date; received_at: Date; claimed_at: Date | null }>(
        `SELECT event.occurred_at, event.received_at, event.claimed_at FROM event
         WHERE event.key = $1`,
        [id],
      )
    )[0];

  it.each([
    ['three hours ahead', 3 * HOUR_MS, 0],
    ['three hours ahead, and sent ten minutes later', 3 * HOUR_MS, 10 * MINUTE_MS],
    ['a day behind', -DAY_MS, HOUR_MS],
    ['thirty years behind', -30 * 366 * DAY_MS, MINUTE_MS],
    ['right', 0, HOUR_MS],
  ])('%s', async (_, wrongMs, waitedMs) => {
    const event = anEvent({ occurredAt: at(wrongMs - waitedMs) });
    const sentAt = at(wrongMs);
    const elapsedMs = Date.parse(sentAt) - Date.parse(event['occurredAt'] as string);
    expect(await verdictsOf(it_, { events: [event], sentAt })).toEqual(['accepted']);
    const row = await stored(event.id);
    expect(row?.claimed_at).toEqual(new Date(event['occurredAt'] as string));
    expect((row?.received_at.getTime() ?? 0) - (row?.occurred_at.getTime() ?? 0)).toBe(elapsedMs);
  });

  it('is taken at its word where it says nothing of its clock', async () => {
    const event = anEvent({ occurredAt: at(-HOUR_MS) });
    expect(await verdictsOf(it_, { events: [event] })).toEqual(['accepted']);
    expect(await stored(event.id)).toMatchObject({
      occurred_at: new Date(event['occurredAt'] as string),
      claimed_at: null,
    });
  });

  it('an item speaks for itself before its batch does', async () => {
    const event = anEvent({ occurredAt: at(3 * HOUR_MS), sentAt: at(3 * HOUR_MS) });
    expect(await verdictsOf(it_, { events: [event], sentAt: at(-DAY_MS) })).toEqual(['accepted']);
  });

  it('checks hold for the corrected time', async () => {
    const events = [
      anEvent({ occurredAt: at(10 * MINUTE_MS), sentAt: at(0) }),
      anEvent({ occurredAt: at(-800 * DAY_MS), sentAt: at(0) }),
      anEvent({ occurredAt: at(-800 * DAY_MS), sentAt: at(-800 * DAY_MS) }),
      anEvent({ sentAt: 'now' }),
      anEvent({ sentAt: null }),
    ];
    expect(await verdictsOf(it_, { events })).toEqual([
      'event-in-future',
      'event-too-old',
      'accepted',
      'invalid-timestamp',
      'invalid-timestamp',
    ]);
  });

  it.each(['yesterday', null, 5, '2026-02-30T00:00:00Z'])(
    'refuses a batch that was sent at %j',
    async (sentAt) => {
      const answer = await it_.send('post', '/v1/events', { events: [anEvent()], sentAt });
      expect([answer.status, answer.body.errors]).toEqual([
        422,
        [{ pointer: '/sentAt', code: 'is-instant' }],
      ]);
    },
  );
});
