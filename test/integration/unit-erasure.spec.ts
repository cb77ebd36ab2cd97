import { anotherProject } from '../support/another-project.js';
import { anEvent, verdictsOf } from '../support/event-senders.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const ID = 'visitor-8261-canary';
const UNIT = { kind: 'visitor', id: ID };
const USER = { kind: 'user', id: 'user-12' };

describe('erasing a unit', () => {
  let it_: TestApp;
  beforeEach(async () => {
    it_ = await startTestApp();
  });
  afterEach(() => it_.close());

  const erase = async (unit: object, key?: string) =>
    (await it_.ok('post', '/v1/units/erasure', { unit }, key)).body as {
      erasedAt: string;
      events: number;
    };
  const identify = (from: object, to: object) => {
    const { unit: _unit, name: _name, ...event } = anEvent({ type: 'identify', from, to });
    return event;
  };
  /** Every table that holds the text somewhere. */
  const placesOf = async (text: string) => {
    const tables = await it_.sql<{ name: string }>(
      `SELECT pg_class.oid::regclass::text AS name FROM pg_class
       WHERE pg_class.relkind = 'r' AND pg_class.relnamespace = 'public'::regnamespace`,
    );
    const places: string[] = [];
    for (const { name } of tables) {
      const rows = await it_.sql(
        `SELECT FROM ${name} AS "row" WHERE position($1 IN "row"::text) > 0 LIMIT 1`,
        [text],
      );
      if (rows.length > 0) places.push(name);
    }
    return places;
  };

  it('B74: deletes its events and links, those of others that name it too, and nothing else', async () => {
    const other = anEvent({ unit: { kind: 'visitor', id: 'other' } });
    const events = [
      anEvent({ unit: UNIT }),
      anEvent({ unit: UNIT, occurredAt: '2026-01-05T00:00:00Z' }),
      identify(UNIT, USER),
      identify(USER, UNIT),
      identify(USER, { kind: 'account', id: 'acme' }),
      other,
      anEvent({ unit: UNIT, name: '' }),
    ];
    await verdictsOf(it_, { events });
    expect((await placesOf(ID)).length).toBeGreaterThan(0);
    const receipt = await erase(UNIT);
    expect(receipt).toEqual({ erasedAt: expect.any(String), events: 4 });
    expect(await placesOf(ID)).toEqual([]);
    const left = await it_.sql<{ key: string }>('SELECT event.key FROM event');
    expect(left.map(({ key }) => key).toSorted()).toEqual(
      [String(events[4]?.id), other.id].toSorted(),
    );
    const links = await it_.sql<{ key: string }>('SELECT identity_link.key FROM identity_link');
    expect(links).toEqual([{ key: events[4]?.id }]);
  });

  it('refuses what comes later: copies, new events, and links to it', async () => {
    const before = anEvent({ unit: UNIT });
    await verdictsOf(it_, { events: [before] });
    await erase(UNIT);
    const events = [
      before,
      anEvent({ unit: UNIT }),
      identify(USER, UNIT),
      identify(UNIT, USER),
      anEvent({ unit: { kind: 'user', id: ID } }),
      { ...before, unit: USER },
    ];
    expect(await verdictsOf(it_, { events })).toEqual([
      ...Array<string>(4).fill('unit-erased'),
      'accepted',
      // The id stays taken: a copy under another name is not counted again.
      'event-id-conflict',
    ]);
  });

  it('leaves an id that a refused event brought free for the next', async () => {
    await erase(UNIT);
    const refused = anEvent({ unit: UNIT });
    const events = [refused, { ...refused, unit: USER }, { ...refused, unit: USER }];
    expect(await verdictsOf(it_, { events })).toEqual(['unit-erased', 'accepted', 'duplicate']);
  });

  it('B79: is the same again, and says nothing of units that were never seen', async () => {
    await verdictsOf(it_, { events: [anEvent({ unit: UNIT })] });
    const first = await erase(UNIT);
    expect(await erase(UNIT)).toEqual({ ...first, events: 0 });
    expect((await erase({ kind: 'account', id: 'never' })).events).toBe(0);
    const entries = await it_.sql<{ entry: string }>(
      `SELECT audit_entry::text AS entry FROM audit_entry WHERE audit_entry.action = 'unit.erase'`,
    );
    expect(entries).toHaveLength(2);
    expect(entries.every(({ entry }) => !entry.includes(ID) && !entry.includes('never'))).toBe(
      true,
    );
  });

  it('P37: is of one project', async () => {
    const { secret } = await anotherProject(it_, 'elsewhere');
    await verdictsOf(it_, { events: [anEvent({ unit: UNIT })] });
    expect((await erase(UNIT, secret)).events).toBe(0);
    expect(await verdictsOf(it_, { events: [anEvent({ unit: UNIT })] })).toEqual(['accepted']);
  });

  it('misses nothing that is being stored meanwhile', async () => {
    const batch = () => ({ events: Array.from({ length: 20 }, () => anEvent({ unit: UNIT })) });
    await Promise.all([
      ...Array.from({ length: 12 }, () => verdictsOf(it_, batch())),
      erase(UNIT),
      ...Array.from({ length: 12 }, () => verdictsOf(it_, batch())),
    ]);
    expect(await it_.sql('SELECT FROM event')).toEqual([]);
  });

  it.each([
    ['no unit', {}],
    ['an unknown kind', { unit: { kind: 'person', id: 'x' } }],
    ['no id', { unit: { kind: 'user' } }],
    ['more', { unit: { ...USER, name: 'x' } }],
  ])('refuses %s', async (_, body) => {
    const answer = await it_.send('post', '/v1/units/erasure', body);
    expect([answer.status, answer.body.code]).toEqual([422, 'validation-failed']);
  });
});
