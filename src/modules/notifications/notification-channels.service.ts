import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Conflict, Invalid, NotFound } from '../../domain/errors.js';
import type { Message } from '../../domain/notices/message.js';
import { AuditLog } from '../../platform/audit/audit-log.js';
import { Transactions } from '../../platform/database/transactions.js';
import { newId } from '../../platform/http/ids.js';
import { type PageRequest, pageOf } from '../../platform/http/page.js';
import { Mailer } from '../../platform/outbound/mailer.js';
import { OutboundHttp } from '../../platform/outbound/outbound-http.js';
import type { UrlFault } from '../../platform/outbound/outbound-url.js';
import type { Actor } from '../../platform/security/principal.js';
import { ChannelSender } from './channel-sender.js';
import { type Address, type ChannelRow, ChannelStore } from './channel-store.js';
import type {
  ChannelTestDto,
  CreateNotificationChannelDto,
  NotificationChannelDto,
  NotificationChannelPageDto,
} from './dto/notification-channel.dto.js';

const CHANNELS_MAX = 20;
/** Any number: who adds a channel waits for others who do, so that the limit holds. */
const ADDING_LOCK = 4_410_027;

const FAULT_WORDS: Readonly<Record<UrlFault, string>> = {
  'not-a-url': 'It is not a URL.',
  'scheme-forbidden': 'Only https leaves this service.',
  'userinfo-forbidden': 'A user or password does not belong into it.',
  'host-forbidden': 'The host is no plain name of the public internet.',
  'port-forbidden': 'Only port 443 is open to the outside.',
  'address-forbidden': 'The host is not on the public internet.',
};

