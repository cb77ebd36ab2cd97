import {
  ExposureSender,
  type ExposureSenderOptions,
  type Loss,
  type SenderClock,
} from '../../../packages/openfeature-exposures/src/openfeature.js';

interface SentBatch {
  url: string;
  authorization: string | undefined;
  keepalive: boolean | undefined;
  sentAt: string;
  events: { id: string; type: string; occurredAt: string; [member: string]: unknown }[];
}

type Reply = () => Response | Promise<Response>;

const START_MS = Date.parse('2026-03-02T09:30:00.000Z');

export const accepting: Reply = () => Response.json({ results: [] });
export const answering =
  (status: number, headers: Record<string, string> = {}, body: object = {}): Reply =>
  () =>
    Response.json(body, { status, headers });
export const unreachable: Reply = () => Promise.reject(new TypeError('fetch failed'));

export const seen = (unit: string) =>
  ({
    type: 'exposure',
    unit: { kind: 'visitor', id: unit },
    experiment: 'checkout',
    variant: 'short',
  }) as const;

/** A sender whose time and whose service are the test's. */
export class SenderWorld implements SenderClock {
  readonly batches: SentBatch[] = [];
  readonly losses: Loss[] = [];
  /** What the service answers, one each; after that it accepts. */
  replies: Reply[] = [];
  readonly sender: ExposureSender;
  private ms = START_MS;
  private timers: { at: number; run: () => void }[] = [];

  constructor(options: Partial<ExposureSenderOptions> = {}) {
    this.sender = new ExposureSender({
      url: 'https://experiments.example/',
      key: 'pk_test',
      unit: 'visitor',
      onLoss: (loss) => this.losses.push(loss),
      clock: this,
      fetch: this.fetch,
      ...options,
    });
  }

  now(): number {
    return this.ms;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.ms + ms, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** Lets time go by, with everything that happens meanwhile. */
  async pass(ms: number): Promise<void> {
    await settled();
    const until = this.ms + ms;
    for (;;) {
      const [next] = this.timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.ms = next.at;
      this.timers = this.timers.filter((timer) => timer !== next);
      next.run();
      await settled();
    }
    this.ms = until;
  }

  idsOf(batch: number): string[] {
    return (this.batches[batch]?.events ?? []).map(({ id }) => id);
  }

  private readonly fetch = async (url: unknown, init?: RequestInit): Promise<Response> => {
    const { sentAt, events } = JSON.parse(String(init?.body)) as SentBatch;
    const headers = new Headers(init?.headers);
    this.batches.push({
      url: String(url),
      authorization: headers.get('authorization') ?? undefined,
      keepalive: init?.keepalive,
      sentAt,
      events,
    });
    return await (this.replies.shift() ?? accepting)();
  };
}

/** Every promise that needs no time has had its turn. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
}
