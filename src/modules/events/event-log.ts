import { Injectable } from '@nestjs/common';
import type { EventSource, IncomingEvent } from '../../domain/events/event.js';
import { Transactions } from '../../platform/database/transactions.js';

/** An event with what the log needs beside it. */
export interface LoggedEvent {
  event: IncomingEvent;
  /** SHA-256 of its content without the times, as hexadecimal text. */
  digest: string;
  /** For exposures. */
  experimentId: string | null;
}

/** What is in the log after appending. */
export interface Appended {
  /** Ids that came in with this call. */
  added: ReadonlySet<string>;
  /** The digest stored under each id of the call, whoever stored it. */
  digests: ReadonlyMap<string, string>;
}

/** The append-only log of events: an id is unique in its project for as long as the event is kept. */
@Injectable()
export class EventLog {
  constructor(private readonly transactions: Transactions) {}

  /**
   * Stores what is not there yet, all in one transaction; returns after COMMIT.
   *
   * Rows are locked in the order of their ids, so that overlapping batches wait for each other
   * instead of dead-locking. A second statement reads what others stored: it has a snapshot of its
   * own and sees the row that made the insert step back.
   *
   * @param events With distinct ids.
   */
  async append(
    projectId: string,
    source: EventSource,
    events: readonly LoggedEvent[],
  ): Promise<Appended> {
    if (events.length === 0) return { added: new Set(), digests: new Map() };
    const sorted = events.toSorted((a, b) => (a.event.id < b.event.id ? -1 : 1));
    const columns = columnsOf(sorted);
    return await this.transactions.run(async (manager) => {
      const inserted = (await manager.query(INSERT, [projectId, source, ...columns])) as Stored[];
      const added = new Set(inserted.map(({ id }) => id));
      const known = sorted.filter(({ event }) => !added.has(event.id));
      const found =
        known.length === 0
          ? []
          : ((await manager.query(SELECT, [
              projectId,
              known.map(({ event }) => event.id),
            ])) as Stored[]);
      if (found.length !== known.length) {
        // Answering "duplicate" here could lose an event; a failed batch is sent again.
        throw new Error('an event was neither stored nor found');
      }
      return {
        added,
        digests: new Map([...inserted, ...found].map((row) => [row.id, row.digest])),
      };
    });
  }
}

interface Stored {
  id: string;
  digest: string;
}

const INSERT = `
  INSERT INTO event (project_id, id, type, unit_kind, unit_id, occurred_at, received_at,
    experiment_id, variant, name, value, amount_minor, currency, refers_to, properties, digest,
    source)
  SELECT $1, row.id, row.type, row.unit_kind, row.unit_id, row.occurred_at,
    (SELECT becausal_now()), row.experiment_id, row.variant, row.name, row.value,
    row.amount_minor, row.currency, row.refers_to, row.properties, decode(row.digest, 'hex'), $2
  FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::uuid[],
    $9::text[], $10::text[], $11::float8[], $12::bigint[], $13::text[], $14::text[], $15::jsonb[],
    $16::text[])
    AS row (id, type, unit_kind, unit_id, occurred_at, experiment_id, variant, name, value,
      amount_minor, currency, refers_to, properties, digest)
  ON CONFLICT (project_id, id) DO NOTHING
  RETURNING event.id, encode(event.digest, 'hex') AS digest`;

const SELECT = `
  SELECT event.id, encode(event.digest, 'hex') AS digest FROM event
  WHERE event.project_id = $1 AND event.id = ANY ($2::text[])`;

/** Parallel arrays, in the order of the parameters from the third on. */
function columnsOf(events: readonly LoggedEvent[]): unknown[][] {
  const column = (valueOf: (logged: LoggedEvent) => unknown) => events.map(valueOf);
  return [
    column(({ event }) => event.id),
    column(({ event }) => event.type),
    column(({ event }) => event.unit.kind),
    column(({ event }) => event.unit.id),
    column(({ event }) => event.occurredAt.toISOString()),
    column(({ experimentId }) => experimentId),
    column(({ event }) => (event.type === 'exposure' ? event.variant : null)),
    column(({ event }) => ('name' in event ? event.name : null)),
    column(({ event }) => (event.type === 'event' ? (event.value ?? null) : null)),
    column(({ event }) => (event.type === 'money' ? event.amountMinor : null)),
    column(({ event }) => (event.type === 'money' ? event.currency : null)),
    column(({ event }) => (event.type === 'money' ? (event.refersTo ?? null) : null)),
    column(({ event }) => propertiesOf(event)),
    column(({ digest }) => digest),
  ];
}

/** Free members as JSON text; empty ones are not stored. `identify` keeps its second unit here. */
function propertiesOf(event: IncomingEvent): string | null {
  if (event.type === 'identify') return JSON.stringify({ to: event.to });
  const properties = event.type === 'exposure' ? event.attributes : event.properties;
  if (properties === undefined || Object.keys(properties).length === 0) return null;
  return JSON.stringify(properties);
}
