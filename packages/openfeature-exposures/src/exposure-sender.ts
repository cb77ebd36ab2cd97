import { newEventId } from './event-id.js';
import type { Happening, UnitKind } from './happening.js';
import { type Loss, type LossReason, warnOfLoss } from './loss.js';
import { onPageLeaving } from './page-leaving.js';
import { postBatch, type Verdict } from './post-batch.js';
import { REAL_CLOCK, type SenderClock } from './sender-clock.js';

export interface ExposureSenderOptions {
  /** Where the service is, such as `https://experiments.example`. */
  url: string;
  /** A public key (`pk_`) in pages; in servers a write key (`wk_`) or a public one. */
  key: string;
  /** What kind of unit the targeting key names: what `track` is about. */
  unit: UnitKind;
  /** As many waiting are sent at once. Default 20. */
  flushAt?: number;
  /** What waits is sent after so long. Default 5 s. */
  flushAfterMs?: number;
  /** More than this is not kept while the service cannot be reached. Default 1,000. */
  queueMax?: number;
  /** How long something is kept while the service cannot be reached. Default 15 min. */
  keepForMs?: number;
  /** How long one request may take. Default 10 s. */
  timeoutMs?: number;
  /** Told of everything that will never be recorded. By default a warning on the console. */
  onLoss?: (loss: Loss) => void;
  fetch?: typeof fetch;
  clock?: SenderClock;
}

/** One event on its way. */
interface Held {
  happening: Happening;
  /** As it is sent, its id in it: an event that is sent again is the same event. */
  json: string;
  bytes: number;
  sinceMs: number;
  whenLost: (() => void) | undefined;
}

const EVENT_BYTES_MAX = 32 * 1024;
/** The service takes 500 events in 1 MiB; small batches leave a closing page before it is gone. */
const BATCH_EVENTS_MAX = 100;
const BATCH_BYTES_MAX = 48 * 1024;
/** Browsers refuse more than 64 KiB of requests that outlive their page. */
const KEEPALIVE_BYTES_MAX = 60 * 1024;
const RETRY_FIRST_MS = 1_000;
const RETRY_MOST_MS = 60_000;
/** Events that no later attempt of the same could save. */
const FINAL: ReadonlySet<LossReason> = new Set(['no-unit', 'unsendable', 'refused', 'rejected']);

/**
 * Brings exposures and events to `POST /v1/events`: in batches, again while the service is away, and
 * never twice, since each keeps its id. What cannot be brought is told to `onLoss`.
 *
 * One batch is under way at a time, so a service that recovers is not met by a crowd; only a page
 * that is left sends all at once. Works in browsers and in Node.js from 20 on.
 */
export class ExposureSender {
  readonly unit: UnitKind;
  private readonly url: string;
  private readonly options: Required<Omit<ExposureSenderOptions, 'unit' | 'url'>>;
  private readonly queue: Held[] = [];
  private held = 0;
  private keptAliveBytes = 0;
  private isClosed = false;
  private draining: Promise<void> | null = null;
  private readonly departures = new Set<Promise<void>>();
  private readonly pauses = new Set<() => void>();
  private stopTimer: (() => void) | null = null;
  private readonly stopListening: () => void;

  constructor({ unit, url, ...options }: ExposureSenderOptions) {
    this.unit = unit;
    this.url = `${url.replace(/\/+$/, '')}/v1/events`;
    this.options = {
      flushAt: 20,
      flushAfterMs: 5_000,
      queueMax: 1_000,
      keepForMs: 15 * 60_000,
      timeoutMs: 10_000,
      onLoss: warnOfLoss,
      fetch: (input, init) => fetch(input, init),
      clock: REAL_CLOCK,
      ...options,
    };
    this.stopListening = onPageLeaving(() => this.leave());
  }

  /**
   * Takes something that happened just now, and sends it soon.
   * @param whenLost called when it was lost but might be recorded if it happened again
   */
  record(happening: Happening, whenLost?: () => void): void {
    const nowMs = this.options.clock.now();
    const json = jsonOf(happening, nowMs);
    const bytes = json === null ? 0 : byteLength(json);
    const held = { happening, json: json ?? '', bytes, sinceMs: nowMs, whenLost };
    if (this.isClosed) return this.tell([held], 'closed', 'The sender was closed.');
    if (json === null) return this.tell([held], 'unsendable', 'It cannot be written as JSON.');
    if (bytes > EVENT_BYTES_MAX) return this.tell([held], 'unsendable', `It has ${bytes} bytes.`);
    if (this.held >= this.options.queueMax) {
      return this.tell([held], 'queue-full', `${this.held} are waiting already.`);
    }
    this.held += 1;
    this.queue.push(held);
    if (this.queue.length >= this.options.flushAt) this.drain();
    else this.stopTimer ??= this.options.clock.after(this.options.flushAfterMs, this.drain, true);
  }

  /** Says that something happened to nobody: the context of an evaluation or event has no unit. */
  recordNobody(happened: string): void {
    const detail = `${happened}: the context has no targetingKey.`;
    this.options.onLoss({ reason: 'no-unit', events: [], detail });
  }

