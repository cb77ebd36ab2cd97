import { randomUUID } from 'node:crypto';

/** Ids without their event, events without their id, and links without either. */
export const DISAGREEING_ROWS = `
  SELECT event.key AS event, event_id.key AS id FROM event
  FULL JOIN event_id ON event_id.project = event.project AND event_id.key = event.key
    AND event_id.occurred_at = event.occurred_at AND event_id.xid = event.xid
  WHERE event.key IS NULL OR event_id.key IS NULL
  UNION ALL
  SELECT identity_link.key, NULL FROM identity_link
  LEFT JOIN event ON event.project = identity_link.project AND event.key = identity_link.key
    AND event.type = 'identify' AND event.xid = identity_link.xid
  WHERE event.key IS NULL`;

/** What the service said to a request; null where no answer came. */
export interface Answer {
  status: number;
  retryAfter: string | null;
  results: readonly { id: string; status: string }[];
}

interface Happening {
  type: string;
  [member: string]: unknown;
}

interface SentEvent extends Happening {
  id: string;
}

/** Where events go: changes when the service is started again. */
interface Service {
  url: string;
}

/** How long a client goes on sending before it says that the service is not coming back. */
const PATIENCE_MS = 30_000;
const PAUSE_MS = 25;

/** A client that writes down what it sent and what was acknowledged, and knows what that adds up to. */
export class EventLedger {
  readonly sent = new Map<string, SentEvent>();
  readonly acknowledged = new Set<string>();
  private batches = 0;

  constructor(
    private readonly key: string,
    private readonly happened: {
      experiment: string;
      variants: readonly string[];
      at: Date;
    },
  ) {}

  /**
   * A batch of every type of event, written down as sent: units meet a variant, turn out to be a
   * user, do something, pay and take back. Some ids are UUIDs and some are not.
   *
   * @param size A multiple of five.
   */
  nextBatch(size: number): SentEvent[] {
    const batch = this.batches++;
    const { experiment, variants, at } = this.happened;
    const events = Array.from({ length: size / 5 }, (_, n) => {
      const unit = { kind: 'visitor', id: `visitor ${batch} ${n}` };
      const common = (more: Happening, seconds: number) => ({
        unit,
        occurredAt: new Date(at.getTime() + seconds * 1_000).toISOString(),
        ...more,
      });
      return [
        common({ type: 'exposure', experiment, variant: variants[n % variants.length] }, 0),
        common({ type: 'identify', from: unit, to: { kind: 'user', id: `user ${batch} ${n}` } }, 1),
        common({ type: 'event', name: 'clicks', value: n }, 60),
        common(paid('revenue', 1_000 + 3 * n), 120),
        common(paid('refund', -n), 180),
      ];
    })
      .flat()
      .map((event, n) => ({
        id: n % 2 === 0 ? randomUUID() : `event ${n} of batch ${batch}`,
        ...event,
      }));
    for (const event of events) this.sent.set(event.id, event);
    return events;
  }

  /** Sends once, and writes down what was acknowledged. */
  async send(
    { url }: Service,
    events: readonly SentEvent[],
    signal?: AbortSignal,
  ): Promise<Answer | null> {
    try {
      const response = await fetch(`${url}/v1/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ events }),
        ...(signal === undefined ? {} : { signal }),
      });
      const body = (await response.json()) as { results?: Answer['results'] };
      const results = body.results ?? [];
      if (response.status === 200) {
        for (const { id, status } of results) {
          if (status !== 'rejected') this.acknowledged.add(id);
        }
      }
      return { status: response.status, retryAfter: response.headers.get('retry-after'), results };
    } catch {
      return null;
    }
  }

  /** Sends again until there is a final answer, as a client must after 429, 503 and silence. */
  async settle(service: () => Service, events: readonly SentEvent[]): Promise<Answer> {
    for (const deadline = Date.now() + PATIENCE_MS; ;) {
      const answer = await this.send(service(), events);
      if (answer !== null && ![429, 503].includes(answer.status)) return answer;
      if (Date.now() > deadline) throw new Error(`not taken: ${JSON.stringify(answer)}`);
      await new Promise((wake) => setTimeout(wake, PAUSE_MS));
    }
  }

  /** Minor units that moved. */
  money(events: Iterable<SentEvent> = this.sent.values()): number {
    return [...events].reduce((sum, { amountMinor }) => sum + Number(amountMinor ?? 0), 0);
  }
}

function paid(name: string, amountMinor: number): Happening {
  return { type: 'money', name, amountMinor, currency: 'USD' };
}
