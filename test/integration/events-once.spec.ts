import fc from 'fast-check';
import { anotherProject } from '../support/another-project.js';
import { anEvent, verdictsOf } from '../support/event-senders.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const DAY_MS = 86_400_000;

describe('an event counts once', () => {
  let it_: TestApp;
  let elsewhere: string;

  beforeAll(async () => {
    it_ = await startTestApp();
    elsewhere = (await anotherProject(it_, 'elsewhere')).secret;
  });
  afterAll(() => it_.close());

  /** One delivery: an id, one of two contents under it, to one of two projects, at some time. */
  interface Delivery {
    id: number;
    content: number;
    project: number;
    movedMs: number;
  }
  const delivery: fc.Arbitrary<Delivery> = fc.record({
    id: fc.nat(7),
    content: fc.nat(1),
    project: fc.nat(1),
    movedMs: fc.constantFrom(0, 1_000, DAY_MS, 40 * DAY_MS),
  });
  const batches = fc.array(fc.array(delivery, { minLength: 1, maxLength: 8 }), {
    minLength: 1,
    maxLength: 4,
  });

  it('P4, P5: whatever the batching, order, repetition, times and projects', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(batches, fc.boolean(), async (sent, areUuids) => {
        run += 1;
        const idOf = (id: number) =>
          areUuids
            ? `0197c1a4-1f3e-7c55-b2a8-${String(run * 10 + id).padStart(12, '0')}`
            : `run ${run} event ${id}`;
        const firsts = new Map<string, number>();
        for (const batch of sent) {
          for (const project of [0, 1]) {
            const mine = batch.filter((one) => one.project === project);
            if (mine.length === 0) continue;
            const expected = mine.map(({ id, content }) => {
              const place = `${project} ${id}`;
              const first = firsts.get(place);
              if (first === undefined) firsts.set(place, content);
              if (first === undefined) return 'accepted';
              return first === content ? 'duplicate' : 'event-id-conflict';
            });
            const events = mine.map(({ id, content, movedMs }) =>
              anEvent({
                id: idOf(id),
                value: content,
                occurredAt: new Date(Date.now() - movedMs).toISOString(),
              }),
            );
            const key = project === 1 ? elsewhere : undefined;
            expect(await verdictsOf(it_, { events }, key)).toEqual(expected);
          }
        }
        const rows = await it_.sql<{ project: number; id: string; value: number }>(
          `SELECT (project.key <> 'default')::int AS project,
             coalesce(event.id, event.key::text) AS id, event.value
           FROM event JOIN event_space ON event_space.number = event.project
           JOIN project ON project.id = event_space.project_id
           WHERE coalesce(event.id, event.key::text) = ANY ($1)`,
          [Array.from({ length: 8 }, (_, id) => idOf(id))],
        );
        const stored = rows.map(({ project, id, value }) => `${project} ${id} ${value}`);
        const kept = Array.from(firsts, ([place, content]) => {
          const [project, id] = place.split(' ').map(Number) as [number, number];
          return `${project} ${idOf(id)} ${content}`;
        });
        expect(stored.toSorted()).toEqual(kept.toSorted());
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['1 second', 1_000],
    ['1 day', DAY_MS],
    ['40 days', 40 * DAY_MS],
  ])('P5: a copy moved by %s, each way, is the event that is there', async (_, movedMs) => {
    const now = Date.now();
    const at = (ms: number) => new Date(ms).toISOString();
    const [first, early] = [
      anEvent({ occurredAt: at(now) }),
      anEvent({ occurredAt: at(now - movedMs) }),
    ];
    expect(await verdictsOf(it_, { events: [first, early] })).toEqual(['accepted', 'accepted']);
    const copies = [
      { ...first, occurredAt: at(now - movedMs) },
      { ...early, occurredAt: at(now) },
      { ...first, sentAt: at(now + movedMs) },
    ];
    expect(await verdictsOf(it_, { events: copies })).toEqual(Array(3).fill('duplicate'));
    const rows = await it_.sql<{ stored: number }>(
      'SELECT count(*)::int AS stored FROM event WHERE event.key = ANY ($1)',
      [[first.id, early.id]],
    );
    expect(rows).toEqual([{ stored: 2 }]);
  });

  it('P6: a batch is one transaction: ids, events and links carry one transaction id', async () => {
    const link = anEvent({
      type: 'identify',
      from: { kind: 'visitor', id: 'a' },
      to: { kind: 'user', id: 'b' },
    });
    const { unit: _unit, name: _name, ...identify } = link;
    const events = [...Array.from({ length: 60 }, () => anEvent()), identify];
    expect(new Set(await verdictsOf(it_, { events }))).toEqual(new Set(['accepted']));
    const rows = await it_.sql<{ transactions: number }>(
      `SELECT count(DISTINCT written.xid)::int AS transactions FROM (
         SELECT event.xid, event.key FROM event
         UNION ALL SELECT event_id.xid, event_id.key FROM event_id
         UNION ALL SELECT identity_link.xid, identity_link.key FROM identity_link
       ) AS written WHERE written.key = ANY ($1)`,
      [events.map(({ id }) => id)],
    );
    expect(rows).toEqual([{ transactions: 1 }]);
  });

  it('P6: a batch that fails inside leaves nothing behind, and comes in whole when sent again', async () => {
    const events = Array.from({ length: 60 }, () => anEvent());
    await it_.sql(`CREATE FUNCTION refuse_event() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END $$`);
    await it_.sql(`CREATE TRIGGER refuse_event AFTER INSERT ON event FOR EACH ROW
      WHEN (NEW.key = '${events[40]?.id}') EXECUTE FUNCTION refuse_event()`);
    const failed = await it_.send('post', '/v1/events', { events });
    expect([failed.status, failed.body.code]).toEqual([503, 'unavailable']);
    expect(failed.headers['retry-after']).toMatch(/^\d+$/);
    const ids = events.map(({ id }) => id);
    const left = await it_.sql('SELECT FROM event_id WHERE event_id.key = ANY ($1)', [ids]);
    expect(left).toEqual([]);
    await it_.sql('DROP TRIGGER refuse_event ON event');
    expect(new Set(await verdictsOf(it_, { events }))).toEqual(new Set(['accepted']));
  });

  it('links the lower kind to the higher, whichever way round it is said', async () => {
    const visitor = { kind: 'visitor', id: 'low' };
    const account = { kind: 'account', id: 'high' };
    const said = (from: object, to: object) => {
      const { unit: _unit, name: _name, ...event } = anEvent({ type: 'identify', from, to });
      return event;
    };
    const events = [said(visitor, account), said(account, visitor), said(visitor, visitor)];
    expect(await verdictsOf(it_, { events })).toEqual(['accepted', 'accepted', 'invalid-event']);
    const links = await it_.sql<{ from_unit: string }>(
      `SELECT identity_link.from_unit, identity_link.to_unit, identity_link.from_kind,
         identity_link.to_kind
       FROM identity_link WHERE identity_link.key = ANY ($1)`,
      [events.map(({ id }) => id)],
    );
    expect(links).toHaveLength(2);
    expect(links[0]).toEqual(links[1]);
    expect(links[0]).toMatchObject({ from_kind: 'visitor', to_kind: 'account' });
  });
});
