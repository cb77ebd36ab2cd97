import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EventFault } from '../../domain/events/event.js';
import { Transactions } from '../../platform/database/transactions.js';
import { ExperimentsReader } from '../experiments/experiments.reader.js';
import { DeadLetterBox } from './dead-letter-box.js';
import type { EventResultDto } from './dto/event.dto.js';
import {
  countsOf,
  type EventItem,
  type Exposable,
  exposableOf,
  namedExperiments,
  readItems,
  resultOf,
  type StoreRequest,
} from './event-item.js';
import type { EventSpace } from './event-keys.js';
import { type Appended, EventLog } from './event-log.js';
import type { EventRow } from './event-row.js';
import { EventSpaces } from './event-spaces.js';
import { EventWeeks, isWeekMissing } from './event-weeks.js';
import { UNIT_EVENTS_AN_HOUR_MAX, UnitRate } from './unit-rate.js';

type RowItem = EventItem & { row: EventRow };

/** The items of one request, read. */
interface Batch {
  request: StoreRequest;
  items: EventItem[];
}

interface Stored {
  now: Date;
  batches: readonly Batch[];
}

const CONFLICT = new EventFault(
  'event-id-conflict',
  'Another event has this id; the first one stays.',
);
const ERASED = new EventFault('unit-erased', 'The events of this unit were erased for good.');
const TOO_MANY = new EventFault(
  'unit-rate-exceeded',
  `One unit brings at most ${UNIT_EVENTS_AN_HOUR_MAX} events an hour; this is no person.`,
);

/** Reads requests, stores what is new in them in one transaction, and says what became of each item. */
@Injectable()
export class EventStore {
  constructor(
    private readonly transactions: Transactions,
    private readonly spaces: EventSpaces,
    private readonly weeks: EventWeeks,
    private readonly log: EventLog,
    private readonly rate: UnitRate,
    private readonly letters: DeadLetterBox,
    private readonly experiments: ExperimentsReader,
  ) {}

  /**
   * The results of each request, one for each of its items, in order; when this returns the accepted
   * ones are committed. Requests count in their order, as if they had come one after the other.
   *
   * @param requests Of one project; one from a file comes alone.
   */
  async store(requests: readonly StoreRequest[]): Promise<EventResultDto[][]> {
    const projectId = requests[0]?.projectId;
    if (projectId === undefined) return [];
    const space = await this.spaces.of(projectId);
    const transact = (): Promise<Stored> =>
      this.transactions.run((manager) => this.storeIn(manager, space, requests));
    let stored: Stored;
    try {
      stored = await transact();
    } catch (error) {
      if (!isWeekMissing(error)) throw error;
      this.weeks.forget();
      stored = await transact();
    }
    this.countUnits(stored);
    return stored.batches.map(({ items }) => items.map(resultOf));
  }

  private async storeIn(
    manager: EntityManager,
    space: EventSpace,
    requests: readonly StoreRequest[],
  ): Promise<Stored> {
    const now = await this.log.enter(manager, space);
    const exposable = await this.exposable(manager, requests);
    const batches = requests.map((request): Batch => ({
      request,
      items: readItems(request, { now, space, exposable }),
    }));
    const rows = batches.flatMap(({ items }) => items.filter(hasRow));
    await this.weeks.ensure(rows.map(({ row }) => row.event.occurredAt));
    const refused = this.unitsBeyondRate(batches, now);
    const taken = refused.size === 0 ? rows : rows.filter((item) => !refused.has(item));
    const file = requests[0]?.how.import;
    await this.append(manager, space, taken, { receivedAt: now, import: file?.number ?? null });
    if (refused.size > 0) await this.settleRefused(manager, space, [...refused]);

    for (const { request, items } of batches) {
      const { projectId, how } = request;
      await this.letters.keep(manager, { projectId, now, file: how.import }, items);
      await how.alongside?.(manager, countsOf(items));
    }
    return { now, batches };
  }

