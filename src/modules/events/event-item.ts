import type { EntityManager } from 'typeorm';
import { checkExposure } from '../../domain/events/check-exposure.js';
import { EVENT_ID_LENGTH_MAX, EventFault, type EventSource } from '../../domain/events/event.js';
import { readEvent } from '../../domain/events/read-event.js';
import { createUnlikeAssignment } from '../../domain/events/unlike-assignment.js';
import type { AnalysisPlan } from '../../domain/experiments/plan.js';
import { isKey } from '../../domain/key.js';
import type { EventResultDto } from './dto/event.dto.js';
import type { EventSpace } from './event-keys.js';
import { type EventRow, type ExposedTo, rowOf } from './event-row.js';

/** How many items of a request came to which end. */
export interface EventCounts {
  accepted: number;
  duplicates: number;
  rejected: number;
}

/** How the items of a request came in. */
export interface Arrival {
  source: EventSource;
  /** What the sender's clock said when it sent them; an item's own `sentAt` wins. */
  sentAt?: Date;
  /** The file they are from, and the line of each item. */
  import?: { number: number; id: string; lines: readonly number[] };
  /** Runs in the same transaction when the events are in. */
  alongside?: (manager: EntityManager, counts: EventCounts) => Promise<void>;
}

/** Items of one sender, all of one project. */
export interface StoreRequest {
  projectId: string;
  /** As they were sent; a fault in place of one that could not even be read. */
  items: readonly unknown[];
  how: Arrival;
}

/** An item on its way into the log: a row, or a fault. */
export interface EventItem {
  /** As it was sent. */
  raw: unknown;
  /** Its place in the request. */
  index: number;
  row: EventRow | null;
  /** null until the log has answered. */
  outcome: EventFault | 'accepted' | 'duplicate' | null;
}

/** What exposures of an experiment are held against. */
export interface Exposable {
  experimentId: string;
  plan: AnalysisPlan;
  isUnlike: (unitId: string, variant: string) => boolean;
}

export function exposableOf(experiment: { id: string; plan: AnalysisPlan }): Exposable {
  const { id, plan } = experiment;
  return { experimentId: id, plan, isUnlike: createUnlikeAssignment(plan) };
}

/** Reads each item of a request. */
export function readItems(
  { items, how }: StoreRequest,
  known: { now: Date; space: EventSpace; exposable: ReadonlyMap<string, Exposable> },
): EventItem[] {
  const rules = {
    now: known.now,
    source: how.source,
    ...(how.sentAt === undefined ? {} : { sentAt: how.sentAt }),
  };
  return items.map((raw, index): EventItem => {
    if (raw instanceof EventFault) return { raw: raw.item ?? raw, index, row: null, outcome: raw };
    const event = readEvent(raw, rules);
    if (event instanceof EventFault) return { raw, index, row: null, outcome: event };
    let exposed: ExposedTo | null = null;
    if (event.type === 'exposure') {
      const exposable = known.exposable.get(event.experiment);
      const fault = checkExposure(event, exposable?.plan);
      if (fault !== null) return { raw, index, row: null, outcome: fault };
      if (exposable !== undefined) {
        const isUnlike = exposable.isUnlike(event.unit.id, event.variant);
        exposed = { experimentId: exposable.experimentId, isUnlike };
      }
    }
    return { raw, index, row: rowOf(known.space, event, how.source, exposed), outcome: null };
  });
}

/** Keys of the experiments that an item could be an exposure to: these have to be read. */
export function namedExperiments({ items }: StoreRequest): string[] {
  return items.flatMap((item) => {
    const { type, experiment } = (item ?? {}) as { type?: unknown; experiment?: unknown };
    const isNamed = type === 'exposure' && typeof experiment === 'string' && isKey(experiment);
    return isNamed ? [experiment] : [];
  });
}

/** What the sender is told. */
export function resultOf({ raw, row, outcome }: EventItem): EventResultDto {
  if (outcome === null) throw new Error('the log did not answer for an item');
  if (outcome instanceof EventFault) {
    const { code, detail } = outcome;
    const id = idOf(raw);
    return { ...(id === undefined ? {} : { id }), status: 'rejected', code, detail };
  }
  return { id: row?.event.id ?? '', status: outcome };
}

export function countsOf(items: readonly EventItem[]): EventCounts {
  const counts = { accepted: 0, duplicates: 0, rejected: 0 };
  for (const { outcome } of items) {
    if (outcome === 'accepted') counts.accepted += 1;
    else if (outcome === 'duplicate') counts.duplicates += 1;
    else counts.rejected += 1;
  }
  return counts;
}

/** Whatever id a refused item had, so that its sender finds it again. */
function idOf(item: unknown): string | undefined {
  const id = (item as { id?: unknown } | null)?.id;
  return typeof id === 'string' ? id.slice(0, EVENT_ID_LENGTH_MAX) : undefined;
}
