import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { checkExposure } from '../../domain/events/check-exposure.js';
import {
  contentOf,
  EVENT_ID_LENGTH_MAX,
  EventFault,
  type EventSource,
  type IncomingEvent,
} from '../../domain/events/event.js';
import { readEvent } from '../../domain/events/read-event.js';
import { canonicalJson } from '../../domain/experiments/canonical-json.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Principal } from '../../platform/security/principal.js';
import { ExperimentsReader, type LaunchedExperiment } from '../experiments/experiments.reader.js';
import type { EventResultDto } from './dto/event.dto.js';
import { type Appended, EventLog, type LoggedEvent } from './event-log.js';

/** Takes batches of events in: reads each item, stores what is new, and says what became of each. */
@Injectable()
export class EventsService {
  constructor(
    private readonly log: EventLog,
    private readonly experiments: ExperimentsReader,
    private readonly clock: Clock,
  ) {}

  /**
   * One result per item, in order. A bad item never fails the others, and when this returns the
   * accepted ones are committed.
   */
  async record(caller: Principal, items: readonly unknown[]): Promise<EventResultDto[]> {
    const source: EventSource = caller.kind === 'public' ? 'browser' : 'server';
    const now = await this.clock.now();
    const read = items.map((item) => readEvent(item, { now, source }));
    const launched = await this.launchedFor(caller.projectId, read);
    const checked = read.map((event) => checkedEvent(event, launched));

    // The first of several items with one id is the one that is stored.
    const firsts = new Map<string, LoggedEvent>();
    for (const item of checked) {
      if (!(item instanceof EventFault) && !firsts.has(item.event.id)) {
        firsts.set(item.event.id, item);
      }
    }
    const appended = await this.log.append(caller.projectId, source, [...firsts.values()]);
    return checked.map((item, index) =>
      item instanceof EventFault
        ? rejected(idOf(items[index]), item)
        : resultOf(item, firsts.get(item.event.id) === item, appended),
    );
  }

  /** Launched experiments by key, read for every batch: a launch counts from its first moment. */
  private async launchedFor(
    projectId: string,
    events: readonly (IncomingEvent | EventFault)[],
  ): Promise<ReadonlyMap<string, LaunchedExperiment>> {
    const isNeeded = events.some(
      (event) => !(event instanceof EventFault) && event.type === 'exposure',
    );
    const launched = isNeeded ? await this.experiments.allLaunched(projectId) : [];
    return new Map(launched.map((experiment) => [experiment.key, experiment]));
  }
}

function checkedEvent(
  event: IncomingEvent | EventFault,
  launched: ReadonlyMap<string, LaunchedExperiment>,
): LoggedEvent | EventFault {
  if (event instanceof EventFault) return event;
  const experiment = event.type === 'exposure' ? launched.get(event.experiment) : undefined;
  if (event.type === 'exposure') {
    const fault = checkExposure(event, experiment?.plan);
    if (fault !== null) return fault;
  }
  return { event, digest: digestOf(event), experimentId: experiment?.id ?? null };
}

function resultOf(item: LoggedEvent, isFirst: boolean, appended: Appended): EventResultDto {
  const { id } = item.event;
  if (appended.digests.get(id) !== item.digest) {
    return rejected(
      id,
      new EventFault('event-id-conflict', 'Another event has this id; the first one stays.'),
    );
  }
  return { id, status: isFirst && appended.added.has(id) ? 'accepted' : 'duplicate' };
}

function rejected(id: string | undefined, { code, detail }: EventFault): EventResultDto {
  return { ...(id === undefined ? {} : { id }), status: 'rejected', code, detail };
}

/** Whatever id a refused item had, so that its sender finds it again. */
function idOf(item: unknown): string | undefined {
  const id = (item as { id?: unknown } | null)?.id;
  return typeof id === 'string' ? id.slice(0, EVENT_ID_LENGTH_MAX) : undefined;
}

function digestOf(event: IncomingEvent): string {
  return createHash('sha256')
    .update(canonicalJson(contentOf(event)), 'utf8')
    .digest('hex');
}
