import type { EventSource, IncomingEvent, UnitRef } from '../../domain/events/event.js';
import { eventContent } from '../../domain/events/event-content.js';
import type { UnitKind } from '../../domain/experiments/definition.js';
import { contentDigest, eventKey, type EventSpace, unitKey } from './event-keys.js';

/** Two units that an `identify` event says are one, the lower kind first. */
interface Link {
  from: string;
  to: string;
  fromKind: UnitKind;
  toKind: UnitKind;
}

/** An event with what the log needs beside it. */
export interface EventRow {
  event: IncomingEvent;
  source: EventSource;
  key: string;
  unit: string;
  /** Of its content without the times. */
  digest: string;
  /** For exposures. */
  experimentId: string | null;
  /** An exposure unlike the assignment of its experiment. */
  isUnlike: boolean;
  /** For `identify`. */
  link: Link | null;
}

/** What is known of an exposure's experiment beside the event. */
export interface ExposedTo {
  experimentId: string;
  isUnlike: boolean;
}

/** The row of an event in the log of a project. */
export function rowOf(
  space: EventSpace,
  event: IncomingEvent,
  source: EventSource,
  exposed: ExposedTo | null,
): EventRow {
  const unit = unitKey(space, event.unit);
  return {
    event,
    source,
    key: eventKey(space, event.id),
    unit,
    digest: contentDigest(eventContent(event)),
    experimentId: exposed === null ? null : exposed.experimentId,
    isUnlike: exposed !== null && exposed.isUnlike,
    link: event.type === 'identify' ? linkOf(space, event.unit, unit, event.to) : null,
  };
}

/** From the least to the most lasting. */
const HEIGHTS: Readonly<Record<UnitKind, number>> = { visitor: 0, user: 1, account: 2 };

function linkOf(space: EventSpace, from: UnitRef, fromKey: string, to: UnitRef): Link {
  const link = { from: fromKey, to: unitKey(space, to), fromKind: from.kind, toKind: to.kind };
  if (HEIGHTS[from.kind] <= HEIGHTS[to.kind]) return link;
  return { from: link.to, to: link.from, fromKind: link.toKind, toKind: link.fromKind };
}

/**
 * Rows as parallel arrays, each in the text form that PostgreSQL reads, in the order of the insert
 * statement. Written here: a driver would look at every value to find out what it is.
 */
export function columnsOf(space: EventSpace, rows: readonly EventRow[]): string[] {
  const columns = Array.from({ length: COLUMNS }, () => '{');
  let comma = '';
  for (const row of rows) {
    const values = [...ofAll(row), ...ofType(space, row.event), ...ofLink(row.link)];
    for (let at = 0; at < COLUMNS; at += 1) columns[at] += `${comma}${values[at]}`;
    comma = ',';
  }
  return columns.map((column) => `${column}}`);
}

const COLUMNS = 23;
const NULL = 'NULL';

function ofAll(row: EventRow): string[] {
  const { event } = row;
  return [
    row.key,
    quoted(event.occurredAt.toISOString()),
    row.digest,
    row.unit,
    event.type,
    event.unit.kind,
    quoted(event.unit.id),
    event.id === row.key ? NULL : quoted(event.id),
    row.source,
    event.claimedAt === undefined ? NULL : quoted(event.claimedAt.toISOString()),
    row.experimentId ?? NULL,
    row.isUnlike ? 't' : NULL,
    propertiesOf(event),
  ];
}

/** Variant, name, value, amount, currency, and the key of what it refers to. */
function ofType(space: EventSpace, event: IncomingEvent): string[] {
  switch (event.type) {
    case 'exposure':
      return [quoted(event.variant), NULL, NULL, NULL, NULL, NULL];
    case 'event': {
      const value = event.value === undefined ? NULL : String(event.value);
      return [NULL, quoted(event.name), value, NULL, NULL, NULL];
    }
    case 'money': {
      const original = event.refersTo === undefined ? NULL : eventKey(space, event.refersTo);
      const amount = String(event.amountMinor);
      return [NULL, quoted(event.name), NULL, amount, event.currency, original];
    }
    case 'identify':
      return [NULL, NULL, NULL, NULL, NULL, NULL];
  }
}

const UNLINKED = [NULL, NULL, NULL, NULL];

function ofLink(link: Link | null): string[] {
  return link === null ? UNLINKED : [link.from, link.to, link.fromKind, link.toKind];
}

const NEEDS_ESCAPE = /["\\]/;

function quoted(text: string): string {
  return NEEDS_ESCAPE.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : `"${text}"`;
}

/** Free members as JSON text; empty ones are not stored. `identify` keeps its second unit here. */
function propertiesOf(event: IncomingEvent): string {
  if (event.type === 'identify') return quoted(JSON.stringify({ to: event.to }));
  const properties = event.type === 'exposure' ? event.attributes : event.properties;
  if (properties === undefined || Object.keys(properties).length === 0) return NULL;
  return quoted(JSON.stringify(properties));
}
