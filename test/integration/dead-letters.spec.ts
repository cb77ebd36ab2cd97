import { anotherProject } from '../support/another-project.js';
import { anEvent, verdictsOf } from '../support/event-senders.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Letter {
  id: string;
  eventId?: string;
  code: string;
  detail: string;
  item?: object;
  times: number;
  firstAt: string;
  lastAt: string;
}

const DAY_MS = 86_400_000;
const UNIT = { kind: 'visitor', id: 'canary-unit' };

describe('dead letters', () => {
  let it_: TestApp;
  beforeEach(async () => {
    it_ = await startTestApp();
  });
  afterEach(() => it_.close());

  const list = async (query = '', key?: string) =>
    (await it_.ok('get', `/v1/dead-letters${query}`, undefined, key)).body as {
      data: Letter[];
      nextCursor?: string;
    };

  it('keep each fault of an id once, newest first, with how often it came', async () => {
    const [early, late] = [anEvent({ unit: UNIT, name: '' }), anEvent({ unit: UNIT, value: 'x' })];
    await verdictsOf(it_, { events: [early, early, anEvent()] });
    await verdictsOf(it_, { events: [late] });
    await verdictsOf(it_, {
      events: [
        { ...early, value: 7 },
        { ...early, occurredAt: 'then' },
      ],
    });
    const { data } = await list();
    expect(data.map(({ eventId, code, times }) => [eventId, code, times])).toEqual([
      [early.id, 'invalid-timestamp', 1],
      [late.id, 'invalid-event', 1],
      [early.id, 'invalid-event', 3],
    ]);
    expect(data[2]?.item).toMatchObject({ id: early.id, value: 7, unit: { kind: 'visitor' } });
    expect(Date.parse(data[2]?.lastAt ?? '')).toBeGreaterThan(Date.parse(data[2]?.firstAt ?? ''));
  });

  it('keep what has no id each time', async () => {
    await verdictsOf(it_, { events: [null, {}, { id: '' }] });
    await verdictsOf(it_, { events: [{}] });
    const { data } = await list();
    expect(data.map(({ code, eventId, times }) => [code, eventId, times])).toEqual(
      ['invalid-event-id', 'invalid-event-id', 'invalid-event-id', 'invalid-event'].map((code) => [
        code,
        undefined,
        1,
      ]),
    );
  });

  it('never say who a unit is', async () => {
    const id = UNIT.id;
    const events = [
      anEvent({ unit: UNIT, name: '' }),
      anEvent({ unit: id }),
      anEvent({ unit: { id } }),
      anEvent({ unit: { kind: 'visitor', id, more: id } }),
      anEvent({ unit: UNIT, userId: id }),
      anEvent({ unit: UNIT, name: '', properties: { again: id } }),
      anEvent({ unit: { kind: 'user', id: `${id}@example.org` } }),
      { id: 'who', type: 'identify', from: UNIT, to: UNIT, occurredAt: new Date().toISOString() },
      id,
      [id],
    ];
    const verdicts = await verdictsOf(it_, { events });
    expect(verdicts).not.toContain('accepted');
    expect((await list()).data).toHaveLength(events.length);
    const rows = await it_.sql(
      'SELECT FROM dead_letter WHERE position($1 IN dead_letter::text) > 0',
      [id],
    );
    expect(rows).toEqual([]);
  });

  it('leave out items that are too long or hold what cannot be stored', async () => {
    const long = anEvent({ name: '', properties: { note: 'x'.repeat(2_100) } });
    await verdictsOf(it_, { events: [long] });
    expect((await list()).data[0]).not.toHaveProperty('item');
  });

  it('are found by code, and page by page', async () => {
    await verdictsOf(it_, {
      events: [
        ...Array.from({ length: 5 }, () => anEvent({ name: '' })),
        anEvent({ occurredAt: '' }),
      ],
    });
    expect((await list('?code=invalid-timestamp')).data).toHaveLength(1);
    const first = await list('?limit=4');
    const second = await list(`?limit=4&cursor=${first.nextCursor}`);
    expect([first.data.length, second.data.length, second.nextCursor]).toEqual([4, 2, undefined]);
    const ids = [...first.data, ...second.data].map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].toSorted().toReversed());
    expect((await list(`?importId=${ids[0]}`)).data).toEqual([]);
    for (const query of ['?code=nope', '?importId=x', '?limit=0', '?other=1']) {
      expect((await it_.send('get', `/v1/dead-letters${query}`)).status).toBe(422);
    }
  });

  it('P37: are of one project', async () => {
    const { secret } = await anotherProject(it_, 'elsewhere');
    await verdictsOf(it_, { events: [anEvent({ name: '' })] });
    expect((await list('', secret)).data).toEqual([]);
  });

  it('are forgotten 30 days after they came last', async () => {
    const [old, again] = [anEvent({ name: '' }), anEvent({ name: '' })];
    await verdictsOf(it_, { events: [old, again, anEvent()] });
    const later = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();
    await it_.ok('post', '/v1/sandbox/clock', { now: later(20) });
    await verdictsOf(it_, { events: [again] });
    await it_.ok('post', '/v1/sandbox/clock', { now: later(32) });
    expect((await list()).data.map(({ eventId, times }) => [eventId, times])).toEqual([
      [again.id, 2],
    ]);
  });
});
