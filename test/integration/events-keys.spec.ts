import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';
import { canonicalJson } from '../../src/domain/experiments/canonical-json.js';
import { type EventSpace, eventKey, unitKey } from '../../src/modules/events/event-keys.js';
import { EventsAtScale1006000000000 } from '../../src/platform/database/migrations/1006-events-at-scale.js';
import { verdictsOf } from '../support/event-senders.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const COMMON = { occurredAt: '2026-03-02T09:30:00.000Z', unit: { kind: 'visitor', id: 'v-1' } };
const IDS = [
  '0197c1a4-1f3e-7c55-b2a8-6d1f0a9c3e71',
  'f81d4fae-7dec-41d0-a765-00a0c91e6bf6',
  // Of a version that hashed ids have, in capitals, of another variant, nothing like one.
  'f81d4fae-7dec-81d0-a765-00a0c91e6bf6',
  'F81D4FAE-7DEC-41D0-A765-00A0C91E6BF7',
  'f81d4fae-7dec-41d0-c765-00a0c91e6bf6',
  'order 1',
  'Bestellung Nr. ½ – 数',
];

describe('events that were stored before the log was cut into weeks', () => {
  let it_: TestApp;
  beforeAll(async () => {
    it_ = await startTestApp();
    const runner = it_.app.get(DataSource).createQueryRunner();
    const migration = new EventsAtScale1006000000000();
    await migration.down(runner);
    for (const id of IDS) await insertOld(id);
    await migration.up(runner);
    await runner.release();
  });
  afterAll(() => it_.close());

  const contentOf = (id: string) => ({
    type: 'event',
    unit: { kind: 'visitor', id: `visitor of ${id}` },
    name: 'signup',
    properties: { b: [1, 'ö'], a: null },
  });

  async function insertOld(id: string): Promise<void> {
    const content = contentOf(id);
    await it_.sql(
      `INSERT INTO event (project_id, id, type, unit_kind, unit_id, occurred_at, received_at, name,
         properties, digest, source)
       SELECT project.id, $1, 'event', 'visitor', $2, $3, $3, 'signup', $4, decode($5, 'hex'),
         'server'
       FROM project WHERE project.key = 'default'`,
      [
        id,
        content.unit.id,
        COMMON.occurredAt,
        JSON.stringify(content.properties),
        createHash('sha256').update(canonicalJson(content), 'utf8').digest('hex'),
      ],
    );
  }

  it('have the keys that the service gives', async () => {
    const [space] = await it_.sql<EventSpace>(
      `SELECT event_space.number, event_space.salt FROM event_space
       JOIN project ON project.id = event_space.project_id WHERE project.key = 'default'`,
    );
    if (space === undefined) throw new Error('the project has no space');
    const rows = await it_.sql<{ id: string; key: string; unit: string; unit_id: string }>(
      `SELECT coalesce(event.id, event.key::text) AS id, event.key, event.unit, event.unit_id
       FROM event`,
    );
    expect(rows.map(({ id }) => id).toSorted()).toEqual(IDS.toSorted());
    for (const { id, key, unit, unit_id: unitId } of rows) {
      expect(key).toBe(eventKey(space, id));
      expect(unit).toBe(unitKey(space, { kind: 'visitor', id: unitId }));
    }
  });

  it('B49, B50: are duplicates when they come again, and conflicts with another content', async () => {
    const copies = IDS.map((id) => ({ ...contentOf(id), id, occurredAt: COMMON.occurredAt }));
    expect(await verdictsOf(it_, { events: copies })).toEqual(IDS.map(() => 'duplicate'));
    const others = copies.map((copy) => ({ ...copy, name: 'login' }));
    expect(await verdictsOf(it_, { events: others })).toEqual(IDS.map(() => 'event-id-conflict'));
  });
});
