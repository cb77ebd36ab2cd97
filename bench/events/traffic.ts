import { randomUUID } from 'node:crypto';
import type { IncomingEvent } from '../../src/domain/events/event.js';
import { contentDigest, eventKey, unitKey } from '../../src/modules/events/event-keys.js';
import { EXPERIMENT_KEY, VARIANTS } from './experiment.js';
import type { MeasuredLog } from './measured-log.js';
import { nameAt } from './seed.js';
import { EVENTS_PER_UNIT } from './sizes.js';

/** Events as they come in over a day, by the mix of the stored log, under random ids (UUID version 4). */

const DAY_MS = 86_400_000;

export function newEvents({ units }: { units: number }, count: number): IncomingEvent[] {
  const now = Date.now();
  return Array.from({ length: count }, () => anEvent(1 + Math.floor(Math.random() * units), now));
}

function anEvent(n: number, now: number): IncomingEvent {
  const common = {
    id: randomUUID(),
    unit: { kind: 'visitor' as const, id: `visitor-${n}` },
    occurredAt: new Date(now - Math.floor(Math.random() * DAY_MS)),
  };
  if (Math.random() < 1 / EVENTS_PER_UNIT) {
    const variant = VARIANTS[n % 2 === 0 ? 0 : 1];
    return { ...common, type: 'exposure', experiment: EXPERIMENT_KEY, variant };
  }
  const name = nameAt(Math.random());
  const amount = Math.floor(Math.random() * 20_000);
  switch (name) {
    case 'revenue':
      return { ...common, type: 'money', name, amountMinor: 500 + amount, currency: 'USD' };
    case 'support_cost':
      return { ...common, type: 'money', name, amountMinor: -100 - amount, currency: 'USD' };
    case 'page_loaded':
    case 'session_ended':
      return { ...common, type: 'event', name, value: amount / 100 };
    case 'page_viewed':
      return { ...common, type: 'event', name, properties: { page: '/pricing' } };
    default:
      return { ...common, type: 'event', name };
  }
}

/** Rows of the two tables in the text format of COPY, without the transaction's id. */
export interface PreparedRows {
  events: string;
  ids: string;
}

export const EVENT_COLUMNS =
  'occurred_at, received_at, value, amount_minor, project, key, unit, experiment_id, type, ' +
  'unit_kind, unit_id, variant, name, currency, properties, source';
export const ID_COLUMNS = 'occurred_at, digest, project, key';

/** What the service makes of the events, without its work: keys, digests and text are ready. */
export function preparedRows(log: MeasuredLog, events: readonly IncomingEvent[]): PreparedRows {
  const { space, experiment } = log;
  const received = new Date().toISOString();
  const ids: string[] = [];
  const rows = events.map((event) => {
    const { id, occurredAt, ...content } = event;
    const key = eventKey(space, id);
    const at = occurredAt.toISOString();
    ids.push(line([at, contentDigest(JSON.stringify(content)), space.number, key]));
    return line([
      at,
      received,
      event.type === 'event' ? event.value : undefined,
      event.type === 'money' ? event.amountMinor : undefined,
      space.number,
      key,
      unitKey(space, event.unit),
      event.type === 'exposure' ? experiment.id : undefined,
      event.type,
      event.unit.kind,
      event.unit.id,
      event.type === 'exposure' ? event.variant : undefined,
      'name' in event ? event.name : undefined,
      event.type === 'money' ? event.currency : undefined,
      event.type === 'event' && event.properties !== undefined
        ? JSON.stringify(event.properties)
        : undefined,
      'server',
    ]);
  });
  return { events: rows.join(''), ids: ids.join('') };
}

/** None of the values holds a character that COPY would read as another. */
function line(values: readonly (string | number | undefined)[]): string {
  return `${values.map((value) => value ?? '\\N').join('\t')}\n`;
}