/** Where a project wants its notices sent. */
@Injectable()
export class NotificationChannels {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: ChannelStore,
    private readonly sender: ChannelSender,
    private readonly http: OutboundHttp,
    private readonly mailer: Mailer,
    private readonly audit: AuditLog,
  ) {}

  /**
   * @throws Invalid `validation-failed`, `outbound-url-forbidden`; Conflict `email-not-configured`,
   *   `too-many-channels`
   */
  async create(actor: Actor, body: CreateNotificationChannelDto): Promise<NotificationChannelDto> {
    const address = addressFrom(body);
    if ('url' in address) await this.requireAllowed(address.url);
    else this.requireMailServer();
    const { projectId, memberId } = actor;
    const { name, kind, kinds = [], minSeverity = 'info' } = body;
    const id = newId();
    return await this.transactions.run(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [ADDING_LOCK]);
      if ((await this.store.count(manager, projectId)) >= CHANNELS_MAX) throw tooMany();
      const chosen = { name, kind, kinds: [...new Set(kinds)], minSeverity };
      await this.store.insert(manager, {
        projectId,
        id,
        address,
        createdBy: memberId,
        ...chosen,
      });
      const shown = this.shown(await this.row(manager, projectId, id));
      await this.audit.record(manager, actor, {
        action: 'notification-channel.create',
        objectType: 'notification-channel',
        objectId: id,
        after: { kind, kinds: chosen.kinds, minSeverity },
      });
      return shown;
    });
  }

  async page(projectId: string, page: PageRequest): Promise<NotificationChannelPageDto> {
    const rows = await this.store.rows(this.transactions.manager, projectId, page);
    return pageOf(rows, page.limit, (row) => this.shown(row));
  }

  /** Forgets the address and all that waits to be sent there. */
  async delete(actor: Actor, id: string): Promise<void> {
    await this.transactions.run(async (manager) => {
      const { kind, kinds, minSeverity } = await this.row(manager, actor.projectId, id);
      await this.store.delete(manager, actor.projectId, id);
      await this.audit.record(manager, actor, {
        action: 'notification-channel.delete',
        objectType: 'notification-channel',
        objectId: id,
        before: { kind, kinds, minSeverity },
      });
    });
  }

  /** Sends a message that says so, now and once. One that arrives starts a stopped channel again. */
  async test(actor: Actor, id: string): Promise<ChannelTestDto> {
    const { projectId } = actor;
    const row = await this.row(this.transactions.manager, projectId, id);
    const outcome = await this.sender.send(row, testMessage());
    const delivered = outcome.is === 'sent';
    await this.transactions.run(async (manager) => {
      if (delivered) await this.store.restart(manager, projectId, id);
      await this.audit.record(manager, actor, {
        action: 'notification-channel.test',
        objectType: 'notification-channel',
        objectId: id,
        after: { delivered },
      });
    });
    return outcome.is === 'sent' ? { delivered } : { delivered, code: outcome.code };
  }

  private async requireAllowed(url: string): Promise<void> {
    const fault = await this.http.faultOf(url);
    if (fault === null) return;
    throw new Invalid('outbound-url-forbidden', `Nothing is sent there. ${FAULT_WORDS[fault]}`, [
      { pointer: '/url', code: fault, detail: FAULT_WORDS[fault] },
    ]);
  }

  private requireMailServer(): void {
    if (this.mailer.isConfigured) return;
    throw new Conflict(
      'email-not-configured',
      'No mail server is configured: whoever runs the service sets BECAUSAL_SMTP_URL.',
    );
  }

  private async row(manager: EntityManager, projectId: string, id: string): Promise<ChannelRow> {
    const [row] = await this.store.rows(manager, projectId, { id });
    if (row === undefined) throw new NotFound('not-found', 'There is no such channel.');
    return row;
  }

  private shown(row: ChannelRow): NotificationChannelDto {
    const { lastSentAt, lastFailedAt, lastCode, stoppedAt, stoppedCode } = row;
    return {
      id: row.id,
      name: row.name,
      kind: row.kind,
      ...(row.host === null ? {} : { host: row.host }),
      ...(row.ending === null ? {} : { urlEnding: row.ending }),
      ...this.recipients(row),
      kinds: row.kinds,
      minSeverity: row.minSeverity,
      createdAt: row.createdAt.toISOString(),
      createdBy: row.createdBy,
      pending: row.pending,
      failed: row.failed,
      ...(lastSentAt === null ? {} : { lastSentAt: lastSentAt.toISOString() }),
      ...(lastFailedAt === null
        ? {}
        : { lastFailure: { code: lastCode ?? '', at: lastFailedAt.toISOString() } }),
      ...(stoppedAt === null
        ? {}
        : { stopped: { code: stoppedCode ?? '', at: stoppedAt.toISOString() } }),
    };
  }

  private recipients(row: ChannelRow): { to?: string[] } {
    if (row.kind !== 'email') return {};
    try {
      const address = this.store.addressOf(row);
      return 'to' in address ? { to: address.to } : {};
    } catch {
      // Sealed with another master key: the list must still show that there is one.
      return {};
    }
  }
}

/** What the kind asks for, and nothing of the other kind. */
function addressFrom({ kind, url, to }: CreateNotificationChannelDto): Address {
  const [needed, stray] = kind === 'slack' ? (['url', 'to'] as const) : (['to', 'url'] as const);
  const sent = { url, to };
  const errors = [
    ...(sent[needed] === undefined ? [{ pointer: `/${needed}`, code: 'required' }] : []),
    ...(sent[stray] === undefined ? [] : [{ pointer: `/${stray}`, code: 'unknown-member' }]),
  ];
  if (errors.length > 0) {
    const words = kind === 'slack' ? 'A webhook has a url.' : 'Mails have recipients, in to.';
    throw new Invalid('validation-failed', words, errors);
  }
  return kind === 'slack' ? { url: url ?? '' } : { to: [...new Set(to)] };
}

function testMessage(): Message {
  return {
    id: newId(),
    severity: 'info',
    about: 'test',
    sentence: 'This is a test: notices of Becausal will arrive here.',
    link: null,
  };
}

function tooMany(): Conflict {
  return new Conflict(
    'too-many-channels',
    `A project has at most ${CHANNELS_MAX} channels: delete one first.`,
    { max: CHANNELS_MAX },
  );
}
