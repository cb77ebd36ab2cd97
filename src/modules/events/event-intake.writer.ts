import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.token.js';
import type { EventResultDto } from './dto/event.dto.js';
import type { Arrival, StoreRequest } from './event-item.js';
import { EventQueue, type Queued, SHARED_EVENTS_MAX } from './event-queue.js';
import { EventStore } from './event-store.js';

/** The one door to the log, whatever the protocol events come by. */
@Injectable()
export class EventIntake {
  private readonly queue: EventQueue<StoreRequest & Queued, EventResultDto[]>;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    store: EventStore,
  ) {
    this.queue = new EventQueue((requests) => store.store(requests));
  }

  /**
   * One result per item, in order. A bad item never fails the others, and when this returns the
   * accepted ones are committed. A failure leaves it open whether they are; the same items may
   * always be sent again.
   *
   * @throws FrontDoorError 429 `rate-limited` when too many events wait; files wait instead.
   */
  async store(
    projectId: string,
    items: readonly unknown[],
    how: Arrival,
  ): Promise<EventResultDto[]> {
    const isLive = how.import === undefined && how.alongside === undefined;
    return await this.queue.add({
      projectId,
      items,
      how,
      size: items.length,
      isShared: this.config.coalesceEvents && isLive && items.length <= SHARED_EVENTS_MAX,
      isRefusable: how.import === undefined,
    });
  }
}
