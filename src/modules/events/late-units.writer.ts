import { Injectable } from '@nestjs/common';
import { EventFault, type UnitRef } from '../../domain/events/event.js';
import { Transactions } from '../../platform/database/transactions.js';
import { eventKey } from './event-keys.js';
import { EventSpaces } from './event-spaces.js';

/** An event that is whole but for its unit, in the shape it is sent in. */
export type UnitlessItem = Readonly<Record<string, unknown>> & { id: string };

/** One that waits, and the event it waits for. */
export interface WaitingItem {
  item: UnitlessItem;
  waitsFor: string;
}

/**
 * Events whose sender knows of whom they are only by another event: a refund by its sale. Until that
 * one comes they wait among the dead letters, where people see them.
 */
@Injectable()
export class LateUnits {
  constructor(
    private readonly transactions: Transactions,
    private readonly spaces: EventSpaces,
  ) {}

  /** Of whom stored events are, by the ids of the events; those that are not stored are left out. */
  async unitsOf(projectId: string, ids: readonly string[]): Promise<ReadonlyMap<string, UnitRef>> {
    if (ids.length === 0) return new Map();
    const space = await this.spaces.of(projectId);
    const keys = new Map(ids.map((id) => [eventKey(space, id), id]));
    const rows = (await this.transactions.manager.query(UNITS, [
      space.number,
      [...keys.keys()],
    ])) as (UnitRef & { key: string })[];
    return new Map(rows.map(({ key, kind, id }) => [keys.get(key) ?? '', { kind, id }]));
  }

  /** What waits for these events. */
  async waitingFor(projectId: string, ids: readonly string[]): Promise<WaitingItem[]> {
    if (ids.length === 0) return [];
    return (await this.transactions.manager.query(WAITING, [projectId, ids])) as WaitingItem[];
  }

  /** Takes those that wait no longer out of the dead letters. */
  async forget(projectId: string, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.transactions.manager.query(FORGET, [projectId, ids]);
  }
}

/**
 * In place of an item without a unit: its letter says what it waits for, if anything.
 * @param item With no free members: what it waits for is kept there meanwhile.
 */
export function unitMissing(item: UnitlessItem, waitsFor: string | null): EventFault {
  if (waitsFor === null) {
    return new EventFault('missing-unit', 'Nothing in it names its unit.', item);
  }
  return new EventFault(
    'missing-unit',
    `Nothing in it names its unit; it is stored when ${waitsFor} comes and names one.`,
    { ...item, properties: { waitsFor } },
  );
}

/** From the table of ids to the one row of the log: its transaction and its time are indexed. */
const UNITS = `
  SELECT event_id.key, event.unit_kind AS kind, event.unit_id AS id
  FROM event_id
  JOIN event ON event.xid = event_id.xid AND event.occurred_at = event_id.occurred_at
    AND event.project = event_id.project AND event.key = event_id.key
  WHERE event_id.project = $1 AND event_id.key = ANY ($2::uuid[])`;

const WAITING = `
  SELECT dead_letter.item - 'properties' AS item,
    dead_letter.item #>> '{properties,waitsFor}' AS "waitsFor"
  FROM dead_letter
  WHERE dead_letter.project_id = $1 AND dead_letter.code = 'missing-unit'
    AND dead_letter.item #>> '{properties,waitsFor}' = ANY ($2::text[])
  ORDER BY dead_letter.id`;

const FORGET = `
  DELETE FROM dead_letter
  WHERE dead_letter.project_id = $1 AND dead_letter.event_id = ANY ($2::text[])
    AND dead_letter.code = 'missing-unit'`;