  /** Sends what waits, and returns when all of it has arrived or is lost. */
  async flush(): Promise<void> {
    this.drain();
    while (this.draining !== null || this.departures.size > 0) {
      await Promise.all([this.draining, ...this.departures]);
    }
  }

  /**
   * Sends what waits a last time: call it before the process ends. What does not arrive now is lost;
   * nothing is taken any more.
   */
  async close(): Promise<void> {
    this.isClosed = true;
    this.stopListening();
    this.endPauses();
    await this.flush();
  }

  private readonly drain = (): void => {
    this.stopTimer?.();
    this.stopTimer = null;
    this.draining ??= this.sendAll().finally(() => {
      this.draining = null;
    });
  };

  private async sendAll(): Promise<void> {
    for (let batch = this.nextBatch(); batch.length > 0; batch = this.nextBatch()) {
      await this.deliver(batch);
    }
  }

  /** A page that ends runs nothing later: everything goes out now, side by side. */
  private leave(): void {
    this.endPauses();
    for (let batch = this.nextBatch(); batch.length > 0; batch = this.nextBatch()) {
      const departure = this.deliver(batch).finally(() => this.departures.delete(departure));
      this.departures.add(departure);
    }
  }

  private nextBatch(): Held[] {
    let bytes = 0;
    let size = 0;
    for (const held of this.queue) {
      bytes += held.bytes;
      if (size === BATCH_EVENTS_MAX || (size > 0 && bytes > BATCH_BYTES_MAX)) break;
      size += 1;
    }
    return this.queue.splice(0, size);
  }

  private async deliver(batch: readonly Held[]): Promise<void> {
    const { clock, keepForMs } = this.options;
    for (let attempt = 0; ; attempt += 1) {
      const answer = await this.post(batch);
      if (answer.came === 'through') return this.settle(batch, answer.verdicts);
      const { detail } = answer;
      if (answer.came === 'refused') {
        return this.lose(batch, 'refused', detail, answer.code);
      }
      if (this.isClosed) {
        return this.lose([...batch, ...this.queue.splice(0)], 'closed', detail);
      }
      if (clock.now() - (batch[0]?.sinceMs ?? 0) >= keepForMs) {
        return this.lose(batch, 'unreachable', detail);
      }
      await this.pause(Math.max(answer.waitMs, backOffMs(attempt)));
    }
  }

  private async post(batch: readonly Held[]): ReturnType<typeof postBatch> {
    const { key, timeoutMs, clock } = this.options;
    const nowMs = clock.now();
    const sentAt = new Date(nowMs).toISOString();
    const body = `{"sentAt":"${sentAt}","events":[${batch.map(({ json }) => json).join(',')}]}`;
    const bytes = byteLength(body);
    const keepalive = this.keptAliveBytes + bytes <= KEEPALIVE_BYTES_MAX;
    if (keepalive) this.keptAliveBytes += bytes;
    try {
      const { fetch } = this.options;
      return await postBatch({ url: this.url, key, body, keepalive, timeoutMs, fetch }, nowMs);
    } finally {
      if (keepalive) this.keptAliveBytes -= bytes;
    }
  }

  private settle(batch: readonly Held[], verdicts: readonly Verdict[]): void {
    this.held -= batch.length;
    for (const [index, held] of batch.entries()) {
      const { status, code, detail = '' } = verdicts[index] ?? { status: 'accepted' };
      if (status === 'rejected') this.tell([held], 'rejected', `${code}: ${detail}`, code);
    }
  }

  private lose(batch: readonly Held[], reason: LossReason, detail: string, code?: string): void {
    this.held -= batch.length;
    this.tell(batch, reason, detail, code);
  }

  private tell(batch: readonly Held[], reason: LossReason, detail: string, code?: string): void {
    if (!FINAL.has(reason)) for (const { whenLost } of batch) whenLost?.();
    const events = batch.map(({ happening }) => happening);
    this.options.onLoss({ reason, events, detail, ...(code === undefined ? {} : { code }) });
  }

  /** Waits, unless there is no time left to wait. */
  private async pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const end = (): void => {
        this.pauses.delete(end);
        stop();
        resolve();
      };
      const stop = this.options.clock.after(ms, end, false);
      this.pauses.add(end);
    });
  }

  private endPauses(): void {
    for (const end of this.pauses) end();
  }
}

/** Doubles from a second to a minute, and somewhere between the half of it and all of it. */
function backOffMs(attempt: number): number {
  const ms = Math.min(RETRY_FIRST_MS * 2 ** attempt, RETRY_MOST_MS);
  return ms * (0.5 + Math.random() / 2);
}

function jsonOf(happening: Happening, nowMs: number): string | null {
  try {
    return JSON.stringify({
      id: newEventId(nowMs),
      ...happening,
      occurredAt: new Date(nowMs).toISOString(),
    });
  } catch {
    return null;
  }
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
