import { Inject, Injectable } from '@nestjs/common';
import type { UnitRef } from '../../domain/events/event.js';
import type { UnitKind } from '../../domain/experiments/definition.js';
import {
  readStripeEvent,
  type StripeEntry,
  type StripeIgnored,
} from '../../domain/tracking/stripe-event.js';
import { realNowMs } from '../../platform/clock/real-time.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.token.js';
import { FrontDoorError } from '../../platform/http/problem.js';
import { EventIntake } from '../events/event-intake.writer.js';
import { LateUnits, type UnitlessItem, unitMissing } from '../events/late-units.writer.js';
import type { StripeEntryResultDto, StripeWebhookResultDto } from './dto/stripe-webhook.dto.js';
import { type StripeConnection, StripeConnections } from './stripe-connections.service.js';
import { isSignedWith, isTimely, readSignatureHeader } from './stripe-signature.js';

/** An item on its way into the log, whose unit may still be unknown. */
interface OpenItem {
  item: UnitlessItem;
  unit: UnitRef | null;
  waitsFor: string | null;
}

type Outcome = OpenItem & { result: StripeEntryResultDto };

/** From a webhook of Stripe to entries of the ledger. */
@Injectable()
export class StripeWebhooks {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly connections: StripeConnections,
    private readonly intake: EventIntake,
    private readonly lateUnits: LateUnits,
  ) {}

  /**
   * Stores what an event means. When this returns it is committed; a failure leaves it open, and the
   * same event may always be sent again.
   *
   * @param body As it came: the signature is over the bytes.
   * @param event The same, read.
   * @throws FrontDoorError 400 `signature-missing`, 401 `invalid-signature`, 429 `rate-limited`
   */
  async take(
    header: string | undefined,
    body: Buffer,
    event: unknown,
  ): Promise<StripeWebhookResultDto> {
    const { projectId, unit, unitMetadata } = await this.senderOf(header, body);
    const found = readStripeEvent(event, { unitMetadata, takesTestMode: this.config.sandbox });
    if (typeof found === 'string') return { results: [], ignored: found, why: WHY_IGNORED[found] };
    const outcomes = await this.store(
      projectId,
      found.map((entry) => openItem(entry, unit)),
    );
    const released = await this.release(projectId, outcomes);
    return { results: [...outcomes, ...released].map(({ result }) => result) };
  }

  private async senderOf(header: string | undefined, body: Buffer): Promise<StripeConnection> {
    if (header === undefined) {
      throw new FrontDoorError(400, 'signature-missing', 'Stripe sends a Stripe-Signature.');
    }
    const signature = readSignatureHeader(header);
    if (signature !== null && isTimely(signature, realNowMs())) {
      const sender = (await this.connections.all()).find(({ signingSecrets }) =>
        signingSecrets.some((secret) => isSignedWith(secret, signature, body)),
      );
      if (sender !== undefined) return sender;
    }
    throw new FrontDoorError(
      401,
      'invalid-signature',
      'No connected signing secret made this signature in the last five minutes.',
    );
  }

  /**
   * Stores items with the units that others lend them; what finds none is left among the dead
   * letters. One that lends may be stored just while another is refused: who was refused looks again
   * after its letter is written, and who lends looks for letters after it is stored, so one of the
   * two sees the other.
   */
  private async store(projectId: string, items: readonly OpenItem[]): Promise<Outcome[]> {
    const first = await this.storeOnce(projectId, await this.lent(projectId, items));
    const lent = await this.lent(projectId, first.filter(isWaiting));
    const second = await this.storeOnce(
      projectId,
      lent.filter(({ unit }) => unit !== null),
    );
    const results = new Map(second.map((outcome) => [outcome.item.id, outcome]));
    const outcomes = first.map((outcome) => results.get(outcome.item.id) ?? outcome);
    await this.lateUnits.forget(projectId, idsOf(outcomes.filter((one) => !isWaiting(one))));
    return outcomes;
  }

  /** Stores what had waited for these, and what had waited for that, until nothing does. */
  private async release(projectId: string, stored: readonly Outcome[]): Promise<Outcome[]> {
    const released: Outcome[] = [];
    const seen = new Set<string>();
    for (let lenders = idsOf(stored.filter(isStored)); lenders.length > 0;) {
      for (const id of lenders) seen.add(id);
      const waiting = await this.lateUnits.waitingFor(projectId, lenders);
      const items = waiting.map(({ item, waitsFor }) => ({ item, unit: null, waitsFor }));
      const outcomes = await this.store(projectId, items);
      released.push(...outcomes);
      lenders = idsOf(outcomes.filter(isStored)).filter((id) => !seen.has(id));
    }
    return released;
  }

  private async lent(projectId: string, items: readonly OpenItem[]): Promise<OpenItem[]> {
    const lenders = items.flatMap(({ unit, waitsFor }) =>
      unit === null && waitsFor !== null ? [waitsFor] : [],
    );
    const units = await this.lateUnits.unitsOf(projectId, [...new Set(lenders)]);
    return items.map(({ item, unit, waitsFor }) => ({
      item,
      unit: unit ?? units.get(waitsFor ?? '') ?? null,
      waitsFor,
    }));
  }

  private async storeOnce(projectId: string, items: readonly OpenItem[]): Promise<Outcome[]> {
    if (items.length === 0) return [];
    const sent = items.map(({ item, unit, waitsFor }) =>
      unit === null ? unitMissing(item, waitsFor) : { ...item, unit },
    );
    const results = await this.intake.store(projectId, sent, { source: 'server' });
    return items.map((one, index) => ({
      ...one,
      result: results[index] as StripeEntryResultDto,
    }));
  }
}

/** Each reason of `readStripeEvent`, for whoever reads the answer in Stripe's dashboard. */
const WHY_IGNORED: Readonly<Record<StripeIgnored, string>> = {
  'not-an-event': 'This is no event that carries its object.',
  'test-mode': 'Money of test mode counts in a sandbox alone.',
  'event-not-used': 'Events of this type move no money, or another type tells it.',
  'not-captured': 'The charge is only authorised; charge.captured tells the money.',
  'no-money-moved': 'Nothing entered or left the balance, or nothing was paid.',
  'no-unit-named': 'It does not say who paid.',
  'refunds-come-alone': 'The event shows no refund; refund.created tells each.',
};

function openItem({ event, unitId, waitsFor }: StripeEntry, kind: UnitKind): OpenItem {
  const item = { ...event, unit: { kind } };
  return { item, unit: unitId === null ? null : { kind, id: unitId }, waitsFor };
}

function isStored({ result }: Outcome): boolean {
  return result.status !== 'rejected';
}

function isWaiting({ result }: Outcome): boolean {
  return result.code === 'missing-unit';
}

function idsOf(items: readonly OpenItem[]): string[] {
  return items.map(({ item }) => item.id);
}
