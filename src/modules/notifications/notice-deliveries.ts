import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { ATTEMPTS_MAX } from '../../domain/notices/delivery.js';
import { messageOf } from '../../domain/notices/message.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.token.js';
import { DatabaseArrival } from '../../platform/database/database-arrival.js';
import { Logger } from '../../platform/logging/logger.js';
import { ChannelSender, type SendOutcome } from './channel-sender.js';
import { type ClaimedDelivery, DeliveryStore } from './delivery-store.js';

const POLL_MS = 5_000;
const WORKER_DIED: SendOutcome = {
  is: 'failed',
  code: 'worker-died',
  again: false,
  stop: false,
  retryAfterS: null,
};

/**
 * Sends what waits, each channel by itself: one that does not answer delays no other. Whatever was
 * written down with its notice is sent at least once, and in the ordinary case once, by whichever replica
 * takes it.
 */
@Injectable()
export class NoticeDeliveries implements OnModuleInit, OnModuleDestroy {
  private poll: NodeJS.Timeout | null = null;
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly store: DeliveryStore,
    private readonly sender: ChannelSender,
    private readonly logger: Logger,
    private readonly arrival: DatabaseArrival,
  ) {}

  onModuleInit(): void {
    if (this.config.worker && !this.config.sandbox) this.arrival.once(() => this.work());
  }

  async onModuleDestroy(): Promise<void> {
    if (this.poll !== null) clearInterval(this.poll);
    this.poll = null;
    await Promise.all(this.underWay.values());
  }

  /** Sends what is due now; ends when that is done, or has failed. Never throws. */
  async sendDue(): Promise<void> {
    try {
      const channels = await this.store.channelsDue();
      await Promise.all(channels.map((id) => this.drained(id)));
    } catch (error) {
      this.logger.failure('notices to be sent', error);
    }
  }

  private async work(): Promise<void> {
    // Ticks do not wait for one another: what a slow channel holds up is itself.
    this.poll = setInterval(() => void this.sendDue(), POLL_MS);
    this.poll.unref();
    return await Promise.resolve();
  }

  private async drained(channelId: string): Promise<void> {
    const already = this.underWay.get(channelId);
    if (already !== undefined) return await already;
    const draining = this.drain(channelId)
      .catch((error: unknown) => this.logger.failure('notices of a channel', error, { channelId }))
      .finally(() => this.underWay.delete(channelId));
    this.underWay.set(channelId, draining);
    return await draining;
  }

  /** One after another, up to the first that fails: the others would fail as well. */
  private async drain(channelId: string): Promise<void> {
    for (;;) {
      const claimed = await this.store.claim(channelId);
      if (claimed === null) return;
      const outcome = await this.attempt(claimed);
      await this.store.settle(claimed, outcome);
      if (outcome.is === 'failed') {
        const { code, again } = outcome;
        this.logger.concern('a notice was not delivered', { channelId, code, again });
        return;
      }
    }
  }

  private async attempt(claimed: ClaimedDelivery): Promise<SendOutcome> {
    if (claimed.attempts > ATTEMPTS_MAX) return WORKER_DIED;
    const { projectId, channelId, sealed, noticeId, ...notice } = claimed;
    const message = messageOf({ ...notice, id: noticeId }, this.config.outbound.publicUrl);
    return await this.sender.send({ projectId, id: channelId, sealed }, message);
  }
}
