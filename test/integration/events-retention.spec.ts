import { RETENTION_DAYS } from '../../src/domain/events/read-event.js';
import { anEvent, verdictsOf } from '../support/event-senders.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const DAY_MS = 86_400_000;

describe('retention of events', () => {
  let it_: TestApp;
  beforeEach(async () => {
    it_ = await startTestApp();
  });
  afterEach(() => it_.close());

  const at = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();
  const moveBy = (days: number) => it_.ok('post', '/v1/sandbox/clock', { now: at(days) });
  const keysIn = async (table: string) =>
    (await it_.sql<{ key: string }>(`SELECT ${table}.key FROM ${table}`))
      .map(({ key }) => key)
      .toSorted();
  const weeks = async () =>
    (
      await it_.sql<{ weeks: number }>(
        `SELECT count(*)::int AS weeks FROM pg_class
         WHERE pg_class.relname ~ '^event_[0-9]{8}$' AND pg_class.relkind = 'r'`,
      )
    )[0]?.weeks;
  const identify = (occurredAt: string) => {
    const {
      unit: _unit,
      name: _name,
      ...event
    } = anEvent({
      type: 'identify',
      from: { kind: 'visitor', id: 'v-1' },
      to: { kind: 'user', id: 'u-1' },
      occurredAt,
    });
    return event;
  };

  it('drops whole weeks after 25 months, with their ids and links, and nothing newer', async () => {
    const old = [anEvent({ occurredAt: at(-40) }), identify(at(-40))];
    const young = [anEvent({ occurredAt: at(-20) }), identify(at(-20)), anEvent()];
    expect(new Set(await verdictsOf(it_, { events: [...old, ...young] }))).toEqual(
      new Set(['accepted']),
    );
    const erased = anEvent({ occurredAt: at(-40), unit: { kind: 'visitor', id: 'gone' } });
    await verdictsOf(it_, { events: [erased] });
    await it_.ok('post', '/v1/units/erasure', { unit: { kind: 'visitor', id: 'gone' } });
    expect(await weeks()).toBe(3);

    await moveBy(RETENTION_DAYS - 41);
    expect(await keysIn('event_id')).toHaveLength(6);
    // A week is over up to six days after its last event was.
    await moveBy(RETENTION_DAYS - 32);
    const kept = young.map(({ id }) => id).toSorted();
    expect(await keysIn('event')).toEqual(kept);
    expect(await keysIn('event_id')).toEqual(kept);
    expect(await keysIn('identity_link')).toEqual([young[1]?.id]);
    expect(await weeks()).toBe(2);
  });

  it('finishes what a crash left: a week that is taken out, whose ids are there', async () => {
    const old = anEvent({ occurredAt: at(-40) });
    await verdictsOf(it_, { events: [old, anEvent()] });
    const [week] = await it_.sql<{ name: string }>(
      'SELECT event.tableoid::regclass::text AS name FROM event WHERE event.key = $1',
      [old.id],
    );
    await it_.sql(`ALTER TABLE event DETACH PARTITION ${week?.name} CONCURRENTLY`);
    expect(await keysIn('event_id')).toContain(old.id);
    await moveBy(RETENTION_DAYS);
    expect(await keysIn('event_id')).not.toContain(old.id);
    expect(await weeks()).toBe(1);
  });

  it('makes a week again that was dropped behind its back', async () => {
    await verdictsOf(it_, { events: [anEvent()] });
    const [week] = await it_.sql<{ name: string }>(
      'SELECT DISTINCT event.tableoid::regclass::text AS name FROM event',
    );
    await it_.sql(`DROP TABLE ${week?.name}`);
    expect(await verdictsOf(it_, { events: [anEvent()] })).toEqual(['accepted']);
  });
});