  /** Launched experiments that are named, read for every batch: a launch counts from its first moment. */
  private async exposable(
    manager: EntityManager,
    requests: readonly StoreRequest[],
  ): Promise<ReadonlyMap<string, Exposable>> {
    const keys = [...new Set(requests.flatMap(namedExperiments))];
    const [first] = requests;
    if (first === undefined || keys.length === 0) return new Map();
    const launched = await this.experiments.launchedAmong(first.projectId, keys, manager);
    return new Map(launched.map((experiment) => [experiment.key, exposableOf(experiment)]));
  }

  /**
   * Appends what has no verdict yet. Of several items with one id the first is stored; where its
   * unit was erased, its id is free and the next one's turn comes.
   */
  private async append(
    manager: EntityManager,
    space: EventSpace,
    items: readonly RowItem[],
    how: { receivedAt: Date; import: number | null },
  ): Promise<void> {
    let open = items;
    while (open.length > 0) {
      const firsts = new Map<string, RowItem>();
      for (const item of open) if (!firsts.has(item.row.key)) firsts.set(item.row.key, item);
      const rows = Array.from(firsts.values(), ({ row }) => row);
      const appended = await this.log.append(manager, space, rows, how);
      for (const item of open) item.outcome = outcomeOf(item, firsts.get(item.row.key), appended);
      open = open.filter(({ outcome }) => outcome === null);
    }
  }

  /** Live items of units that have brought too many; files hold history, and are not counted. */
  private unitsBeyondRate(batches: readonly Batch[], now: Date): ReadonlySet<RowItem> {
    const all = batches.reduce((sum, { items }) => sum + items.length, 0);
    const left = new Map<string, number>();
    const beyond = new Set<RowItem>();
    for (const { request, items } of batches) {
      if (request.how.import !== undefined) continue;
      for (const item of items) {
        if (!hasRow(item)) continue;
        const { unit } = item.row;
        const room = left.get(unit) ?? this.rate.left(unit, now);
        // Nearly always there is room for everything, whosever it is.
        if (room >= all) continue;
        if (room === 0) beyond.add(item);
        left.set(unit, Math.max(0, room - 1));
      }
    }
    return beyond;
  }

  /** What is in the log already is a duplicate, however many its unit has brought since. */
  private async settleRefused(
    manager: EntityManager,
    space: EventSpace,
    items: readonly RowItem[],
  ): Promise<void> {
    const rows = items.map(({ row }) => row);
    const others = await this.log.otherDigests(manager, space, rows);
    for (const item of items) {
      const other = others.get(item.row.key);
      if (other === undefined) item.outcome = 'duplicate';
      else item.outcome = other === null ? TOO_MANY : CONFLICT;
    }
  }

  /** Only what was stored counts, and only once it is. */
  private countUnits({ batches, now }: Stored): void {
    for (const { request, items } of batches) {
      if (request.how.import !== undefined) continue;
      for (const { row, outcome } of items) {
        if (outcome === 'accepted' && row !== null) this.rate.count(row.unit, now);
      }
    }
  }
}

function hasRow(item: EventItem): item is RowItem {
  return item.row !== null;
}

/** @returns null when the turn of the item comes with the next statement. */
function outcomeOf(
  item: RowItem,
  first: RowItem | undefined,
  appended: Appended,
): EventItem['outcome'] {
  const { row, outcome } = item;
  if (outcome !== null) return outcome;
  if (isOfErased(row, appended)) return ERASED;
  if (first === undefined || isOfErased(first.row, appended)) return null;
  const stored = appended.otherDigests.get(row.key) ?? first.row.digest;
  if (row.digest !== stored) return CONFLICT;
  return item === first && !appended.known.has(row.key) ? 'accepted' : 'duplicate';
}

function isOfErased({ unit, link }: EventRow, { erasedUnits }: Appended): boolean {
  if (erasedUnits.size === 0) return false;
  return erasedUnits.has(unit) || (link !== null && erasedUnits.has(otherEnd(link, unit)));
}

function otherEnd({ from, to }: { from: string; to: string }, unit: string): string {
  return from === unit ? to : from;
}
