import { Inject, Injectable } from '@nestjs/common';
import { judgeStatus } from '../../domain/notices/delivery.js';
import { mailOf, type Message, slackBody } from '../../domain/notices/message.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.token.js';
import { Mailer } from '../../platform/outbound/mailer.js';
import { OutboundHttp } from '../../platform/outbound/outbound-http.js';
import { type Address, type ChannelRow, ChannelStore } from './channel-store.js';

export type SendOutcome =
  | { is: 'sent' }
  /** `again`: another attempt may help. `stop`: there is nobody at this address any more. */
  | { is: 'failed'; code: string; again: boolean; stop: boolean; retryAfterS: number | null };

/** Forbidden today and tomorrow: no attempt changes it. */
const FOR_GOOD: ReadonlySet<string> = new Set(['url-forbidden', 'address-forbidden']);

/** Puts one message through one channel. Nothing leaves a sandbox. */
@Injectable()
export class ChannelSender {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'sandbox'>,
    private readonly http: OutboundHttp,
    private readonly mailer: Mailer,
    private readonly channels: ChannelStore,
  ) {}

  /** Never throws. */
  async send(
    channel: Pick<ChannelRow, 'projectId' | 'id' | 'sealed'>,
    message: Message,
  ): Promise<SendOutcome> {
    if (this.config.sandbox) return failed('sandbox', false);
    let address: Address;
    try {
      address = this.channels.addressOf(channel);
    } catch {
      return failed('address-unreadable', false);
    }
    return 'url' in address
      ? await this.post(address.url, message)
      : await this.mail(address.to, message, channel.id);
  }

  private async post(url: string, message: Message): Promise<SendOutcome> {
    const answer = await this.http.postJson(url, slackBody(message), {
      'idempotency-key': message.id,
    });
    if (answer.is === 'failed') return failed(answer.fault, !FOR_GOOD.has(answer.fault));
    const verdict = judgeStatus(answer.status);
    return verdict.is === 'sent' ? verdict : { ...verdict, retryAfterS: answer.retryAfterS };
  }

  private async mail(
    to: readonly string[],
    message: Message,
    channelId: string,
  ): Promise<SendOutcome> {
    const id = `${message.id}.${channelId}`;
    const outcome = await this.mailer.send({ id, to, ...mailOf(message) });
    return outcome.is === 'sent' ? outcome : failed(outcome.code, outcome.again);
  }
}

function failed(code: string, again: boolean): SendOutcome {
  return { is: 'failed', code, again, stop: false, retryAfterS: null };
}
